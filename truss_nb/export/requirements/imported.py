"""Which of the user's own files are imported, and which imports wait for a call.

A package beside the notebook holds more than a server needs: a training script, its
plots. What only such a file imports isn't required. A file that loads others by their
names may load any of its package.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.machinery import PathFinder
from itertools import accumulate
from typing import Final

from truss_nb.text.names import guarded_modules, needs
from truss_nb.text.trees import tree_of
from truss_nb.truss.defaults import PACKAGES

_BY_NAME: Final = frozenset(
    {
        *("__import__", "import_module", "iter_modules", "walk_packages"),
        *("run_module", "spec_from_file_location", "SourceFileLoader"),
    }
)


def reached(texts: Mapping[str, str], modules: Iterable[str]) -> frozenset[str]:
    """Return the files that importing some modules imports, functions' imports too.

    Args:
        texts: by their paths in the folder, the files of all packages.
        modules: dotted names.
    """
    files = {_dotted(path): path for path in texts}
    found: set[str] = set()
    waiting = [*modules]
    while waiting:
        for name in accumulate(waiting.pop().split("."), "{}.{}".format):
            if name in files and files[name] not in found:
                found.add(files[name])
                waiting += _imports(files[name], texts[files[name]], files)
    return frozenset(found)


def imported(code: str) -> frozenset[str]:
    """Return the modules that code imports, without those that it did without here."""
    gone = [m for m in guarded_modules(code) if not _is_here(m.partition(".")[0])]
    return needs(code).modules.difference(gone)


def _is_here(top: str) -> bool:
    return top in sys.modules or PathFinder.find_spec(top) is not None


def when_called(text: str) -> dict[str, frozenset[str]]:
    """Return the modules that only functions import, by the functions' names."""
    found: dict[str, set[str]] = {}
    known = imported(text)
    for name, module in _placed(tree_of(text)):
        if module in known:
            found.setdefault(name, set()).add(module)
    at_once = found.pop("", set())
    return {name: frozenset(all_ - at_once) for name, all_ in found.items()}


def _dotted(path: str) -> str:
    parts = path.removeprefix(f"{PACKAGES}/").removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: str, text: str, files: Iterable[str]) -> Iterator[str]:
    """Yield the modules that a file may import."""
    is_package = path.endswith("/__init__.py")
    own = [*_dotted(path).split("."), *(["__init__"] if is_package else [])]
    for node in ast.walk(tree_of(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = own[: -node.level] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                is_any = alias.name == "*"
                yield from _inside(base, files) if is_any else [f"{base}.{alias.name}"]
        if not _BY_NAME.isdisjoint(_words(node)):
            yield from _inside(own[0], files)


def _words(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(word) | ast.Attribute(attr=word):
            return [word]
        case ast.ImportFrom(names=aliases):
            return [alias.name for alias in aliases]
    return []


def _inside(package: str, files: Iterable[str]) -> list[str]:
    return [package, *(name for name in files if name.startswith(f"{package}."))]


def _placed(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield each import's outermost function, or class and method, and its module."""
    waiting = [(tree, "")]
    while waiting:
        each, function = waiting.pop()
        if isinstance(each, ast.Import):
            yield from ((function, alias.name) for alias in each.names)
        elif isinstance(each, ast.ImportFrom) and each.module and not each.level:
            yield function, each.module
            yield from ((function, f"{each.module}.{a.name}") for a in each.names)
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            function = function or each.name
        inner = ((child, function) for child in ast.iter_child_nodes(each))
        waiting += reversed([*inner])
