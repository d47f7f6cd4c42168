"""Runs a notebook of ``notebooks/`` and exports its bundle, in a process of its own.

    python tests/frameworks/exporting.py NOTEBOOK FOLDER

Prints one line of JSON: what was written, what of it needs trust, and how long it took.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from truss_nb.bundle import Bundle


def open_notebook(notebook: Path) -> Bundle:
    """Run the cells, and return the bundle of the stages and examples they define."""
    shell = InteractiveShell()
    for cell in notebook.read_text().split("# %%\n")[1:]:
        shell.run_cell(cell, store_history=True).raise_error()
    names = shell.user_ns
    bundle = Bundle(names)
    for stage in ("load", "preprocess", "predict", "postprocess"):
        if stage in names:
            getattr(bundle, stage)(names[stage])
    for name, given in names["examples"].items():
        bundle.example(given, name)
    return bundle


def export(notebook: Path, folder: Path) -> dict[str, Any]:
    """Export a notebook's bundle, without a proof."""
    bundle = open_notebook(notebook)
    started = time.perf_counter()
    exported = bundle.export(folder, prove=False)
    seconds = time.perf_counter() - started
    return {
        "files": dict(exported.files),
        "trusted": exported.trusted,
        "seconds": seconds,
    }


if __name__ == "__main__":
    print(json.dumps(export(Path(sys.argv[1]), Path(sys.argv[2]))))  # noqa: T201
