"""Execute a notebook without a browser, and export the bundle that it captures.

Its code cells run in order in a kernel of their own, as "Run All" would run them. The
bundle is in that kernel, so what is asked of it runs there too, as one more cell, and
comes back as that cell's output.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truss_nb.document import NotebookError, code_cells, new_cell
from truss_nb.errors import Reason
from truss_nb.facts import MIME
from truss_nb.kernel import DOING, PassedOver
from truss_nb.progress import Ticker, shown, stoppable

if TYPE_CHECKING:
    from nbclient import NotebookClient
    from nbformat import NotebookNode

QUICKSTART = Path(__file__).with_name("quickstart.ipynb")
"""The notebook of ``truss-nb demo``: the one in ``notebooks/``, as a link to it."""

KERNEL = "python3"
"""The kernel of the Python that runs this, whatever the notebook names."""

FAILS = Reason("N101", "raises {raised}", "Mend it, and run this again")
ENDS = Reason(
    "N102",
    "ended the kernel: it ran out of memory, crashed or exited",
    "Run it in Jupyter to see which line does",
)


@dataclass(frozen=True)
class Told:
    """What came out of a kernel.

    Args:
        facts: for programs, as ``Factual.to_dict`` gives them.
        text: the same for people.
    """

    facts: Mapping[str, Any]
    text: str


def build(
    notebook: Path,
    folder: Path,
    *,
    cwd: Path | None = None,
    given: Mapping[str, Any] | None = None,
    before: str = "",
    **options: Any,
) -> Told:
    """Execute a notebook and export the bundle that its cells make.

    Args:
        notebook: its file, ``.ipynb`` or what jupytext reads; it isn't changed.
        folder: the bundle to write, as seen from ``cwd``.
        cwd: where the cells run; the notebook's own folder if None.
        given: values for names that the cell with the tag ``parameters`` binds.
        before: leave out the first cell that begins so, and those after it.
        options: those of ``Bundle.export``, numbers and texts.

    Raises:
        NotebookError: it is no notebook, a cell failed, or the export was refused.
    """
    cells = _cells(notebook, given or {})
    if before:
        cells = [*takewhile(lambda cell: not cell.source.startswith(before), cells)]
    place = cwd or notebook.resolve().parent
    with stoppable(place / folder), _session(notebook, cells, place) as session:
        for index in range(len(cells)):
            session.execute(index)
        return session.ask("export", f"export_here({str(folder)!r}, **{options!r})")


def inspect(notebook: Path, given: Mapping[str, Any]) -> Told:
    """Execute a notebook and tell the status of the bundle that its cells make.

    An export in a cell is passed over, and so is a cell after it that fails: it may
    need what would have been written. Both are said.

    Args:
        notebook: as for ``build``.
        given: likewise.

    Raises:
        NotebookError: it is no notebook, or a cell failed.
    """
    cells, notes = _cells(notebook, given), list[str]()
    with _session(notebook, cells, notebook.resolve().parent) as session:
        session.call("pass_over_exports()")
        for index in range(len(cells)):
            notes += session.passing_over(index, is_after=bool(notes))
        return session.ask("status", f"status_here({notes!r})")


_PASSED = "exports: that was passed over, with what stands below it in the cell"
_FAILED = "raised {}, after an export was passed over: the rest of it didn't run"


def _cells(notebook: Path, given: Mapping[str, Any]) -> list[NotebookNode]:
    cells = code_cells(notebook, given)
    if not any("truss" in cell.source for cell in cells):
        raise NotebookError(
            f"{notebook} marks no stage. Load the extension with %load_ext truss_nb, "
            "and mark its cells with %%truss_preprocess, %truss_model and the others."
        )
    return cells


@dataclass(frozen=True)
class _Session:
    """A kernel that executes the cells of a notebook."""

    notebook: Path
    count: int
    client: NotebookClient
    ticker: Ticker

    def execute(self, index: int) -> None:
        """Run a cell of the notebook.

        Raises:
            NotebookError: it failed; what it shows is part of that.
        """
        told = f"cell {index + 1}"
        self.ticker.step(f"{told} of {self.count}")
        self._run(index, f"{told} of {self.count}", told)

    def passing_over(self, index: int, *, is_after: bool) -> list[str]:
        """Run a cell where exports are passed over, and return what is to be said.

        Args:
            index: the cell's.
            is_after: one was passed over before.
        """
        try:
            self.execute(index)
        except NotebookError as error:
            is_export = error.kind == PassedOver.__name__
            if not (is_export or is_after):
                raise
            told = _PASSED if is_export else _FAILED.format(error.kind)
            return [f"cell {index + 1} {told}"]
        return []

    def ask(self, what: str, call: str) -> Told:
        """Return what a call tells of the bundle.

        Raises:
            NotebookError: it failed, likewise.
        """
        self.ticker.step(what)
        cell = self._add(call)
        self._run(len(self.client.nb.cells) - 1, f"the {what}")
        shown = cell.outputs[-1].data
        return Told(shown[MIME], shown["text/plain"])

    def call(self, call: str) -> NotebookNode:
        """Run a call that isn't the notebook's, so that no cell's number changes."""
        cell = self._add(call)
        index = len(self.client.nb.cells) - 1
        return self.client.execute_cell(cell, index, store_history=False)

    def _add(self, call: str) -> NotebookNode:
        # An expression binds no name: the user's stages find theirs as they left them.
        cell = new_cell(f"__import__('truss_nb.kernel').kernel.{call}")
        self.client.nb.cells.append(cell)
        return cell

    def _run(self, index: int, place: str, known: str | None = None) -> None:
        from nbclient.exceptions import (  # noqa: PLC0415  # as below
            CellExecutionError,
            DeadKernelError,
        )

        name = known or place
        where, cell = f"{place} of {self.notebook}", self.client.nb.cells[index]
        title = f"{where[0].upper()}{where[1:]}"
        try:
            self.client.execute_cell(cell, index)
        except KeyboardInterrupt:
            _leave_unawaited()
            raise
        except CellExecutionError as error:
            facts = _why(cell)
            raised = f"{error.ename}: {error.evalue}".partition("\n")[0].rstrip(": .")
            facts["problems"] = facts.get("problems") or [
                FAILS.of(name, (), known, raised=raised)
            ]
            told = f"{title} failed.\n{_shown(cell)}"
            raise NotebookError(told, kind=error.ename, where=where, **facts) from error
        except DeadKernelError as error:
            problem = ENDS.of(name, (), known)
            told = f"{title} {problem.reason}."
            raise NotebookError(
                told, kind="DeadKernelError", where=where, problems=[problem]
            ) from error


@contextmanager
def _session(
    notebook: Path, cells: list[NotebookNode], place: Path
) -> Iterator[_Session]:
    from nbformat.v4 import new_notebook  # noqa: PLC0415  # `truss-nb --help` is quick

    document, count = new_notebook(cells=cells), len(cells)  # type: ignore[no-untyped-call]
    with (
        shown(count + 1) as ticker,
        _kernel(document, place, ticker.doing) as client,
    ):
        yield _Session(notebook, count, client, ticker)


@contextmanager
def _kernel(
    document: NotebookNode, cwd: Path, tell: Callable[[str], None]
) -> Iterator[NotebookClient]:
    from jupyter_client.kernelspec import NoSuchKernel  # noqa: PLC0415  # as above
    from nbclient import NotebookClient  # noqa: PLC0415  # as above

    class Client(NotebookClient):
        def process_message(self, message: Any, *where: Any) -> Any:
            """Tell what an export is doing, rather than keep it as an output."""
            doing = message["content"].get("data", {}).get(DOING)
            if doing is None:
                return super().process_message(message, *where)
            return tell(doing)

    client = Client(
        document,
        kernel_name=KERNEL,
        timeout=None,  # training takes the time it takes
        extra_arguments=["--log-level=ERROR"],  # it warns of its own sockets
        resources={"metadata": {"path": str(cwd)}},
    )
    try:
        # What a cell writes to stderr is its output. The rest is the kernel's own: it
        # ends in the middle of a message, and its sockets complain.
        with client.setup_kernel(stderr=subprocess.DEVNULL):
            yield client
    except RuntimeError as error:
        raise NotebookError(
            f"The Jupyter kernel of {sys.executable} doesn't start. To see why: "
            f"{sys.executable} -m ipykernel_launcher"
        ) from error
    except NoSuchKernel as error:
        raise NotebookError(
            f"There is no Jupyter kernel for {sys.executable}. Install one: "
            "pip install ipykernel"
        ) from error


def _leave_unawaited() -> None:
    """Let asyncio say nothing of how tasks end that nobody waits for any more."""
    from jupyter_core.utils import ensure_event_loop  # noqa: PLC0415  # as above

    for task in asyncio.all_tasks(ensure_event_loop()):
        task.add_done_callback(lambda task: task.cancelled() or task.exception())


def _why(cell: NotebookNode) -> dict[str, Any]:
    """Return what an error of ours lists, and what was written all the same."""
    told = (output.get("data", {}).get(MIME, {}) for output in cell.outputs)
    found = [each for each in told if each.get("report") == "error"] or [{}]
    return {name: found[-1].get(name) for name in ("problems", "export")}


def _shown(cell: NotebookNode) -> str:
    """Return what the notebook has below a cell: its prints and its error.

    IPython prints the error itself where it shows no traceback, as for a magic's usage.
    """
    texts = [
        o.text
        if o.output_type == "stream"
        else "\n".join(o.traceback or [f"{o.ename}: {o.evalue}"]) + "\n"
        for o in cell.outputs
        if o.output_type in {"stream", "error"}
    ]
    return "".join(texts).rstrip()
