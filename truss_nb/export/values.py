"""Choose the file in ``data/`` for each value: its format, and which share one.

Values that share parts (two names for one array, a vocabulary that the model holds
too) are saved together, so that what was one object in the notebook is one object in
the bundle.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding, Closure, Kind
from truss_nb.capture.moves import moving
from truss_nb.contents.contents import Captured
from truss_nb.errors import Problem
from truss_nb.export.code.module import Loading, importing
from truss_nb.export.folder.paths import nodes
from truss_nb.export.folder.writer import Payload
from truss_nb.export.weights import Weights
from truss_nb.formats import find_rebuilding, last_resort
from truss_nb.formats.format import Format, Lacking, Rebuilding, Saved, Traceable
from truss_nb.formats.pickled import PICKLE
from truss_nb.formats.rehome import HOME, rehomed
from truss_nb.objects.fingerprint import fingerprint
from truss_nb.objects.memory import groups, size_in_memory
from truss_nb.truss.dropped import silently_dropped
from truss_nb.truss.serving import DATA


def save(
    closure: Closure,
    taken: Iterable[str],
    captured: Captured,
    *,
    may_run: bool,
) -> Saving:
    """Find a file for each value of a bundle; write nothing yet.

    Args:
        closure: what the bundle needs.
        taken: paths in the folder that other files have.
        captured: the bundle.
        may_run: whether values of a hub may be loaded again, to compare.
    """
    bindings = closure.bindings
    values = {n: b for n, b in bindings.items() if b.kind is Kind.VALUE}
    shared = groups({name: binding.audit for name, binding in values.items()})
    together = sorted(map(sorted, shared))
    # What saved values alone refer to is imported in another module.
    here = {n for n in bindings if n not in closure.pickled}
    here |= {need for n in here for need in bindings[n].needs.all}
    modules = {
        b.value.__name__: name
        for name, b in bindings.items()
        if b.kind is Kind.IMPORT and isinstance(b.value, ModuleType)
        if name in here
    }
    own = closure.unnamed_model
    globals_ = {
        n: b
        for n, b in bindings.items()
        if n != own or [n] not in together
        if b.kind is not Kind.IMPORT or n in here
    }
    others = {node for path in taken for node in nodes(path)}
    weights = Weights(captured, may_load=may_run)
    saving = Saving(closure, weights, others, globals_, modules)
    for names in together:
        saving.add(names)
    return saving


@dataclass
class Saving:
    """How the values of a bundle are saved and read back: ``data/``, file by file.

    Args:
        closure: what the bundle needs.
        weights: the values that a hub holds just so.
        others: paths that other files have.
        globals: what the notebook's names stand for in ``model.py``.
        imported: the names that it has for modules.
        loadings: how ``model.py`` reads each file.
        files: for each file in ``data/`` what writes it.
        modules: for each file what must be importable to read it.
        trusted: the files that can run code when they are read.
        doubts: sentences on files whose format only an export can decide.
        told: sentences on files that need trust and could do without.
    """

    closure: Closure
    weights: Weights
    others: Collection[str]
    globals: Mapping[str, Binding]
    imported: Mapping[str, str]
    loadings: list[Loading] = field(default_factory=list)
    files: dict[str, Payload] = field(default_factory=dict)
    modules: dict[str, frozenset[str]] = field(default_factory=dict)
    trusted: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """Values that can't be saved."""
        return [*_refusals(self.closure)]

    @property
    def notes(self) -> list[str]:
        """Those, and sentences on weights that travel though a hub has the like."""
        return [*self.told, *self.weights.notes]

    def add(self, names: Sequence[str]) -> None:
        """Plan the file of a value, or of values that share parts."""
        saved = [self.closure.bindings[name] for name in names]
        first, is_alone = saved[0], len(names) == 1
        value = first.value if is_alone else tuple(each.value for each in saved)
        form = first.form if is_alone else last_resort(value)
        kept = self.weights.refer(saved)
        held = {*self.others, *self.files, *self.weights.paths}
        name_for = partial(_file_name, form=form, taken=held)
        stem = names[0] if is_alone else "shared"
        file = self.weights.place(kept.snapshot, name_for) if kept else name_for(stem)
        path = kept.snapshot.source if kept else f"{DATA}/{file}"
        if isinstance(form, Rebuilding) and not form.is_settled:
            self.doubts.append(_doubt(form, names[0], path))
        elif isinstance(form, Lacking) and (package := form.lacks(value)):
            self.told.append(_LACKS.format(path=path, package=package))
        elif form.needs_trust and any(find_rebuilding(each.value) for each in saved):
            self.told.append(_why_whole(names, path))
        asked = (each.audit.modules for each in saved)
        self.modules[path] = self.modules.get(path, frozenset()).union(*asked)
        found = [one for each in saved for one in each.audit.definitions]
        named = _addressed(found, self.closure)
        with rehomed(named, HOME):
            reading = kept.saved if kept else form.saved(value)
            read = _renamed(reading, self.globals, self.imported)
        self.loadings.append(self._loading(names, file, read))
        refused = {*map(id, found)} - {*map(id, named.values())}
        if kept is None and not refused:
            made_by = self.modules[path] | {each.split()[1] for each in reading.imports}
            size = sum(size_in_memory(each.audit) for each in saved)
            self.files[path] = Payload(
                partial(_write, form, value, named),
                partial(_fingerprint, form, value, named, made_by, size),
            )
            if form.needs_trust:
                self.trusted.append(path if form.suffix else f"{path}/")

    def _loading(self, names: Sequence[str], file: str, read: Saved) -> Loading:
        """Return how ``model.py`` reads a file, and what it does with it then."""
        closure = self.closure
        given = tuple(name for name in names if name in closure.injected)
        moved = {
            name: moving(closure.bindings[name], closure.moved[name])
            for name in names
            if name in closure.moved
        }
        return Loading(tuple(names), file, read, given, moved)


def _doubt(form: Rebuilding, name: str, path: str) -> str:
    """Return what there is to say of an expression that only an export runs."""
    text = form.expression
    shown = text if "\n" not in text else f"{text.partition('(')[0]}(…)"
    return (
        f"{name} is saved as {form.name}, {path}, if {shown} gives it back: "
        "an export runs that; else as a pickle"
    )


_LACKS = (
    "{path} is a pickle, which is read only if you trust who wrote it: install "
    "{package}, and export again, for a file that needs no trust (%pip install "
    "{package})"
)


def _why_whole(names: Sequence[str], path: str) -> str:
    """Return why a network is a pickle, and what to do."""
    if len(names) > 1:
        return (
            f"{path} is a pickle, since {', '.join(names)} share parts: name one of "
            "them, and reach the others through it"
        )
    return (
        f"{path} is a pickle: no line that made {names[0]}, and none of the attributes "
        "that it keeps, gives it back in all but its weights, within a second. Assign "
        f"it by a call, {names[0]} = Net(…), whose class keeps what it's given, and "
        f"replace parts of it by statements of a cell's own, {names[0]}.fc = "
        "nn.Linear(…)"
    )


def settle(captured: Captured, closure: Closure) -> bool:
    """Run the expressions that nobody has run yet; return whether there were any."""
    found = False
    for name, binding in closure.bindings.items():
        form = binding.form
        if isinstance(form, Rebuilding) and not form.is_settled and binding.text:
            key = (name, form.making(name), id(binding.value))
            captured.rebuilt[key] = form.settled(binding.value)
            found = True
    return found


def _addressed(definitions: Iterable[Any], closure: Closure) -> dict[str, Any]:
    """Return definitions by their addresses, a class in a class after the outer one."""
    named: dict[str, Any] = {}
    for each in definitions:
        address = closure.addresses.get(id(each), "")
        outer = address.partition(".")[0]
        if outer in closure.bindings:  # else it was refused
            named |= {outer: closure.bindings[outer].value, address: each}
    return named


def _renamed(
    saved: Saved, bindings: Mapping[str, Binding], modules: Mapping[str, str]
) -> Saved:
    """Return how a file is read, with imports under names that stand for nothing else.

    Args:
        saved: how its format reads it.
        bindings: all that the notebook's names stand for in the bundle.
        modules: the names that ``model.py`` has for modules already.
    """
    imports, code = [], (*saved.first, saved.expression, *saved.then)
    for statement in saved.imports:
        for line, usual, name in importing(statement, bindings):
            module = line.removeprefix("import ").partition(" as ")[0]
            if module not in modules:
                imports.append(line)
            called = modules.get(module, name)
            use = re.compile(rf"(?<![\w.{{\"']){re.escape(usual)}\b(?!=)")
            code = tuple(use.sub(called, each) for each in code)
    first, rest = code[: len(saved.first)], code[len(saved.first) :]
    return Saved(tuple(imports), rest[0], rest[1:], first)


_SMALL = 1 << 20
"""Bytes of arrays up to which a value is written sooner than it is compared."""


def _fingerprint(
    form: Format,
    value: Any,
    named: Mapping[str, Any],
    modules: Collection[str],
    size: int,
) -> str | None:
    """Return a hash of what a value's file is made of; None if it can't be hashed."""
    if not isinstance(form, Traceable) or size < _SMALL:
        return None
    try:
        with rehomed(named, HOME):
            return fingerprint((form.name, form.made_of(value)), modules)
    except Exception:  # noqa: BLE001 - writing it may work; if not, it raises then
        return None


def _write(form: Format, value: Any, named: Mapping[str, Any], path: Path) -> None:
    with rehomed(named, HOME):
        form.write(value, path)


def _file_name(stem: str, form: Format, taken: Iterable[str]) -> str:
    """Return a name that no other has, in any case, and that a push keeps.

    Also as the name of a folder, which a push drops by other patterns.
    """
    stem = stem[:60]
    known = {path.lower() for path in taken}
    file = f"{stem}{form.suffix}"
    while f"{DATA}/{file}".lower() in known or silently_dropped(f"{file}/inside"):
        stem += "_"
        file = f"{stem}{form.suffix}"
    return file


def _refusals(closure: Closure) -> Iterator[Problem]:
    made = {e.name for e in closure.problems if e.code == reasons.IN_CLIENT.code}
    for name, binding in sorted(closure.bindings.items()):
        if name in made or binding.kind is not Kind.VALUE:
            continue  # what was made so is to be created on the server all the same
        found, way = binding.audit.refusal, (binding.path, binding.cell)
        if found is not None:
            place = f"{name}{found.path}" if found.path else "it"
            has_form = binding.form is not PICKLE
            yield reasons.cant_be_saved(binding.value, has_form=has_form).of(
                name, *way, place=place, fault=found.reason, type=found.type
            )
