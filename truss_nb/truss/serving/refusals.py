"""What the Truss server refuses: a class, a client's input, what comes too late."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import BAD


class ModelDefinitionError(TypeError):
    """The server refuses this class; its own error has the same name."""


class InputParsingError(ValueError):
    """A client sent what the first stage doesn't take; its own has the same name."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return ["The server answers 400 to this input, and runs no stage:", str(self)]


class NotHealthyError(RuntimeError):
    """The class itself says that it can't answer."""

    TOLD = "is_healthy returned {!r}: the server is never ready, and gets no requests"


class StreamError(RuntimeError):
    """A stream raised what is an answer elsewhere: its client has a 200 already."""


def parse(kind: Any, value: Any) -> Any:
    """Return what the server makes of a client's ``value`` by a model of pydantic.

    Raises:
        InputParsingError: it answers 400, with this message.
    """
    read = getattr(kind, "model_validate", None) or kind.parse_obj
    try:
        return read(value)
    except sys.modules["pydantic"].ValidationError as error:
        raise InputParsingError(_told(error)) from None


def refusal(error: BaseException | None) -> tuple[int, str] | None:
    """Return the status and the body with which the server refuses a client's input.

    Args:
        error: what came of it; None is returned if it is a 500 that tells nothing, as
            even an HTTPException of starlette's is, if it isn't fastapi's too.
    """
    told = getattr(sys.modules.get("fastapi"), "HTTPException", ())
    if isinstance(error, InputParsingError):
        status, detail = BAD, str(error)
    elif isinstance(error, told):
        status, detail = error.status_code, error.detail
    else:
        return None
    try:
        iter(detail)  # the server looks into it
        return int(status), json.dumps({"error": detail}, allow_nan=False)
    except (TypeError, ValueError):
        return None


@contextmanager
def streaming() -> Iterator[None]:
    """Raise no refusal while a stream is read: that has begun, with status 200."""
    try:
        yield
    except Exception as error:
        if refusal(error) is None:
            raise
        raise StreamError(
            f"{type(error).__name__} was raised in a stream: for a client that just "
            "ends there, with status 200. Raise it before, in preprocess"
        ) from error


def _told(error: Any) -> str:
    """Return what a client is told of an input that pydantic refuses."""
    try:
        found = error.errors(include_url=False, include_input=False)
        lines = [f"  `{_place(each['loc'])}`: {each['msg']}." for each in found]
    except Exception:  # noqa: BLE001  # pydantic 1, as on the server
        return f"Input Parsing Error, {error}"
    return "\n".join([f"Input Parsing Error{'s' * (len(lines) > 1)}:", *lines])


def _place(parts: tuple[str | int, ...]) -> str:
    texts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return "".join(texts).removeprefix(".")
