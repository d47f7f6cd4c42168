"""What only msgpack carries is an example: live, in the proof, and on the server."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from asking import online

from truss_nb import prove
from truss_nb.errors import ProofError, SettingError
from truss_nb.proof.server.server import serve
from truss_nb.truss.http import MSGPACK
from truss_nb.truss.packing import pack

IMPORTS = (
    "import datetime as dt\nimport decimal\nimport json\nimport uuid\n"
    "import numpy as np\nNAN = float('nan')"
)


@dataclass(frozen=True)
class Case:
    """An input, what preprocess and predict do with it, and what is told.

    Args:
        given: an expression.
        body: of preprocess, which takes ``x``.
        told: how the example is sent; empty if by JSON too.
        answer: the body of predict, which takes ``x``.
        msgpack: it's asked for.
        alone: the one way in which the server is asked, if it isn't msgpack.
    """

    given: str
    body: str
    told: str = "only by msgpack"
    answer: str = "return x"
    msgpack: bool = False
    alone: str = ""


CASES = {
    "a datetime": Case(
        "{'at': dt.datetime(2026, 2, 3, 4, 5)}",
        "return (x['at'] + dt.timedelta(days=1)).isoformat()",
        "only by msgpack ($.at is datetime.datetime)",
    ),
    "a datetime of a zone": Case(
        "[dt.datetime(2026, 2, 3, tzinfo=dt.timezone.utc)]",
        "return x[0].utcoffset() == dt.timedelta()",
    ),
    "a date, a time and a span": Case(
        "[dt.date(2026, 2, 3), dt.time(12, 30), dt.timedelta(hours=36)]",
        "return dt.datetime.combine(x[0], x[1]) + x[2]",
    ),
    "a Decimal and a UUID": Case(
        "{'price': decimal.Decimal('1.10'), 'id': uuid.UUID(int=5)}",
        "return {'vat': x['price'] * 2, 'id': x['id']}",
    ),
    "bytes": Case("{'image': b'\\x00\\xff'}", "return [len(x['image']), x['image']]"),
    "bytes as the answer": Case("b'\\x89PNG'", "return x + b'\\x00'"),
    "an array beside bytes stays one": Case(
        "{'image': b'a', 'boxes': np.arange(4.0).reshape(2, 2)}",
        "return x['boxes'].sum(axis=0)",
    ),
    "an array by msgpack stays one": Case(
        "np.arange(6, dtype='f4').reshape(2, 3)",
        "return {'mean': x.mean(), 'x': x.astype('f8'), 'kind': str(x.dtype)}",
        msgpack=True,
    ),
    "an array by JSON is a list": Case(
        "np.arange(3)", "return [type(x).__name__, sum(x)]", ""
    ),
    "NaN": Case(
        "[1.5, NAN]",
        "return np.nan_to_num(np.asarray(x)).tolist()",
        "only by msgpack ($[1] is NaN)",
    ),
    "NaN in the answer": Case("[NAN, 1.0]", "return {'x': x, 'y': np.array(x)}"),
    "an integer that msgpack can't hold": Case(
        "2**70", "return x + 1", "", alone="JSON"
    ),
    "an answer that JSON can't hold": Case(
        "{'day': 3}",
        "return x['day']",
        answer="return {'at': dt.datetime(2026, 2, x), 'flag': np.bool_(True)}",
        msgpack=True,
    ),
}


def build(notebook: Any, case: Case) -> tuple[Any, Any]:
    """Return a bundle and the input."""
    stages = (
        f"def preprocess(x):\n    {case.body}",
        f"def predict(x):\n    {case.answer}",
    )
    bundle = notebook(IMPORTS, *stages)
    return bundle, eval(case.given, bundle.captured.notebook.names)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_kept_and_proven(notebook: Any, case: Case, tmp_path: Path) -> None:
    bundle, given = build(notebook, case)
    bundle.example(given, "it", msgpack=case.msgpack)
    bundle.example(given, "again", msgpack=case.msgpack)

    example = bundle.captured.examples["it"]
    done = bundle.export(tmp_path / "out")

    assert case.told in example.way
    assert bool(case.told) == bool(example.way)
    assert done.proof.passed
    assert bundle.replay("it").passed


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_real_server_answers_so(
    notebook: Any, case: Case, tmp_path: Path, server_python: str
) -> None:
    bundle, given = build(notebook, case)
    bundle.example(given, "it", msgpack=case.msgpack)
    bundle.export(tmp_path / "out")

    proof = online(tmp_path / "out", server_python)

    assert proof.passed, proof
    ways = [stage.name for stage in proof.examples[0].stages]
    one = case.alone or ("msgpack" if case.told else "")
    assert ways == [*([one] if one else ["JSON", "msgpack"]), "at once"]


WRONG = {
    "an answer that isn't the live one": ("b'\\xff'", "b'\\xfe'"),
    "what msgpack can't carry": ("return x +", "return {1} or x +"),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_another_answer_fails_in_both_proofs_and_at_an_address(
    notebook: Any, change: tuple[str, ...], tmp_path: Path, server_python: str
) -> None:
    bundle = notebook(IMPORTS, "def predict(x):\n    return x + b'\\xff'")
    bundle.example(b"\x89PNG", "it")
    folder = tmp_path / "out"
    bundle.export(folder)
    with serve(folder, python=server_python) as server:
        assert prove(folder, url=server.url).passed
    code = folder / "model" / "model.py"
    before, after = change
    text = code.read_text().replace('b"', "b'").replace('"', "'")
    code.write_text(text.replace(before, after))

    assert prove(folder).failed
    assert online(folder, server_python).failed
    with serve(folder, python=server_python) as server:
        assert prove(folder, url=server.url).failed


def test_an_array_cannot_be_written_to_live_either(
    notebook: Any, tmp_path: Path, server_python: str
) -> None:
    bundle = notebook(IMPORTS, "def predict(x):\n    x[0] = 5\n    return x.sum()")
    given = bundle.captured.notebook.names["np"].arange(3)
    with pytest.raises(ValueError, match="read-only"):
        bundle.example(given, msgpack=True)
    bundle.export(tmp_path / "out", prove=False)
    with serve(tmp_path / "out", python=server_python) as server:
        answer = server.predict(pack(given), content_type=MSGPACK)
    assert answer.status == 500


def test_the_line_that_makes_nan_null_is_right(door: Any, tmp_path: Path) -> None:
    door.run_cell(IMPORTS)
    door.stage(
        "predict", "def predict(x):\n    return [e is None for e in x['a'][0]]\n"
    )
    door.run_cell("x = {'a': np.array([[1, NAN]]), 'b': np.float32('inf')}")
    door.example("x", "as it is")
    remedy = door.bundle.captured.examples["as it is"].remedy
    line = remedy[remedy.index("json.loads") :]

    door.example(line, "null")

    assert door.bundle.captured.examples["null"].input == {
        "a": [[1.0, None]],
        "b": None,
    }
    assert not door.bundle.captured.examples["null"].way
    assert door.export(tmp_path / "out").proof.passed


def test_config_shows_an_example_that_json_holds(notebook: Any, tmp_path: Path) -> None:
    bundle = notebook(IMPORTS)
    bundle.example(b"a")
    bundle.example([1.5])
    done = bundle.export(tmp_path / "out")
    config = (tmp_path / "out" / "config.yaml").read_text()
    assert done.proof.passed
    assert "example_model_input: [1.5]" in config


UNSENDABLE = {
    "a set": ("{'at': dt.date(2026, 1, 1), 'a': {1}}", "$.a is a set"),
    "a number too large": ("[b'', 2**70]", r"$[1] is a int"),
    "numbers as keys": ("{1: dt.date(2026, 1, 1)}", '$["1"] is a int key'),
    "an array of objects": ("[b'', np.array([{}])]", "$[1] is a numpy.ndarray"),
}


@pytest.mark.parametrize("case", UNSENDABLE.values(), ids=UNSENDABLE)
def test_what_msgpack_cannot_carry_is_told(door: Any, case: tuple[str, str]) -> None:
    given, told = case
    door.run_cell(IMPORTS)
    door.stage("predict", "def predict(x):\n    return 1\n")
    with pytest.raises(SettingError) as refused:
        door.example(given)
    assert told in str(refused.value)


def test_an_answer_for_msgpack_alone_is_refused_by_json(
    door: Any, tmp_path: Path
) -> None:
    door.run_cell(IMPORTS)
    door.stage("predict", "def predict(x):\n    return {'at': dt.date(2026, 1, x)}\n")
    door.example("3")
    with pytest.raises(ProofError, match="isoformat"):
        door.export(tmp_path / "out")


HOLDS_ITSELF = {
    "a parameter": "def predict(x, k=None):\n    return [x, len(k)]\n",
    "a global": "def predict(x):\n    return [x, len(loop)]\n",
}


@pytest.mark.parametrize("stage", HOLDS_ITSELF.values(), ids=HOLDS_ITSELF)
def test_a_list_that_holds_itself_travels(
    door: Any, stage: str, tmp_path: Path
) -> None:
    door.run_cell("loop = []\nloop.append(loop)")
    door.stage("predict", stage)
    if "k=" in stage:
        door.parameter("k", "loop")
    door.example("1")

    assert door.export(tmp_path / "out").proof.passed
    with pytest.raises(SettingError, match="contains itself"):
        door.example("loop")
