"""The line that made a value: kept where it gives the value again, and only there."""

import os
import sys
from typing import NamedTuple

import pytest
from doors import require

from truss_nb import startup_environ
from truss_nb.errors import ExportError, ProofError
from truss_nb.export import trial
from truss_nb.objects import cost


class Case(NamedTuple):
    """What cells bind ``thing`` to, and what ``model.py`` says of it.

    Args:
        cells: they ran before the stage's.
        line: a line of ``model.py``; empty if a file holds the value.
        use: what the stage does with it.
    """

    cells: tuple[str, ...]
    line: str
    use: str = "repr(thing)[:9]"


SETTINGS = (
    "from dataclasses import dataclass\n@dataclass\nclass Settings:\n    size: int = 3"
)
KEPT = {
    "of two names that were made of each other the newer": Case(
        ("thing = 3.0", "other = thing", "thing = int(other)"), "thing = int(other)"
    ),
    "settings": Case(
        (SETTINGS, "thing = Settings(size=5)"), "thing = Settings(size=5)"
    ),
    "a member of an enum": Case(
        ("import enum\nclass Color(enum.Enum): RED = 1", "thing = Color.RED"),
        "thing = Color.RED",
    ),
    "a table of characters": Case(
        ("import string", "thing = str.maketrans('', '', string.punctuation)"),
        "thing = str.maketrans('', '', string.punctuation)",
    ),
    "an array": Case(
        ("import numpy as np", "thing = np.array([0.485, 0.456, 0.406])"),
        "thing = np.array([0.485, 0.456, 0.406])",
    ),
    "a set of words": Case(
        ("thing = set('a an the'.split())",),
        "thing = set('a an the'.split())",
        "sorted(thing)",
    ),
    "what a factory made of functions": Case(
        (
            "from functools import partial, reduce",
            "def chain(*steps): return lambda x: reduce(lambda a, f: f(a), steps, x)\n"
            "def times(by): return lambda x: x * by",
            "thing = chain(partial(pow, 2), times(3), lambda x: x + 1)",
        ),
        "thing = chain(partial(pow, 2), times(3), lambda x: x + 1)",
        "thing(x)",
    ),
    "an index of names": Case(
        ("import pandas as pd", "thing = pd.Index(['a', 'b'])"),
        "thing = pd.Index(['a', 'b'])",
    ),
    "a table of literals": Case(
        ("import pandas as pd", "thing = pd.DataFrame({'a': [1, 2]})"),
        "thing = pd.DataFrame({'a': [1, 2]})",
    ),
    "a line of other lines": Case(
        ("words = 'a b'.split()", "thing = {w: i for i, w in enumerate(words)}"),
        "thing = {w: i for i, w in enumerate(words)}",
    ),
    "a helper's answer": Case(
        ("def make(n): return list(range(n))", "thing = make(4)"), "thing = make(4)"
    ),
    "a function of a library's function": Case(
        ("import operator, functools", "thing = functools.partial(operator.mul, 2)"),
        "thing = functools.partial(operator.mul, 2)",
        "thing(4)",
    ),
    "what no snapshot looks into": Case(
        ("import threading", "thing = threading.Lock()"),
        "thing = threading.Lock()",
        "thing.acquire(False) and thing.release()",
    ),
    "what a name or an attribute is called": Case(
        (
            "from types import SimpleNamespace\ntime = [3, 4]",
            "spec = SimpleNamespace(system='si', random=3)",
            "thing = [str(spec.system), spec.random, max(time)]",
        ),
        "thing = [str(spec.system), spec.random, max(time)]",
    ),
    "what is bound beside": Case(
        ("def pair(): return [1], [2]", "thing, other = pair()"),
        "thing, other = pair()",
        "thing + other",
    ),
    "a line that asks the machine": Case(
        ("import os", "thing = 'many' if os.cpu_count() > 0 else 'none'"),
        "thing = 'many' if os.cpu_count() > 0 else 'none'",
    ),
    "a line that reads the environment": Case(
        ("from os import environ", "thing = environ.get('THING', 'plain')"),
        "thing = environ.get('THING', 'plain')",
    ),
}
BAG = """class Bag:
    def __init__(self):
        self.parts, self.by = [], {}
    def add(self, part, how=None):
        self.parts.append((part, how))
        return self
    def build(self):
        kept = list(self.parts)
        return type("Built", (), {"run": lambda self: kept})()"""
# A builder, and what cells did to it: the statements that travel, in their order.
BUILT = {
    "calls of its methods": (
        (
            BAG,
            "def f(x): return x",
            "thing = Bag()",
            "thing.add('a', f)\nthing.add('b')",
        ),
        "thing = Bag()\nthing.add('a', f)\nthing.add('b')",
        "[name for name, _ in thing.parts]",
    ),
    "items and attributes": (
        (BAG, "thing = Bag()", "thing.by['a'] = len\nthing.size = 3"),
        "thing = Bag()\nthing.by['a'] = len\nthing.size = 3",
        "thing.by['a']('abc') + thing.size",
    ),
    "a registry": (
        ("thing = {}", "def f(x): return x", "thing['a'] = f"),
        "thing = {}\nthing['a'] = f",
        "thing['a'](x)",
    ),
    "a loop": (
        (BAG, "thing = Bag()\nfor part in ['a', 'b']:\n    thing.add(part)"),
        "thing = Bag()\nfor part in ['a', 'b']:\n    thing.add(part)",
        "thing.parts",
    ),
    "calls in a row": (
        (BAG, "thing = Bag()", "thing.add('a').add('b')"),
        "thing = Bag()\nthing.add('a').add('b')",
        "thing.parts",
    ),
    "steps on the same name": (
        ("thing = set('ab')", "thing |= {'c'}", "thing = thing | {'d'}"),
        "thing = set('ab')\nthing |= {'c'}\nthing = thing | {'d'}",
        "sorted(thing)",
    ),
    "what it builds, which nobody can pickle": (
        (BAG, "bag = Bag()", "bag.add('a')\nbag.add('b')\nthing = bag.build()"),
        "bag = Bag()\nbag.add('a')\nbag.add('b')\nthing = bag.build()",
        "thing.run()",
    ),
    "what was shown of it is left out": (
        (BAG, "thing = Bag()\nthing.add('a')", "thing.parts.count('a')"),
        "thing = Bag()\nthing.add('a')",
        "thing.parts",
    ),
    "what it keeps once it is used": (
        (
            "from functools import cached_property\nclass Words:\n"
            "    @cached_property\n    def all(self): return ['a']",
            "thing = Words()",
            "thing.all",
        ),
        "thing = Words()",
        "thing.all",
    ),
    "what no snapshot compares, and pickle does": (
        (
            "class Odd:\n    def __init__(self): self.at = id(self)\n"
            "    def __reduce__(self): return Odd, ()",
            "thing = Odd()",
        ),
        "thing = Odd()",
        "type(thing).__name__",
    ),
    "a template that was tried": (
        (
            "from jinja2 import Environment, DictLoader",
            "env = Environment(loader=DictLoader({'a': '{{ n | twice }}'}))",
            "def twice(v): return 2 * v",
            "env.filters['twice'] = twice",
            "thing = env.get_template('a')\nprint(thing.render(n=1))",
        ),
        "env.filters['twice'] = twice",
        "thing.render(n=x)",
    ),
}
# A value in the body of a class: the text of its line there.
IN_A_CLASS = {
    "a line that asks the machine": (
        (
            "import os, platform",
            "class Config:\n    seed = 7\n"
            "    workers: int = os.cpu_count() if seed else 0\n"
            "    place = platform.system().lower()",
        ),
        "    workers: int = os.cpu_count() if seed else 0",
        "[Config.workers > 0, Config.place]",
    ),
    "a line that reads the environment": (
        ("import os", "class Config:\n    mode = os.getenv('MODE_OF_IT', 'fast')"),
        "    mode = os.getenv('MODE_OF_IT', 'fast')",
        "Config.mode",
    ),
    "an object of the notebook": (
        (
            "class Messages:\n    def create(self, text): return text.upper()",
            "class Client:\n    messages = Messages()",
            "thing = Client()",
        ),
        "    messages = Messages()",
        "thing.messages.create('a')",
    ),
    "an object of a library": (
        ("import decimal\nclass Config:\n    CONTEXT = decimal.Context(prec=3)",),
        "    CONTEXT = decimal.Context(prec=3)",
        "str(Config.CONTEXT.divide(1, 3))",
    ),
    "what changed since": (
        (
            "class Words:\n    def __init__(self): self.all = ['a']",
            "class Config:\n    WORDS = Words()",
            "def more(): Config.WORDS.all.append('b')\nmore()",
        ),
        "    WORDS = Config_WORDS",
        "Config.WORDS.all",
    ),
}
# What a call makes of a function of the notebook.
OF_FUNCTIONS = {
    "a decorator that is called": (
        ("import torch\ndef f(v): return 2 * v", "thing = torch.no_grad()(f)"),
        "thing = torch.no_grad()(f)",
        "thing(x)",
    ),
    "a function of a function": (
        ("import torch\ndef f(v): return v**2", "thing = torch.func.grad(f)"),
        "thing = torch.func.grad(f)",
        "thing(torch.tensor(float(x))).item()",
    ),
    "in place of the function": (
        (
            "import torch\ndef thing(v): return v**2",
            "thing = torch.func.grad(thing)",
        ),
        "def thing(v): return v**2\nthing = torch.func.grad(thing)",
        "thing(torch.tensor(float(x))).item()",
    ),
    "of one that needs values": (
        (
            "import torch, numpy as np\nw = np.random.default_rng(1).random(3)",
            "def f(v): return v * float(w[0])",
            "thing = {'a': torch.no_grad()(f)}",
        ),
        "thing = {'a': torch.no_grad()(f)}",
        "thing['a'](x)",
    ),
}
NOT_KEPT = {
    "what a value gave, when it was called": Case(
        (
            "class Add:\n    def __init__(self, by): self.by = by\n"
            "    def __call__(self, x): return [x + each for each in self.by]",
            "for add in [Add([2, 3])]: pass",
            "thing = add(1)",
        ),
        "thing = [3, 4]",
    ),
    "a curve that was fitted": Case(
        (
            "import numpy as np",
            "thing = np.polyfit([0, 1], [1, 3], 1).round().tolist()",
        ),
        "thing = [2.0, 1.0]",
    ),
    "what a solver found, of a function that it's given": Case(
        (
            "class Solver:\n    def minimize(self, f): return [f(2), f(3)]",
            "rows = [1, 2]\ndef loss(x): return sum(rows) * x",
            "thing = Solver().minimize(loss)",
        ),
        "thing = [6, 9]",
    ),
    "changed since, in a function": Case(
        ("thing = list('ab')", "def more(): thing.append('c')\nmore()"),
        "thing = ['a', 'b', 'c']",
    ),
    "a function whose list grew": Case(
        (
            "def keep():\n    seen = []\n    def put(x):\n"
            "        seen.append(x)\n        return len(seen)\n    return put",
            "thing = keep()\nthing(1)",
        ),
        "thing = make_thing(seen=thing_seen)",
        "thing(x) > 1",
    ),
    "a function that counts": Case(
        (
            "def counter(n):\n    def count():\n        nonlocal n\n"
            "        n += 1\n        return n\n    return count",
            "thing = counter(3)\nthing()",
        ),
        "thing = make_thing(n=5)",
        "thing() > 4",
    ),
    "changed since, in a loop that does more": Case(
        ("thing = dict.fromkeys('ab')", "for k in thing:\n    thing[k] = 1\n    n = k"),
        "thing = {'a': 1, 'b': 1}",
    ),
    "changed twice, by a cell that ran twice": Case(
        ("thing = list('ab')", "thing.append('c')", "thing.append('c')"),
        "thing = ['a', 'b', 'c', 'c']",
    ),
    "a number that was counted up": Case(("thing = 1", "thing += 1"), "thing = 2"),
    "a loop over a name that is another's": Case(
        (
            "class Bag:\n    def __init__(self): self.all = []\n"
            "    def add(self, x): self.all.append(x)",
            "thing = Bag()\nfor word in ['a', 'b']:\n    thing.add(word)",
            "word = 'c'",
        ),
        "",
        "[word, *thing.all]",
    ),
    "a draw": Case(
        ("import random", "thing = round(random.random() * 0) + 7"), "thing = 7"
    ),
    "a draw in a helper": Case(
        (
            "import secrets\ndef draw(): return secrets.randbelow(10**9)",
            "thing = draw()",
        ),
        "",
    ),
    "the time": Case(("import time", "thing = time.time() * 0 + 7"), "thing = 7.0"),
    "bound again, what is in it": Case(
        ("size = 2", "thing = list(range(size))", "size = 3"), "thing = [0, 1]"
    ),
    "of a value in a file": Case(
        (
            "import numpy as np",
            "rows = np.random.default_rng(1).random(5)",
            "thing = len(rows)",
        ),
        "thing = 5",
    ),
    "a fit": Case(
        (
            "class Scaler:\n"
            "    def fit(self, x):\n        self.top = max(x)\n        return self",
            "thing = Scaler().fit([1, 2])",
        ),
        "",
        "thing.top",
    ),
    "a fit in another cell": Case(
        (
            "class Scaler:\n"
            "    def fit(self, x):\n        self.top = max(x)\n        return self",
            "thing = Scaler()",
            "done = thing.fit([1, 2])",
        ),
        "",
        "thing.top",
    ),
    "what a helper can't do elsewhere": Case(
        ("zz = 4", "def make(): return [eval('z' * 2)]", "thing = make()"),
        "thing = [4]",
    ),
    "what a loop bound": Case(("for thing in 'ab': pass",), "thing = 'b'"),
    "a name that was made of itself": Case(
        ("thing = '3'", "thing = int(thing)"), "thing = 3"
    ),
}


def model_py(notebook, tmp_path, case, **how):
    require(*case.cells)
    bundle = notebook(*case.cells, f"def preprocess(x):\n    return {case.use}")
    bundle.example(1)
    export = bundle.export(tmp_path / "out", **how)
    return (export.path / "model/model.py").read_text().splitlines()


@pytest.mark.parametrize("case", KEPT.values(), ids=KEPT.keys())
def test_the_line_is_kept_where_it_gives_the_value_again(notebook, tmp_path, case):
    assert case.line in model_py(notebook, tmp_path, case)
    assert not (tmp_path / "out/data").exists()


def test_a_path_that_the_environment_may_move_leads_to_the_copy(notebook, tmp_path):
    cells = (
        "import os\nfrom pathlib import Path",
        "Path('words').mkdir()\n_ = Path('words/a.txt').write_text('a')",
        "thing = os.environ.get('WORDS', 'words')",
    )
    code = model_py(
        notebook, tmp_path, Case(cells, "", "Path(thing, 'a.txt').read_text()")
    )
    assert "thing = os.environ.get('WORDS', str(DATA_DIR / 'words'))" in code


def test_a_method_has_its_object_as_a_run_has_left_it(notebook, tmp_path):
    bundle = notebook(
        "class Count:\n    number = 0\n"
        "    def more(self, x):\n        self.number += x\n        return self.number",
        "thing = Count().more",
        "def preprocess(x):\n    return thing(x)",
    )
    bundle.run(5)
    bundle.export(tmp_path / "out", prove=False)
    assert "Count()" not in (tmp_path / "out/model/model.py").read_text()


@pytest.mark.parametrize("case", NOT_KEPT.values(), ids=NOT_KEPT.keys())
def test_else_the_value_takes_its_place(notebook, tmp_path, case):
    code = [line.replace('"', "'") for line in model_py(notebook, tmp_path, case)]
    written = [line for line in code if line.startswith("thing = ")]
    expected = [case.line] if case.line else written
    assert written == expected
    assert not any("list(" in w or "draw()" in w or "Scaler()" in w for w in written)


@pytest.mark.parametrize(
    ("cells", "lines", "use"),
    [*BUILT.values(), *OF_FUNCTIONS.values()],
    ids=[*BUILT, *OF_FUNCTIONS],
)
def test_what_changed_it_travels_with_its_line(notebook, tmp_path, cells, lines, use):
    code = model_py(notebook, tmp_path, Case(cells, "", use))
    assert [line for line in code if line in lines.splitlines()] == lines.splitlines()
    assert not (tmp_path / "out/data/thing.pickle").exists()
    assert not any(
        "thing." in line for line in code if line not in lines and "    " not in line
    )


@pytest.mark.parametrize(
    ("cells", "line", "use"), IN_A_CLASS.values(), ids=IN_A_CLASS.keys()
)
def test_a_class_keeps_its_own_lines(notebook, tmp_path, cells, line, use):
    assert line in model_py(notebook, tmp_path, Case(cells, "", use))


# Cells that bind ``thing``, and why it is refused though a line binds it.
REFUSED = {
    "a credential that a helper puts together": (
        ("def key(): return 'gh' + 'p_' + 'a1B2' * 9", "thing = key()"),
        "looks like a credential",
    ),
    "a client of a service": (
        ("import urllib3", "thing = urllib3.PoolManager()"),
        "it is a client of a service",
    ),
    "a file that a class opens": (
        (
            "class Log:\n    def __init__(self):\n        self.file = open('log', 'w')",
            "thing = Log()",
        ),
        "thing.file is an open file",
    ),
    "a tensor without data": (
        ("import torch", "thing = torch.zeros(2, device='meta')"),
        "holds no data",
    ),
}


@pytest.mark.parametrize(("cells", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_a_line_is_no_way_around_a_refusal(notebook, tmp_path, cells, why):
    require(*cells)
    bundle = notebook(*cells, "def preprocess(x):\n    return thing is x")
    with pytest.raises(ExportError, match=why):
        bundle.export(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    if hasattr(bundle.captured.notebook.names["thing"], "file"):
        bundle.captured.notebook.names["thing"].file.close()


UNSEEN = {
    "in a large list": (
        "thing = list(range(60_000))",
        "import random\nrandom.shuffle(thing)",
    ),
    "in what is no Python": (
        "import numpy.random as draws\nthing = draws.Generator(draws.PCG64(3))",
        "first = thing.normal()",
    ),
    "in a function": (
        "thing = list(range(60_000))",
        "def change(): thing[59_999] = 5\nchange()",
    ),
}


@pytest.mark.parametrize("cells", UNSEEN.values(), ids=UNSEEN.keys())
def test_a_change_that_no_snapshot_shows_is_seen_in_the_cells(
    notebook, tmp_path, cells
):
    case = Case(cells, "", use="type(thing).__name__")
    code = model_py(notebook, tmp_path, case)
    assert not [line for line in code if line.startswith("thing = ")]
    assert list((tmp_path / "out/data").iterdir())


def test_what_two_lines_share_without_a_name_stays_one(notebook, tmp_path):
    bundle = notebook(
        "def make(): return {'words': ['a']}",
        "one = make()\nother = make()",
        "other['words'] = one['words']",
        "def preprocess(x): return one['words'] is other['words']",
    )
    bundle.example(1)
    assert bundle.run(1).output is True
    assert bundle.export(tmp_path / "out").proof.passed


def test_the_path_of_a_file_leads_to_its_copy(notebook, tmp_path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words/a.txt").write_text("cat")
    bundle = notebook(
        "import os\nthing = os.path.join('words', 'a.txt')",
        "def preprocess(x):\n    with open(thing) as file: return file.read()",
    )
    bundle.example(1)
    export = bundle.export(tmp_path / "out")
    assert export.proof.passed
    assert "data/words/a.txt" in export.files


KEPT_TWICE = {
    "what using it keeps": (
        (
            "class Words:\n    def all(self):\n        self.kept = ['a']\n"
            "        return self.kept",
            "thing = Words()",
        ),
        "thing.all()",
    ),
    "what no file can hold": (
        (
            "from jinja2 import Environment, DictLoader",
            "thing = Environment(loader=DictLoader({'a': '{{ n }}', 'b': '{{ n }}'}))",
        ),
        "thing.get_template('a').render(n=x)",
    ),
}


@pytest.mark.parametrize(("cells", "use"), KEPT_TWICE.values(), ids=KEPT_TWICE.keys())
def test_a_second_export_keeps_the_line_too(notebook, tmp_path, cells, use):
    first = model_py(notebook, tmp_path, Case(cells, "", use))
    bundle = notebook("print(thing)")
    bundle.example(1)
    export = bundle.export(tmp_path / "out")
    assert (export.path / "model/model.py").read_text().splitlines() == first
    assert cells[-1] in first


def test_what_does_not_survive_its_own_pickling_is_told_by_name(notebook, tmp_path):
    bundle = notebook(
        "class Words:\n    def __init__(self): self.size = 0\n"
        "    def __reduce__(self): return Words, ()\n"
        "def make():\n    found = Words()\n    found.size = 3\n    return [found]",
        "for thing in make(): pass",
        "def preprocess(x): return [thing][0].size",
    )
    bundle.example(1)
    with pytest.raises(ProofError, match="thing doesn't survive its own pickling"):
        bundle.export(tmp_path / "out")


AFTER = {
    "the value changed in a function": "def change(): thing[0] = 9\nchange()",
    "a helper of its helper is another": "def inner(): return 5",
}


@pytest.mark.parametrize("cell", AFTER.values(), ids=AFTER.keys())
def test_a_line_that_was_right_is_tried_again(notebook, tmp_path, cell):
    bundle = notebook(
        "def inner(): return 1",
        "def make(): return [inner()]",
        "thing = make()",
        "def preprocess(x): return thing",
    )
    code = bundle.export(tmp_path / "out", prove=False).path / "model/model.py"
    assert "thing = make()" in code.read_text()
    notebook(cell)
    bundle.export(tmp_path / "out", prove=False)
    live = bundle.captured.notebook.names["thing"]
    assert f"thing = {live}" in code.read_text()


def test_a_status_knows_that_a_value_is_no_more_what_its_line_gave(notebook, tmp_path):
    bundle = notebook("thing = 'a b'.split()", "def preprocess(x): return thing")
    bundle.export(tmp_path / "out", prove=False)
    assert not bundle.status().changes.stale
    notebook("def change(): thing[0] = 'c'\nchange()")
    (change,) = bundle.status().changes.files
    assert '+thing = ["c", "b"]' in change.diff.splitlines()


def test_without_a_proof_a_line_is_tried_too(notebook, tmp_path):
    case = Case(("thing = list('ab')", "def more(): thing.append('c')\nmore()"), "")
    code = model_py(notebook, tmp_path, case, prove=False)
    assert 'thing = ["a", "b", "c"]' in code


def test_a_line_that_fails_takes_no_other_with_it(notebook, tmp_path):
    cells = (
        "import sys\ndef make(): return [sys._getframe(25).f_lineno and 4]",
        "thing = make()",  # fewer frames are below it in a proof
        "def pair(first): return {first, 'z'}\nlater = pair('y')",
    )
    case = Case(cells, "", "[thing, sorted(later)]")
    code = model_py(notebook, tmp_path, case)
    assert {"thing = [4]", "later = pair('y')"} <= set(code)


def test_a_line_is_kept_where_only_the_code_of_a_saved_object_needs_it(
    notebook, tmp_path
):
    cells = (
        "import re",
        "words = 'a b'.split()",
        "expression = re.compile('|'.join(words))",
        "class Finder:\n    def all(self, text): return expression.findall(text)",
        "for thing in [Finder()]: thing.size = 3",
    )
    model_py(notebook, tmp_path, Case(cells, "", "[thing.all('abc'), thing.size]"))
    code = tmp_path / "out/packages/notebook_definitions.py"
    assert cells[2] in code.read_text().splitlines()


def test_what_this_machines_environment_says_is_written_until_config_yaml_sets_it(
    notebook, tmp_path, monkeypatch
):
    monkeypatch.setenv("WHERE_IT_IS", "here")
    monkeypatch.setattr(startup_environ, "inherited", lambda: os.environ)
    line = "thing = os.environ.get('WHERE_IT_IS', 'nowhere')"
    bundle = notebook(f"import os\n{line}", "def preprocess(x): return thing")
    bundle.example(1)

    export = bundle.export(tmp_path / "out")
    assert 'thing = "here"' in (tmp_path / "out/model/model.py").read_text()
    (told,) = (each for each in export.warnings if "WHERE_IT_IS" in each)
    assert "%truss_config environment_variables.WHERE_IT_IS=VALUE" in told

    bundle.config("environment_variables.WHERE_IT_IS", "here")
    assert bundle.export(tmp_path / "out").proof.passed
    assert line in (tmp_path / "out/model/model.py").read_text()


def test_what_asks_the_machine_is_told(notebook, tmp_path):
    bundle = notebook(
        *KEPT["a line that asks the machine"].cells, "def preprocess(x): return thing"
    )
    export = bundle.export(tmp_path / "out")
    assert [w for w in export.warnings if "thing asks the machine" in w]


SLOW = {
    "slow.py": "import time\nfrom datetime import timedelta\n"
    "def work(seconds):\n    end = time.thread_time() + seconds\n"
    "    while time.thread_time() < end: pass\n"
    "def made(seconds):\n    work(seconds)\n    return {timedelta(3)}\n"
    "def made_by_import():\n    import late\n    return {late.DAYS}\n"
    "def made_by_name():\n    import importlib\n"
    "    return {importlib.import_module('late').DAYS}\n",
    "late.py": "import slow\nslow.work(0.3)\nDAYS = slow.timedelta(3)\n",
}
# What a line takes: whether it travels all the same.
TAKING = {
    "too long": ("thing = slow.made(0.3)", False),
    "nearly nothing": ("thing = slow.made(0)", True),
    "too long to import": ("thing = slow.made_by_import()", True),
    "too long to import by name": ("thing = slow.made_by_name()", True),
    "too long, for what no file can hold": (
        "import threading\nthing = slow.work(0.3) or threading.Lock()",
        True,
    ),
}


@pytest.mark.parametrize(("cell", "travels"), TAKING.values(), ids=TAKING)
def test_a_line_travels_if_it_takes_a_second_beside_the_imports(
    door, tmp_path, monkeypatch, cell, travels
):
    for module in (cost, trial):
        monkeypatch.setattr(module, "LONGEST", 0.15)  # in place of a second
    for name, text in SLOW.items():
        monkeypatch.delitem(sys.modules, name.removesuffix(".py"), raising=False)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    door.run_cell("import slow")
    door.run_cell(cell)
    door.stage("predict", "def predict(x): return str(thing)[:10]")
    door.example("1")

    for _ in range(1 if travels else 2):  # it's known from then on
        export = door.export(tmp_path / "out")

        code = (tmp_path / "out/model/model.py").read_text()
        assert (cell.splitlines()[-1] in code) is travels
        told = "the line of thing takes longer than a second" in str(export.warnings)
        assert told is not travels
    assert export.proof.passed
