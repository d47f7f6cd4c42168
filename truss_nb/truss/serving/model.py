"""What the Truss server does with ``class Model``.

Follows Truss' ``model_wrapper.py``: how the class is imported, what its constructor
gets, which methods are refused, and how each stage is called.
"""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any

from . import DATA, RETRIES, ROUTES, SECRET_PREFIX, steps
from .refusals import ModelDefinitionError, NotHealthyError, parse, streaming


class SecretNotFound(Exception):  # noqa: N818  # the name of the server's own error
    """A secret was looked up that has no value here."""


class Secrets(Mapping[str, str]):
    """The server's lazy mapping: each secret is looked up when it is needed."""

    def __init__(self, values: dict[str, str | None]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        if name not in self._values:
            raise SecretNotFound(
                f"The secret {name!r} isn't in config.yaml: %truss_secret {name}"
            )
        value = self._values[name]
        if not value:
            raise SecretNotFound(
                f"The secret {name!r} has no value here: set the environment variable "
                f"{SECRET_PREFIX}{name} before it runs"
            )
        return value

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError("Secrets can be looked up, not listed.")

    def __len__(self) -> int:
        return len(self._values)


class Resolver:
    """The server's ``lazy_data_resolver``, where no volume is downloaded."""

    def block_until_download_complete(self, **_: bool) -> str:
        """Wait for what ``model_cache`` names: the server asks each model to."""
        return ""


class Chunks(list[Any]):
    """What a streaming stage yielded, as against a list that a stage returned."""


def load(
    config: dict[str, Any],
    secrets: Mapping[str, str],
    begin: Callable[[], object] = lambda: None,
    environment: Mapping[str, Any] | None = None,
) -> Any:
    """Return the bundle's model, loaded; the working directory is the server's /app.

    Args:
        config: config.yaml with Truss' defaults.
        secrets: what the server gives the model.
        begin: called before each step in which the model loads.
        environment: the one that the server runs in, if it runs in one.

    Raises:
        ModelDefinitionError: a method has a signature that the server refuses.
        Exception: whatever the bundle's own code raises.
    """
    Path(DATA).mkdir(exist_ok=True)
    kind = getattr(_import_model(config), config["model_class_name"])
    offered = {
        "config": config,
        "data_dir": Path(DATA),
        "secrets": secrets,
        "lazy_data_resolver": Resolver(),
        "environment": environment,
    }
    begin()
    parameters = inspect.signature(kind).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    model = kind(**{k: v for k, v in offered.items() if takes_all or k in parameters})
    _check_methods(model)
    if environment is not None and hasattr(model, "setup_environment"):
        begin()
        model.setup_environment(environment)
    if hasattr(model, "load"):
        begin()
        _load(model)
    check_output()
    _check_health(model)
    return model


def _load(model: Any) -> None:
    """Call ``load``; where it fails, once more a second later, as the server does."""
    failed = None
    for _ in range(int(os.environ.get(RETRIES, "1"))):
        try:
            model.load()
        except Exception as error:  # noqa: BLE001, PERF203  # raised if it comes again
            failed = error
            time.sleep(0 if isinstance(error, ImportError) else 1)  # no time helps that
        else:
            return
    try:
        model.load()
    except Exception as error:
        is_same = repr(error) == repr(failed)
        raise error from (None if is_same else failed)


def check_output() -> None:
    """Raise an error if a stream of output was closed below Python.

    The server writes its log there; who connects next gets the descriptor, and the log.
    """
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and not stream.closed:
            try:
                os.fstat(stream.fileno())
            except OSError as error:
                raise OSError(
                    f"{stream.name} was closed by its number, and the server goes on "
                    "to write its log there, to whoever connects next"
                ) from error


def _check_health(model: Any) -> None:
    """Ask ``is_healthy``, as whoever waits for the server does."""
    if hasattr(model, "is_healthy"):
        told = model.is_healthy()
        told = asyncio.run(told) if inspect.iscoroutine(told) else told
        if not told:
            raise NotHealthyError(NotHealthyError.TOLD.format(told))


def stages(model: Any, endpoint: str = "predict") -> list[str]:
    """Return the names of the stages that a request goes through, in order."""
    return [name for name in steps(endpoint) if hasattr(model, name)]


def direct(model: Any) -> list[tuple[str, Callable[[Any], Any]]] | None:
    """Return what answers a request without a loop, one stage after another.

    Returns:
        Each stage's name, and what it is called by: what that returns may have to be
        ``settled``. None where one is asynchronous, streams, or takes the Request.
    """
    names = stages(model)
    methods = [getattr(model, name) for name in names]
    if asks(model, "predict") or any(map(_needs_loop, methods)):
        return None
    calls: list[Callable[[Any], Any]] = [partial(_call, each) for each in methods]
    (parameter,) = inspect.signature(methods[0]).parameters.values()
    if _asks_for("pydantic", "BaseModel", parameter):
        calls[0] = lambda value: _call(methods[0], _read(model, value))
    return list(zip(names, calls, strict=True))


def _needs_loop(method: Any) -> bool:
    kinds = inspect.iscoroutinefunction, inspect.isgeneratorfunction
    return any(is_kind(method) for is_kind in (*kinds, inspect.isasyncgenfunction))


async def call(model: Any, stage: str, value: Any, request: Any = None) -> Any:
    """Return what ``stage`` makes of ``value``.

    Of the last one that is the chunks, where the answer streams.

    Args:
        model: what ``load`` returned.
        stage: the name of its method.
        value: what the stage before returned, or the input.
        request: the server's Request, if a stage asks for it.

    Raises:
        ModelDefinitionError: predict streams, and there is a postprocess.
        Exception: whatever the bundle's own code raises.
    """
    method = getattr(model, stage)
    if stage == stages(model, stage)[0]:
        value = _read(model, value)
    arguments = _arguments(method, value, request)
    if inspect.isgeneratorfunction(method) or inspect.isasyncgenfunction(method):
        result = method(*arguments)
    elif inspect.iscoroutinefunction(method):
        result = await method(*arguments)
    else:
        result = await _THREADS.call(_call, method, *arguments)
    check_output()
    return await settled(model, stage, result) if is_unsettled(result) else result


def is_unsettled(result: Any) -> bool:
    """Return whether what a stage returned is a stream or a Response."""
    return (
        inspect.isgenerator(result) or inspect.isasyncgen(result) or is_response(result)
    )


async def settled(model: Any, stage: str, result: Any) -> Any:
    """Return what comes of a stream or a Response that a stage returned.

    Raises:
        ModelDefinitionError: predict returned it, and there is a postprocess.
    """
    is_last = stage == stages(model, stage)[-1]
    streams = not is_response(result)
    if stage == "predict" and not is_last:
        found = "generator" if streams else "Response"
        raise ModelDefinitionError(
            f"predict returns a {found}, which the server sends as it is: it can't "
            "hand it to postprocess. Do all of it in predict, or return a list."
        )
    return await _collect(result) if streams and is_last else result


def _call(method: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return method(*arguments)
    except StopIteration as error:  # as the server does: asyncio waits for ever
        raised = RuntimeError("coroutine raised StopIteration")
        raise raised.with_traceback(error.__traceback__) from None


def _import_model(config: dict[str, Any]) -> Any:
    path = (Path(config["model_module_dir"]) / config["model_class_filename"]).resolve()
    # model/model.py becomes model.model; any other file goes by its own name.
    is_default = path.parent.name == path.stem
    name = f"{path.stem}.{path.stem}" if is_default else path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} can't be imported: it must be a .py file")
    module = importlib.util.module_from_spec(spec)
    if is_default:
        module.__package__ = None  # no relative imports
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _check_methods(model: Any) -> None:
    for name in (*stages(model), *(each for each in ROUTES if hasattr(model, each))):
        signature = inspect.signature(getattr(model, name))
        taken = signature.parameters.values()
        asked = [_asks_for("starlette.requests", "Request", each) for each in taken]
        if len(asked) > 2 or (len(asked) == 2 and asked != [False, True]):
            raise ModelDefinitionError(
                f"{name}{signature}: the server accepts one input, or one input and a "
                "second parameter annotated starlette.requests.Request, and no more."
            )
        if asked == [True] and (name == "postprocess" or _is_behind(model, name)):
            raise ModelDefinitionError(
                f"{name}{signature}: the server refuses the request alone where a "
                "stage before returns something, which would be lost."
            )
    if hasattr(model, "is_healthy") and inspect.signature(model.is_healthy).parameters:
        raise ModelDefinitionError("is_healthy must have only one argument: self.")
    if not hasattr(model, "predict"):
        raise ModelDefinitionError("The class has no predict, which the server calls.")


def _is_behind(model: Any, stage: str) -> bool:
    return stage == "predict" and hasattr(model, "preprocess")


def _asks_for(module: str, base: str, parameter: inspect.Parameter) -> bool:
    """Return whether ``parameter`` is annotated with a class derived from ``base``."""
    loaded, kind = sys.modules.get(module), parameter.annotation
    return (
        loaded is not None
        and isinstance(kind, type)
        and issubclass(kind, getattr(loaded, base))
    )


def _arguments(method: Callable[..., Any], value: Any, request: Any) -> list[Any]:
    asked = inspect.signature(method).parameters.values()
    is_request = [_asks_for("starlette.requests", "Request", each) for each in asked]
    return [request if each else value for each in is_request]


def _read(model: Any, value: Any) -> Any:
    """Return what the server makes of an input: the first stage says it, for all."""
    first = stages(model)[0]
    parameter, *more = inspect.signature(getattr(model, first)).parameters.values()
    if not more and _asks_for("starlette.requests", "Request", parameter):
        return None  # it isn't even read
    is_parsed = _asks_for("pydantic", "BaseModel", parameter)
    return parse(parameter.annotation, value) if is_parsed else value


def asks(model: Any, endpoint: str) -> bool:
    """Return whether any stage behind an endpoint takes the server's Request."""
    names = stages(model, endpoint)
    taken = (inspect.signature(getattr(model, name)) for name in names)
    return any(
        _asks_for("starlette.requests", "Request", parameter)
        for signature in taken
        for parameter in signature.parameters.values()
    )


def is_response(value: Any) -> bool:
    """Return whether a value is a Response of starlette's, which the server sends."""
    starlette = sys.modules.get("starlette.responses")
    return starlette is not None and issubclass(type(value), starlette.Response)


async def _collect(stream: Any) -> Chunks:
    with streaming():
        if inspect.isasyncgen(stream):
            return Chunks([chunk async for chunk in stream])
        chunks, end = Chunks(), object()  # each from a thread of its own
        while (chunk := await _THREADS.call(next, stream, end)) is not end:
            chunks.append(chunk)
        return chunks


class _Threads:
    """Those that stages run in; as on the server, the last to be idle is the next."""

    def __init__(self) -> None:
        self._idle: list[ThreadPoolExecutor] = []

    async def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return what a function returns, with a copy of this context."""
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1)
        run = partial(copy_context().run, function, *arguments)
        called = asyncio.get_running_loop().run_in_executor(thread, run)
        try:
            return await called
        finally:
            if not called.cancelled():  # else it's still busy
                self._idle.append(thread)


_THREADS = _Threads()
