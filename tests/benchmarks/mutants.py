"""Change one place at a time in the pure rooms, and see whether their tables notice.

    python tests/benchmarks/mutants.py [--count 500] [--seed 0] [MODULE.py …]

A sample is drawn from all changes of the modules (those of ``PURE`` by default). For
each, a fork runs the tests that mirror the module, as ``tests/values/test_summary.py``
mirrors ``values/summary.py``, without those that take a notebook, a server or more than
``LONGEST`` seconds. What no test noticed is printed, then the share of each room.
"""

import argparse
import ast
import importlib.util
import multiprocessing
import os
import random
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib.machinery import SourceFileLoader
from pathlib import Path
from time import process_time
from types import CodeType
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PURE = (
    *("text/names", "text/editing", "text/trees", "text/code_objects", "text/quoting"),
    *("notebook/source", "notebook/imports", "truss/wire", "requirement"),
    *(f"capture/constants/{name}" for name in ("evaluation", "leaves", "shapes")),
    *(f"capture/constants/{name}" for name in ("literal", "pure")),
    *(f"objects/{name}" for name in ("inside", "path", "texts", "tied", "memory")),
    *("objects/audit", "credentials/credentials", "credentials/vocabulary"),
    *("values/snapshot", "values/difference", "values/summary"),
)
IMPORTED = ("IPython", "PIL.Image", "numpy", "pandas", "polars", "scipy.sparse")
LONGEST = 0.05
SECONDS, BYTES = 10, 4 << 30  # of one fork, as a change may loop for ever
FORKS = multiprocessing.get_context("fork")


class Change(NamedTuple):
    """A node that may stand in the place of another: ``holder[key] = new``."""

    module: Path
    tree: ast.Module
    owner: ast.AST
    holder: Any
    key: Any
    new: ast.AST

    def __str__(self) -> str:
        old, new = self.holder[self.key], self.new
        line = getattr(old, "lineno", getattr(self.owner, "lineno", "?"))
        shown = f"{_line(old)} → {_line(new)}"
        if not _line(old):
            shown = (
                f"{type(old).__name__} → {type(new).__name__} in {_line(self.owner)}"
            )
        return f"{self.module.relative_to(ROOT)}:{line}: {shown}"

    def make(self) -> ast.Module:
        """Put the node there, for good; return the tree."""
        self.holder[self.key] = self.new
        return ast.fix_missing_locations(self.tree)


def _line(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:70]


def changes(module: Path) -> Iterator[Change]:
    """Yield every change of a module that a run can show."""
    tree = ast.parse(module.read_text())
    for owner, holder, key in _places(tree):
        for new in _variants(holder[key]):
            yield Change(module, tree, owner, holder, key, new)


def _places(owner: ast.AST) -> Iterator[tuple[ast.AST, Any, Any]]:
    for name, part in ast.iter_fields(owner):
        holder = part if isinstance(part, list) else vars(owner)
        for key in range(len(part)) if holder is part else [name]:
            inner = holder[key]
            if isinstance(inner, ast.AST) and not _is_unseen(name, inner):
                yield owner, holder, key
                yield from _places(inner)


def _is_unseen(name: str, node: ast.AST) -> bool:
    """Whether no run shows it: an annotation, a cache, a docstring, ``strict=``."""
    if name in {"annotation", "returns", "decorator_list"}:
        return True
    match node:
        case ast.Expr(value=ast.Constant()) | ast.keyword(arg="strict"):
            return True
    return False


_SWAPS = (
    *((ast.Eq, ast.NotEq), (ast.Is, ast.IsNot), (ast.In, ast.NotIn)),
    *((ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.And, ast.Or), (ast.Add, ast.Sub)),
    *((ast.Mult, ast.Add), (ast.FloorDiv, ast.Mult), (ast.Div, ast.Mult)),
    *((ast.Mod, ast.Add), (ast.Pow, ast.Mult), (ast.Break, ast.Continue)),
)
_SWAPPED = {b: a for a, b in _SWAPS[:7]} | dict(_SWAPS)


def _variants(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a node."""
    if type(node) in _SWAPPED:
        yield _SWAPPED[type(node)]()
    elif isinstance(node, ast.stmt):
        yield from _statements(node)
    else:
        yield from _expressions(node)


def _statements(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.If():
            for known in (True, False):
                yield ast.If(ast.Constant(known), node.body, node.orelse)
        case ast.While():
            yield ast.While(ast.Constant(value=False), node.body, node.orelse)
        case ast.Return(value=ast.expr()) if _line(node) != "return None":
            yield ast.Return(ast.Constant(None))
        case ast.Expr() | ast.AugAssign() | ast.Raise():
            yield ast.Pass()


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)):
            yield ast.Constant(f"{value}XX")
        case ast.BoolOp():
            yield from node.values
        case ast.BinOp(op=ast.BitOr()):
            yield from (node.left, node.right)
        case ast.IfExp():
            yield from (node.body, node.orelse)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.comprehension(ifs=[_, *_]):
            yield ast.comprehension(node.target, node.iter, [], node.is_async)


class _Changed(SourceFileLoader):
    """Loads a module from a changed tree; as a finder it knows that module alone."""

    def __init__(self, change: Change) -> None:
        parts = change.module.relative_to(ROOT).with_suffix("").parts
        super().__init__(".".join(parts), str(change.module))
        self.code = compile(change.make(), self.path, "exec", dont_inherit=True)

    def find_spec(self, name: str, *_: object) -> Any:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, _name: str) -> CodeType:
        return self.code


class _Quick:
    """Leaves the tests out that aren't quick, and finds which are."""

    def __init__(self, known: set[str] | None = None) -> None:
        self.known, self.found = known, set[str]()

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        items[:] = [i for i in items if not {"notebook", "release"} & {*i.fixturenames}]
        if self.known is not None:
            items[:] = [item for item in items if item.nodeid in self.known]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: pytest.Function) -> Iterator[None]:
        start = process_time()
        yield
        if self.known is None and process_time() - start < LONGEST:
            self.found.add(item.nodeid)


def _run(module: Path, quick: _Quick) -> pytest.ExitCode | int:
    place = module.relative_to(ROOT / "truss_nb")
    tests = ROOT / "tests" / place.with_name(f"test_{place.name}")
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        light = f"--confcutdir={tests.parent}"  # no conftest that imports all there is
        options = ["-xq", "-oaddopts=", "-pno:cacheprovider", light, str(tests)]
        return pytest.main(options, plugins=[quick])


def quick_tests(module: Path) -> set[str]:
    """Return which tests of an unchanged module are quick; all of them must pass."""
    quick = _Quick()
    assert _run(module, quick) == pytest.ExitCode.OK, f"the tests of {module} fail"
    return quick.found


def _import_others() -> None:
    """Import what the package and its tests do, but not the package itself."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("truss_nb.magics.magics", *IMPORTED):
        importlib.import_module(name)
    for name in [each for each in sys.modules if each.startswith("truss_nb")]:
        del sys.modules[name]
    sys.modules.update(dict.fromkeys(("torch", "tensorflow")))  # can't be imported


def judged(
    drawn: list[Change], quick: dict[Path, set[str]], jobs: int
) -> Iterator[tuple[Change, bool]]:
    """Make each change in a fork; yield whether a test fails there, or never ends."""
    running: list[tuple[Change, Any]] = []
    for change in drawn:
        fork = FORKS.Process(target=_judge, args=(change, quick[change.module]))
        fork.start()
        running.append((change, fork))
        if len(running) == jobs:
            yield _end(*running.pop(0))
    yield from (_end(*each) for each in running)


def _end(change: Change, fork: Any) -> tuple[Change, bool]:
    fork.join()
    return change, fork.exitcode != 0


def _judge(change: Change, tests: set[str]) -> None:
    sys.meta_path.insert(0, _Changed(change))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    sys.exit(_run(change.module, _Quick(tests)))


def main() -> None:
    """Draw changes, judge each, and count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    modules = [each.resolve() for each in asked.modules]
    modules = modules or [ROOT / "truss_nb" / f"{name}.py" for name in PURE]
    every = [change for module in modules for change in changes(module)]
    drawn = random.Random(asked.seed).sample(every, min(asked.count, len(every)))
    _import_others()
    with FORKS.Pool(asked.jobs, maxtasksperchild=1) as pool:
        quick = dict(zip(modules, pool.map(quick_tests, modules, 1), strict=True))
    made, noticed = Counter[Path](), Counter[Path]()
    for change, is_noticed in judged(drawn, quick, asked.jobs):
        made[change.module] += 1
        noticed[change.module] += is_noticed
        if not is_noticed:
            print(change, flush=True)  # noqa: T201
    for module in modules:
        place = module.relative_to(ROOT)
        print(f"{noticed[module]:4} of {made[module]:4} in {place}")  # noqa: T201
    told = f"{noticed.total()} of {made.total()} noticed"
    print(f"{told}; {len(every)} can be made")  # noqa: T201


if __name__ == "__main__":
    main()
