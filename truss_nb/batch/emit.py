"""Write a file that answers rows on any engine, without this package."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from truss_nb.errors import BatchError
from truss_nb.proof.folder import Folder, read_folder
from truss_nb.truss.serving import ANSWERING

_SOURCE = Path(__file__).with_name("emitted.py")


def emit(folder: str | Path, file: str | Path, input: str | None = None) -> Path:  # noqa: A002 - as the option
    """Write a Python file whose class answers the rows of a DataFrame.

    It loads the folder by its path, as the server does; its docstring has the line that
    hands it to Dask, Daft, Ray Data and Spark.

    Args:
        folder: the exported folder.
        file: what to write; only a file that this has written is replaced.
        input: the column that holds what a client sends. If None, a row's columns are
            the dict that a client sends.

    Returns:
        The file.

    Raises:
        BatchError: the folder's stages need more than rows, or the file is another's.
        ProofError: the folder can't be read.
    """
    read, path, text = read_folder(folder), Path(file), _SOURCE.read_text("utf-8")
    for why in _obstacles(read):
        raise BatchError(f"{read.path.name} can't answer rows without a server: {why}.")
    takes_text = any(isinstance(each["input"], str) for each in read.examples)
    for before, after in (
        ('FOLDER = "digits-truss"', f"FOLDER = {_quoted(str(read.path.absolute()))}"),
        ("| None = None  #", f"| None = {_quoted(input) if input else None}  #"),
        ("IS_JSON = True", f"IS_JSON = {not takes_text}"),
    ):
        text = text.replace(before, after, 1)
    title = text.splitlines()[0]
    if path.exists() and not path.read_text("utf-8", "replace").startswith(title):
        raise BatchError(f"{path} wasn't written by --emit: name another file.")
    path.write_text(text, "utf-8")
    return path


def _obstacles(folder: Folder) -> Iterator[str]:
    if any(map(folder.is_packed, folder.examples)):
        yield "its examples are sent by msgpack"
    module = folder.path / "model" / "model.py"
    if not module.is_file():
        yield "it has no model/model.py"
        return
    stages = (
        part
        for node in ast.parse(module.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == "Model"
        for part in node.body
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
        and part.name in ANSWERING
    )
    for stage in stages:
        _, *taken = stage.args.args
        kinds = [ast.unparse(each.annotation) for each in taken if each.annotation]
        if any(kind.endswith("Request") for kind in kinds):
            yield f"{stage.name} takes the server's Request"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
