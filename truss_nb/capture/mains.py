"""What a file that a stage opens names of this notebook.

``joblib.dump(pipeline, "model.joblib")`` in a cell, and ``joblib.load`` of it in load:
a pickle knows the notebook's functions and classes as those of ``__main__``, which is
another program on the server. There they are given to that module before load runs.
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from truss_nb.contents.contents import Captured


def named_in_files(captured: Captured) -> dict[str, tuple[str, str]]:
    """Return the definitions that opened pickles name, with the stage and the file."""
    names, owns = captured.notebook.names, captured.notebook.owns
    read = sorted({(o.path, o.stage) for o in captured.opened if o.reads})
    files = [(Path(path), stage) for path, stage in read]
    return {
        name: (stage, file.name)
        for file, stage in files
        if os.access(file, os.R_OK) and file.is_file() and file.stat().st_size
        for name in _named_in(file, file.stat().st_mtime_ns)
        if name in names and owns(names[name])
    }


@lru_cache(maxsize=1024)
def _named_in(path: Path, _changed: int) -> tuple[str, ...]:
    """Return what a pickle, or a zip file with one inside, has from ``__main__``."""
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        found = _globals(content) if content.find(b"__main__") >= 0 else ()
        return tuple(dict.fromkeys(found))


def _globals(content: mmap.mmap) -> Iterator[str]:
    """Yield the first part of each name that may be one of ``__main__``."""
    for found in _GLOBAL.finditer(content):
        name = (found["old"] or found["new"]).decode()
        if found["old"] or len(name) == found["size"][0]:
            yield name.partition(".")[0]


_GLOBAL = re.compile(
    rb"c__main__\n(?P<old>[\w.]+)\n"  # GLOBAL, in protocols below 4
    rb"|\x8c(?P<size>[^\0])(?P<new>[A-Za-z_][\w.]*)\x94?\x93",  # STACK_GLOBAL
    re.DOTALL,
)
