"""Walk from name to name, to all that a bundle needs.

Every name is resolved in the notebook as it is now, once for the whole
bundle. Each becomes a ``Binding``. What can't travel becomes a ``Problem`` that says by
which path it was reached; all of them are collected.

    bind → imported | defined here → what its text needs → bind …
         → kept, as a ``Keeper`` does it
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from types import FunctionType, ModuleType
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding, Kind, needs_beside
from truss_nb.capture.constants.literal import is_plain
from truss_nb.capture.definitions.decorated import decorated_source, define
from truss_nb.capture.definitions.definition import Definition
from truss_nb.capture.faults import hides_its_class, is_ours
from truss_nb.capture.sites import Sites, imported_of_site, of_site
from truss_nb.contents.contents import Captured
from truss_nb.errors import Problem, Reason
from truss_nb.formats import find
from truss_nb.formats.format import Format
from truss_nb.notebook.imports import find_import, submodule_imports
from truss_nb.notebook.notebook import meaning_in
from truss_nb.objects.audit import Audit
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
    ) -> None:
        self.notebook = captured.notebook
        self.names, self.home = self.notebook.names, self.notebook.home
        self.cells, self.sites = self.notebook.cells, Sites(self.notebook)
        self.secrets = captured.secrets
        self.rebuilt = captured.rebuilt
        self.is_refuted = is_refuted
        self.audits = audits  # those of objects that an earlier walk met
        self.bindings: dict[str, Binding] = {}
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self.load: Any = None
        self.made_by_load: frozenset[str] = frozenset()
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

    def keep(self, name: str, obj: Any, path: tuple[str, ...]) -> None:
        """Bind a name to an object that no text defines."""
        raise NotImplementedError

    def keep_call(self, name: str, obj: Any, path: tuple[str, ...]) -> bool:
        """Bind a name to the call that made a function, if that may make it again."""
        raise NotImplementedError

    @contextmanager
    def _seeing(self, name: str, obj: Any, path: tuple[str, ...]) -> Iterator[None]:
        """Refuse a name whose object can't be looked at."""
        try:
            yield
        except Exception as error:
            is_deep = isinstance(error, RecursionError)  # it holds others without end
            if is_ours(error) and not is_deep and not hides_its_class(obj):
                raise
            self.bindings.pop(name, None)
            kind = type(error).__name__
            self.refuse(name, path, reasons.FAILS_WHEN_SEEN, error=kind)

    def bind_statement(
        self,
        call: str,
        found: Definition,
        path: tuple[str, ...],
        kind: Kind = Kind.CONSTANT,
    ) -> None:
        """Bind a statement that binds no name, under its text, and what it needs."""
        self._bind_text(call, kind, None, found, path)

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
            self.keep(name, obj, path)

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
        if self.keep_call(name, obj, path):
            return
        found = define(name, obj, self.notebook, self.is_refuted)
        if found is None:
            if is_a(obj, type, FunctionType):
                reason, facts = reasons.no_source(obj)
                self.refuse(name, path, reason, **facts)
            else:  # what a call made of a function: no text of its own
                self.keep(name, obj, path)
            return
        for other in self.notebook.unlike(needs(found.text).all, obj):
            self.refuse(name, path, reasons.RAN_APART, other=other)
        if obj is self.load:  # what it assigns doesn't come along
            self.made_by_load = needs(found.text).rebound
        lines = tuple(
            Binding(
                at, Kind.LINE, path, text, value=value, audit=self.look_at(value)[1]
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
        for made, heir in found.heirs.items():
            self.bind(made, heir, path)
        for before, after in pairwise(found.heirs):
            self.bindings[after] = self.bindings[after].needing(before)
        for text in found.fills:
            self.bind_statement(text, Definition(text, found.cell), path)
        self._follow_texts(binding, path)
        module = imported_of_site(binding.needs.modules)
        if why := of_site(module):
            self.refuse(module, path, why.reason, **why.facts)
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
            bound = self.bindings[name].value
            if self.names.get(name, bound) is not bound:
                self.refuse(name, path, reasons.MOVED_ON)
            return
        if name in self.made_by_load:
            return
        if self.notebook.is_shells_own(name):
            if name != "open":  # IPython's keeps you from closing its own files
                self.refuse(name, path, reasons.NOTEBOOK_ONLY)
        elif name not in self.secrets and (why := self.sites.of(name)):
            self.refuse(name, path, why.reason, **why.facts)
        elif name in self.names:
            if getattr(builtins, name, self) is not self.names[name]:  # by a star
                self.bind(name, self.names[name], path)
        elif missing := _missing(name, self.names):
            reason, facts = missing
            self.refuse(name, path, reason, **facts)

    def _import_submodules(self, name: str, user: Binding) -> None:
        binding = self.bindings.get(name)
        if binding is None or binding.kind is not Kind.IMPORT:
            return
        extra = submodule_imports(name, user.needs.attributes, self.cells)
        if extra:
            self.bindings[name] = binding.importing(extra)

    def look_at(self, obj: Any) -> tuple[Format, Audit]:
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
        known = known or self._bound_to(obj)
        usual = name_of(obj)
        is_named = usual.isidentifier() and not self._is_defined_here("", obj)
        name = known or self._free(usual if is_named else hint)
        self.bind(name, obj, path)
        return name

    def _bound_to(self, obj: Any) -> str | None:
        return next((n for n, b in self.bindings.items() if b.value is obj), None)

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


def _missing(name: str, names: Iterable[str]) -> tuple[Reason, dict[str, str]] | None:
    """Return why a name that the notebook doesn't bind won't be there on a server."""
    if name == "input":
        return reasons.ASKS, {}
    is_there = hasattr(builtins, name) or name in _MODULE_NAMES
    return None if is_there else reasons.unbound(name, names)


_SEE_GLOBALS = frozenset({"duckdb", "pandasql"})
_TABLES = frozenset({"duckdb", "pandas", "polars", "pyarrow"})
_MODULE_NAMES = frozenset({"__name__", "__file__", "__doc__", "__builtins__"})
