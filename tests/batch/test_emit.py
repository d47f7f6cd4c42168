"""A file that answers rows needs nothing of this package, on any engine."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import scored
from doors import gate

from truss_nb.batch.emit import emit
from truss_nb.errors import BatchError

pytestmark = gate

LOAD = """\
def load(self):
    self.key = self._secrets["api_key"]
    self.names = weights
"""
PREDICT = """\
async def predict(self, x):
    if x["n"] is None:
        raise ValueError("no number")
    if x["n"] == 5:
        return chunks(3)
    return {"seen": x, "key": self.key, "k": self.names[:1], "more": MORE}
"""
CHUNKS = """\
async def chunks(count):
    for each in range(count):
        yield f"{each} "
"""
IN_TURN = """\
import sys
import pandas as pd
from scored_rows import Scorer, score
assert sys.modules["truss_nb"] is None
rows = pd.read_pickle("rows.pickle")
score(rows).to_pickle("answers.pickle")
"""
BY_DASK = """\
import dask.dataframe as dd
import pandas as pd
from scored_rows import score
rows = pd.read_pickle("rows.pickle")
frame = dd.from_pandas(rows, npartitions=2, sort=False)
told = frame.map_partitions(score, meta={"answer": "string", "error": "string"})
told.compute(scheduler="threads").to_pickle("answers.pickle")
"""
BY_DAFT = """\
import os
import daft
import pandas as pd
from scored_rows import answer
rows = pd.read_pickle("rows.pickle")
frame = daft.from_pandas(rows.reset_index(drop=True))
found = frame.with_column(
    "told", daft.func(answer, return_dtype=daft.DataType.struct(
        {key: daft.DataType.string() for key in ("answer", "error")}
    ))(daft.functions.to_struct(*map(daft.col, frame.column_names))))
told = pd.DataFrame(found.to_pydict()["told"], rows.index, dtype="string")
told.to_pickle("answers.pickle")
os._exit(0)  # its threads crash one process in ten that ends by itself
"""


@pytest.fixture(scope="module")
def keyed(tmp_path_factory):
    """Return a folder with data, a secret, a parameter and asynchronous stages."""
    scorer = scored.export(
        tmp_path_factory.mktemp("keyed") / "keyed-truss",
        "import numpy as np\nweights = np.arange(10_000) / 4\nMORE = {'a': (1, None)}",
        CHUNKS,
        load=LOAD,
        predict=PREDICT,
    )
    scorer.bundle.secret("api_key")
    scorer.bundle.export(scorer.folder, prove=False)
    return scorer


def rows() -> pd.DataFrame:
    """Return rows of several types, out of order."""
    return pd.DataFrame(
        {
            "n": pd.array([3, None, 5], "Int64"),
            "ü": ["x", None, "z"],
            "when": pd.Timestamp("2026-03-01", tz="UTC"),
        },
        index=pd.Index(["c", "b", "a"], name="key"),
    )


def run(place: Path, code: str, python: str = sys.executable) -> pd.DataFrame:
    """Answer rows in a process that has no truss_nb; return the answers."""
    rows().to_pickle(place / "rows.pickle")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run(
        [python, "-c", HIDE + code],
        cwd=place,
        env={**kept, "TRUSS_SECRET_api_key": "two"},
        check=True,
    )
    return pd.read_pickle(place / "answers.pickle")


HIDE = "import sys; sys.modules['truss_nb'] = None\n"
ENGINES = {"in turn": IN_TURN, "Dask": BY_DASK, "Daft": BY_DAFT}


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_answers_rows_by_the_file(keyed, tmp_path, engine, request):
    python = sys.executable
    if engine == "Daft":
        python = request.getfixturevalue("daft_python")
    emit(keyed.folder, tmp_path / "scored_rows.py")
    found = run(tmp_path, ENGINES[engine], python)
    assert [*found.index] == [*rows().index]
    assert list(found) == ["answer", "error"]
    assert found["error"].fillna("").tolist() == ["", "ValueError: no number", ""]
    when = dt.datetime(2026, 3, 1, tzinfo=dt.timezone.utc).isoformat()
    sent = {"n": 3, "ü": "x", "when": when}
    first = {"seen": sent, "key": "two", "k": [0.0], "more": {"a": [1, None]}}
    assert json.loads(found["answer"]["c"]) == first
    assert found["answer"]["a"] == "0 1 2 "


def test_the_file_is_clean_and_has_the_line_for_each_engine(keyed, tmp_path):
    file = emit(keyed.folder, tmp_path / "scored_rows.py", input="body")
    text = file.read_text()
    for engine, line in {
        "Dask": "map_partitions(score",
        "Daft": "daft.func(answer",
        "Ray": "map_batches(Scorer",
        "Spark": "mapInPandas(",
    }.items():
        assert engine in text
        assert line in text
    assert "are untried" in " ".join(text.split())
    for check in (("check", "--isolated"), ("format", "--isolated", "--check")):
        subprocess.run([sys.executable, "-m", "ruff", *check, str(file)], check=True)


SENT = {
    "JSON": ("{'a': 1}", '{"b": [1]}', {"b": [1]}),
    "plain text": ("'so good'", "1984", "1984"),
}


@pytest.mark.parametrize("case", SENT)
def test_one_column_is_what_a_client_sends(tmp_path, case):
    example, text, sent = SENT[case]
    scorer = scored.export(
        tmp_path / "truss", example=example, predict="def predict(x):\n    return [x]"
    )
    emit(scorer.folder, tmp_path / "scored_rows.py", input="body")
    code = 'rows = pd.DataFrame({"body": [TEXT, None]})'
    code = IN_TURN.replace(
        'rows = pd.read_pickle("rows.pickle")', code.replace("TEXT", repr(text))
    )
    found = run(tmp_path, code)
    assert json.loads(found["answer"][0]) == [sent]


def test_the_command_writes_it_and_nothing_else(echo, tmp_path, told):
    file = tmp_path / "mine.py"
    code, out, _ = told(echo.folder, "--emit", file)
    assert code == 0
    assert str(file) in out
    assert told(echo.folder, "--emit", file)[0] == 0  # its own file is replaced
    file.write_text("mine = 1\n")
    code, _, err = told(echo.folder, "--emit", file)
    assert code == 1
    assert "wasn't written by --emit" in err
    for words in (("rows.parquet", "--emit", file), ("rows.parquet",), ("-o", "out")):
        with pytest.raises(SystemExit) as ended:
            told(echo.folder, *words)
        assert ended.value.code == 2


def test_stages_that_need_the_request_are_refused(tmp_path):
    scorer = scored.export(tmp_path / "truss", predict="def predict(x):\n    return x")
    model = scorer.folder / "model" / "model.py"
    text = model.read_text().replace(
        "def predict(self, model_input)", "def predict(self, x, request: Request)"
    )
    model.write_text(text)
    with pytest.raises(BatchError, match="predict takes the server's Request"):
        emit(scorer.folder, tmp_path / "scored_rows.py")
