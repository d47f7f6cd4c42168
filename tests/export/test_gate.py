"""No file of a finished folder leaves with a credential in it, whatever it is."""

import io
import json
import pickle
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from truss_nb.errors import ExportError
from truss_nb.export import gate

KEY = "ghp_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZ" + "abcdefghij"
PASSWORD = "tr0ub4dor-and-3"


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return packed.getvalue()


def array(value: np.ndarray) -> bytes:
    saved = io.BytesIO()
    np.save(saved, value)
    return saved.getvalue()


RECORDS = np.array([("ann", PASSWORD)], dtype=[("user", "U8"), ("password", "U32")])

CELL = {"cell_type": "code", "source": [f"PASSWORD = '{KEY}'"]}

# A file that comes along, what it holds, and the place in it that is told.
FILES = {
    "one.json": (f'{{"a": {{"api": [1, "{KEY}"]}}}}', "1"),
    "named.json": (f'{{"db": {{"password": "{PASSWORD}"}}}}', "password"),
    "list.json": (f'{{"passwords": ["{PASSWORD}"]}}', "passwords"),
    "large.json": (json.dumps(["word"] * 300_000 + [KEY]), "1"),
    "users.csv": (f"user,password\nann,{PASSWORD}\n", "password"),
    "settings.ini": (f"[db]\npassword = {PASSWORD}\n", "password"),
    "settings.yaml": (f"db:\n  password: {PASSWORD}\n", "password"),
    "netrc": (f"machine a.b login ann password {PASSWORD}\n", "password"),
    "pgpass": (f"db.local:5432:sales:ann:{PASSWORD}\n", "password"),
    "notes.txt": (f"log in with\n{KEY}\n", "2"),
    "page.html": (f"<password>{PASSWORD}</password>", "password"),
    "odbc.txt": (f"Driver=x;Server=y;UID=ann;PWD={PASSWORD};", "PWD"),
    "work.ipynb": (
        json.dumps({"cells": [CELL]}),
        "PASSWORD",
    ),
    "saved.pkl": (pickle.dumps({"password": PASSWORD}), "password"),
    "packed.zip": (zipped("a.json", KEY.encode()), "a.json:1"),
    "records.npy": (array(RECORDS), "password"),
    "binary.dat": (b"\0\1\2" + KEY.encode() + b"\0", "1"),
}


@pytest.mark.parametrize(
    ("name", "content", "place"), [(n, *rest) for n, rest in FILES.items()], ids=FILES
)
def test_a_file_with_a_credential_is_refused_until_declared_harmless(
    notebook, tmp_path: Path, name, content, place
) -> None:
    (tmp_path / name).write_bytes(
        content if type(content) is bytes else content.encode()
    )
    bundle = notebook("def preprocess(x): return x")
    bundle.file(name)

    with pytest.raises(ExportError) as refused:
        bundle.export(tmp_path / "out", prove=False)

    told = str(refused.value)
    assert not (tmp_path / "out").exists()
    assert KEY not in told
    assert PASSWORD not in told
    places = re.findall(r"%truss_harmless (\S+)\.$", told, re.MULTILINE)
    assert f"data/{name}:{place}" in places
    for each in places:
        bundle.harmless(each)
    export = bundle.export(tmp_path / "out", prove=False)
    assert f"data/{name}" in export.files
    assert f"declared harmless: data/{name}:{place}" in export.warnings
    assert f"data/{name}:{place}" in str(bundle.status())
    for each in places:
        bundle.forget_harmless(each)
    with pytest.raises(ExportError):
        bundle.export(tmp_path / "out", prove=False)


HARMLESS = {
    "vocabulary.json": json.dumps({f"token{n}": n for n in range(5000)}),
    "vocab.json": json.dumps({"password": 20786, "secret": 3595, "token": 19204}),
    "counts.csv": "word,count\npassword,20786\ntoken,19204\n",
    "tokens.csv": "token,tag\nCOVID-19-related,O\nB2B,B-ORG\n",
    "numbers.csv": "key,value\n" + "\n".join(f"{n},{n / 7}" for n in range(5000)),
    "schema.yaml": "password: string\ntoken: str\nsecret: optional\n",
    "hashes.txt": "\n".join(f"{n:032x} data/{n}.bin" for n in range(2000)),
}


@pytest.mark.parametrize(("name", "content"), HARMLESS.items(), ids=HARMLESS)
def test_a_harmless_file_comes_along(notebook, tmp_path: Path, name, content) -> None:
    (tmp_path / name).write_text(content)
    bundle = notebook("def preprocess(x): return x")
    bundle.file(name)
    assert f"data/{name}" in bundle.export(tmp_path / "out", prove=False).files


def test_modules_beside_the_notebook_are_read_and_their_hidden_files_stay(
    notebook, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "gated"
    package.mkdir()
    (package / "__init__.py").write_text(f"def ask(x, password='{PASSWORD}'): return x")
    (package / "labels.json").write_text("[]")
    for name in (".env.local", "id_rsa", "try.ipynb"):
        (package / name).write_text("{}")
    bundle = notebook("import gated\ndef preprocess(x): return gated.ask(x)")
    bundle.example(1)

    with pytest.raises(ExportError, match="%truss_harmless packages/gated/__init"):
        bundle.export(tmp_path / "out")

    bundle.harmless("packages/gated/__init__.py:password")
    export = bundle.export(tmp_path / "out")
    assert export.proof
    assert not export.proof.failed
    packed = {name for name in export.files if name.startswith("packages/gated")}
    assert packed == {"packages/gated/__init__.py", "packages/gated/labels.json"}


def test_what_was_declared_in_the_notebook_may_stand_in_the_folder(
    notebook, tmp_path: Path
) -> None:
    bundle = notebook(f"SAMPLE = '{KEY}'\ndef preprocess(x): return SAMPLE")

    with pytest.raises(ExportError, match="%truss_harmless SAMPLE:") as refused:
        bundle.export(tmp_path / "out", prove=False)

    for problem in refused.value.problems:
        bundle.harmless(problem.remedy.rpartition(" ")[2])
    bundle.export(tmp_path / "out", prove=False)
    assert KEY in (tmp_path / "out/model/model.py").read_text()


def test_an_unchanged_file_is_read_once(notebook, tmp_path: Path, monkeypatch) -> None:
    read, plain = list[str](), gate.read_file
    monkeypatch.setattr(
        gate, "read_file", lambda f, k: read.append(f.name) or plain(f, k)
    )
    (tmp_path / "labels.txt").write_text("a\nb\n")
    bundle = notebook("def preprocess(x): return x")
    bundle.file("labels.txt")
    bundle.export(tmp_path / "out", prove=False)
    assert "labels.txt" in read
    read.clear()
    bundle.export(tmp_path / "out", prove=False)
    assert "labels.txt" not in read
