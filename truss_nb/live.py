"""Run a bundle in this process, stage by stage, as the Truss server would.

What can be decided before a run is decided once, when the bundle has changed: each
stage becomes a function of one argument. A run then only calls them, in order, with a
clock around each.

    run      → compiled, if anything changed → each stage → Trace
    compiled → nothing missing → load → stages bound to their self and parameters

Nothing is serialized between the stages. An answer that is a generator is collected,
as a client would who reads the stream to its end. One run at a time: a second, from
another thread, waits.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from time import perf_counter
from types import AsyncGeneratorType, GeneratorType, TracebackType
from typing import Any, NamedTuple

from truss_nb.captured import Captured, Model
from truss_nb.errors import RunError, StageError
from truss_nb.opened import Recorder
from truss_nb.secrets import Secrets
from truss_nb.stage import Stage
from truss_nb.trace import Chunks, StageTrace, Trace


class Observer:
    """Is told what a run does, as it happens; this one does nothing with it.

    It hears of ``load`` too, when that runs. What it raises ends the run and is
    raised there.
    """

    def begins(self, stage: str) -> None:
        """Hear that ``stage`` is about to run."""

    def yields(self, stage: str, chunk: Any) -> None:
        """Hear a part of a streamed answer, when it comes."""

    def ends(self, stage: StageTrace) -> None:
        """Hear what a stage did, before the next one can change its value."""


_Call = Callable[[Any], Any]


class Self:
    """What the stages get as ``self``: it holds what ``load`` stored, and secrets."""

    def __init__(self, secrets: list[str]) -> None:
        self._secrets = Secrets(secrets)


class Pipeline:
    """The stages of a bundle, ready to run; it follows the bundle's changes."""

    def __init__(self, captured: Captured) -> None:
        self._captured = captured
        run = Pipeline.run.__code__
        self._recorder = Recorder(captured.namespace, captured.opened, run)
        self._turn = threading.RLock()
        self._revision = -1
        self._calls: tuple[tuple[str, _Call], ...] = ()
        self._self: Self | None = None
        self._loaded_from: tuple[object, ...] = ()

    def run(self, value: Any, observer: Observer | None = None) -> Trace:
        """Run every stage on ``value`` and return what each did.

        An exception of a stage ends the run and is kept in its trace; interrupts pass.

        Raises:
            RunError: something is missing; none of the user's code has run.
        """
        with self._turn, self._recorder:
            if self._revision != self._captured.revision:
                failed = self._compile(observer)
                if failed is not None:
                    return Trace((failed,))
            done: list[StageTrace] = []
            for name, call in self._calls:
                if observer is not None:
                    observer.begins(name)
                done.append(self._ran(name, call, value, observer))
                if observer is not None:
                    observer.ends(done[-1])
                if done[-1].error is not None:
                    break
                value = done[-1].value
            return Trace(tuple(done))

    def _compile(self, observer: Observer | None) -> StageTrace | None:
        problems = self._captured.gaps()
        if problems:
            raise RunError("The bundle can't run yet.", problems)
        failed = self._load(observer)
        if failed is None:
            self._calls = tuple(_calls(self._captured, self._self))
            self._revision = self._captured.revision
        return failed

    def _load(self, observer: Observer | None) -> StageTrace | None:
        """Run ``load`` on a new ``self``, if it changed since it last ran."""
        stage = self._captured.stages.get("load")
        origin = _origin(self._captured, stage)
        if self._self is not None and _same(origin, self._loaded_from):
            return None
        loaded = Self(self._captured.secrets)
        if stage is not None:
            if observer is not None:
                observer.begins("load")
            bound = functools.partial(_bound, self._captured, stage, loaded)
            done = self._ran("load", lambda _: bound()(), None, None)
            if observer is not None:
                observer.ends(done)
            if done.error is not None:
                return done
        self._self, self._loaded_from = loaded, origin
        return None

    def _ran(
        self, name: str, call: _Call, value: Any, observer: Observer | None
    ) -> StageTrace:
        self._recorder.stage, started = name, perf_counter()
        try:
            value = call(value)
            if isinstance(value, _Stream):
                value = value.collect(name, observer)
        except Exception as error:  # noqa: BLE001  # kept, and raised by .output
            return _failed(name, started, error)
        finally:
            self._recorder.stage = None
        return StageTrace(name, value, perf_counter() - started)


def _calls(captured: Captured, loaded: Self | None) -> list[tuple[str, _Call]]:
    names = captured.answering()
    calls = [(name, _call(captured, name, loaded)) for name in names]
    return [
        (name, _collecting(call) if name == names[-1] else _whole(name, call))
        for name, call in calls
    ]


def _call(captured: Captured, name: str, loaded: Self | None) -> _Call:
    if name == "predict" and captured.middle is not None:
        return _middle(captured.middle)
    return _bound(captured, captured.stages[name], loaded)


def _middle(model: Model) -> _Call:
    get, method, raw = model.reference.get, model.method, model.raw

    def predict(value: Any) -> Any:
        call = get() if method is None else getattr(get(), method)
        result = call(value)
        return result if raw else {"predictions": result}

    return predict


def _bound(captured: Captured, stage: Stage, loaded: Self | None) -> Callable[..., Any]:
    """Return the stage as a function of its input alone."""
    call = stage.function
    if stage.takes_self:
        call = functools.partial(call, loaded)
    call = _with_extras(captured, stage, call)
    return _awaiting(call) if stage.is_async else call


def _with_extras(
    captured: Captured, stage: Stage, call: Callable[..., Any]
) -> Callable[..., Any]:
    arguments = captured.arguments(stage)
    positional = [a for a in arguments if a.extra.positional]
    named = {
        a.extra.name: a
        for a in arguments
        if a.reference is not None and not a.extra.positional
    }
    is_late = any(a.reference is not None and a.reference.name for a in arguments)
    if not positional and not is_late:
        values = {name: argument.value for name, argument in named.items()}
        return functools.partial(call, **values) if values else call
    return lambda *value: call(
        *value, *[a.value for a in positional], **{n: a.value for n, a in named.items()}
    )


def _whole(name: str, call: _Call) -> _Call:
    """Refuse a predict that returns a stream, when a postprocess follows."""
    if name != "predict":
        return call

    def predict(value: Any) -> Any:
        result = call(value)
        if isinstance(result, _STREAMS):
            raise StageError(
                "predict returned a generator, and the Truss server refuses a "
                "streaming predict beside a postprocess: return list(...) of it."
            )
        return result

    return predict


def _collecting(call: _Call) -> _Call:
    def answer(value: Any) -> Any:
        result = call(value)
        return _Stream(result) if isinstance(result, _STREAMS) else result

    return answer


_STREAMS = (GeneratorType, AsyncGeneratorType)


class _Stream(NamedTuple):
    """An answer that comes in parts."""

    parts: Generator[Any, Any, Any] | AsyncGenerator[Any, Any]

    def collect(self, stage: str, observer: Observer | None) -> Chunks:
        """Read it to its end, and tell of each part."""
        chunks = Chunks()

        def keep(chunk: Any) -> None:
            chunks.append(chunk)
            if observer is not None:
                observer.yields(stage, chunk)

        if isinstance(self.parts, Generator):
            for chunk in self.parts:
                keep(chunk)
        else:
            _finish(_read(self.parts, keep))
        return chunks


async def _read(stream: AsyncGenerator[Any, Any], keep: Callable[[Any], None]) -> None:
    async for chunk in stream:
        keep(chunk)


def _awaiting(call: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *value: _finish(call(*value))


def _finish(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end, also where a loop is running already.

    A notebook's cells and a widget's callbacks run inside a loop, where ``asyncio.run``
    is refused: another thread has the loop for all of them.
    """
    future = asyncio.run_coroutine_threadsafe(coroutine, _loop())
    try:
        return future.result()
    finally:
        future.cancel()  # the user interrupted the wait: the work ends too


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="truss-nb", daemon=True).start()
    return loop


def _origin(captured: Captured, stage: Stage | None) -> tuple[object, ...]:
    """Return what a load depends on: its function, and the parameters set for it."""
    if stage is None:
        return ()
    return (stage, *(argument.reference for argument in captured.arguments(stage)))


def _same(these: tuple[object, ...], those: tuple[object, ...]) -> bool:
    return list(map(id, these)) == list(map(id, those))


def _failed(name: str, started: float, error: Exception) -> StageTrace:
    seconds = perf_counter() - started
    traceback = _outside(error.__traceback__)
    return StageTrace(name, None, seconds, error.with_traceback(traceback))


def _outside(traceback: TracebackType | None) -> TracebackType | None:
    """Drop the frames of this file, in which the user finds nothing."""
    inner = traceback
    while inner is not None and inner.tb_frame.f_code.co_filename == __file__:
        inner = inner.tb_next
    return inner or traceback
