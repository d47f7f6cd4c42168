"""What code does besides making a value, as far as its words say.

A word counts where it's called, or taken from a module: ``platform.system`` asks the
machine, and ``spec.system`` doesn't. Nothing is run.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from truss_nb.objects.kinds import is_a
from truss_nb.text.trees import dotted, last_name


def acts(node: ast.AST, names: Mapping[str, Any]) -> bool:
    """Return whether code may read, draw, fit or tell the time.

    Args:
        node: its tree.
        names: what the names in it mean, as far as that is known.
    """
    words = set(_words(node, names))
    return not _ANEW.isdisjoint(words) or any(map(_fits, words))


def as_called(tree: ast.Module) -> ast.Module:
    """Return a definition; a class without the methods that making one doesn't call."""
    made = next(iter(tree.body), None)
    if not isinstance(made, ast.ClassDef):
        return tree
    others = {e.name: e for e in made.body if isinstance(e, ast.FunctionDef)}
    waiting: list[ast.AST] = [others.pop(name) for name in _MAKING & others.keys()]
    while waiting:
        nodes = ast.walk(waiting.pop())
        words = {each.attr for each in nodes if isinstance(each, ast.Attribute)}
        waiting += [others.pop(name) for name in words & others.keys()]
    body = [each for each in made.body if each not in others.values()]
    rest = [*made.bases, *made.keywords, *made.decorator_list, *body]
    return ast.Module(rest, [])  # type: ignore[arg-type]  # to be walked


def fits(node: ast.AST, name: str) -> bool:
    """Return whether code says ``name.fit``, ``name.load_state_dict`` or so."""
    return any(
        isinstance(each, ast.Attribute)
        and isinstance(each.value, ast.Name)
        and each.value.id == name
        and _fits(each.attr)
        for each in ast.walk(node)
    )


def asks_the_machine(node: ast.AST, names: Mapping[str, Any]) -> bool:
    """Return whether code may give something else on another machine, on purpose.

    Args:
        node: its tree.
        names: what the names in it mean.
    """
    return any(
        _is_of_module(each, names)
        if isinstance(each, ast.Attribute)
        else is_a(names.get(each.id), FunctionType, BuiltinFunctionType)
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute | ast.Name) and last_name(each) in _MACHINE
    )


def _words(node: ast.AST, names: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is called, and what else may do something by its own name."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            yield last_name(each.func)
        elif isinstance(each, ast.Attribute) and _is_of_module(each, names):
            yield each.attr
        elif isinstance(each, ast.Name) and _does_something(each.id, names):
            yield each.id


def _is_of_module(node: ast.Attribute, names: Mapping[str, Any]) -> bool:
    return is_a(names.get(dotted(node).partition(".")[0]), ModuleType)


def _does_something(name: str, names: Mapping[str, Any]) -> bool:
    """Return whether a name says so, and isn't that of a number, a list or the like."""
    data = (type(None), bool, int, float, str, bytes, list, dict, tuple)
    is_known = hasattr(builtins, name) or type(names.get(name)) not in data
    return name in _ANEW and is_known


def _fits(word: str) -> bool:
    is_fit = word.startswith(_FITS) or word.endswith("fit")
    return is_fit and word != "load_default"  # of what a library itself brings


_MAKING = frozenset({"__init__", "__new__", "__post_init__"})
_FITS = (
    *("fit", "train", "read_", "load", "fetch_", "from_pretrained"),
    *("minimize", "least_squares", "differential_evolution"),  # scipy.optimize's
)
_ANEW = frozenset(
    {
        *("open", "input", "urlopen", "download", "getcwd"),
        *("exists", "is_file", "is_dir", "listdir", "iterdir", "glob", "home"),
        *("requests", "httpx", "socket", "subprocess", "connect", "connection"),
        *("time", "now", "today", "utcnow", "perf_counter", "monotonic", "uuid4"),
        *("random", "rand", "randn", "randint", "choice", "urandom", "token_hex"),
        *("Random", "RandomState", "default_rng", "randrange", "sample", "shuffle"),
        *("choices", "uniform", "gauss", "normal", "permutation", "randperm"),
    }
)
_MACHINE = frozenset(
    {
        *("is_available", "device_count", "cpu_count", "sched_getaffinity", "devices"),
        *("platform", "system", "machine", "list_physical_devices", "default_backend"),
    }
)
