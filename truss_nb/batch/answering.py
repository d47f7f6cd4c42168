"""Answer inputs by a loaded model, as the Truss server does, and tell what fails."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from truss_nb.batch.inputs import Unread
from truss_nb.proof.layout import APP
from truss_nb.truss import http, wire
from truss_nb.truss.defaults import PACKAGES
from truss_nb.truss.serving import BAD, PREDICT
from truss_nb.truss.serving import model as serving
from truss_nb.truss.serving.refusals import refusal

LONGEST = 2_000
"""The most characters that are kept of an error's message."""


class Answer(NamedTuple):
    """What a row has for an answer.

    Args:
        text: what the server would send; None if it would send none.
        stage: which stage failed; ``"input"`` and ``"answer"`` are none of the code's.
        type: the class of what was raised.
        message: what it said.
        line: where, as in ``model/model.py:34``.
    """

    text: str | None
    stage: str = ""
    type: str = ""
    message: str = ""
    line: str | None = None

    @property
    def error(self) -> dict[str, Any] | None:
        """What failed; None if nothing has."""
        if not self.stage:
            return None
        texts = [text and _encodable(text) for text in self[1:]]
        return dict(zip(PARTS, texts, strict=True))


PARTS = ("stage", "type", "message", "line")
"""What is told of an error."""


def _encodable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


class Answering:
    """A loaded model that answers one row, or a list of rows, at a time.

    Args:
        model: what the server's loader returned.
        concurrency: how many rows may be asked at once.
        packed: rows go as by msgpack.
        timeout: the seconds that a row may take; None if it may take any.
        at_once: how many rows are one input; None if each is.
    """

    def __init__(
        self,
        model: Any,
        concurrency: int,
        *,
        packed: bool,
        timeout: float | None,
        at_once: int | None,
    ) -> None:
        self._model, self._packed, self._timeout = model, packed, timeout
        self._at_once, self._concurrency = at_once, concurrency
        self._direct = serving.direct(model) if timeout is None else None
        self._loop = asyncio.new_event_loop()

    def answer(self, inputs: Sequence[Any]) -> list[Answer]:
        """Return the answer to each input."""
        if self._at_once is None:
            return self._answered(inputs)
        answers = list[Answer]()
        left = iter(inputs)
        while some := list(islice(left, self._at_once)):
            answers += self._together(some)
        return answers

    def _together(self, inputs: list[Any]) -> list[Answer]:
        """Ask some rows at once; where that fails, each alone."""
        sent = [value for value in inputs if type(value) is not Unread]
        (told,) = self._answered([sent])
        texts = apart(told.text, len(sent))
        if texts is None:
            alone = self._answered([[value] for value in sent])
            answered = iter([only(each) for each in alone])
        else:
            answered = iter([Answer(text) for text in texts])
        return [unread(v) if type(v) is Unread else next(answered) for v in inputs]

    def _answered(self, inputs: Sequence[Any]) -> list[Answer]:
        if self._direct is not None and not (self._packed or self._concurrency > 1):
            return [self._now(value) for value in inputs]
        return self._loop.run_until_complete(self._all(inputs))

    def _now(self, value: Any) -> Answer:
        if type(value) is Unread:
            return unread(value)
        stage = ""
        try:
            for stage, method in self._direct or ():
                value = method(value)
                if serving.is_unsettled(value):
                    settle = serving.settled(self._model, stage, value)
                    value = self._loop.run_until_complete(settle)
            if serving.is_response(value):
                value = self._loop.run_until_complete(http.reply(value))
            return self._told(value)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # is told of its row
            return _failed(stage, error)

    async def _all(self, inputs: Sequence[Any]) -> list[Answer]:
        free = asyncio.Semaphore(self._concurrency)
        asked = (self._within(value, free) for value in inputs)
        if self._concurrency == 1:
            return [await each for each in asked]
        return list(await asyncio.gather(*asked))

    async def _within(self, value: Any, free: asyncio.Semaphore) -> Answer:
        if type(value) is Unread:
            return unread(value)
        async with free:
            try:
                return await asyncio.wait_for(self._later(value), self._timeout)
            except asyncio.TimeoutError:
                told = f"it took longer than {self._timeout:g} s"
                return Answer(None, "predict", "TimeoutError", told)

    async def _later(self, value: Any) -> Answer:
        stage = ""
        try:
            request = self._request(value)
            for stage in serving.stages(self._model):
                value = await serving.call(self._model, stage, value, request)
            if serving.is_response(value):
                value = await http.reply(value)
            return self._told(value)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # is told of its row
            return _failed(stage, error)

    def _request(self, value: Any) -> Any:
        if not serving.asks(self._model, "predict"):
            return None
        if self._packed:
            from truss_nb.truss.packing import pack  # noqa: PLC0415  # needs msgpack

            return http.request(pack(value), http.MSGPACK, PREDICT)
        return http.request(json.dumps(value).encode(), http.JSON, PREDICT)

    def _told(self, value: Any) -> Answer:
        try:
            if isinstance(value, http.Reply):
                return replied(value.status_code, value.text)
            if isinstance(value, serving.Chunks):
                return Answer(wire.stream_text(value))
            write = wire.answer_packed if self._packed else wire.answer_json
            return Answer(write(value))
        except (TypeError, ValueError, RecursionError) as error:
            told = next(iter(wire.refusals(value, packed=self._packed)), None)
            why = f"{told.path} is {told.kind}: {told.remedy}" if told else str(error)
            return Answer(None, "answer", type(error).__name__, why[:LONGEST])


def apart(text: str | None, count: int) -> list[str] | None:
    """Return what a text answers to each of some rows; None if it doesn't tell.

    It is a list with one item for each, or a dict of such lists.

    >>> apart('{"label": ["a", "b"]}', 2)
    ['{"label": "a"}', '{"label": "b"}']
    """
    if text is None:
        return None
    try:
        told = json.loads(text)
    except ValueError:
        return None
    if isinstance(told, dict) and told:
        lists = [*told.values()]
        if all(isinstance(e, list) and len(e) == count for e in lists):
            rows = zip(*lists, strict=True)
            told = [dict(zip(told, row, strict=True)) for row in rows]
    if isinstance(told, list) and len(told) == count:
        return [json.dumps(each) for each in told]
    return None


def only(answer: Answer) -> Answer:
    """Return the answer to the one row of a list, which may be no list itself."""
    parts = apart(answer.text, 1)
    if parts is None and (answer.text or "").startswith("["):
        told = "the answer to a list of one row isn't a list of one"
        return Answer(None, "answer", "ValueError", told)
    return answer if parts is None else Answer(parts[0])


def replied(status: int, text: str) -> Answer:
    """Return the answer that a Response is, which may refuse the row."""
    if status < BAD:
        return Answer(text)
    return Answer(None, "answer", "Response", f"{status}: {text}"[:LONGEST])


def unread(value: Unread) -> Answer:
    """Return the answer to what no client could send."""
    return Answer(None, "input", value.kind, value.message[:LONGEST])


def _failed(stage: str, error: BaseException) -> Answer:
    told = refusal(error)
    message = f"{told[0]}: {told[1]}" if told else str(error)
    kind, line = type(error).__name__, _line(error)
    return Answer(None, stage or "input", kind, message[:LONGEST], line)


def _line(error: BaseException) -> str | None:
    """Return the last line of the folder's code that an error came through."""
    for place in reversed(traceback.extract_tb(error.__traceback__)):
        for root in (Path.cwd(), Path.cwd().parent / PACKAGES):
            if Path(place.filename).is_relative_to(root):
                inside = Path(place.filename).relative_to(root.parent)
                own = inside.relative_to(APP) if inside.parts[0] == APP else inside
                return f"{own.as_posix()}:{place.lineno}"
    return None
