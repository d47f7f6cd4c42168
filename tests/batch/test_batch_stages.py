"""Stages of every kind answer rows as the server has them answer requests."""

import pytest
import scored
from doors import gate
from scored import answered, write

import truss_nb

pytestmark = gate

COUNTS = """\
def predict(x):
    seen.append(x)
    return {"n": len(seen)}
"""


def test_a_stage_that_keeps_state_between_rows_is_told(tmp_path):
    scorer = scored.export(tmp_path / "truss", "seen = []", predict=COUNTS)
    rows = write(tmp_path / "rows.parquet", {"a": range(30)})
    done = truss_nb.run_batch(scorer.folder, rows, tmp_path / "out")
    assert done.rows == 30
    (note,) = (each for each in done.notes if "depends on the rows before" in each)
    assert 'row 1, $["n"]: 1, or 20' in note


ASYNC = """\
async def preprocess(x: Body):
    await asyncio.sleep(0.001)
    return x.n + x.more
"""
STREAM = """\
async def predict(n):
    loops.add(id(asyncio.get_running_loop()))
    for each in range(n):
        yield f"{each} "
"""


@pytest.fixture
def secret_folder(tmp_path):
    pytest.importorskip("pydantic")
    scorer = scored.export(
        tmp_path / "truss",
        "import asyncio\nfrom pydantic import BaseModel\nloops = set()",
        "class Body(BaseModel):\n    n: int\n    more: int = 1",
        preprocess=ASYNC,
        predict=STREAM,
    )
    scorer.bundle.secret("api_key")
    scorer.bundle.export(scorer.folder, prove=False)
    return scorer


def test_async_stages_streams_and_inputs_of_a_type(secret_folder, tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"n": 2}\n{"n": "3", "more": 0}\n{"n": "x"}\n{}\n{"n": -1}\n')
    truss_nb.run_batch(secret_folder.folder, rows, tmp_path / "out")
    found = answered(tmp_path / "out")
    texts = [_text(row["answer"]) for row in found]
    assert texts == [
        "0 1 2 ",
        "0 1 2 ",
        None,
        None,
        "",
    ]
    assert "n" in found[2]["error"]
    assert found[3]["error"]


def _text(answer):
    return "".join(answer) if isinstance(answer, list) else answer


SECRET = """\
def load(self):
    self.key = self._secrets["api_key"]
"""
RESPONSE = """\
def predict(self, x):
    if x["n"] == 1:
        return Response(self.key.upper(), status_code=200, media_type="text/plain")
    if x["n"] == 2:
        return JSONResponse({"detail": "too many"}, status_code=422)
    return JSONResponse({"n": x["n"]})
"""


def test_responses_and_secrets(tmp_path):
    pytest.importorskip("starlette")
    scorer = scored.export(
        tmp_path / "truss",
        "from starlette.responses import JSONResponse, Response",
        load=SECRET,
        predict=RESPONSE,
    )
    scorer.bundle.secret("api_key")
    scorer.bundle.export(scorer.folder, prove=False)
    rows = write(tmp_path / "rows.parquet", {"n": [0, 1, 2]})
    truss_nb.run_batch(
        scorer.folder, rows, tmp_path / "out", secrets={"api_key": "hunter-two"}
    )
    fine, text, refused = answered(tmp_path / "out")
    assert fine == {"answer": {"n": 0}, "error": None}
    assert text["answer"] == "HUNTER-TWO"
    assert refused["answer"] is None
    assert "422" in refused["error"]
    for file in (tmp_path / "out").iterdir():
        assert b"hunter-two" not in file.read_bytes()


def test_a_secret_that_has_no_value_is_said_before_the_first_row(tmp_path):
    scorer = scored.export(
        tmp_path / "truss", load=SECRET, predict="def predict(self, x):\n    return x"
    )
    scorer.bundle.secret("api_key")
    scorer.bundle.export(scorer.folder, prove=False)
    rows = write(tmp_path / "rows.parquet", {"n": [0]})
    with pytest.raises(truss_nb.errors.TrussNBError, match="api_key"):
        truss_nb.run_batch(scorer.folder, rows, tmp_path / "out")
