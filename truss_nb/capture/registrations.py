"""What a cell registered with a library, and code reaches by another name or by none.

``frame.scores`` names neither the class nor the cell that registered it with pandas as
``"scores"``. The statement that did is found by its words, and comes along if the
bundle uses that library and what was registered: its text, an object of the notebook
that it's about, or a saved object of the library, which knows it by its name.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from types import BuiltinFunctionType, FunctionType, ModuleType, NoneType
from typing import Any

from truss_nb.capture.binding import LOADED, Kind
from truss_nb.capture.definitions.definition import Definition
from truss_nb.capture.follower import Follower
from truss_nb.notebook.cells import REGISTERS, Cell
from truss_nb.notebook.notebook import meaning_in
from truss_nb.objects.kinds import (
    attributes,
    bases,
    is_a,
    library_name,
    package_of,
    space,
)
from truss_nb.text.editing import cut
from truss_nb.text.trees import Def, dotted, first_name, maker, names_in, unparsed


@dataclass(frozen=True)
class Registration:
    """A statement that tells a library of something.

    Args:
        cell: where it stands.
        node: a definition with decorators, a call alone, or an assignment.
        name: what the definition binds; None for the others.
        package: the library's.
        words: the texts in it.
        names: the names in it, the definition's own among them.
    """

    cell: Cell
    node: ast.stmt
    name: str | None
    package: str
    words: frozenset[str]
    names: frozenset[str]

    @property
    def call(self) -> ast.Call | None:
        """The call, where it is no more."""
        value = getattr(self.node, "value", None)
        is_alone = isinstance(self.node, ast.Expr) and isinstance(value, ast.Call)
        return value if is_alone else None

    @property
    def sets(self) -> bool:
        """Whether it sets an option of a library."""
        function = ast.unparse(self.call.func) if self.call else ""
        is_set = isinstance(self.node, ast.Assign) or _SETS.search(function)
        return bool(is_set) or self.is_of_thread

    @property
    def is_of_thread(self) -> bool:
        """Whether it sets an option for the thread that it runs in alone."""
        if isinstance(self.node, ast.Assign):  # of what a call gives, as a context
            return isinstance(_holder_of(self.node), ast.Call)
        function = ast.unparse(self.call.func) if self.call else ""
        return _SETS_HERE.search(function) is not None

    @property
    def subject(self) -> str:
        """What it is about: a later one of the same takes its place."""
        if self.call is None:
            return self.name or ast.unparse(self.node.targets[0])  # type: ignore[attr-defined]
        if self.is_of_thread:  # a later call may set another option
            return ast.unparse(self.call)
        first = ast.unparse(self.call.args[0]) if self.call.args else ""
        return f"{ast.unparse(self.call.func)}({first})"


def follow_registrations(follower: Follower) -> None:
    """Bind what was registered and is reached, and all that this needs."""
    waiting = [*_registrations(follower)]
    while reached := [each for each in waiting if _is_reached(each, follower)]:
        waiting = [each for each in waiting if each not in reached]
        for each in reached:
            _bind(each, follower)
        calls = [ast.unparse(each.node) for each in reached if each.name is None]
        for before, after in pairwise(calls):  # they run in the order of the cells
            follower.bindings[after] = follower.bindings[after].needing(before)


def _bind(found: Registration, follower: Follower) -> None:
    if found.name is not None:
        follower.bind(found.name, follower.names[found.name], (found.package,))
        return
    text = cut(found.cell.text, found.node)
    call = ast.unparse(found.node)
    kind = Kind.SETTING if found.is_of_thread else Kind.CONSTANT
    definition = Definition(text, found.cell.label)
    follower.bind_statement(call, definition, (found.package,), kind)


def _registrations(follower: Follower) -> Iterator[Registration]:
    """Yield what the cells registered, as they are now, the oldest first."""
    seen: set[str] = set()
    found = []
    for cell in follower.cells.mentioning(REGISTERS):
        for node in reversed(cell.tree.body):
            for each in _read(node, cell, follower):
                if each.subject not in seen:
                    seen.add(each.subject)
                    found.append(each)
    yield from reversed(found)


def _read(node: ast.stmt, cell: Cell, follower: Follower) -> Iterator[Registration]:
    names = follower.names
    if isinstance(node, ast.Assign):
        package = _assigned(node, follower)
        if package:
            others = frozenset(names_in(node) - {first_name(node.targets[0])})
            yield Registration(cell, node, None, package, frozenset(), others)
        return
    if isinstance(node, Def):
        newest = follower.cells.bindings(node.name)[0].node
        calls = node.decorator_list if newest is node and node.name in names else []
        name = node.name
    else:
        is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        calls, name = [node.value] if is_call else [], None  # type: ignore[attr-defined]
    for call in calls:
        package = _package(maker(call), name, follower)
        if package and not _only_shows(call):
            words = (n.value for n in ast.walk(call) if isinstance(n, ast.Constant))
            used = names_in(call) - {first_name(maker(call))}
            yield Registration(
                cell,
                node,
                name,
                package,
                frozenset(each for each in words if isinstance(each, str) and each),
                frozenset(used | ({name} if name else set())),
            )


def _assigned(node: ast.Assign, follower: Follower) -> str:
    """Return the library that ``pd.options.display.width = 9`` tells of something.

    So does ``getcontext().prec = 7``. Nothing for an attribute of a module, of a class,
    or of an object that a name of the notebook has.
    """
    match _holder_of(node):
        case ast.Call(func, args=[], keywords=[]):
            giver = meaning_in(follower.names, dotted(func))
            is_function = is_a(giver, FunctionType, BuiltinFunctionType)
            is_one = is_function and not follower.notebook.owns(giver)
            return library_name(giver) if is_one and _GIVES.search(dotted(func)) else ""
        case ast.expr() as holder:
            root = follower.names.get(first_name(holder))
            steps = dotted(holder).split(".")
            ways = (".".join(steps[:count]) for count in range(2, len(steps) + 1))
            told = [meaning_in(follower.names, way) for way in ways]
            is_own = follower.notebook.owns(root)
            has_object = not all(
                is_a(each, ModuleType, type, NoneType) for each in told
            )
            if is_a(root, ModuleType) and not is_own and has_object:
                package = library_name(root)
                return "" if package in sys.stdlib_module_names else package
    return ""


def _holder_of(node: ast.Assign) -> ast.expr | None:
    """Return what an assignment sets an attribute or an item of."""
    match node.targets:
        case [ast.Attribute(holder) | ast.Subscript(holder)]:
            return holder
    return None


def _only_shows(call: ast.expr) -> bool:
    """Return whether a call says how a notebook is to show an estimator."""
    given = call.keywords if isinstance(call, ast.Call) else ()
    return bool(given) and all(each.arg == "display" for each in given)


def _package(called: ast.expr, name: str | None, follower: Follower) -> str:
    """Return the library that a call tells of something; nothing if it's no such."""
    root = follower.names.get(first_name(called))
    function = unparsed(called)
    if follower.notebook.owns(root):
        return ""
    if is_a(root, ModuleType, type, FunctionType, BuiltinFunctionType):
        tells = _TELLS.search(function) and not _NO_MATTER.search(function)
        sets = _SETS.search(function) or _SETS_HERE.search(function)
        return library_name(root) if tells or sets else ""
    holder = _holder(root, function.split(".")[1:-1]) if name is None else None
    return library_name(holder)


def _holder(root: Any, steps: Iterable[str]) -> Any:
    """Return the class that ``nlp.Defaults.stop_words`` passes, if it passes one."""
    for step in steps:
        kept = attributes(root)
        members = map(space, bases(type(root)))
        places = [kept, *members]
        root = next((each[step] for each in places if step in each), None)
        if is_a(root, type):
            return root
    return None


def _is_reached(found: Registration, follower: Follower) -> bool:
    if found.name in follower.bindings:
        return False  # it comes along anyway
    bindings = follower.bindings.values()
    packages = {library_name(b.value) for b in bindings if b.kind is Kind.IMPORT}
    saved = {package_of(type(b.value)) for b in bindings if b.kind in LOADED}
    if found.package not in {*packages, *saved, *_EVERYWHERE}:
        return False
    own = {n for n in found.names if follower.notebook.owns(follower.names.get(n))}
    known = found.names & follower.bindings.keys()
    if known or found.package in saved or found.package in _EVERYWHERE:
        return True
    texts = [binding.text for binding in bindings]
    is_named = any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
        for word in found.words
        for text in texts
    )
    return is_named or found.sets or not (own or found.words)


_TELLS = re.compile(
    r"regist|extension|custom_objects|(^|\.)(component|factory|compiles|listens_for|listen|custom_op"
    r"|add_constructor|add_representer|add_implicit_resolver|add_type)$"
    r"|^copyreg\.pickle$"
)
"""What a function is called that tells a library of something, for later."""

_SETS = re.compile(
    r"\.(set_option|set_default_dtype|set_float32_matmul_precision|set_floatx|setlocale"
    r"|style\.use|rcParams\.update|set_theme|setrecursionlimit)$"
)
"""What one is called that changes how a library computes, in each of its threads."""

_SETS_HERE = re.compile(
    r"(^|\.)(set_printoptions|set_config|set_grad_enabled|setcontext)$"
)
"""What one is called that does so in one thread: the server answers in many."""

_GIVES = re.compile(r"(context|config|options|settings)$")
"""What one is called that gives what such options are set of."""

_NO_MATTER = re.compile(r"^atexit\.|converters$|load_\w*extension|\.extension$")
_EVERYWHERE = frozenset({"codecs", "copyreg", "locale", "sys"})
"""What any code uses, whatever it imports."""
