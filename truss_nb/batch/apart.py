"""Ask rows in the proof's own process, one at a time: it tells which one ends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from truss_nb.batch.answering import LONGEST, Answer, only, replied, unread
from truss_nb.batch.inputs import Unread
from truss_nb.errors import BatchError
from truss_nb.proof.folder import Folder
from truss_nb.proof.process.judgement import Ending
from truss_nb.proof.process.process import ask_once
from truss_nb.truss.serving import OK
from truss_nb.values.difference import answer_differences


@dataclass(frozen=True)
class Alone:
    """A folder whose rows are asked in a process of their own.

    Args:
        folder: the exported folder.
        secrets: the values of its secrets.
        packed: rows go as by msgpack.
        timeout: the seconds that a row may take; None if it may take any.
    """

    folder: Folder
    secrets: Mapping[str, str]
    packed: bool
    timeout: float | None

    def ask(self, inputs: Sequence[Any], in_lists: bool) -> Iterator[Answer]:
        """Yield the answer to each input; one that ended the process tells how.

        Args:
            inputs: of some rows.
            in_lists: each is sent as a list of one.
        """
        if in_lists:
            lists = [v if isinstance(v, Unread) else [v] for v in inputs]
            yield from map(only, self.ask(lists, in_lists=False))
            return
        for answers, _ in self._runs(inputs):
            yield from answers

    def timed(self, inputs: Sequence[Any]) -> tuple[list[Answer], float, float]:
        """Return the answers to some rows, and the seconds to load and for each."""
        runs = list(self._runs(inputs))
        answers = [each for told, _ in runs for each in told]
        done = [each for _, ending in runs for each in ending.find(event="done")]
        load = max((e["seconds"] for e in done if e["stage"] == "load"), default=0.0)
        took = sum(e["seconds"] for e in done if "example" in e)
        return answers, float(load), took / max(1, len(inputs))

    def _runs(self, inputs: Sequence[Any]) -> Iterator[tuple[list[Answer], Ending]]:
        """Yield what each process answered; of a row that ended it, last, how."""
        left = list(inputs)
        while left:
            sent = {str(n): v for n, v in enumerate(left) if not isinstance(v, Unread)}
            ending, answers = self._run(sent), list[Answer]()
            for number, value in enumerate(left):
                is_sent = not isinstance(value, Unread)
                told = _told(str(number), ending) if is_sent else unread(value)
                answers.append(_died(ending) if told is None else told)
                if told is None:
                    break
            yield answers, ending
            left = left[len(answers) :]

    def _run(self, sent: Mapping[str, Any]) -> Ending:
        examples = tuple({"name": name, "input": value} for name, value in sent.items())
        expected = {name: {"packed": True} for name in sent if self.packed}
        folder = replace(
            self.folder, examples=examples, expected=expected, lines={}, values=()
        )
        each = self.timeout or 3600.0
        ending = ask_once(folder, self.secrets, timeout=60.0 + each * len(sent))
        loaded = ending.first(event="done", stage="load")
        if not loaded:
            failed = ending.first(event="failed", stage="load")
            why = str(ending.failure(failed)) if failed else f"it {ending.cause}."
            raise BatchError(f"The folder can't be loaded: {why}")
        return ending


def _told(name: str, ending: Ending) -> Answer | None:
    for event in ending.find(example=name):
        if event["event"] == "failed":
            line = event["where"] and event["where"].replace(", line ", ":")
            line = line and line.partition(", in ")[0]
            status = event["status"]
            message = event["text"] or event["message"]
            message = f"{status}: {message}" if event["text"] else message
            told = event["stage"], event["type"], message[:LONGEST], line
            return Answer(None, *told)
        if event["event"] == "answer":
            if event["text"] is None:
                path, kind, remedy = event["refusals"][0]
                why = f"{path} is {kind}: {remedy}"
                return Answer(None, "answer", "TypeError", why)
            return replied(event.get("status", OK), event["text"])
    return None


def _died(ending: Ending) -> Answer:
    stage = (ending.find(event="start")[-1:] or [{"stage": "load"}])[0]["stage"]
    return Answer(None, str(stage), "Died", f"The process {ending.cause}".rstrip(","))


def parted(forth: Sequence[Answer], back: Sequence[Answer]) -> str | None:
    """Return which of some rows is answered otherwise in another order, and where."""
    for number, (one, other) in enumerate(zip(forth, back, strict=True), 1):
        if one.text is None or other.text is None:
            if one[:3] != other[:3]:
                return f"row {number} fails only after some others"
            continue
        found = answer_differences(one.text, other.text)
        if found:
            at = found[0]
            return f"row {number}, {at.path}: {at.expected}, or {at.actual}"
    return None
