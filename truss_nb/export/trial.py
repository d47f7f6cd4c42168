"""What a proof says of each line that stands in place of the value that it made."""

from __future__ import annotations

import re

from truss_nb.capture.binding import Binding, Closure, Kind
from truss_nb.capture.definitions.line import asks_the_machine, is_touched
from truss_nb.contents.contents import Captured
from truss_nb.proof import Proof
from truss_nb.truss.defaults import MODEL


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
    """

    def __init__(self, captured: Captured, closure: Closure, code: str) -> None:
        self._captured, self._code = captured, code
        bindings = closure.bindings.values()
        self._lines = {each.name: each for each in bindings if each.kind is Kind.LINE}
        self.told: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether a proof has tried every line already."""
        known = self._captured.lines
        return all(_key(line) in known for line in self._lines.values())

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
        wrong |= self._at(proof.error.where) if proof.error else set()
        vague = {each.name for each in proof.lines if each.is_partial}
        wrong |= {each for each in vague if is_touched(each, self._captured.notebook)}
        if not proof.passed and is_last and not wrong:
            wrong = vague
        self.told = tuple(
            f"the line of {each.name} asks the machine, in the proof: {each.note}"
            for each in proof.lines
            if asks_the_machine(self._lines[each.name].text)
        )
        self._remember({each.name for each in proof.lines} - wrong, wrong)
        if wrong:
            raise RefutedError(wrong)
        return proof

    def _at(self, where: str | None) -> set[str]:
        """Return the name that the line of ``model.py`` binds where an error is."""
        found = re.match(rf"{MODEL}, line (\d+)", where or "")
        return {
            name
            for name, binding in self._lines.items()
            if found and int(found[1]) in _numbers(binding.text, self._code)
        }

    def _remember(self, right: set[str], wrong: set[str]) -> None:
        for names, verdict in ((right, True), (wrong, False)):
            for name in names:
                self._captured.lines[_key(self._lines[name])] = verdict


def _key(line: Binding) -> tuple[str, str, int]:
    return line.name, line.text, id(line.value)


def _numbers(text: str, code: str) -> range:
    """Return the numbers of the lines at which a text stands in code."""
    first = code[: code.find(text)].count("\n") + 1
    return range(first, first + text.count("\n") + 1)
