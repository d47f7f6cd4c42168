"""What stages find in ``self._data_dir``, live: links to the files that come along."""

from __future__ import annotations

import os
import shutil
import weakref
from contextlib import ExitStack
from contextvars import Context
from pathlib import Path

from truss_nb.contents.contents import Captured
from truss_nb.contents.placed import placed
from truss_nb.doors import spoken
from truss_nb.opened import LINKS, slashed
from truss_nb.system.links import lead
from truss_nb.temporary import temporary
from truss_nb.truss.serving import DATA


class DataDir:
    """A folder like the server's ``data``; it's gone with this object."""

    def __init__(self, captured: Captured) -> None:
        self._captured = captured
        self._linked: list[str] | None = None
        lasting = ExitStack()
        # In a context of its own: what is opened to make it, no stage has opened.
        made = Context().run(lasting.enter_context, temporary(LINKS))
        self._path = made / DATA
        weakref.finalize(self, lasting.close)

    def path(self) -> Path:
        """Return the folder, with what ``%truss_file`` has named by now."""
        if self._linked != self._captured.files:
            shutil.rmtree(self._path, ignore_errors=True)
            self._path.mkdir()
            for file in self._captured.files:
                self._link(file)
            self._linked = list(self._captured.files)
        return self._path

    def _link(self, file: str) -> None:
        place = placed(
            Path(file), self._captured.notebook.folders, self._captured.files
        )
        link = self._path / (place or "")
        if not os.path.lexists(link):  # a folder above it may be named, too
            link.parent.mkdir(parents=True, exist_ok=True)
            lead(link, Path(file))


def explain_missing(error: OSError) -> None:
    """Add to what a stage raised how a file comes to lie in that folder."""
    _, _, path = slashed(str(error.filename)).partition(f"-{LINKS}-")
    name = path.partition(f"/{DATA}/")[2]
    if name:
        told = f"{error.strerror}; take it along: %truss_file {name}"
        error.strerror = spoken(told)
