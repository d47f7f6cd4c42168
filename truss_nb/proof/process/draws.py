"""Find in a folder's code what draws anew in each process, whatever the seeds.

It is asked only after an answer turned out to do so, to name the likely places: the
first that is found need not be the one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from truss_nb.proof.folder import Folder

CLOCK = "Leave the time out of the answer, or take it from the request"
ID = "Leave the id out of the answer, or take it from the request"
UNSEEDED = "Give it a seed: {function}(0)"
OTHER = "Draw from a generator with a seed, such as random.Random(0)"
TENSORFLOW = "Set its seed in the stage, before it draws: tf.random.set_seed(0)"
ORDER = "Sort what comes out of a set, with sorted(…) in place of list(…)"
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

ORDERS: Mapping[str, str] = {r"(set|frozenset)\(.": ORDER, r"hash\(": HASH}


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
    config = folder.config
    places = (config["model_module_dir"], config["bundled_packages_dir"])
    files = chain(*(sorted((folder.path / each).rglob("*.py")) for each in places))
    return [each for file in files for each in _draws(file, folder.path, kinds)]


def _draws(file: Path, root: Path, kinds: Mapping[str, str]) -> Iterator[Draw]:
    try:
        tree = ast.parse(file.read_text("utf-8"))
    except (OSError, ValueError, SyntaxError):
        return
    names = dict(_imported(tree))
    told = set[ast.AST]()  # with all that is inside: a seed's time is no time
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Call, ast.SetComp, ast.Set)) or node in told:
            continue
        call = ast.unparse(node)
        function = ast.unparse(node.func) if isinstance(node, ast.Call) else "set"
        first, dot, rest = function.partition(".")
        full = f"{names.get(first, first)}{dot}{rest}"
        inner = call.removeprefix(function) if isinstance(node, ast.Call) else "(…)"
        for pattern, remedy in kinds.items():
            if "(" not in function and re.match(pattern, full + inner):
                where = f"{file.relative_to(root)}, line {node.lineno}"
                does = remedy.format(function=function)
                yield Draw(f"{_short(call)} in {where}", does)
                told.update(ast.walk(node))
                break


def _short(call: str) -> str:
    return call if len(call) <= 40 else f"{call[:37]}…"


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield each name that an import binds, with what it is in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                yield (each.asname or top), (each.name if each.asname else top)
        elif isinstance(node, ast.ImportFrom):
            for each in node.names:
                yield (each.asname or each.name), f"{node.module}.{each.name}"
