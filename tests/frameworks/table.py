"""Makes the guide's table of frameworks, from models trained and served now.

    TRUSS_NB_SERVER_PYTHON=… python tests/frameworks/table.py [NOTEBOOK …]

``.ci/server-env`` makes the interpreter of the server. The rows of frameworks that
aren't installed here, or weren't named, stay as they are.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
from cases import CASES, Case
from trial import (
    export,
    prove_in_environment,
    prove_in_process,
    server_differences,
)

PAGE = Path(__file__).parents[2] / "notebooks/guide/frameworks.ipynb"
HEADS = (
    "model",
    "file",
    "size",
    "needs trust",
    "export",
    "load",
    "fresh process",
    "environment",
    "server",
)


def row(case: Case, server_python: str) -> list[str]:
    """Try one case, and tell how it went."""
    with tempfile.TemporaryDirectory() as place:
        exported = export(case, Path(place, case.notebook))
        proof = prove_in_process(exported)
        size = sum(exported.size(file) for file in case.files)
        return [
            case.title,
            ", ".join(dict.fromkeys(f"`{_ending(file)}`" for file in case.files)),
            f"{size / 1000:.1f} kB",
            "yes" if exported.trusted else "no",
            f"{exported.seconds:.1f} s",
            "" if proof.seconds is None else f"{proof.seconds:.1f} s",
            _verdict(lambda: proof.passed),
            _verdict(lambda: prove_in_environment(exported).passed),
            _verdict(lambda: not server_differences(exported, server_python)),
        ]


def _ending(file: str) -> str:
    return "folder" if file.endswith("/") else Path(file).suffix


def _verdict(passed: Callable[[], bool]) -> str:
    return "same" if passed() else "DIFFERS"


def replaced(table: str, rows: dict[str, str]) -> str:
    """Return the table with these rows, by title."""
    kept = {line.split(" | ")[0][2:]: line for line in table.splitlines()[2:]}
    kept |= rows
    titles = [case.title for case in CASES if case.title in kept]
    lines = [_line(HEADS), "|" + "---|" * len(HEADS), *(kept[each] for each in titles)]
    return "\n".join(lines)


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    server_python = os.environ["TRUSS_NB_SERVER_PYTHON"]
    rows = {}
    for case in CASES:
        if not case.missing() and case.notebook in (sys.argv[1:] or [case.notebook]):
            rows[case.title] = _line(row(case, server_python))
            print(rows[case.title], flush=True)  # noqa: T201
    page = nbformat.read(PAGE, as_version=4)
    (cell,) = (each for each in page.cells if each.id == "table")
    cell.source = replaced(cell.source, rows)
    nbformat.write(page, PAGE)
