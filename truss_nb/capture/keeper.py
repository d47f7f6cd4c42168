"""How an object is kept that no text defines: as code where it can be, else as a value.

keep → its constant | its line | an expression and its numbers | what is used of it
| a container of parts | a file, and the definitions that its pickle names
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from types import FunctionType
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.binding import LOADED, Binding, Kind, needs_beside
from truss_nb.capture.constants.literal import is_atom, is_plain, render
from truss_nb.capture.definitions.assigned import as_written
from truss_nb.capture.definitions.decorated import decorated_source
from truss_nb.capture.definitions.definition import Definition
from truss_nb.capture.definitions.line import find_line, is_modest
from truss_nb.capture.definitions.registry import find_registry
from truss_nb.capture.follower import Follower
from truss_nb.capture.networks import ways
from truss_nb.capture.parts import Part, find_code, is_code, take_out
from truss_nb.capture.used.code import Code
from truss_nb.capture.used.narrowed import Narrowed
from truss_nb.capture.used.used import narrow
from truss_nb.contents.contents import Captured
from truss_nb.formats import find, find_rebuilding
from truss_nb.formats.format import Hosted
from truss_nb.notebook.imports import is_free
from truss_nb.notebook.source import function_source, within
from truss_nb.objects.audit import Audit, audit
from truss_nb.objects.kinds import closure_cells, is_a, name_of
from truss_nb.text.names import Needs, needs


class Keeper(Follower):
    """Follows the names, and says how each object is kept that no text defines.

    Args:
        captured: the bundle.
        is_refuted: whether a name's line or expression is known not to give an object.
        audits: those of objects that an earlier walk met.
        joined: the names of containers that one file must hold.
    """

    def __init__(
        self,
        captured: Captured,
        is_refuted: Callable[[str, str, Any], bool],
        audits: dict[int, Audit],
        joined: Collection[str],
    ) -> None:
        super().__init__(captured, is_refuted, audits)
        self.joined = joined
        self.waiting: list[str] = []  # values, until all code that uses them is known
        self.narrowed: dict[str, Any] = {}  # the objects that others stand for

    def keep(self, name: str, obj: Any, path: tuple[str, ...]) -> None:
        """Bind a name to an object that isn't defined: as a constant, or a value."""
        registry = find_registry(name, obj, self.notebook)
        if self._try_line(name, obj, path, registry):
            return
        written = as_written(name, obj, self.notebook)
        if written is not None:
            self._bind_text(name, Kind.CONSTANT, obj, written, path)
            return
        if self._rebuild(name, obj, path):
            return
        if self._keep_line(name, obj, path):
            return
        self._wait(name, obj, path)
        if self._write(name, obj, find_code(obj)):
            self.waiting.remove(name)

    def keep_call(self, name: str, obj: Any, path: tuple[str, ...]) -> bool:
        """Bind a name to the call that made a function, if that may make it again."""
        return self._is_made(name, obj) and self._keep_line(name, obj, path)

    def _is_made(self, name: str, obj: Any) -> bool:
        """Return whether a function is what a call returned: ``scale = by(3)``.

        It isn't, for this, where it may share a variable with another, or holds what
        no file can.
        """
        if not is_a(obj, FunctionType) or not obj.__closure__:
            return False
        source = function_source(obj, self.cells)
        held = [cell.cell_contents for cell in closure_cells(obj).values()]
        return (
            source is not None
            and not any(isinstance(n, ast.Nonlocal) for n in within(source))
            and decorated_source(name, obj, self.notebook) is None
            and all(self.look_at(v)[1].refusal is None for v in held if not is_code(v))
        )

    def _keep_line(self, name: str, obj: Any, path: tuple[str, ...]) -> bool:
        """Bind a name to the line that made its object, if that may make it again."""
        return self._try_line(name, obj, path, find_line(name, obj, self.notebook))

    def _try_line(
        self, name: str, obj: Any, path: tuple[str, ...], line: Definition | None
    ) -> bool:
        if line is None or self.is_refuted(name, line.text, obj):
            return False
        form, audit = self.look_at(obj)
        is_fetched = isinstance(form, Hosted) and form.origin(obj)[0]
        if is_fetched or not is_modest(audit, obj):
            return False
        found = {"form": form, "audit": audit}
        self._bind_text(name, Kind.LINE, obj, line, path, **found)
        return True

    def settle(self, whole: Collection[str]) -> None:
        """Say how each value is saved, once the code that uses them is known.

        Args:
            whole: the names of those of which all is needed.
        """
        while self.waiting:
            code = Code(self.bindings)
            names = [name for name in self.waiting if name in self.bindings]
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
        parts = [] if is_one else take_out(value, self.look_at)
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
            form, seen = self.look_at(bound.value)
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
            text = form.making(name)
            settled = self.rebuilt.get((name, text, id(obj)), form)
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
        return {key for value in plain for key in self.look_at(value)[1].objects}

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
        if bound := self._bound_to(part):
            return bound
        line = next(iter(self.cells.bindings(path[-1])), None)
        known = needs(line.text).all if line else frozenset()
        named = (each for each in sorted(known) if self.names.get(each) is part)
        name = next(named, None) or self._free(hint)
        self.bind(name, part, path)
        return name
