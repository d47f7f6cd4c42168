"""What comes of a stage, as it is received: a coroutine, a stream or a Response."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from types import AsyncGeneratorType, GeneratorType
from typing import Any

from truss_nb.errors import StageError
from truss_nb.live.trace import Chunks, Observer
from truss_nb.truss.http import Reply, reply
from truss_nb.truss.serving.model import is_response
from truss_nb.truss.serving.refusals import streaming


def is_sent(value: Any) -> bool:
    """Return whether the server sends a value as it is: a stream, or a Response."""
    kind = type(value)  # its metaclass may compare it by code of its own
    is_stream = kind is GeneratorType or kind is AsyncGeneratorType
    return is_stream or is_response(value)


def refuse(result: Any, _observer: Observer | None) -> None:
    """Refuse a predict that returns a stream, when a postprocess follows."""
    if is_response(result):
        raise StageError(
            "predict returned a Response, and the Truss server refuses that beside a "
            "postprocess: return its content, and make the Response in postprocess."
        )
    raise StageError(
        "predict returned a generator, and the Truss server refuses a streaming "
        "predict beside a postprocess: return list(...) of it."
    )


def collect(
    stage: str,
    stream: Any,
    observer: Observer | None,
) -> Chunks | Reply:
    """Read an answer that comes in parts to its end, and pass each part on.

    Args:
        stage: what returned it.
        stream: a generator of either kind, or a Response, which is sent.
        observer: what is told of each part.
    """
    chunks = Chunks()

    def keep(chunk: Any) -> None:
        chunks.append(chunk)
        if observer is not None:
            observer.yields(stage, chunk)

    with streaming():
        if is_response(stream):
            return finish(reply(stream, keep))  # type: ignore[no-any-return]
        if isinstance(stream, Generator):
            for chunk in stream:
                keep(chunk)
        else:
            finish(_read(stream, keep))
    return chunks


async def _read(stream: AsyncGenerator[Any, Any], keep: Callable[[Any], None]) -> None:
    async for chunk in stream:
        keep(chunk)


def finish(coroutine: Coroutine[Any, Any, Any]) -> Any:
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
    threading.Thread(target=_turn, args=(loop,), name="truss-nb", daemon=True).start()
    return loop


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    """Keep the loop running: a ``sys.exit()`` in it ends the run, and not the loop."""
    while True:
        # asyncio raises these here, too, when the task that raised them has kept them.
        with contextlib.suppress(SystemExit, KeyboardInterrupt):
            loop.run_forever()
