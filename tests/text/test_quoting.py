"""A string as the literal that ruff would write."""

import pytest

from truss_nb.text.quoting import quote

QUOTED = {
    "a": '"a"',
    "": '""',
    "it's": '''"it's"''',
    'say "a"': """'say "a"'""",
    """'a' "b" """: """'\\'a\\' "b" '""",
    "a\nb\t\\": '"a\\nb\\t\\\\"',
    "é\x00\u2028": '"é\\x00\\u2028"',
}


@pytest.mark.parametrize(("text", "literal"), QUOTED.items(), ids=repr)
def test_a_text_is_in_double_quotes_when_it_can_be(text, literal) -> None:
    assert quote(text) == literal
    assert eval(literal) == text
