"""From a notebook cell to a Truss that is proven to answer the same.

``@truss_nb.preprocess`` and its siblings make functions stages, in a notebook or a
script, and ``truss_nb.current()`` does all else with methods. In a notebook
``%load_ext truss_nb`` brings the same as magics, all named ``%truss_…``. Nothing heavy
is imported until it is used.

The words of the code, in the order in which a function meets them:

    bundle      what is captured so far, in memory: stages, model, examples, settings
    stage       load, preprocess, predict or postprocess: one function of the user's
    trace       one live prediction, stage by stage: value, time, error
    example     an input that is kept, to be run again and compared
    snapshot    a value as small, plain JSON: enough to show whether another is alike
    notebook    what has run in it, its names, and which objects are its own
    closure     all that the stages, the model and the parameters need from the notebook
    binding     a name of the closure: an import, definition, constant, value or secret
    format      how one kind of value goes to a file and comes back
    Problem     what stands in the way of an export: name, path, cell, reason and remedy
    plan        every file of the folder and its content, before the disk is touched
    rehearsal   the examples, run live once more: what the proof compares with
    proof       the report of running the folder elsewhere and comparing
    witness     what shows that a package is required: first the code, then the proof
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import truss_nb.startup_environ  # noqa: F401  # before a cell sets a variable
from truss_nb.errors import Problem, StoppedError, TrussNBError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from truss_nb.batch import run_batch
    from truss_nb.bundle import Bundle
    from truss_nb.decorators import current, load, postprocess, predict, preprocess
    from truss_nb.profiling import profile
    from truss_nb.proof import prove
    from truss_nb.pushing import push

__version__ = "0.1.0"

_LATER = {
    "Bundle": "truss_nb.bundle",
    "current": "truss_nb.decorators",
    "load": "truss_nb.decorators",
    "postprocess": "truss_nb.decorators",
    "predict": "truss_nb.decorators",
    "preprocess": "truss_nb.decorators",
    "profile": "truss_nb.profiling",
    "prove": "truss_nb.proof",
    "push": "truss_nb.pushing",
    "run_batch": "truss_nb.batch",
}

__all__ = [
    "Bundle",
    "Problem",
    "TrussNBError",
    "current",
    "load",
    "postprocess",
    "predict",
    "preprocess",
    "profile",
    "prove",
    "push",
    "run_batch",
]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics, on ``%load_ext truss_nb``."""
    from truss_nb.magics.magics import TrussMagics  # noqa: PLC0415  # only where IPython runs

    shell.register_magics(TrussMagics)
    ours: Any = shell.magics_manager.registry["TrussMagics"]
    shell.Completer.magic_arg_matchers.append(ours.complete)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Remove the magics and their bundle, on ``%unload_ext truss_nb``."""
    ours: Any = shell.magics_manager.registry.pop("TrussMagics")
    shell.Completer.magic_arg_matchers.remove(ours.complete)
    for magics in shell.magics_manager.magics.values():
        for name in [n for n, m in magics.items() if getattr(m, "__self__", m) is ours]:
            del magics[name]
    from truss_nb.decorators import forget  # noqa: PLC0415  # only where IPython runs

    if (bundle := forget(shell)) is not None:
        bundle.close_widget()
        bundle.end_server()
        if not bundle.captured.is_empty:
            from truss_nb.report import say  # noqa: PLC0415  # when it's needed

            say("The bundle is gone: run its cells again to make it anew.")


def __getattr__(name: str) -> Any:
    """Import what is asked for by name; the magics are ready without it."""
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'truss_nb' has no attribute {name!r}")


def _tell_why(result: Any) -> None:
    """Let a cell that shows an error of ours tell a program why."""
    error = getattr(sys, "last_value", None)  # the result hasn't what %%time caught
    if isinstance(error, TrussNBError | StoppedError):
        is_new = vars(error).setdefault("_told_by", result) is result
        if is_new or error is result.error_in_exec:
            from truss_nb.kernel import tell_why  # noqa: PLC0415  # %load_ext stays light

            tell_why(error)


_shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
if hasattr(_shell, "kernel"):
    _shell.events.register("post_run_cell", _tell_why)  # by whichever door it came
