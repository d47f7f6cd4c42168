"""An example that must be refused is proven as any other is: status and detail."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from asking import ask, online

from truss_nb.errors import ExportError, SettingError
from truss_nb.proof import EXPECTED, prove
from truss_nb.proof.server.server import serve
from truss_nb.truss.serving.refusals import refusal

pytest.importorskip("fastapi")
pytest.importorskip("pydantic")


@dataclass(frozen=True)
class Case:
    """Cells that make the stages, and an input that must be refused."""

    cells: tuple[str, ...]
    given: Any = 0
    status: int = 422
    detail: Any = "positive numbers alone"


IMPORTS = "from fastapi import HTTPException\nfrom pydantic import BaseModel"
RAISES = "def preprocess(x):\n    if x <= 0:\n        raise {}\n    return x\n"
PLAIN = "HTTPException(422, 'positive numbers alone')"
CASES = {
    "a text": Case((RAISES.format(PLAIN),)),
    "a structure": Case(
        (RAISES.format("HTTPException(409, detail={'field': 'x', 'got': [x]})"),),
        status=409,
        detail={"field": "x", "got": [0]},
    ),
    "a status alone": Case(
        (RAISES.format("HTTPException(404)"),), status=404, detail="Not Found"
    ),
    "raised by a helper, in a stage that is awaited": Case(
        (
            f"def check(x):\n    if not x:\n        raise {PLAIN}",
            "async def preprocess(self, x):\n    check(x)\n    return x\n",
        )
    ),
    "a class of one's own, in the last stage": Case(
        (
            "class TooBig(HTTPException):\n"
            "    def __init__(self, size):\n"
            "        super().__init__(413, f'{size} is too big')",
            "def postprocess(y):\n    if y > 9:\n        raise TooBig(y)\n    return y",
        ),
        given=10,
        status=413,
        detail="10 is too big",
    ),
    "what its model refuses": Case(
        (
            "class Order(BaseModel):\n    count: int",
            "def preprocess(order: Order | int):\n    return 2",
        ),
        given="many",
        status=400,
        detail="Input Parsing Errors:\n"
        "  `Order`: Input should be a valid dictionary or instance of Order.\n"
        "  `int`: Input should be a valid integer, unable to parse string as an "
        "integer.",
    ),
    "what a validator refuses": Case(
        (
            "from pydantic import field_validator",
            "class Order(BaseModel):\n    count: int\n"
            "    @field_validator('count')\n    @classmethod\n"
            "    def even(cls, n):\n"
            "        if n % 2:\n            raise ValueError('must be even')\n"
            "        return n",
            "def preprocess(order: Order | int):\n    return 2",
        ),
        given={"count": 3},
        status=400,
        detail="Input Parsing Errors:\n"
        "  `Order.count`: Value error, must be even.\n"
        "  `int`: Input should be a valid integer.",
    ),
}
UNTOLD = {
    "starlette's own": (
        "from starlette.exceptions import HTTPException as Other\n"
        "def preprocess(x):\n    raise Other(422, 'no')"
    ),
    "any other exception": "def preprocess(x):\n    raise ValueError('no')",
    "a detail that JSON can't hold": (
        "def preprocess(x):\n    raise HTTPException(422, detail={'x': {x}})"
    ),
    "a detail that the server can't look into": (
        "def preprocess(x):\n    raise HTTPException(422, detail=7)"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_kept_and_proven(door: Any, case: Case, tmp_path: Path) -> None:
    for cell in (IMPORTS, *case.cells[:-1]):
        door.run_cell(cell)
    last = case.cells[-1]
    stage = re.search(r"def (\w+)", last)
    door.stage("predict", "def predict(x):\n    return x\n")
    door.stage(stage[1], last)
    door.example("3", "good")
    door.example(repr(case.given), "bad", expect=case.status)

    folder = tmp_path / "out"
    done = door.export(folder)
    kept = json.loads((folder / EXPECTED).read_text())["examples"]["bad"]

    assert done.proof.passed
    assert f"refused with {case.status}" in str(done.proof)
    assert kept["status"] == case.status
    assert json.loads(kept["answer"]) == {"error": case.detail}
    assert "example_model_input: 3" in (folder / "config.yaml").read_text()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_real_server_refuses_it_so(
    notebook: Any, case: Case, tmp_path: Path, server_python: str
) -> None:
    bundle = notebook(IMPORTS, *case.cells)
    bundle.example(3, "good")
    bundle.example(case.given, "bad", expect=case.status)
    bundle.export(tmp_path / "out")

    proof = online(tmp_path / "out", server_python)

    assert proof.passed, proof
    bad = proof.examples[1]
    assert [s.name for s in bad.stages] == ["JSON", "msgpack", "at once"]


@pytest.mark.parametrize("stage", UNTOLD.values(), ids=UNTOLD)
def test_what_tells_a_client_nothing_isnt_kept_as_refused(
    door: Any, stage: str
) -> None:
    door.run_cell(IMPORTS)
    door.run_cell(stage.rpartition("def ")[0])
    door.stage("preprocess", "def " + stage.rpartition("def ")[2])
    door.stage("predict", "def predict(x):\n    return x\n")

    with pytest.raises(SettingError, match="the server makes a 500"):
        door.example("3", expect=422)


@pytest.mark.parametrize("stage", UNTOLD.values(), ids=UNTOLD)
def test_on_the_real_server_it_tells_nothing_either(
    notebook: Any, stage: str, tmp_path: Path, server_python: str
) -> None:
    bundle = notebook(IMPORTS, stage)
    bundle.export(tmp_path / "out", prove=False)

    with serve(tmp_path / "out", python=server_python) as server:
        answer = ask(server, 3)

    assert answer.status == 500
    assert refusal(bundle.run(3).stages[-1].error) is None


def test_a_stream_that_has_begun_is_no_refusal(
    notebook: Any, tmp_path: Path, server_python: str
) -> None:
    bundle = notebook(
        IMPORTS,
        "def predict(x):\n    yield 'a'\n    if x < 0:\n"
        f"        raise {PLAIN}\n    yield 'b'\n",
    )
    with pytest.raises(SettingError, match="StreamError"):
        bundle.example(-1, expect=422)
    bundle.example(3)

    bundle.export(tmp_path / "out")

    with serve(tmp_path / "out", python=server_python) as server:
        assert ask(server, 3).text == "ab"
        answer = ask(server, -1)
        assert (answer.status, answer.text) == (200, "a")


ANSWERS = {
    "it is answered": ("3", 422, "it is answered, and must be refused with 422"),
    "it is refused otherwise": ("0", 404, 'a client gets 422: {"error": "positive'),
    "it is refused": ("0", None, "Keep one that must be refused with --expect 422"),
}


@pytest.mark.parametrize("case", ANSWERS.values(), ids=ANSWERS)
def test_what_isnt_as_it_must_be_isnt_kept(door: Any, case: tuple[Any, ...]) -> None:
    given, status, told = case
    door.run_cell(IMPORTS)
    door.stage("preprocess", RAISES.format(PLAIN))
    door.stage("predict", "def predict(x):\n    return x\n")

    with pytest.raises(SettingError, match=re.escape(told)):
        door.example(given, expect=status)

    assert not door.bundle.captured.examples


CHANGED = {
    "it answers": ("if x <= 0:", "if x < 0:", "must be refused with 422"),
    "with another status": ("HTTPException(422", "HTTPException(403", "status 403"),
    "with another detail": ("numbers alone", "numbers only", "numbers only"),
    "with an error": ("if x <= 0:", "x / x\n    if x <= 0:", "ZeroDivisionError"),
    "where it was answered": ("if x <= 0:", "if True:", "status 422"),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_a_folder_that_does_otherwise_fails_in_both_proofs(
    notebook: Any, change: tuple[str, ...], tmp_path: Path, server_python: str
) -> None:
    bundle = notebook(IMPORTS, RAISES.format(PLAIN))
    bundle.example(3, "good")
    bundle.example(0, "bad", expect=422)
    folder = tmp_path / "out"
    bundle.export(folder)
    code = folder / "model" / "model.py"
    before, after, told = change
    code.write_text(code.read_text().replace(before, after))

    for proof in (prove(folder), online(folder, server_python)):
        assert proof.failed
        assert told in str(proof)


def test_an_export_stops_where_it_is_refused_otherwise_by_now(
    door: Any, tmp_path: Path
) -> None:
    door.run_cell(IMPORTS)
    door.stage("preprocess", RAISES.format(PLAIN))
    door.stage("predict", "def predict(x):\n    return x\n")
    door.example("0", "bad", expect=422)
    door.run_cell(RAISES.format(PLAIN).replace("<=", "<"))
    door.bundle.preprocess(door.value("preprocess"))

    replay = door.bundle.replay("bad")
    assert [str(d) for _, d in replay.found][-2:] == [
        "status: live 422, fresh 200",
        "$: live dict of 1, fresh 0 (int)",
    ]
    with pytest.raises((ExportError, SettingError), match="must be refused with 422"):
        door.export(tmp_path / "out")
