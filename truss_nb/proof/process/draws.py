"""Find in a folder's code what draws anew in each process, whatever the seeds.

It is asked only after an answer turned out to do so, to name the likely places: the
first that is found need not be the one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from truss_nb.proof.folder import Folder
from truss_nb.text.trees import imported_names

CLOCK = "Leave the time out of the answer, or take it from the request"
ID = "Leave the id out of the answer, or take it from the request"
UNSEEDED = "Give it a seed: {function}(0)"
OTHER = "Draw from a generator with a seed, such as random.Random(0)"
TENSORFLOW = "Set its seed in the stage, before it draws: tf.random.set_seed(0)"
ORDER = "Sort what comes out of a set, with sorted(…), before it is gone through"
HASH = "Take zlib.crc32(text.encode()) in place of hash(text)"

REMEDIES: Mapping[str, str] = {
    r"[\w.]*(\b|_)(seed|key|PRNGKey|default_rng|RandomState|Random)\(.*"
    r"\b(time|urandom|uuid[14]|secrets)\b": UNSEEDED,
    r"numpy\.random\.(default_rng|RandomState|\w+64\w*|MT19937|Philox)\(\)": UNSEEDED,
    r"random\.Random\(\)": UNSEEDED,
    r"(secrets\.\w+|random\.SystemRandom|os\.urandom)\(": OTHER,
    r"uuid\.uuid[14]\(": ID,
    r"time\.(time|time_ns|perf_counter|monotonic|strftime|localtime)\b": CLOCK,
    r"datetime\.(datetime|date)\.(now|utcnow|today)\(": CLOCK,
    r"pandas\.(Timestamp|Timestamp\.\w+)\.(now|utcnow|today)\(": CLOCK,
    r"tensorflow\.(random\.\w|nn\.\w*dropout)": TENSORFLOW,
}
"""By what a call looks like with full names, what to do about it."""

GOING: Mapping[str, str] = {r".*\btraining=True\)$": "Call it with training=False"}
"""Calls that draw from a generator of their own, which goes on: those of Keras."""

HASHES: Mapping[str, str] = {r"hash\(": HASH}


class Draw(NamedTuple):
    """A call that draws.

    Args:
        place: the call and its line, as in ``uuid4() in model/model.py, line 3``.
        remedy: what to do, as an instruction.
    """

    place: str
    remedy: str


def find_draws(folder: Folder, kinds: Mapping[str, str] = REMEDIES) -> list[Draw]:
    """Return the calls in a folder's code that look like one of these kinds."""
    return [
        Draw(_told(call, where), remedy)
        for where, tree in _trees(folder)
        for call, remedy in _draws(tree, kinds)
    ]


def find_orders(folder: Folder) -> list[Draw]:
    """Return the sets in a folder's code that aren't sorted at once, and its hashes."""
    sets = [
        Draw(_told(each, where), ORDER)
        for where, tree in _trees(folder)
        for each in _sets(tree)
    ]
    return [*sets, *find_draws(folder, HASHES)]


def _trees(folder: Folder) -> Iterator[tuple[Path, ast.Module]]:
    config = folder.config
    places = (config["model_module_dir"], config["bundled_packages_dir"])
    for file in chain(*(sorted((folder.path / each).rglob("*.py")) for each in places)):
        with suppress(OSError, ValueError, SyntaxError):
            yield file.relative_to(folder.path), ast.parse(file.read_text("utf-8"))


def _draws(
    tree: ast.Module, kinds: Mapping[str, str]
) -> Iterator[tuple[ast.Call, str]]:
    names = dict(imported_names(tree))
    told = set[ast.AST]()  # with all that is inside: a seed's time is no time
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or node in told:
            continue
        function = ast.unparse(node.func)
        first, dot, rest = function.partition(".")
        full = f"{names.get(first, first)}{dot}{rest}"
        inner = ast.unparse(node).removeprefix(function)
        for pattern, remedy in kinds.items():
            if "(" not in function and re.match(pattern, full + inner):
                yield node, remedy.format(function=function)
                told.update(ast.walk(node))
                break


def _sets(tree: ast.Module) -> Iterator[ast.expr]:
    told = set[ast.AST]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _ORDERLESS:
            told.update(each for part in node.args for each in ast.walk(part))
        elif isinstance(node, ast.Compare):
            told.update(node.comparators)
        if isinstance(node, ast.expr) and node not in told and _is_set(node):
            yield node
            told.update(ast.walk(node))


_ORDERLESS: Final = frozenset({"sorted", "len", "min", "max", "any", "all"})
_OPERATORS: Final = (ast.Sub, ast.BitAnd, ast.BitOr, ast.BitXor)


def _is_set(node: ast.expr) -> bool:
    """Return whether an expression gives a set, as one sees; a key view's do, too."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
        sides = (node.left, node.right)
        return any(_is_set(side) or _VIEW.search(ast.unparse(side)) for side in sides)
    is_made = isinstance(node, ast.Call) and _MADE.match(ast.unparse(node))
    return isinstance(node, (ast.Set, ast.SetComp)) or bool(is_made)


_VIEW: Final = re.compile(r"\.(keys|items)\(\)$")
_MADE: Final = re.compile(r"(set|frozenset)\((?!\))")


def _told(node: ast.expr, where: Path) -> str:
    text = ast.unparse(node)
    text = text if len(text) <= 40 else f"{text[:37]}…"
    return f"{text} in {where}, line {node.lineno}"
