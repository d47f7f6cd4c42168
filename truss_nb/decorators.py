"""The plain door at the top: four decorators, and the bundle that they work on.

A notebook has one bundle, which its magics work on too; a script, and one that plain
``%run`` runs, has one over the globals of what first asks for it. Which functions a
cell made stages is told below it when it has ended, with what an export would refuse.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast, overload

from truss_nb.bundle import Bundle

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

F = TypeVar("F", bound=Callable[..., Any])

_OF_SCRIPT: list[Bundle] = []


class Decorator(Protocol):
    """Makes the function below it a stage of the current bundle, and returns it."""

    @overload
    def __call__(self, function: F, /) -> F: ...
    @overload
    def __call__(self) -> Callable[[F], F]: ...


def current() -> Bundle:
    """Return the bundle that the magics and decorators here work on.

    Example:
        >>> import truss_nb
        >>> @truss_nb.preprocess
        ... def preprocess(model_input):
        ...     return [float(x) for x in model_input]
        >>> truss_nb.current().model(max).method is None  # max itself is called
        True
        >>> truss_nb.current().run(["1.5", "3"]).output
        {'predictions': 3.0}
    """
    return _bundle(sys._getframe(1).f_globals)


def _bundle(names: dict[str, Any]) -> Bundle:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and not _is_script(names, shell):
        return bundle_in(shell)
    if not _OF_SCRIPT or (shell and _OF_SCRIPT[0].captured.notebook.names is not names):
        _OF_SCRIPT[:] = [Bundle(names)]
    return _OF_SCRIPT[0]


def _is_script(names: dict[str, Any], shell: InteractiveShell) -> bool:
    """Return whether names are those of a file that plain ``%run`` runs just now."""
    return names is not shell.user_ns and names is vars(sys.modules["__main__"])


def _decorator(method: Callable[[Bundle, Any], Any]) -> Decorator:
    def decorate(*function: Any) -> Any:
        if not function:  # @truss_nb.load()
            return decorate
        return method(_bundle(sys._getframe(1).f_globals), *function)

    decorate.__doc__ = method.__doc__
    decorate.__name__ = decorate.__qualname__ = method.__name__
    return cast(Decorator, decorate)


load = _decorator(Bundle.load)
"""Make ``function(self)`` run once, before the first input comes."""

preprocess = _decorator(Bundle.preprocess)
"""Make ``function(model_input)`` the stage that gets what a client sends."""

predict = _decorator(Bundle.predict)
"""Make ``function(model_input)`` the middle stage, in place of a model."""

postprocess = _decorator(Bundle.postprocess)
"""Make ``function(model_output)`` the stage that makes the answer."""


def bundle_in(shell: InteractiveShell) -> Bundle:
    """Return the bundle of a notebook, made when it's first asked for."""
    kept = shell.meta
    if _KEY not in kept:
        kept[_KEY] = _Told(Bundle(shell.user_ns))
        shell.events.register("post_run_cell", kept[_KEY].tell)
    return cast(_Told, kept[_KEY]).bundle


def forget(shell: InteractiveShell) -> Bundle | None:
    """Take a notebook's bundle from it, and return it; None if there is none."""
    told: _Told | None = shell.meta.pop(_KEY, None)
    if told is None:
        return None
    shell.events.unregister("post_run_cell", told.tell)
    return told.bundle


_KEY = "truss_nb"  # in IPython's bag for extensions


_EITHER = (("predict", "model"), ("model", "predict"))
_OLD = {"predict": "the stage predict", "model": "the model"}


class _Told:
    """A notebook's bundle, and which of its stages were told below their cells."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self._before: Mapping[str, object] = {}

    def tell(self, _: object) -> None:
        """Tell of each stage, and of the model, that the cell has set."""
        captured = self.bundle.captured
        now = {**captured.stages, "model": captured.middle}
        before, self._before = self._before, now
        for name, one in now.items():
            if one is not None and one is not before.get(name):
                self._tell(name)
        for new, old in _EITHER:
            if now.get(new) is not None and before.get(old) and not now.get(old):
                print(f"It takes the place of {_OLD[old]}.")  # noqa: T201  # as below

    def _tell(self, name: str) -> None:
        from truss_nb.values.summary import describe_stage  # noqa: PLC0415  # %load_ext stays light

        captured = self.bundle.captured
        if name in captured.stages:
            stage = captured.stages[name]
            shown = describe_stage(stage, captured.arguments(stage))
            print(f"{name} ← {shown}")  # noqa: T201  # below its cell
        for line in self.bundle.hints(name):
            print(line)  # noqa: T201  # as above
