"""What a proof says of each line that stands in place of the value that it made."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from types import FunctionType
from typing import Any

from truss_nb.capture.binding import Binding, Closure, Kind, reach
from truss_nb.capture.definitions.changes import is_touched
from truss_nb.capture.lines import asks
from truss_nb.capture.obstacles.variables import variables
from truss_nb.contents.contents import Captured, Tried
from truss_nb.credentials.hiding import hide_texts
from truss_nb.errors import Failure
from truss_nb.formats.pickled import PICKLE
from truss_nb.notebook.notebook import meaning_in
from truss_nb.objects.cost import LONGEST
from truss_nb.objects.kinds import is_a
from truss_nb.proof import Proof
from truss_nb.proof.findings import LineProof
from truss_nb.proof.process.process import PLACE
from truss_nb.text.trees import shape, tree_of
from truss_nb.values.difference import MISSING, Difference, differences
from truss_nb.values.pickled import digest
from truss_nb.values.snapshot import A_FEW, MOST, snapshot


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
        closure: what it needs, as the notebook has it.
        code: ``model.py``.
        led: its bindings, in which paths lead to the copies of files.

    Raises:
        RefutedError: a value fails when it's looked at.
    """

    def __init__(
        self,
        captured: Captured,
        closure: Closure,
        code: str,
        led: Mapping[str, Binding],
    ) -> None:
        self._captured, self._code, self._led = captured, code, led
        self._bindings, bindings = closure.bindings, closure.bindings.values()
        found = (each for one in bindings for each in (one, *one.lines))
        self._lines = {each.name: each for each in found if each.kind is Kind.LINE}
        values = (each for each in bindings if each.kind is Kind.VALUE)
        self._pickled = {v.name: v.value for v in values if v.form is PICKLE}
        self._kept = {
            shape(statement)
            for each in bindings
            for statement in tree_of(each.text).body
        }
        moved = {n for n, each in closure.bindings.items() if led[n].text != each.text}
        self._moved = {
            n
            for n in self._lines
            if reach(n.partition(".")[0], closure.bindings) & moved
        }
        self._frozen = tuple(_frozen(captured, closure.bindings))
        self.told = self._frozen
        self._live = {n: _see(line.value) for n, line in self._lines.items()}
        if blind := {name for name, seen in self._live.items() if seen is ...}:
            self._remember(blind, is_right=False)
            raise RefutedError(blind)
        hidden = {name for names in closure.read_there.values() for name in names}
        hide = closure.credentials.hide_all
        self.live = {
            name: hide_texts(seen) if name in hidden else hide(seen)
            for name, seen in self._live.items()
        }
        """What each line's name is bound to here, for the proof to compare."""
        self.variables = sorted(closure.read_there)
        """Those of the environment that lines have credentials from."""

    @property
    def pickled(self) -> list[str]:
        """The names that a pickle binds, which may not give what it was made of."""
        return sorted(self._pickled)

    def explain(self, proof: Proof) -> list[str]:
        """Return a sentence on each pickle that gave another value than it was made of.

        Args:
            proof: one that failed.
        """
        live = {n: _see(value, A_FEW) for n, value in self._pickled.items()}
        known = {n: seen for n, seen in proof.values.items() if live[n] is not ...}
        found = {n: differences(live[n], seen) for n, seen in known.items()}
        return [
            f"{name} doesn't survive its own pickling: {each[0]}. Make it in a "
            f"%%truss_load cell: def load(): global {name}; {name} = ..."
            for name, each in found.items()
            if each
        ]

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
        asking = {n for n, line in self._lines.items() if self._asks(line)}
        unsure = [
            each
            for each in proof.lines
            if self._differs(each)
            or self._has_moved_on(each)
            or (each.is_partial and each.name not in self._moved)
        ]
        vague = {e.name for e in unsure if not self._pickles_alike(e)} - asking
        wrong = {e.name for e in unsure if e.name in vague and self._is_doubtful(e)}
        wrong |= self._at(proof.error) if proof.error else set()
        slow = {e.name for e in proof.lines if self._is_slow(e)} - asking
        wrong |= slow
        if proof.failed and is_last and not wrong:  # what no file can hold stays a line
            wrong = {n for n in vague if self._lines[n].audit.refusal is None}
        # What needs one that is wrong may be right without it.
        wrong = {n for n in wrong if not self._lines[n].needs.all & wrong} or wrong
        doubts = *self._choices(proof, asking), *self._untested(vague - wrong)
        self.told = *self._frozen, *doubts
        right = [each for each in proof.lines if each.name not in wrong]
        self._live |= {each.name: self._used(each) for each in right}
        self._remember({each.name for each in right}, is_right=True)
        self._remember(wrong - slow, is_right=False)
        self._remember(wrong & slow, is_right=False, is_slow=True)
        if wrong:
            raise RefutedError(wrong)
        lines = (
            e if e.name in asking else replace(e, differences=())
            for e in proof.lines
            if e.name not in self._moved  # what holds a path holds another there
        )
        return replace(proof, lines=tuple(lines))

    def _choices(self, proof: Proof, asking: set[str]) -> Iterator[str]:
        """Yield a sentence on each line that asks the machine: what it got there."""
        for each in proof.lines:
            if each.name in asking:
                yield (
                    f"the line of {each.name} asks the machine: it gave {each.note} "
                    "in the proof"
                )

    def _untested(self, vague: set[str]) -> Iterator[str]:
        """Yield a sentence on each line whose value nothing compares."""
        for name in sorted(vague):
            if self._lines[name].audit.refusal is not None:
                yield (
                    f"nothing compares what the line of {name} gives with what {name} "
                    "is here: the examples alone test it"
                )

    def _used(self, line: LineProof) -> Any:
        """Return how a value looks from now on, if nothing but the examples used it.

        No snapshot tells of what no file can hold.
        """
        if not self._is_told(line.name):
            return None
        now = _see(self._lines[line.name].value)
        return self._live[line.name] if differences(line.used, now) else now

    def _pickles_alike(self, line: LineProof) -> bool:
        value = self._lines[line.name].value
        return line.pickled is not None and line.pickled == digest(value)

    def _is_doubtful(self, line: LineProof) -> bool:
        """Return whether a value may be another than its line gave.

        No comparison tells of what no file can hold, such as a template: there the
        cells do, and then the examples.
        """
        is_told = self._is_told(line.name)
        if (is_told and self._differs(line)) or self._has_moved_on(line):
            return True
        notebook = self._captured.notebook
        return is_touched(line.name, notebook, self._kept, is_saved=is_told)

    def _differs(self, line: LineProof) -> bool:
        """Return whether a value is another in the proof, also once it was used there.

        A path that leads to data is no difference, nor what no file can hold.
        """
        if line.name not in self._moved:
            return bool(line.differences)
        if not self._is_told(line.name):
            return False
        used = differences(self._live[line.name], line.used)
        return all(any(map(_is_no_move, each)) for each in (line.differences, used))

    def _has_moved_on(self, line: LineProof) -> bool:
        """Return whether an object of the notebook's holds more than its line gave.

        What a library's object keeps from being used, such as a cache, it keeps anew;
        the notebook's own have state, also where the examples lead to the same.
        """
        begins_otherwise = line.begins_otherwise
        if line.name in self._moved:
            others = filter(_is_no_move, line.differences)
            begins = any(each.actual != MISSING for each in others)
            begins_otherwise = begins and self._is_told(line.name)
        value = self._lines[line.name].value
        return begins_otherwise and self._captured.notebook.owns(type(value))

    def _is_told(self, name: str) -> bool:
        """Return whether a snapshot tells what a value holds, a function's closure."""
        line = self._lines[name]
        return line.audit.refusal is None or is_a(line.value, FunctionType)

    def _is_slow(self, line: LineProof) -> bool:
        """Return whether a line takes too long, and a file can hold what it gives."""
        is_saved = self._lines[line.name].audit.refusal is None
        return is_saved and (line.seconds or 0) > LONGEST

    def _asks(self, line: Binding) -> bool:
        names = self._captured.notebook.names
        is_set = not _configured(self._captured).isdisjoint(variables(line.text, names))
        return is_set or asks(line, self._bindings, names)

    def _at(self, error: Failure) -> set[str]:
        """Return the names that statements bind through which an error went."""
        shown = re.findall(r", in [\w<>]+\n +(.+)", error.details)
        return {
            name
            for name, line in self._lines.items()
            for text in map(str.strip, self._led.get(name, line).text.splitlines())
            if text in shown or ("." in name and any(text in each for each in shown))
        }

    def _remember(
        self, names: set[str], *, is_right: bool, is_slow: bool = False
    ) -> None:
        for name in names:
            key = name, self._lines[name].text, id(self._lines[name].value)
            tried = Tried(is_right, self._live[name], self._code, is_slow)
            self._captured.lines[key] = tried


def _is_no_move(found: Difference) -> bool:
    """Return whether a difference is more than a path that leads to data by now."""
    return PLACE not in found.actual


def revise(captured: Captured) -> None:
    """Refute each line whose value changed since a proof tried it.

    One that reads a variable which config.yaml sets by now gets another chance.
    """
    names, is_set = captured.notebook.names, _configured(captured)
    for key, tried in [*captured.lines.items()]:
        name, text, address = key
        value = meaning_in(names, name)
        if not tried.is_right and variables(text, names) & is_set:
            del captured.lines[key]
        elif tried.is_right and tried.seen is not None and id(value) == address:
            is_right = _see(value) == tried.seen
            captured.lines[key] = replace(tried, is_right=is_right)


def _configured(captured: Captured) -> Set[str]:
    """Return the environment variables that config.yaml sets."""
    return (captured.config.get("environment_variables") or {}).keys()


def _frozen(captured: Captured, bindings: Mapping[str, Binding]) -> Iterator[str]:
    """Yield a sentence on each value that travels though its line says more.

    It takes long, or it reads what only this machine's environment has.
    """
    names = captured.notebook.names
    for (name, text, address), tried in captured.lines.items():
        is_here = id(meaning_in(names, name)) == address
        if tried.is_right or not is_here or name.partition(".")[0] not in bindings:
            continue
        if tried.is_slow:
            yield (
                f"the line of {name} takes longer than a second, beside the imports: "
                "its value travels instead"
            )
        for each in sorted(variables(text, names) & os.environ.keys()):
            yield (
                f"{name} has what the environment variable {each} says here, for good: "
                f"%truss_config environment_variables.{each}=VALUE, and it is read on "
                "the server"
            )


def _see(value: Any, most: int = MOST) -> Any:
    """Return a snapshot of a value; ``...`` if its own code fails in that."""
    try:
        return snapshot(value, most)
    except Exception:  # noqa: BLE001  # whatever it raises
        return ...
