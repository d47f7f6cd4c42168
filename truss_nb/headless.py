"""Execute a notebook without a browser, and export the bundle that it captures.

Its code cells run in order in a kernel of their own, as "Run All" would run them. The
bundle is in that kernel, so the export runs there too, as one more cell, and its
report comes back as that cell's output.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truss_nb import errors
from truss_nb.document import NotebookError, code_cells, new_cell
from truss_nb.errors import ProofError, TrussNBError
from truss_nb.progress import shown, stoppable

if TYPE_CHECKING:
    from nbclient import NotebookClient
    from nbformat import NotebookNode

    from truss_nb import Bundle

QUICKSTART = Path(__file__).with_name("quickstart.ipynb")
"""The notebook of ``truss-nb demo``: the one in ``notebooks/``, as a link to it."""

KERNEL = "python3"
"""The kernel of the Python that runs this, whatever the notebook names."""

ANSWER = "application/vnd.truss-nb.build+json"
DOING = "application/vnd.truss-nb.doing+json"


@dataclass(frozen=True)
class Build:
    """What became of the export of an executed notebook.

    Args:
        facts: path, files, requirements, warnings and proof, as JSON values; of a
            failure its problems, beside those facts if the folder was written.
        text: the same for people.
    """

    facts: Mapping[str, Any]
    text: str

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """Return what travels out of the kernel as the output of a cell."""
        return {ANSWER: self.facts, "text/plain": self.text}


def build(
    notebook: Path,
    folder: Path,
    *,
    cwd: Path | None = None,
    given: Mapping[str, Any] | None = None,
    before: str = "",
    **options: Any,
) -> Build:
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
    from nbformat.v4 import new_notebook  # noqa: PLC0415  # `truss-nb --help` is quick

    cells = code_cells(notebook, given or {})
    if before:
        cells = [*takewhile(lambda cell: not cell.source.startswith(before), cells)]
    if not any("truss" in cell.source for cell in cells):
        raise NotebookError(
            f"{notebook} marks no stage. Load the extension with %load_ext truss_nb, "
            "and mark its cells with %%truss_preprocess, %truss_model and the others."
        )
    asked = f"export_here({str(folder)!r}, **{options!r})"
    calls = _cell(asked), _cell("failure_here()")
    document = new_notebook(cells=[*cells, *calls])  # type: ignore[no-untyped-call]
    count, place = len(cells), cwd or notebook.resolve().parent
    with (
        stoppable(place / folder),
        shown(count + 1) as ticker,
        _kernel(document, place, ticker.doing) as client,
    ):
        for index in range(count):
            ticker.step(f"cell {index + 1} of {count}")
            _execute(client, index, f"Cell {index + 1} of {count} of {notebook}")
        ticker.step("export")
        _execute(client, count, f"The export of {notebook}")
    return _answer(document.cells[count])


def export_here(path: str, **options: Any) -> Build:
    """Export the bundle of this kernel; ``build`` runs it as the last cell.

    Raises:
        TrussNBError: as ``Bundle.export`` does.
    """
    export = _bundle_here().export(path, **options, tell=_tell_outside)
    return Build(_facts(export), str(export))


def _tell_outside(doing: str, _done: float) -> None:
    """Send what is being done out of the kernel, as it is done."""
    from IPython.display import display  # noqa: PLC0415  # as below

    display({DOING: doing}, raw=True)  # type: ignore[no-untyped-call]


def _bundle_here() -> Bundle:
    """Return the bundle of the magics, else the one that a cell made.

    Raises:
        TrussNBError: there is none, or several.
    """
    from IPython import get_ipython  # noqa: PLC0415  # there is one only in a kernel

    from truss_nb import Bundle, current  # noqa: PLC0415  # as above

    with suppress(TrussNBError):
        if not current().captured.is_empty:
            return current()
    values = get_ipython().user_ns.values()
    made = {id(each): each for each in values if isinstance(each, Bundle)}
    if len(made) > 1:
        raise TrussNBError("The cells make several bundles: keep one name for one.")
    return next(iter(made.values())) if made else current()


def failure_here() -> Build:
    """Return what this kernel's last error says; ``build`` asks it after that cell."""
    error = sys.last_value
    if not isinstance(error, TrussNBError):  # the user's own, of the same name
        return Build({}, "")
    export = error.export if isinstance(error, ProofError) else None
    written = {} if export is None else _facts(export)
    return Build(written | {"problems": [*map(asdict, error.problems)]}, str(error))


def _facts(export: Any) -> dict[str, Any]:
    return {
        "path": str(export.path),
        "files": dict(export.files),
        "requirements": list(export.requirements),
        "warnings": list(export.warnings),
        "proof": export.proof.to_dict() if export.proof else None,
    }


def _cell(call: str) -> NotebookNode:
    """Return a cell that calls one of the functions above in the kernel."""
    # An expression binds no name: the user's stages find theirs as they left them.
    return new_cell(f"__import__('truss_nb.headless').headless.{call}")


def _answer(cell: NotebookNode) -> Build:
    shown = [o.data for o in cell.outputs if ANSWER in o.get("data", {})]
    return Build(shown[-1][ANSWER], shown[-1]["text/plain"])


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


def _execute(client: NotebookClient, index: int, title: str) -> None:
    """Run a cell; what it shows when it fails is part of our error."""
    from nbclient.exceptions import (  # noqa: PLC0415  # as above
        CellExecutionError,
        DeadKernelError,
    )

    cell = client.nb.cells[index]
    try:
        client.execute_cell(cell, index)
    except KeyboardInterrupt:
        _leave_unawaited()
        raise
    except CellExecutionError as error:
        facts = _ask_why(client) if hasattr(errors, error.ename) else None
        raise NotebookError(f"{title} failed.\n{_shown(cell)}", facts) from error
    except DeadKernelError as error:
        raise NotebookError(
            f"{title} ended the kernel: it ran out of memory, crashed or exited."
        ) from error


def _leave_unawaited() -> None:
    """Let asyncio say nothing of how tasks end that nobody waits for any more."""
    from jupyter_core.utils import ensure_event_loop  # noqa: PLC0415  # as above

    for task in asyncio.all_tasks(ensure_event_loop()):
        task.add_done_callback(lambda task: task.cancelled() or task.exception())


def _ask_why(client: NotebookClient) -> Mapping[str, Any]:
    asked = client.nb.cells[-1]
    client.execute_cell(asked, len(client.nb.cells) - 1)
    return _answer(asked).facts


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
