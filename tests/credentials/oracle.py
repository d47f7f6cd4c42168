"""Keys drawn from the expressions that issuers' formats are published as.

``issuers.tsv`` holds them as facts: the names of the rules, the words that a key's name
must have where its letters alone say nothing, and the expressions.
"""

import random
import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

parser: Any = import_module("re._parser" if sys.version_info > (3, 11) else "sre_parse")

WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"


def rules() -> Iterator[tuple[str, str, str]]:
    lines = Path(__file__).with_name("issuers.tsv").read_text().splitlines()
    for line in lines:
        if not line.startswith("#"):
            rule, word, expression = line.split("\t")
            yield rule, word, expression


def drawing(expression: str) -> Callable[[random.Random], str]:
    """Return what draws texts that an expression matches, its letters evenly."""
    tree = parser.parse(expression)
    return _several(tree, is_blind=bool(tree.state.flags & re.IGNORECASE))


Draw = Callable[[random.Random], str]


def _several(tree: Any, *, is_blind: bool) -> Draw:
    parts = [_one(str(op), arg, is_blind) for op, arg in tree]
    return lambda draws: "".join([part(draws) for part in parts])


def _one(op: str, arg: Any, is_blind: bool) -> Draw:
    if op == "LITERAL":
        return lambda _: chr(arg)
    if op in ("ANY", "IN"):
        letters = sorted(_letters(arg) if op == "IN" else WORD)
        both = [c for each in letters for c in (each.lower(), each.upper())]
        return lambda draws: draws.choice(both if is_blind else letters)
    if op in ("MAX_REPEAT", "MIN_REPEAT"):
        low, high, inner = arg
        part, most = _several(inner, is_blind=is_blind), min(int(high), low + 20)
        return lambda d: "".join([part(d) for _ in range(d.randint(low, most))])
    if op == "BRANCH":
        ways = [_several(each, is_blind=is_blind) for each in arg[1]]
        return lambda draws: draws.choice(ways)(draws)
    assert op == "SUBPATTERN", op
    _, added, removed, inner = arg
    is_blind = bool((is_blind or added & re.IGNORECASE) and not removed & re.IGNORECASE)
    return _several(inner, is_blind=is_blind)


def _letters(items: Any) -> set[str]:
    found = set[str]()
    for op, arg in items:
        if str(op) == "LITERAL":
            found.add(chr(arg))
        elif str(op) == "RANGE":
            found.update(map(chr, range(arg[0], arg[1] + 1)))
        else:
            known = {"CATEGORY_DIGIT": WORD[-11:-1], "CATEGORY_SPACE": " "}
            found.update(known.get(str(arg), WORD))
    return found - set("\r\n")
