"""A stage: one function that the user wrote, and how it wants to be called.

Signatures are read once, here, when the function becomes a stage; running it live and
writing ``class Model`` both follow what was read.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType, MethodType
from typing import Any, TypeVar

from truss_nb.errors import StageError
from truss_nb.truss.serving import ANSWERING, ROUTES

SETUP = "setup_environment"
"""What the server calls where its environment is known, before load."""

STARTING = (SETUP, "load", "is_healthy")
"""What it calls before any request, in this order."""

REQUESTED = (*ANSWERING, *ROUTES)
"""What requests go through."""

HOOKS = (SETUP, "is_healthy", *ROUTES)
"""Further methods that the Truss server calls, where a class has them."""

NAMES = ("load", *ANSWERING, *HOOKS)
"""All of these, as a bundle tells of them."""

T = TypeVar("T")

REQUIRED = inspect.Parameter.empty
"""The default of a parameter that has none."""


@dataclass(frozen=True)
class Extra:
    """A parameter of a stage beyond its input, such as ``k=5``."""

    name: str
    default: Any
    positional: bool  # positional-only: Python accepts no keyword for it


@dataclass(frozen=True)
class Stage:
    """A function of the user in its role.

    Args:
        name: the role, one of ``NAMES``.
        function: what the user wrote.
        parameters: the names of all that it takes.
        takes_self: written as a method, ``def preprocess(self, model_input)``.
        extras: its parameters beyond ``self``, the input and the request.
        is_async: the server awaits it.
        streams: it is a generator function, sync or async.
        request: the parameter that gets the server's Request.
        request_as_text: its annotation, where that was left as text.
        takes_input: it isn't given the request alone.
    """

    name: str
    function: Callable[..., Any]
    parameters: tuple[str, ...]
    takes_self: bool
    extras: tuple[Extra, ...]
    is_async: bool = False
    streams: bool = False
    request: str | None = None
    request_as_text: str | None = None
    takes_input: bool = True

    @classmethod
    def of(cls, name: str, function: Callable[..., Any]) -> Stage:
        """Read the signature of ``function`` as the stage ``name``.

        Raises:
            StageError: it isn't a function, it takes no input, or it is a load that
                the server would call and never run.
        """
        # %load_ext is light
        from truss_nb.contents.requested import find_request  # noqa: PLC0415
        from truss_nb.objects.kinds import called_as, unwrapped  # noqa: PLC0415

        called = called_as(function)
        parameters = _parameters(name, function, called)
        takes_self = bool(parameters) and parameters[0].name == "self"
        rest = parameters[1:] if takes_self else parameters
        code, request = unwrapped(called), None
        takes_input = name == SETUP or name in REQUESTED
        if takes_input:
            request = find_request(name, code, rest) if name != SETUP else None
            takes_input = request is None or request is not rest[0]
            others = _after_the_input(name, function, rest)
            rest = [each for each in others if each is not request]
        text = request.annotation if request else None
        stage = cls(
            name=name,
            function=function,
            parameters=tuple(parameter.name for parameter in parameters),
            takes_self=takes_self,
            extras=tuple(
                Extra(p.name, p.default, p.kind is p.POSITIONAL_ONLY)
                for p in rest
                if _is_extra(code, p)
            ),
            is_async=inspect.iscoroutinefunction(code),
            streams=inspect.isgeneratorfunction(code)
            or inspect.isasyncgenfunction(code),
            request=request.name if request else None,
            request_as_text=text if type(text) is str else None,
            takes_input=takes_input,
        )
        stage._check_is_called()
        return stage

    def _check_is_called(self) -> None:
        """Refuse what the server would call, and then neither await nor read."""
        name = self.name
        if name == "is_healthy" and self.streams:
            raise StageError(
                f"{label(self.function)} is a generator: {name} returns a bool."
            )
        if name in ("load", SETUP) and (self.is_async or self.streams):
            taken = f"self, {handed(name)}" if self.takes_input else "self"
            raise StageError(
                f"{label(self.function)} is async or a generator, and the Truss server "
                f"only calls {name}, and awaits nothing: write a plain "
                f"def {name}({taken}): …"
            )

    def takes(self, value: T, request: T) -> list[T]:
        """Return which of the two the function gets of the server, the input first."""
        return [value] * self.takes_input + [request] * (self.request is not None)

    def given(self, value: T, request: T) -> tuple[list[T], dict[str, T]]:
        """Return what an answering stage gets of the server: by position, by name.

        Args:
            value: the input.
            request: the server's Request.
        """
        if self.request is None:
            return [value], {}
        if not self.takes_input:
            return [request], {}
        if self.parameters.index(self.request) == 1 + self.takes_self:
            return [value, request], {}
        return [value], {self.request: request}


def _is_extra(code: object, parameter: inspect.Parameter) -> bool:
    """Return whether a parameter is a setting: a library's options aren't."""
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        return False
    is_written = type(code) in (FunctionType, MethodType)
    is_compiled = type(code).__module__ in {"builtins", "numpy"}
    return is_written or parameter.default is REQUIRED or not is_compiled


def label(function: object) -> str:
    """Return the name that a user knows ``function`` by."""
    from truss_nb.objects.kinds import name_of  # noqa: PLC0415 - as above

    return name_of(function, "__qualname__") or type(function).__qualname__


def _parameters(name: str, function: object, called: Any) -> list[inspect.Parameter]:
    is_class = issubclass(type(function), type)
    if not callable(function) or is_class:
        found = f"this is a value of type {type(function).__name__}"
        if is_class:
            found = f"{label(function)} is a class"
        raise StageError(f"{name} must be a function, and {found}.")
    try:
        return list(inspect.signature(called).parameters.values())
    except ValueError as error:
        raise StageError(
            f"The signature of {label(function)} can't be read: wrap it in a def, "
            f"def {name}(model_input): …"
        ) from error


def _after_the_input(
    name: str, function: object, parameters: list[inspect.Parameter]
) -> list[inspect.Parameter]:
    first = parameters[0] if parameters else None
    if first is None or first.kind in (first.KEYWORD_ONLY, first.VAR_KEYWORD):
        raise StageError(
            f"{label(function)} takes no input, but the server hands each {name} one: "
            f"write def {name}({handed(name)}): …"
        )
    return parameters[1:]


def handed(stage: str) -> str:
    """Return what is said of the one thing that the server hands a stage."""
    return {"postprocess": "model_output", SETUP: "environment"}.get(
        stage, "model_input"
    )
