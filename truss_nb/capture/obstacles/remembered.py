"""What remembers answers: a memo comes along with those that the examples put in.

The proof then finds them there, and computes nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from truss_nb.capture.binding import Binding, reach
from truss_nb.objects.kinds import attributes, is_a, name_of
from truss_nb.text.trees import Def, dotted, nodes_of, tree_of

_FILLED: Final[tuple[Any, ...]] = (dict, set)
_PUTS: Final = frozenset({"add", "setdefault"})


def remembered(
    bindings: Mapping[str, Binding], stages: Collection[str]
) -> Iterator[str]:
    """Yield a note on each dict or set that requests add to, and that isn't empty.

    Args:
        bindings: what was captured.
        stages: the names of the functions that answer.
    """
    known = bindings.keys() & stages  # a stage that was refused is none of them
    reached = {each for name in known for each in reach(name, bindings)}
    kinds = {name_of(type(bindings[name].value)) for name in reached}
    for name in kinds & bindings.keys():
        reached |= reach(name, bindings)
    held = [each for name in sorted(reached) for each in _held(name, bindings)]
    if not held:
        return  # known without a look at any text
    run = [*_run(bindings[name].text for name in sorted(reached))]
    puts = {place for function in run for place in _put(function)}
    for place, inside, count in held:
        if inside in puts:
            yield (
                f"{place} comes along with what it holds now ({count}), and "
                "requests add to it: an example's answer may be taken from there, "
                f"so empty it before the export: {place}.clear()"
            )


def _held(name: str, bindings: Mapping[str, Binding]) -> Iterator[tuple[str, str, int]]:
    """Yield each dict and set that a name leads to, if anything is in it.

    Each with what it's called outside of its class and inside, and how many it holds.
    """
    value = bindings[name].value
    own = attributes(value) if name_of(type(value)) in bindings else {}
    places = [(name, name, value)]
    places += [(f"{name}.{key}", f"self.{key}", each) for key, each in own.items()]
    for outside, inside, each in places:
        count = sum(kind.__len__(each) for kind in _FILLED if is_a(each, kind))
        if count:
            yield outside, inside, count


def _run(texts: Iterable[str]) -> Iterator[ast.AST]:
    """Yield the functions that requests may run: methods are, where they're called."""
    functions, methods = list[ast.stmt](), dict[str, list[ast.stmt]]()
    for node in (node for text in texts for node in tree_of(text).body):
        if isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                    methods.setdefault(each.name, []).append(each)
        elif isinstance(node, Def):
            functions.append(node)
    while functions:
        function = functions.pop()
        yield function
        for inner in nodes_of(function):
            called = inner.func if isinstance(inner, ast.Call) else None
            name = called.attr if isinstance(called, ast.Attribute) else "__call__"
            functions += methods.pop(name, []) if called is not None else []


def _put(function: ast.AST) -> Iterator[str]:
    """Yield what a function puts something into, under a key that it's given."""
    for node in nodes_of(function):
        match node:
            case ast.Assign(targets=[ast.Subscript(holder, key)]):
                asked: Any = key
            case ast.Call(ast.Attribute(holder, attr), [asked, *_]) if attr in _PUTS:
                pass
            case _:
                continue
        if not isinstance(asked, ast.Constant):
            yield dotted(holder)
