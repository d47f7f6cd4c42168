"""What a proof says of each line that stands in place of the value that it made."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from truss_nb.capture.binding import Closure, Kind
from truss_nb.capture.definitions.line import asks_the_machine, is_touched
from truss_nb.contents.contents import Captured, Tried
from truss_nb.proof import Proof
from truss_nb.proof.compared import Failure
from truss_nb.values.snapshot import snapshot


class RefutedError(Exception):
    """Lines don't give their values again: the values are to take their places.

    Args:
        names: what the lines bind.
    """

    def __init__(self, names: set[str]) -> None:
        self.names = names
        super().__init__(", ".join(sorted(names)))


class Trial:
    """The lines of one export.

    Args:
        captured: the bundle, which remembers what becomes of each.
        closure: what it needs.
        code: ``model.py``.

    Raises:
        RefutedError: a value fails when it's looked at.
    """

    def __init__(self, captured: Captured, closure: Closure, code: str) -> None:
        self._captured, self._code = captured, code
        bindings = closure.bindings.values()
        self._lines = {each.name: each for each in bindings if each.kind is Kind.LINE}
        self.told: tuple[str, ...] = ()
        self._live = {n: _see(line.value) for n, line in self._lines.items()}
        if blind := {name for name, seen in self._live.items() if seen is ...}:
            self._remember(blind, is_right=False)
            raise RefutedError(blind)
        self.live = {n: closure.credentials.hide_all(s) for n, s in self._live.items()}
        """What each line's name is bound to here, for the proof to compare."""

    @property
    def is_over(self) -> bool:
        """Whether a proof has tried every line already, in this very code."""
        known, lines = self._captured, self._lines.values()
        tried = [known.tried(each.name, each.text, each.value) for each in lines]
        return all(each is not None and each.code == self._code for each in tried)

    def judge(self, proof: Proof, *, is_last: bool) -> Proof:
        """Return a proof that refutes no line.

        Args:
            proof: what the folder did elsewhere.
            is_last: it had all that is installed here, so that it failed for another
                reason than a package that it lacked.

        Raises:
            RefutedError: a line gives something else, or raises. So may one that nobody
                can look into, if the proof fails: it doesn't get the benefit of doubt.
        """
        wrong = {each.name for each in proof.lines if each.differences}
        wrong = {each for each in wrong if not asks_the_machine(self._lines[each].text)}
        wrong |= self._at(proof.error) if proof.error else set()
        vague = {each.name for each in proof.lines if each.is_partial}
        wrong |= {each for each in vague if is_touched(each, self._captured.notebook)}
        if proof.failed and is_last and not wrong:
            wrong = vague
        self.told = tuple(
            f"the line of {each.name} asks the machine, in the proof: {each.note}"
            for each in proof.lines
            if asks_the_machine(self._lines[each.name].text)
        )
        right = {each.name for each in proof.lines} - wrong
        # What needs one that is wrong may be right without it.
        wrong = {n for n in wrong if not self._lines[n].needs.all & wrong} or wrong
        self._remember(right, is_right=True)
        self._remember(wrong, is_right=False)
        if wrong:
            raise RefutedError(wrong)
        return proof

    def _at(self, error: Failure) -> set[str]:
        """Return the names that statements bind through which an error went."""
        shown = set(re.findall(r", in <module>\n +(.+)", error.details))
        return {
            name
            for name, line in self._lines.items()
            if not shown.isdisjoint(map(str.strip, line.text.splitlines()))
        }

    def _remember(self, names: set[str], *, is_right: bool) -> None:
        for name in names:
            key = name, self._lines[name].text, id(self._lines[name].value)
            tried = Tried(is_right, self._live[name], self._code)
            self._captured.lines[key] = tried


def revise(captured: Captured) -> None:
    """Refute each line whose value changed since a proof tried it."""
    for key, tried in [*captured.lines.items()]:
        name, _, address = key
        value = captured.notebook.names.get(name)
        if tried.is_right and id(value) == address:
            is_right = _see(value) == tried.seen
            captured.lines[key] = replace(tried, is_right=is_right)


def _see(value: Any) -> Any:
    """Return a snapshot of a value; ``...`` if its own code fails in that."""
    try:
        return snapshot(value)
    except Exception:  # noqa: BLE001  # whatever it raises
        return ...
