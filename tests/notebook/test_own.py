"""What is the notebook's own, in a real shell, and what its bundle does with it."""

import pytest

from truss_nb.errors import ExportError

HELPERS = "helpers.py"


@pytest.fixture
def answers(notebook, tmp_path):
    """Export the bundle of some cells, and return what a fresh process answers."""

    def run(*cells, given=2.5):
        bundle = notebook(*cells)
        bundle.example(given)
        assert bundle.export(tmp_path / "out").proof.passed
        return bundle.run(given).output

    return run


def test_what_a_run_file_replaced_in_a_library_is_refused(notebook, tmp_path):
    (tmp_path / HELPERS).write_text(
        "import numpy as np\ndef my_round(x): return 42.0\nnp.round = my_round\n"
    )
    bundle = notebook(
        "import numpy as np; kept = np.round",
        f"%run {HELPERS}",
        "def predict(x): return float(np.round(x))",
    )
    try:
        with pytest.raises(ExportError, match=r"np\.round.*isn't the library's own"):
            bundle.export(tmp_path / "out", prove=False)
    finally:
        notebook("np.round = kept")


def test_a_decorator_keeps_what_it_did_when_a_run_file_defines_its_name(
    answers, tmp_path
):
    (tmp_path / HELPERS).write_text(
        "def twice(f):\n    def inner(x): return f(x) + 1000\n    return inner\n"
    )
    answer = answers(
        "def twice(f):\n    def inner(x): return f(f(x))\n    return inner",
        "@twice\ndef predict(x): return x * 3",
        f"%run {HELPERS}",
    )
    assert answer == 22.5


def test_a_decorator_of_a_run_file_that_ran_first_is_the_one(answers, tmp_path):
    (tmp_path / HELPERS).write_text(
        "def twice(f):\n    def inner(x): return f(x) + 1000\n    return inner\n"
    )
    answer = answers(
        "def twice(f):\n    def inner(x): return f(f(x))\n    return inner",
        f"%run {HELPERS}",
        "@twice\ndef predict(x): return x * 3",
    )
    assert answer == 1007.5


def test_a_run_file_may_open_files(answers, tmp_path):
    (tmp_path / "labels.txt").write_text("a label")
    (tmp_path / HELPERS).write_text(
        'def read():\n    with open("labels.txt") as f:\n        return f.read()\n'
    )
    answer = answers(f"%run {HELPERS}", "def predict(x): return read()")
    assert answer == "a label"
    assert (tmp_path / "out/data/labels.txt").read_text() == "a label"


CLASS = "class Scale:\n    factor = 2\n    def times(self, x): return x * self.factor\n"


@pytest.mark.parametrize(
    ("file", "cell", "answer"),
    [
        (CLASS, "def times(self, x): return x * 10\nScale.times = times", 25.0),
        (CLASS, "Scale.times = lambda self, x: x * 10", 25.0),
        (
            f"{CLASS}    def half(self, x): return x / 2\n",
            "def times(self, x): return self.half(x)\nScale.times = times",
            1.25,
        ),
    ],
)
def test_a_method_that_a_cell_replaced_in_a_run_file_comes_along(
    answers, tmp_path, file, cell, answer
):
    (tmp_path / HELPERS).write_text(file)
    cells = f"%run {HELPERS}", cell, "def predict(x): return Scale().times(x)"
    assert answers(*cells) == answer


@pytest.mark.parametrize(
    "cell",
    [
        "In = 5",
        "Out = 'text'",
        "_ih = {'a': 1}",
        "_ = 3.5",
        "class Lying:\n    def __iter__(self): raise TypeError('no')\nIn = Lying()",
    ],
)
def test_names_that_the_shell_also_binds_are_a_users_to_bind(answers, cell):
    name = cell.rpartition(" = ")[0].rpartition("\n")[2]
    assert answers(cell, "def predict(x): return x", given=1) == 1
    if "Lying" not in cell:
        answers(f"def predict(x): return str({name})", given=1)


@pytest.mark.parametrize("name", ["In", "Out", "_"])
def test_the_shells_own_history_stays_behind(notebook, tmp_path, name):
    bundle = notebook("1 + 1", f"def predict(x): return str({name})")
    with pytest.raises(ExportError, match="exists only inside a notebook"):
        bundle.export(tmp_path / "out", prove=False)


def test_an_object_whose_class_hides_its_module_is_refused(notebook, tmp_path):
    bundle = notebook(
        "class Meta(type):\n"
        "    def __getattribute__(cls, name): raise ValueError(name)",
        "class Odd(metaclass=Meta): pass\nodd = Odd()",
        "def predict(x): return x if odd is not None else 0",
    )
    with pytest.raises(ExportError, match=r"odd .*raises ValueError when it is look"):
        bundle.export(tmp_path / "out", prove=False)


def test_an_object_that_hides_its_class_comes_along_by_its_line(notebook, tmp_path):
    bundle = notebook(
        "class Unset:\n    @property\n    def __class__(self): int('x')\nodd = Unset()",
        "def predict(x): return x if odd is not None else 0",
    )
    bundle.example(3)
    assert bundle.export(tmp_path / "out").proof.passed


HOOKS = {
    "__class__": "property(fail)",
    "__bool__": "fail",
    "__len__": "fail",
    "__eq__": "fail",
    "__hash__": "fail",
    "__getattr__": "fail",
    "__repr__": "fail",
    "__iter__": "fail",
}


@pytest.mark.parametrize("hook", HOOKS)
def test_an_object_that_fails_when_asked_is_never_a_raw_error(notebook, tmp_path, hook):
    bundle = notebook(
        "def fail(self, *_): raise RuntimeError('unbound')",
        f"class Odd:\n    {hook} = {HOOKS[hook]}\n"
        "    def __reduce__(self): return object, ()\nodd = Odd()",
        "def predict(x): return x if odd is not None else 0",
    )
    bundle.status()
    try:
        bundle.export(tmp_path / "out", prove=False)
    except ExportError as error:
        assert [problem.name for problem in error.problems] == ["odd"]  # noqa: PT017
        assert error.problems[0].path == ("predict",)  # noqa: PT017
