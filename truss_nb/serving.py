"""What a bundle's last export does: serve beside its notebook, or answer rows.

What is served is what was exported: where the notebook has moved on since, that is
said, and nothing is started.
"""

from __future__ import annotations

import atexit
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truss_nb.contents.contents import Captured
from truss_nb.errors import ProofError

if TYPE_CHECKING:
    from truss_nb.export.stale import Written
    from truss_nb.proof.keeping import Kept


class Serving:
    """The server of a bundle's last export: none or one."""

    captured: Captured
    _written: Written | None
    _kept: Kept | None = None

    def serve(
        self,
        *,
        port: int | None = None,
        python: str | Path | None = None,
        timeout: float = 300.0,
    ) -> Kept:
        """Serve the last export on the real Truss server, beside this process.

        It ends with this process, whatever ends that, and with ``end_server()``.
        Another one takes its place.

        Args:
            port: where to listen on 127.0.0.1; a free one if None.
            python: the Python to make the server's environment with, as for a proof.
            timeout: the seconds that the model may take to load.

        Raises:
            ProofError: nothing is exported, the bundle has changed since, or the
                server or its environment can't be had.
        """
        from truss_nb.proof.keeping import start  # noqa: PLC0415  # loads requests

        folder = _check(self.captured, self._written).path
        self.end_server()
        self._kept = start(folder, port=port, python=python, timeout=timeout)
        atexit.register(self._kept.end)
        return self._kept

    def run_batch(self, source: Any, target: Any = None, **options: Any) -> Any:
        """Answer many rows with the last export, as ``truss_nb.run_batch`` does.

        Args:
            source: a table of pandas, Polars or Arrow, or files of rows.
            target: the folder of the answers. Of a table it may be None: then a table
                of the same kind is returned, with the same index.
            options: as that function has them.

        Raises:
            ProofError: nothing is exported, or the bundle has changed since.
            BatchError: the rows can't be answered; it says why.
        """
        from truss_nb.batch import run_batch  # noqa: PLC0415  # when it's needed

        folder = _check(self.captured, self._written).path
        return run_batch(folder, source, target, **options)

    def end_server(self) -> bool:
        """End the server that ``serve`` started; return whether there was one."""
        kept, self._kept = self._kept, None
        if kept is None:
            return False
        atexit.unregister(kept.end)
        kept.end()
        return True

    @property
    def url(self) -> str | None:
        """Where ``serve`` serves the last export; None if it doesn't."""
        return self._kept.url if self._kept else None


def _check(captured: Captured, written: Written | None) -> Written:
    """Return the last export, if another one would write the same.

    Raises:
        ProofError: there is none, or the bundle has changed since.
    """
    if written is None:
        raise ProofError(
            "Nothing is exported yet. Export first:\n%truss_export ./model-truss"
        )
    folder = _named(written.path)
    again = f"Export again:\n%truss_export {shlex.quote(folder)}"
    if not written.path.is_dir():
        raise ProofError(f"{folder} isn't there any more. {again}")
    from truss_nb.status.status import status  # noqa: PLC0415  # follows names: slow

    changes = status(captured, written).changes
    if changes is None:
        raise ProofError(
            f"The bundle has changed since the export to {folder}, and can't be "
            "exported as it is. See why:\n%truss_status"
        )
    if changes.files:
        files = ", ".join(change.file for change in changes.files)
        raise ProofError(
            f"The bundle has changed since the export to {folder} ({files}). {again}"
        )
    return written


def _named(path: Path) -> str:
    """Return a folder as a person here would type it."""
    here = Path.cwd()
    return f"./{path.relative_to(here)}" if path.is_relative_to(here) else str(path)
