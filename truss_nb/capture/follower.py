"""Walk from name to name, to all that a bundle needs.

Every name is resolved in the notebook as it is now, once for the whole
bundle. Each becomes a ``Binding``: an import, a definition, a constant or a value. What
can't travel becomes a ``Problem`` that says by which path it was reached; all of them
are collected.

    bind → imported | defined here → what its text needs → bind …
         → kept: a constant, or a value and the definitions that its pickle names
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.binding import LOADED, Binding, Kind, needs_beside
from truss_nb.capture.constants.literal import is_atom, is_plain, render
from truss_nb.capture.definitions.assigned import as_written
from truss_nb.capture.definitions.decorated import decorated_source, define
from truss_nb.capture.definitions.definition import Definition
from truss_nb.capture.definitions.line import find_line, is_modest
from truss_nb.capture.faults import hides_its_class, is_ours
from truss_nb.capture.networks import ways
from truss_nb.capture.parts import Part, find_code, is_code, take_out
from truss_nb.capture.used.code import Code
from truss_nb.capture.used.narrowed import Narrowed
from truss_nb.capture.used.used import narrow
from truss_nb.contents.contents import Captured
from truss_nb.errors import Problem, Reason
from truss_nb.formats import find, find_rebuilding
from truss_nb.formats.format import Format
from truss_nb.notebook.imports import find_import, is_free, submodule_imports
from truss_nb.notebook.notebook import meaning_in
from truss_nb.objects.audit import Audit, audit
from truss_nb.objects.kinds import attribute, is_a, module_of, name_of, package_of
from truss_nb.text.names import Needs, needs, spared_names
from truss_nb.text.quoted import Quoted, quoted


class Follower:
    """Binds each name that the stages need, once, and collects what can't travel.

    It knows nothing of files or of the exported text.
    """

    def __init__(
        self,
        captured: Captured,
        is_refuted: Callable[[str, str, Any], bool],
        audits: dict[int, Audit],
        joined: Collection[str],
    ) -> None:
        self.notebook = captured.notebook
        self.names, self.home = self.notebook.names, self.notebook.home
        self.cells = self.notebook.cells
        self.secrets = captured.secrets
        self.rebuilt = captured.rebuilt
        self.is_refuted = is_refuted
        self.audits = audits  # those of objects that an earlier walk met
        self.joined = joined  # containers that one file must hold
        self.bindings: dict[str, Binding] = {}
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self.load: Any = None
        self.made_by_load: frozenset[str] = frozenset()
        self.waiting: list[str] = []  # values, until all code that uses them is known
        self.narrowed: dict[str, Any] = {}  # the objects that others stand for
        self.defined: dict[int, str] = {}
        self.addresses: dict[int, str] = {}

    def binds_another(self, name: str, obj: Any) -> bool:
        """Return whether the name is taken by another object than this."""
        return name in self.bindings and self.bindings[name].value is not obj

    def bind(self, name: str, obj: Any, path: tuple[str, ...]) -> None:
        """Bind a name to what it is, and all that this needs."""
        if name not in self.bindings:
            with self._seeing(name, obj, path):
                self._bind(name, obj, path)

    def settle(self, whole: Collection[str]) -> None:
        """Say how each value is saved, once the code that uses them is known.

        Args:
            whole: the names of those of which all is needed.
        """
        while self.waiting:
            code, names = Code(self.bindings), self.waiting
            found = {
                n: narrowed
                for n in names
                if n not in whole
                and (narrowed := narrow(n, self.bindings[n].value, code)) is not None
            }
            saved = [n for n in names if n not in found]
            # What is saved may bring more code, so the others wait for that.
            self.waiting = [*found] if saved else []
            for name in saved or names:
                bound = self.bindings[name]
                with self._seeing(name, bound.value, bound.path):
                    self._settle(bound, found.get(name))

    @contextmanager
    def _seeing(self, name: str, obj: Any, path: tuple[str, ...]) -> Iterator[None]:
        """Refuse a name whose object can't be looked at."""
        try:
            yield
        except Exception as error:
            if is_ours(error) and not hides_its_class(obj):
                raise
            self.bindings.pop(name, None)
            kind = type(error).__name__
            self.refuse(name, path, reasons.FAILS_WHEN_SEEN, error=kind)

    def bind_statement(
        self, call: str, found: Definition, path: tuple[str, ...]
    ) -> None:
        """Bind a statement that binds no name, under its text, and what it needs."""
        self._bind_text(call, Kind.CONSTANT, None, found, path)

    def _bind(self, name: str, obj: Any, path: tuple[str, ...]) -> None:
        if name in self.secrets:
            self._add(name, Kind.SECRET, path, value=obj)
            return
        imported = find_import(name, obj, self.cells, self.home)
        if imported is not None:
            self._add(name, Kind.IMPORT, path, value=obj, text=imported)
        elif self._is_defined_here(name, obj):
            self._define(name, obj, path)
        else:
            self._keep(name, obj, path)

    def _is_defined_here(self, name: str, obj: Any) -> bool:
        if is_a(obj, type):
            return module_of(obj) == self.home
        if is_a(obj, FunctionType) and self.notebook.owns(obj):
            return True
        if type(obj).__module__ == self.home or is_plain(obj):
            return False
        if decorated_source(name, obj, self.notebook) is not None:
            return True
        wrapped = attribute(obj, "__wrapped__")  # lru_cache, singledispatch, wraps
        return wrapped is not None and self._is_defined_here("", wrapped)

    def _define(self, name: str, obj: Any, path: tuple[str, ...]) -> None:
        own = name_of(obj) or name
        if own != name and self.names.get(own) is obj:
            self.bind(own, obj, path)
        other = self.defined.setdefault(id(obj), name)
        if other != name:
            bound = Binding(name, Kind.CONSTANT, path, value=obj)
            self.bindings[name] = bound.as_alias(self.bindings[other])
            return
        found = define(name, obj, self.notebook, self.is_refuted)
        if found is None:
            if is_a(obj, type, FunctionType):
                self.refuse(name, path, reasons.NO_SOURCE)
            else:  # what a call made of a function: no text of its own
                self._keep(name, obj, path)
            return
        for other in self.notebook.unlike(needs(found.text).all, obj):
            self.refuse(name, path, reasons.RAN_APART, other=other)
        if obj is self.load:  # what it assigns doesn't come along
            self.made_by_load = needs(found.text).rebound
        lines = tuple(
            Binding(
                at, Kind.LINE, path, text, value=value, audit=self._look_at(value)[1]
            )
            for at, (text, value) in found.lines.items()
        )
        self._bind_text(name, Kind.DEFINITION, obj, found, path, lines=lines)

    def _bind_text(
        self,
        name: str,
        kind: Kind,
        obj: Any,
        found: Definition,
        path: tuple[str, ...],
        **rest: Any,
    ) -> None:
        """Bind a name to the text that makes its object, and what the text needs."""
        self._add(
            name,
            kind,
            path,
            value=obj,
            text=found.text,
            imports=found.imports,
            needs=needs_beside(found.text, found.imports, self._is_meant),
            cell=found.cell,
            **rest,
        )
        self._follow(name, found, (*path, name))

    def _follow(self, name: str, found: Definition, path: tuple[str, ...]) -> None:
        binding = self.bindings[name]
        for made, obj in found.made_with.items():
            self.bind(made, obj, path)
        self._follow_texts(binding, path)
        self._warn_of_strings(name, binding.needs)
        for needed in sorted(binding.needs.all - found.made_with.keys()):
            if self.notebook.is_shells_own(needed) and needed in spared_names(
                found.text
            ):
                continue
            if needed in self.names or needed not in found.optional:
                self._resolve(needed, path)
                self._import_submodules(needed, binding)

    def _follow_texts(self, binding: Binding, path: tuple[str, ...]) -> None:
        """Bind what texts of other languages name."""
        for each in quoted(binding.text):
            if each.name in binding.needs.all:
                self._resolve(each.name, path)
                if each.language == "sql" and sys.modules.keys().isdisjoint(
                    _SEE_GLOBALS
                ):
                    self.refuse(each.name, path, reasons.OUT_OF_SIGHT)

    def _is_meant(self, each: Quoted) -> bool:
        """Return whether a name in a text is the notebook's, as far as one can see."""
        obj = self.names.get(each.name)
        if obj is None or self.notebook.is_shells_own(each.name):
            return False
        if each.language == "sql":
            of_tables = sys.modules.keys() & {"polars", *_SEE_GLOBALS}
            return package_of(type(obj)) in _TABLES and bool(of_tables)
        return each.language == "expression" or callable(obj) or is_a(obj, ModuleType)

    def _warn_of_strings(self, name: str, found: Needs) -> None:
        called = {f"{each}()" for each in found.hidden}
        for call, looked_in in found.lookups:
            value = self.names.get(looked_in)
            if not looked_in or (looked_in in found.all and is_a(value, ModuleType)):
                called.add(call)
        if called:
            self.warnings.append(
                f"{name} calls {', '.join(sorted(called))}: names that it looks up by "
                "a string can't be seen, and don't come along unless something else "
                "names them"
            )

    def _resolve(self, name: str, path: tuple[str, ...]) -> None:
        if name in self.bindings:
            self._check_same(self.bindings[name], path)
            return
        if name in self.made_by_load:
            return
        if self.notebook.is_shells_own(name):
            if name != "open":  # IPython's keeps you from closing its own files
                self.refuse(name, path, reasons.NOTEBOOK_ONLY)
        elif name in self.names:
            if getattr(builtins, name, self) is not self.names[name]:  # by a star
                self.bind(name, self.names[name], path)
        elif not hasattr(builtins, name) and name not in _MODULE_NAMES:
            self.refuse(name, path, reasons.UNBOUND)

    def _check_same(self, bound: Binding, path: tuple[str, ...]) -> None:
        if self.names.get(bound.name, bound.value) is not bound.value:
            self.refuse(bound.name, path, reasons.MOVED_ON)

    def _import_submodules(self, name: str, user: Binding) -> None:
        binding = self.bindings.get(name)
        if binding is None or binding.kind is not Kind.IMPORT:
            return
        extra = submodule_imports(name, user.needs.attributes, self.cells)
        if extra:
            self.bindings[name] = binding.importing(extra)

    def _keep(self, name: str, obj: Any, path: tuple[str, ...]) -> None:
        """Bind a name to an object that isn't defined: as a constant, or a value."""
        written = as_written(name, obj, self.notebook)
        if written is not None:
            self._bind_text(name, Kind.CONSTANT, obj, written, path)
            return
        if self._rebuild(name, obj, path):
            return
        line = find_line(name, obj, self.notebook)
        if line is not None and not self.is_refuted(name, line.text, obj):
            form, audit = self._look_at(obj)
            if is_modest(audit, obj):
                found = {"form": form, "audit": audit}
                self._bind_text(name, Kind.LINE, obj, line, path, **found)
                return
        self._wait(name, obj, path)
        if self._write(name, obj, find_code(obj)):
            self.waiting.remove(name)

    def _wait(self, name: str, obj: Any, path: tuple[str, ...]) -> None:
        """Bind a name to a value; how that is saved is settled in the end."""
        self._add(name, Kind.VALUE, path, value=obj, cell=self._cell(name, path))
        self.waiting.append(name)

    def _settle(self, bound: Binding, narrowed: Narrowed | None) -> None:
        """Say how a value is saved.

        Args:
            bound: a name, bound to it.
            narrowed: what is used of it, if that isn't all.
        """
        name, value = bound.name, bound.value
        if narrowed is not None and self._narrow(bound, narrowed):
            return
        is_one = narrowed is not None or name in self.joined
        parts = [] if is_one else take_out(value, self._look_at)
        if not parts or not self._write(name, value, parts):
            self._save(name)

    def _narrow(self, bound: Binding, found: Narrowed) -> bool:
        """Put what is used of an object in its place; return whether as a text."""
        name = bound.name
        self.narrowed[name] = bound.value
        self.bindings[name] = replace(bound, value=found.value, narrowed=found.told)
        for is_inline in (is_plain, is_atom):
            parts = [each for each in found.parts.items() if not is_inline(each[1])]
            if self._write(name, found.written or found.value, parts):
                return True
        return False

    def _save(self, name: str) -> None:
        """Bind a name to a value in a file, and the definitions that this names."""
        bound = self.bindings[name]
        if bound.narrowed:  # made for this walk alone
            form = find(bound.value)
            seen = form.audit(bound.value, self.home)
        else:
            form, seen = self._look_at(bound.value)
        path, needs = (*bound.path, name), Needs(late=frozenset(seen.named))
        self.bindings[name] = replace(bound, form=form, audit=seen, needs=needs)
        for own, each in seen.named.items():
            if self.names.get(own) is each:
                self._resolve(own, path)
            else:
                self.refuse(own, path, reasons.FORMULA_MOVED)
        for each in seen.definitions:
            own = name_of(each).strip("<>")
            self.addresses[id(each)] = self._name_of(each, f"{name}_{own}", path)

    def _rebuild(self, name: str, obj: Any, path: tuple[str, ...]) -> bool:
        """Bind a name to what an expression makes but for its numbers, or as a value.

        Do nothing for what has none, or no format knows to tell from them.
        """
        kept = find_rebuilding(obj)
        if kept is None or not kept.has_numbers(obj):
            return False

        def called(kind: type) -> str:
            return self._name_of(kind, f"{name}_{name_of(kind)}", (*path, name))

        for form in ways(kept, name, obj, self.notebook, called):
            key = (name, form.expression, id(obj))
            text = f"{name} = {form.expression}"
            settled = self.rebuilt.get(key, form)
            if settled is None or self.is_refuted(name, text, obj):
                continue
            found = Definition(text, self._cell(name, path) or "", imports=form.imports)
            given = self._given(found)
            audit = form.audit(obj, self.home)
            own = {k: v for k, v in audit.objects.items() if k not in given}
            rest = {"form": settled, "audit": replace(audit, objects=own)}
            self._bind_text(name, Kind.VALUE, obj, found, path, **rest)
            self.bindings[name] = self.bindings[name].as_late()
            return True
        self._wait(name, obj, path)
        return True

    def _given(self, found: Definition) -> set[int]:
        """Return the ``id`` of each object that a text has from a name."""
        needed = (
            needs_beside(found.text, found.imports, self._is_meant).all
            & self.names.keys()
        )
        values = [self.names[name] for name in needed]
        plain = [v for v in values if not is_code(v)]
        return {key for value in plain for key in self._look_at(value)[1].objects}

    def _write(self, name: str, obj: Any, parts: Sequence[Part]) -> bool:
        """Bind a name to an expression, if there is one with names for these parts.

        Args:
            name: it is bound to a value so far.
            obj: what to write for that.
            parts: what gets a name of its own.
        """
        bound = self.bindings[name]
        inner = (*bound.path, name)
        names = {id(p): self._name_part(p, f"{name}_{at}", inner) for at, p in parts}
        literal = render(obj, column=len(name) + 3, names=names)
        if not literal or not all(is_free(n, self.names) for n in literal.imports):
            return False
        text = f"{name} = {literal.text}"
        saved, found = self._saved(names), self.bindings
        is_later = any(n in found and found[n].kind in LOADED for n in names.values())
        self.bindings[name] = replace(
            bound,
            kind=Kind.ASSEMBLED if is_later else Kind.CONSTANT,
            text=text,
            imports=literal.imports,
            needs=needs_beside(text, literal.imports, self._is_meant),
            names=names,
            audit=audit(obj, self.home, saved) if saved else Audit(),
        )
        self._follow_texts(self.bindings[name], inner)
        return True

    def _saved(self, names: Mapping[int, str]) -> set[int]:
        """Return the ``id`` of each part that has a name, and is no definition."""
        bound = {key: self.bindings.get(name) for key, name in names.items()}
        return {key for key, each in bound.items() if each and not is_code(each.value)}

    def _name_part(self, part: Any, hint: str, path: tuple[str, ...]) -> str:
        """Return the name of a part of a container, bound to it.

        The notebook's own where that stands in the line that made the container: what
        a loop left behind says nothing.
        """
        if is_code(part):
            return self._name_of(part, hint, path)
        for name, bound in self.bindings.items():
            if bound.value is part:
                return name
        line = next(iter(self.cells.bindings(path[-1])), None)
        known = needs(line.text).all if line else frozenset()
        named = (each for each in sorted(known) if self.names.get(each) is part)
        name = next(named, None) or self._free(hint)
        self.bind(name, part, path)
        return name

    def _look_at(self, obj: Any) -> tuple[Format, Audit]:
        """Return how an object would be saved, and what that involves."""
        form = find(obj)
        if id(obj) not in self.audits:
            self.audits[id(obj)] = form.audit(obj, self.home)
        return form, self.audits[id(obj)]

    def _name_of(self, obj: Any, hint: str, path: tuple[str, ...]) -> str:
        """Return the name of a function or class, bound to it; made from a hint."""
        own = name_of(obj, "__qualname__")
        outer, _, inner = own.partition(".")
        if inner and meaning_in(self.names, own) is obj:
            self.bind(outer, self.names[outer], path)
            return own
        if getattr(builtins, own, None) is obj and own not in self.names:
            return own
        known = self.defined.get(id(obj)) or self.notebook.name_of(obj)
        is_named = own and not self._is_defined_here("", obj)
        name = known or self._free(own if is_named else hint)
        self.bind(name, obj, path)
        return name

    def _free(self, name: str) -> str:
        while name in self.bindings or name in self.names:
            name += "_"
        return name

    def _add(self, name: str, kind: Kind, path: tuple[str, ...], **rest: Any) -> None:
        self.bindings[name] = Binding(name, kind, path, **rest)

    def refuse(
        self, name: str, path: tuple[str, ...], why: Reason, **facts: str
    ) -> None:
        """Note that a name can't travel, and why."""
        self.problems.append(why.of(name, path, self._cell(name, path), **facts))

    def _cell(self, name: str, path: tuple[str, ...]) -> str | None:
        """Return the cell that binds a name, else the one that uses it."""
        user = self.bindings.get(path[-1]) if path else None
        return self.cells.label_of(name) or (user.cell if user else None)


def _is_at(obj: Any, outer: Any, path: str) -> bool:
    for name in path.split("."):
        outer = getattr(outer, name, None)
    return outer is obj


_SEE_GLOBALS = frozenset({"duckdb", "pandasql"})
_TABLES = frozenset({"duckdb", "pandas", "polars", "pyarrow"})
_MODULE_NAMES = frozenset({"__name__", "__file__", "__doc__", "__builtins__"})
