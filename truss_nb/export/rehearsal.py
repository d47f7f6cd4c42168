"""Run the examples live once more, for the proof to compare the folder with.

They run after the values were written: from the same state as the bundle starts from,
so that a random generator or a counter that the stages share gives the same answers in
both.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.contents.example import Example, Lived
from truss_nb.credentials.credentials import Credentials
from truss_nb.errors import SettingError
from truss_nb.notebook.notebook import Notebook
from truss_nb.notebook.traced import places
from truss_nb.proof import DRAWN, EXPECTED
from truss_nb.proof.compared import Cause
from truss_nb.values.since import since, standing

Expect = Callable[[Example], Lived]
"""Runs an example live, and returns snapshots of what each stage made of it."""


@dataclass(frozen=True)
class Rehearsal:
    """What the bundle makes of its examples now, with each credential left out.

    Args:
        expected: of each example, by its name.
        changed: those that answered otherwise when they were kept, each with what
            changed since.
        said: of each example what nobody meant in it.
        environment: the one that the server runs in, if it runs in one.
    """

    expected: Mapping[str, Mapping[str, Any]]
    changed: Mapping[str, tuple[str, ...]]
    said: tuple[str, ...]
    environment: Mapping[str, str] | None = None

    def write(
        self,
        folder: Path,
        lines: Mapping[str, Any],
        values: Sequence[str],
        drawn: Mapping[str, Cause],
        variables: Sequence[str],
    ) -> None:
        """Write it to where a proof looks for it.

        Args:
            folder: the exported one.
            lines: what each name is bound to that the user's own line binds, too.
            values: names that a pickle binds.
            drawn: why answers are drawn anew each time, by the examples' names.
            variables: those of the environment that the code has credentials from.
        """
        file = folder / EXPECTED
        file.parent.mkdir(exist_ok=True)
        marks = {
            n: {DRAWN: {"why": c.why, "remedy": c.remedy}} for n, c in drawn.items()
        }
        seen = {n: {**each, **marks.get(n, {})} for n, each in self.expected.items()}
        known = {"examples": seen, "lines": lines, "values": values}
        known |= {"environment": self.environment} if self.environment else {}
        known |= {"variables": variables} if variables else {}
        text = json.dumps(known, indent=1, sort_keys=True)
        file.write_bytes(f"{text}\n".encode())

    def notes(self, drawn: Collection[str], *, is_proven: bool) -> list[str]:
        """Return a sentence on those that answer otherwise, unless they're drawn.

        And on what nobody meant.
        """
        names = defaultdict[str, list[str]](list)
        for name, changed in self.changed.items():
            if name not in drawn:
                names[", ".join(changed) or _UNSEEN].append(repr(name))
        end = f"answered now was {'' if is_proven else 'not '}proven"
        otherwise = [
            f"the example{'s' * (len(each) > 1)} {', '.join(each)} answered otherwise "
            f"when kept: {why}; what is {end}"
            for why, each in names.items()
        ]
        return [*otherwise, *self.said]


_UNSEEN = "the code, a value or a random state changed since"


def rehearse(
    captured: Captured,
    credentials: Credentials,
    expect: Expect,
    step: Callable[[str], None],
) -> Rehearsal:
    """Run each example live.

    Args:
        captured: the bundle.
        credentials: what must not be written.
        expect: runs one.
        step: called with what is being done.

    Raises:
        SettingError: an example fails now.
    """
    expected: dict[str, Mapping[str, Any]] = {}
    changed, said = dict[str, tuple[str, ...]](), list[str]()
    for example in captured.examples.values():
        step(f"run {example.name}")
        try:
            lived = expect(example)
        except Exception as error:
            where = _where(error, captured.notebook)
            is_ours = isinstance(error, SettingError)
            what = f"{error}" if is_ours else f"{type(error).__name__}: {error}"
            told = credentials.hide(f"{what}{where}")
            raise SettingError(
                f"The example {example.name!r} fails in the notebook now: {told}. Mend "
                "that, or keep another input under this name, or take the example "
                f"back: %truss_example {example.name} --remove"
            ) from error
        expected[example.name] = now = credentials.hide_all(lived.outcome)
        if now.get("answer") != credentials.hide_all(example.expected.get("answer")):
            found = since(example.standing, standing(captured))
            changed[example.name] = tuple(map(credentials.hide, found))
        meant = filter(None, (example.way, example.remedy, *lived.notes))
        said += [
            credentials.hide(f"the example {example.name!r}: {each}") for each in meant
        ]
    return Rehearsal(expected, changed, tuple(said), captured.environment)


def _where(error: Exception, notebook: Notebook) -> str:
    """Return which function of the notebook raised it, and the line."""
    found = places(error, notebook)
    if not found:
        return ""
    function, line = found[-1].function or "a cell", found[-1].line
    return f", in {function}" + (f": {line}" if line else "")
