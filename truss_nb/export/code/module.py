"""Write a module's statements from bindings, in an order that runs and reads well.

Imports, then constants, then definitions, each after what it needs when it runs; a
value that a definition needs at that time is loaded right there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import pairwise, product

from truss_nb.capture.binding import Binding, Closure, Kind
from truss_nb.export.code.imports import arrange
from truss_nb.formats.format import Saved
from truss_nb.formats.rehome import HOME
from truss_nb.notebook.imports import is_free
from truss_nb.text.quoting import WIDTH, quote
from truss_nb.text.trees import tree_of
from truss_nb.truss.defaults import CLASS
from truss_nb.truss.serving import DATA

DATA_DIR = "DATA_DIR"
"""What the folder of values and files is called, unless the notebook has that name."""


def data_name(closure: Closure) -> str:
    """Return a name for the ``data`` folder that the notebook's code doesn't have."""
    texts = [binding.text for binding in closure.bindings.values()]
    name = DATA_DIR
    while any(re.search(rf"\b{name}\b", text) for text in texts):
        name = f"TRUSS_{name}"
    return name


def class_name(closure: Closure) -> str:
    """Return a name for the class that the server calls; the notebook's stay theirs."""
    name = CLASS
    while name in closure.bindings:
        name = f"Truss{name}"
    return name


def importing(
    statement: str, bindings: Mapping[str, Binding]
) -> Iterator[tuple[str, str, str]]:
    """Yield an import under a name that the notebook has for nothing else.

    Args:
        statement: an import statement, which can have several names.
        bindings: what the notebook's names are bound to.

    Yields:
        For each name the statement, what it's called without an alias of ours, and
        what it's called now: ``("import json as json_", "json", "json_")``.
    """
    node = copy(tree_of(statement).body[0])
    if not isinstance(node, ast.Import | ast.ImportFrom):
        raise TypeError(f"{statement} is no import statement")
    known = {name: binding.value for name, binding in bindings.items()}
    for alias in node.names:
        node.names = [alias]
        usual = name = alias.asname or alias.name
        if not is_free(ast.unparse(node), known):
            name = usual.replace(".", "_")
            while name in known:
                name += "_"
            node.names = [ast.alias(alias.name, name)]
        yield ast.unparse(node), usual, name


@dataclass(frozen=True)
class Loading:
    """How ``model.py`` gets values back from one file or folder.

    Args:
        names: what it binds; more than one where values share parts.
        file: its name in ``data/``, or an absolute path.
        saved: what reads it.
        given: those of the names that code of saved objects needs too.
        moves: by a name, what moves it to a device, with its name in braces.
    """

    names: tuple[str, ...]
    file: str
    saved: Saved
    given: tuple[str, ...] = ()
    moves: Mapping[str, str] = field(default_factory=dict)

    def statement(self, folder: str, *targets: str) -> str:
        """Return what reads it from ``folder``, an expression too, and binds it."""
        bound = ", ".join(targets or self.names)
        path = quote(self.file)  # of a mount that config.yaml puts elsewhere
        path = path if self.file.startswith("/") else f"{folder} / {path}"
        lines = [_fitted(line) for line in self.saved.statements(bound, path)]
        for name, target in zip(self.names, targets or self.names, strict=True):
            if name in self.moves:
                lines.append(self.moves[name].format(target))
        return "\n".join([*lines, *(give(name) for name in self.given)])


def give(name: str) -> str:
    """Return the statement that gives the code of saved objects what they name."""
    return f"{HOME}.{name} = {name}"


def definitions_py(closure: Closure, title: str) -> str:
    """Return the module that holds what saved values name."""
    unset = "{} = None  # set by Model.load()"
    given = map(unset.format, sorted(closure.injected))
    imports, *rest = statements(closure, closure.pickled)
    return join([f'"""{title}"""', imports, *given, *rest])


def statements(  # noqa: PLR0913, PLR0917 - what a module is made of
    closure: Closure,
    names: Collection[str],
    imports: Sequence[str] = (),
    loadings: Sequence[Loading] = (),
    data: str = DATA_DIR,
    leading: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Yield the parts of a module that binds ``names``.

    Args:
        closure: where they are described, each after what it needs when it runs.
        names: what to bind.
        imports: import statements that other parts of the module need.
        loadings: the values to load while the module is imported.
        data: what the ``data`` folder is called.
        leading: environment variables → the places in ``data/`` that they lead to.
    """
    bindings = [b for name, b in closure.bindings.items() if name in names]
    imported = [b for b in bindings if b.kind is Kind.IMPORT]
    is_used = bool(loadings) or any(data in b.needs.all for b in bindings)
    ((path, _, path_name),) = importing("from pathlib import Path", closure.bindings)
    ((system, _, system_name),) = importing("import os", closure.bindings)
    lines = [*imports, *(b.text for b in imported), *([path] if is_used else [])]
    lines += [path, system] if leading else []
    lines += [line for binding in bindings for line in binding.imports]
    lines += [line for loading in loadings for line in loading.saved.imports]
    yield arrange(lines, _environment(leading or {}, system_name, path_name))
    if is_used:
        yield f'{data} = {path_name}(__file__).parent.parent / "{DATA}"'
    constants = [*_constants(bindings, data, {b.name for b in imported})]
    yield from dict.fromkeys(binding.text for binding in constants)
    written = {binding.text for binding in (*imported, *constants)}
    waiting = list(loadings)
    for binding in bindings:
        is_made_here = binding.text and binding.kind not in _NOT_HERE
        if is_made_here and binding.text not in written:
            written.add(binding.text)  # a line can bind several names
            yield binding.text
        for loading in [each for each in waiting if binding.name in each.names]:
            waiting.remove(loading)  # one file can give several names
            yield loading.statement(data)


_NOT_HERE = (Kind.VALUE, Kind.SETTING)
"""What is read from a file, and what each stage sets anew."""


def _environment(leading: Mapping[str, str], system: str, path: str) -> str:
    """Return the statements that lead libraries to their data, for ``import os``."""
    folder = f"{path}(__file__).resolve().parents[1]"
    lines = [
        f'{system}.environ["{name}"] = str({folder} / "{DATA}/{place}")'
        for name, place in sorted(leading.items())
    ]
    lines = [each if len(each) <= WIDTH else _fitted(each) for each in lines]
    told = ["# What libraries look up came along: this is where they find it."]
    return "\n".join(told + lines) if lines else ""


def _constants(
    bindings: Sequence[Binding], data: str, imported: set[str]
) -> Iterator[Binding]:
    """Yield what can stand above all definitions: constants, then lines of those."""
    late = {binding.name for binding in bindings} - {data} - imported
    for kind, binding in product((Kind.CONSTANT, Kind.LINE), bindings):
        if binding.kind is kind and not binding.needs.early & late:
            late.remove(binding.name)
            yield binding


def join(parts: Sequence[str]) -> str:
    """Put parts together: one blank line between statements, two around definitions."""
    full = [part for part in parts if part]
    text = full[0]
    for before, part in pairwise(full):
        if _defines(part) or _defines(before):
            text += f"\n\n\n{part}"
        elif _assigns(before) and _assigns(part):
            text += f"\n{part}"
        else:
            text += f"\n\n{part}"
    return f"{text}\n"


def _fitted(line: str) -> str:
    """Return a statement with the arguments of its first call on their own line."""
    if len(line) <= WIDTH - 8 or "\n" in line:  # it may stand in a method
        return line
    statement = tree_of(line).body[0]
    calls = [n for n in _chain(statement) if isinstance(n, ast.Call) and n.args]
    if not calls:
        target, is_set, value = line.partition(" = ")
        return f"{target} = (\n    {value}\n)" if is_set else line
    text, call = line.encode(), calls[-1]  # offsets count bytes
    start, end = (call.func.end_col_offset or 0) + 1, (call.end_col_offset or 0) - 1
    head, tail = text[:start].decode(), text[end:].decode()
    arguments = text[start:end].decode()
    if len(arguments) > WIDTH - 12:
        starts = [a.col_offset for a in call.args]
        starts += [k.col_offset for k in call.keywords]
        pairs = pairwise([*starts, end + len(", ")])
        each = (text[a : b - len(", ")].decode() for a, b in pairs)
        arguments = ",\n    ".join(each) + ","
    return f"{head}\n    {arguments}\n{tail}"


def _chain(node: ast.AST | None) -> Iterator[ast.AST]:
    """Yield the calls and attributes that make up an expression, the last first."""
    while node is not None:
        yield node
        node = getattr(node, "func", getattr(node, "value", None))


def _defines(part: str) -> bool:
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for node in tree_of(part).body
    )


def _assigns(part: str) -> bool:
    return isinstance(tree_of(part).body[-1], ast.Assign)
