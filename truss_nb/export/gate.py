"""The gate: no file of the finished folder leaves with a credential in it.

Whatever a file is and wherever it came from, it is read before the folder is proven, by
all the rules, and once while it stays as it is. What looks like a credential and is
none can be declared harmless, place by place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from truss_nb.capture.binding import Closure
from truss_nb.capture.obstacles.leaks import found as found_in
from truss_nb.contents.contents import Captured
from truss_nb.credentials.credentials import Credentials, Found, undeclared
from truss_nb.credentials.reading import read_file
from truss_nb.errors import Problem, Reason
from truss_nb.export.folder.manifest import fingerprint
from truss_nb.values.summary import describe_size

LEAK = Reason(
    "S110",
    "holds text that looks like a credential, which must not leave the notebook",
    "Take it out, and let the server give it: %truss_secret NAME; or, if it is none, "
    "declare this one place harmless: %truss_harmless {place}",
)
_LARGEST = 1_000_000_000  # bytes
_SHOWN = 3  # places of a file


@dataclass(frozen=True)
class Gate:
    """What was found in the files of a folder.

    Args:
        problems: one for each place with a credential.
        notes: which files weren't read.
    """

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def look(folder: Path, captured: Captured, closure: Closure) -> Gate:
    """Read every file of a folder.

    Args:
        folder: the folder.
        captured: the bundle, which knows what was declared harmless.
        closure: what it needs from the notebook.
    """
    known, problems, notes = closure.credentials, list[Problem](), list[str]()
    exempt = set(_declared(captured, closure)) if captured.harmless else set[str]()
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        name, size = file.relative_to(folder).as_posix(), file.stat().st_size
        if size > _LARGEST:
            told = describe_size(size)
            notes.append(f"{name} has {told}: it wasn't read for credentials")
            continue
        found = (*_found(file, captured, known), *known.in_text(name))
        left = undeclared(name, found, captured.harmless).items()
        places = sorted(place for place, text in left if text not in exempt)
        shown = [known.hide(each) for each in places[:_SHOWN]]
        problems += [LEAK.of(known.hide(name), place=place) for place in shown]
    return Gate(tuple(problems), tuple(notes))


def _found(file: Path, captured: Captured, known: Credentials) -> tuple[Found, ...]:
    """Return what a file holds; one that was read before isn't read again."""
    made = file.suffix, fingerprint(file), known.values
    if made not in captured.read:
        captured.read[made] = read_file(file, known)
    found: tuple[Found, ...] = captured.read[made]
    return found


def _declared(captured: Captured, closure: Closure) -> Iterator[str]:
    """Yield the texts at the places in the notebook that were declared harmless."""
    known = closure.credentials
    for binding in closure.bindings.values():
        for each in found_in(binding, known, captured.notebook.home):
            if f"{binding.name}:{each.place}" in captured.harmless:
                yield each.text
