"""Copy the files that the code opens to ``data/``, and point the code to the copies.

What lies in the notebook's folder comes along, and the literals that lead to it are
changed, so that they lead to the copy. What lies elsewhere comes along if the user
names it. Where no literal leads to a file, nothing can be changed: that is a problem.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from truss_nb.capture.binding import Binding, Closure, Kind
from truss_nb.contents.contents import Captured
from truss_nb.contents.example import leaves
from truss_nb.errors import Problem
from truss_nb.export.files import refusals
from truss_nb.export.files.copy import Copy
from truss_nb.export.files.held import holding, left_behind, places_here
from truss_nb.export.files.libraries import Library, libraries, library_of
from truss_nb.export.files.literals import Mention, Parsed, repointed
from truss_nb.export.files.notes import Notices, unseen, written
from truss_nb.export.files.openings import Opening, led_to, openings, unopened
from truss_nb.export.files.places import Lead, Places, best, files_of
from truss_nb.export.files.refusals import holds_credential
from truss_nb.export.folder.writer import Payload
from truss_nb.export.weights import stays
from truss_nb.hub import Snapshot, snapshot_of
from truss_nb.opened import absolute, as_typed, is_below, is_hidden
from truss_nb.truss.dropped import silently_dropped
from truss_nb.truss.mounts import APP, mounts
from truss_nb.truss.serving import DATA


class Files:
    """The files that a bundle brings along, and what was decided on the others.

    Args:
        captured: the bundle.
        closure: all that it needs.
        data: the name that the ``data`` folder has in the code.
    """

    def __init__(self, captured: Captured, closure: Closure, data: str) -> None:
        self.captured = captured
        self.closure = closure
        self.data = data
        self.opened = openings(captured, closure.bindings)
        self.reads = {
            path: found
            for path, each in self.opened.items()
            if (found := [opening for opening in each if opening.opened.reads])
        }
        self.folders = captured.notebook.folders
        self.mentions = _mentions(closure, captured.notebook.names)
        self.reads |= unopened(
            self.mentions, closure.bindings, self.opened, self.folders, captured.needed
        )
        real = {os.path.realpath(path): path for path in self.reads}
        named = [file for each in captured.files for file in files_of(each)]
        self.named = {file: real.get(file, file) for file in named}
        self.places = Places(self.folders, frozenset(captured.files), libraries())
        self.mounts = tuple(mounts(captured.config))
        self.found: dict[str, str] = {}
        """By its place in ``data/``, the file here that is copied there."""
        self.mounted: dict[Snapshot, str] = {}
        """Snapshots of a hub that stages read, each with its place in ``data/``."""
        self.elsewhere: dict[str, str] = {}
        """By a place on the server, the file here that is fetched there."""
        self.edits: dict[str, dict[Mention, str]] = {}
        self.variables: dict[str, str] = {}
        """What leads libraries to their data: the variable → where in ``data/``."""
        self.problems: list[Problem] = []
        """Files that can't be brought along."""
        self.notices = Notices()

    def bring(self, path: str) -> None:
        """Decide on one file: copy it and change what leads to it, or say why not."""
        if is_below(path, *(each.place for each in self.mounts)):
            return
        opened = self.reads.get(path, [])
        is_named = path in self.named.values()
        leads = self._leads(path, opened)
        names = {name for name, _ in best(leads)}
        place = self.places.of(path)
        found = library_of(path, self.places.libraries)
        is_own = bool(is_named or leads)
        if (
            found
            and not is_own
            and not holds_credential(Path(path), self.closure.credentials)
        ):
            self._bring_of(found[1], path, opened[0])
            return
        if not is_own and (found or is_hidden(path, self.folders)):
            self.notices.tell_library(path, opened[0])
            return
        bindings = self.closure.bindings.values()
        problem = holding(path, bindings) if opened and not names else None
        problem = problem or self.problem(path, opened, names, is_named=is_named)
        if problem is not None or place is None:
            self.problems += [problem] if problem else []
            return
        self._place(path, place)
        chosen = best(leads)
        for name, mention in chosen:
            is_whole = leads[name, mention] in _WHOLE
            moved = place if is_whole else self.places.moved(mention)
            self.edits.setdefault(name, {})[mention] = moved
        if opened and place in self.found:
            self.notices.tell_leads(place, opened[0], [name for name, _ in chosen])
        if chosen and not any(leads[each] in _WHOLE for each in chosen):
            self.notices.tell_others(path, {*self.reads, *self.named.values()})

    def _place(self, path: str, place: str) -> None:
        """Copy a file, unless it is fetched where the server is."""
        fetched = filter(None, (mount.file for mount in self.mounts))
        if is_below(place, *fetched):
            self.elsewhere[f"{APP}/{DATA}/{place}"] = path
        else:
            self.found[place] = path

    def _bring_of(self, library: Library, path: str, opening: Opening) -> None:
        """Copy what a library looks up, and let its variable lead there."""
        snapshot = snapshot_of(path)
        if snapshot is not None and stays(self.captured, snapshot):
            self.mounted[snapshot] = str(self.places.of(str(snapshot.folder)))
            self.found |= {str(self.places.of(ref)): ref for ref in snapshot.refs}
            self.variables[library.variable] = library.name
            return
        for each in library.unit(path):
            if problem := self.problem(each, [opening], set(), is_named=True):
                self.problems.append(problem)
                return
            self.found[str(self.places.of(each))] = each
        self.variables[library.variable] = library.name
        place, way = str(self.places.of(path)), f"{library.variable} leads there"
        self.notices.tell(place, opening, way)

    def _leads(
        self, path: str, opened: list[Opening]
    ) -> dict[tuple[str, Mention], Lead]:
        given = opened[0].opened.given if opened else path
        is_inside = is_below(path, *self.folders)
        allowed = frozenset(Lead) if is_inside else _WHOLE
        if not opened:
            allowed = frozenset({Lead.WHOLE, Lead.NAMED})
        return {
            (name, mention): lead
            for name, mentions in self.mentions.items()
            for mention in mentions
            if (lead := self.places.lead(mention, path, given)) in allowed
        }

    def problem(
        self, path: str, opened: list[Opening], names: set[str], *, is_named: bool
    ) -> Problem | None:
        """Return what stands in the way of a file, if anything does."""
        place, credentials = self.places.of(path), self.closure.credentials
        settings = self.closure.parameters.settings.values()
        if not os.path.isfile(path):
            reason = refusals.GONE if opened else refusals.NO_FILE
        elif place is None:
            reason = refusals.ELSEWHERE
        elif silently_dropped(f"{DATA}/{place}"):
            reason = refusals.DROPPED
        elif self.found.get(place, path) != path:
            reason = refusals.TAKEN
        elif opened and not is_named and holds_credential(Path(path), credentials):
            reason = refusals.SECRET
        elif path in [absolute(each) for each in settings if isinstance(each, str)]:
            reason = refusals.PARAMETER
        elif names & self.closure.pickled:
            reason = refusals.PICKLED
        elif opened and not names and not is_named and self._is_given(opened[0]):
            reason = refusals.GIVEN
        elif opened and not names and not is_named:
            reason = refusals.COMPUTED
        else:
            return None
        first = opened[0] if opened else None
        way, cell = (first.path, first.cell) if first else (("%truss_file",), None)
        return reason.of(as_typed(path), way, cell)

    def _is_given(self, opening: Opening) -> bool:
        """Return whether the path is a text in the input of an example."""
        inputs = (each.input for each in self.captured.examples.values())
        texts = (e for each in inputs for e in leaves(each) if isinstance(e, str))
        return opening.opened.given in texts

    @property
    def copies(self) -> tuple[Copy, ...]:
        """The files that come along, by their paths in the folder."""
        return tuple(map(self._copy, sorted(self.found)))

    @property
    def payloads(self) -> dict[str, Payload]:
        """What copies each file to its path in the folder."""
        found = sorted(self.found.items())
        return {f"{DATA}/{to}": Payload.copying(Path(path)) for to, path in found}

    @property
    def bindings(self) -> dict[str, Binding]:
        """Those of the closure, with the paths in their texts changed."""
        bindings = dict(self.closure.bindings)
        for name, places in self.edits.items():
            text = repointed(bindings[name].text, places, self.data)
            bindings[name] = bindings[name].retold(text)
        return bindings

    @property
    def absent(self) -> tuple[str, ...]:
        """The notebook's folders and files: no server has them."""
        return (*self.folders, *self.found.values())

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on what may be missing."""
        known = {*self.opened, *self.reads, *self.named.values()}
        return (
            *self.notices.doubts(),
            *written(self.opened, self.folders),
            *unseen(self.mentions, known, self.folders),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What to say of the files in a report."""
        return (*self.notices.told(), *self.warnings)

    def here(self) -> tuple[str, ...]:
        """Return the paths in code and saved objects that only this machine has."""
        texts = [each.value for mentions in self.mentions.values() for each in mentions]
        mounted = [each.place for each in self.mounts]
        literals = frozenset(each for each in texts if not is_below(each, *mounted))
        return places_here(self.closure.bindings.values(), literals, self.folders)

    def left_behind(self) -> list[Problem]:
        """Return a problem for each saved object that holds a path of this machine."""
        return left_behind(self.closure.bindings.values(), self.absent)

    def wanted(self) -> set[str]:
        """Return the files that could come along, and that no run was seen to open."""
        anew = self._anew()
        named = led_to(anew.mentions, self.folders, is_joined=True)
        return {
            path
            for path, name in named.items()
            if path not in {*self.reads, *anew.opened, *anew.named.values()}
            and anew.problem(path, [], {name}, is_named=False) is None
            and not holds_credential(Path(path), self.closure.credentials)
        }

    def missed(self, new: Path) -> list[Problem]:
        """Return a problem for each file that was opened only after they were found.

        It says why the file wouldn't come along, or that it would, the next time.

        Args:
            new: the folder in the making, in which the code has no business.
        """
        late = {
            path: found[0]
            for path, found in openings(self.captured, self.closure.bindings).items()
            if path not in self.reads
            and not is_below(path, str(new))
            and any(each.opened.reads for each in found)
        }
        if not late:
            return []
        anew = self._anew()
        for path in late:
            anew.bring(path)
        refused = {problem.name: problem for problem in anew.problems}
        return [
            refused.get(as_typed(path))
            or refusals.LATE.of(as_typed(path), opening.path, opening.cell)
            for path, opening in late.items()
        ]

    def _anew(self) -> Files:
        """Return none of them yet, by what was opened until now."""
        return Files(self.captured, self.closure, self.data)

    def _copy(self, place: str) -> Copy:
        path = self.found[place]
        named = ["you named it"] if path in self.named.values() else []
        opened = [f"{each.way} opens it" for each in self.reads.get(path, [])]
        because = tuple(dict.fromkeys([*named, *opened]))
        return Copy(f"{DATA}/{place}", path, os.path.getsize(path), because)


def bring(captured: Captured, closure: Closure, data: str) -> Files:
    """Find the files that the stages read, and make their code find them in ``data/``.

    Args:
        captured: the bundle.
        closure: all that it needs.
        data: the name that the ``data`` folder has in the code.
    """
    files = Files(captured, closure, data)
    for path in sorted({*files.reads, *files.named.values()}):
        files.bring(path)
    return files


_WHOLE = frozenset({Lead.WHOLE, Lead.TAIL})
"""The literals that are the file's whole path."""


def _mentions(closure: Closure, names: Mapping[str, Any]) -> dict[str, list[Mention]]:
    """Return the literals of each binding that is source."""
    parsed = {
        name: Parsed(binding.text, names)
        for name, binding in closure.bindings.items()
        if binding.kind in (Kind.DEFINITION, Kind.CONSTANT, Kind.LINE)
    }
    paths = frozenset(n for p in parsed.values() for n in p.names_that(p.is_path))
    read = frozenset(n for p in parsed.values() for n in p.names_that(p.is_read))
    return {n: list(each.mentions(paths, read)) for n, each in parsed.items()}
