"""README.md of an exported folder: each command in it works as it stands."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import truss_nb
from truss_nb.errors import ProofError
from truss_nb.proof.server.server import serve

URL = "http://127.0.0.1:8080"
CELL = (
    "import datetime as dt\nimport numpy as np\nfrom fastapi import HTTPException\n"
    "def predict(x):\n"
    "    if x == 'no':\n        raise HTTPException(422, 'never')\n"
    "    return b'\\xff' if x == 'raw' else {'got': x}\n"
)
LONG = "0123456789" * 120


def blocks(readme: str, language: str) -> list[str]:
    found = re.findall(rf"(`{{3,}}){language}\n(.*?)\n\1", readme, re.DOTALL)
    return [text for _, text in found]


def test_each_example_is_asked_by_what_is_written_there(
    notebook: Any, tmp_path: Path, server_python: str
) -> None:
    bundle = notebook(CELL)
    given = [{"it's": "```"}, LONG, {"at": [b"1", b"2"]}]
    for each in given:
        bundle.example(each)
    bundle.example("raw", "raw bytes", msgpack=True)
    bundle.example("no", "refused", expect=422)
    folder = tmp_path / "out"
    bundle.export(folder)
    readme = (folder / "README.md").read_text()

    with serve(folder, python=server_python) as server:
        head, *curls, prove = blocks(readme, "sh")
        sh = [f"{head}\n{curl} -s" for curl in curls]
        python = [[sys.executable, "-c", text] for text in blocks(readme, "python")]
        told = [
            subprocess.run(
                [part.replace(URL, server.url) for part in command],
                capture_output=True,
                text=True,
                cwd=folder,
                check=True,
            ).stdout
            for command in [*(["bash", "-c", each] for each in sh), *python]
        ]

    assert json.loads(told[0]) == {"got": given[0]}
    assert json.loads(told[1]) == {"error": "never"}
    assert told[2:] == [
        f'200 {{"got": {json.dumps(LONG)}}}\n',
        f"200 {{'got': {given[2]!r}}}\n",
        "200 b'\\xff'\n",
    ]
    assert "It must be refused with 422." in readme
    assert "Only by msgpack ($.at[0] is bytes)" in readme
    assert "truss-nb prove . " in prove


def test_it_says_where_it_comes_from(
    notebook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "orders.ipynb"))
    bundle = notebook("TOKEN = 'abc'\ndef predict(x):\n    return [x, len(TOKEN)]\n")
    bundle.secret("TOKEN")
    bundle.example(1, "one")
    bundle.export(tmp_path / "shop")
    readme = (tmp_path / "shop/README.md").read_text()
    made = f"from orders.ipynb on 1970-01-02 by truss-nb {truss_nb.__version__}"
    assert readme.startswith("# shop\n")
    assert made in readme
    assert "it answered its example as it did in the notebook" in readme
    assert "Set TRUSS_SECRET_TOKEN in the environment" in readme
    assert str(tmp_path) not in readme
    assert "abc" not in readme


def test_it_says_that_nothing_was_compared(notebook: Any, tmp_path: Path) -> None:
    bundle = notebook()
    bundle.export(tmp_path / "none")
    assert "It has no example" in (tmp_path / "none/README.md").read_text()
    bundle.example(1)
    bundle.export(tmp_path / "unproven", prove=False)
    assert "It wasn't proven." in (tmp_path / "unproven/README.md").read_text()


def test_it_says_that_the_proof_failed(notebook: Any, tmp_path: Path) -> None:
    bundle = notebook("def predict(x):\n    return {x}\n")
    bundle.example(1)
    with pytest.raises(ProofError):
        bundle.export(tmp_path / "out")
    assert "its proof failed" in (tmp_path / "out/README.md").read_text()


def test_what_a_person_writes_in_it_is_not_lost(notebook: Any, tmp_path: Path) -> None:
    bundle = notebook()
    bundle.example(1)
    bundle.export(tmp_path / "out")
    bundle.export(tmp_path / "out")
    (tmp_path / "out/README.md").write_text("mine")
    with pytest.raises(truss_nb.TrussNBError, match=r"README\.md"):
        bundle.export(tmp_path / "out")
