"""Names of the code in a text of another language are found, by the code's scopes."""

import pytest

from truss_nb.text.quoted import quoted

SQL, FORMULA, EXPRESSION = "sql", "formula", "expression"
CASES = {
    "a query": ("def f(): sql('SELECT * FROM orders')", {("orders", SQL)}),
    "all that a query reads": (
        "def f(): sql('''select * from a, \"b\" as x\n  Left Join c using (k)''')",
        {("a", SQL), ("b", SQL), ("c", SQL)},
    ),
    "a query with a part that is made": (
        "def f(k): sql(f'SELECT * FROM orders WHERE k = {k}')",
        {("orders", SQL)},
    ),
    "a query that begins with what it reads": ("def f(): sql(' from a')", {("a", SQL)}),
    "a query of a local": ("def f(a): sql('SELECT * FROM a JOIN b')", {("b", SQL)}),
    "a query of what the code names too": ("def f(): sql('SELECT * FROM a', a)", set()),
    "English": ("def f(): say('join us, from here')", set()),
    "a docstring": ("def f():\n    'SELECT * FROM orders, x > @y'", set()),
    "a pattern": ("def f(x):\n match x:\n  case 'x > @y': pass", set()),
    "what an expression marks": (
        "def f(t, k): t.query('size > @LIMIT[0] and `a b` < @k')",
        {("LIMIT", EXPRESSION)},
    ),
    "an address": ("def f(): send('me@home.org, @all')", set()),
    "all of an expression": (
        "def f(y): return pd.eval('a * 2 + y') + ne.evaluate('sin(b)')",
        {("a", EXPRESSION), ("b", EXPRESSION), ("sin", EXPRESSION)},
    ),
    "what a formula calls": (
        "def f(d): ols('y ~ np.log(x) + C(bend(z)) + w', d)",
        {("np", FORMULA), ("C", FORMULA), ("bend", FORMULA)},
    ),
    "one without a left side": (
        "def f(d): patsy.dmatrix('bend(x)', d)",
        {("bend", FORMULA)},
    ),
}


@pytest.mark.parametrize(("source", "found"), CASES.values(), ids=CASES)
def test_names_in_texts(source: str, found: set[tuple[str, str]]) -> None:
    assert {(each.name, each.language) for each in quoted(source)} == found


@pytest.mark.parametrize(
    ("source", "is_early"),
    [
        ("top = table.query('a > @low')", True),
        ("QUERY = 'a > @low'", False),
        ("def f(t, q='a > @low'): return t.query(q)", True),
        ("def f(t): return t.query('a > @low')", False),
    ],
)
def test_a_text_may_be_used_when_the_source_runs(source: str, *, is_early) -> None:
    assert [each.is_early for each in quoted(source)] == [is_early]
