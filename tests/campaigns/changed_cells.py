"""Run cells that were changed as nobody would: none may end raw, or half done.

    python tests/campaigns/changed_cells.py [-n 10000] [--seed 0] [--only WORD] [--show]

Each is a cell as people write it, with one to three changes to its text or its tree, run
in one notebook. Raw is an error that truss_nb raised and didn't word. What ends with an
error must leave the bundle as it was. One in twenty that passed is looked at and exported
as well. The last line has the figures.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import random
import re
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from cells_seeds import BEFORE, SEEDS
from doors import fresh_shell
from IPython.core.error import UsageError
from mutating import mutate
from trying import end, ends_in_ours, place, standing_in, within

import truss_nb
from truss_nb.errors import TrussNBError

CELL, LOOK = (5, 60), (20, 300)
"""Seconds of computing, and by the clock, for one cell and for one look at the bundle."""

EVERY = 200
"""So many cells run before the notebook is emptied."""

CHANGES = re.compile(r"truss_|bundle")


class Outcome(NamedTuple):
    """How one cell ended.

    Args:
        number: of its own, which draws it again.
        seed: the first line of what it was made of.
        result: ``kept``, ``refused``, ``theirs``, or what must never be.
        detail: where it ended raw, or what it changed.
    """

    number: str
    seed: str
    result: str
    detail: str = ""


def contents(bundle: truss_nb.Bundle) -> dict[str, Any]:
    """Return what belongs to a bundle, as it is now."""
    captured = bundle.captured
    names = {each.name for each in fields(captured)} - {"lines"}  # what a proof learnt
    kept = {name: getattr(captured, name) for name in names}
    return {
        name: [*value.items()] if isinstance(value, dict) else [*value]
        for name, value in kept.items()
        if isinstance(value, dict | list)
    }


def differs(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return what isn't the same: the same object, for none may be compared."""

    def ids(value: list[Any]) -> list[Any]:
        return [[*map(id, v)] if isinstance(v, tuple) else id(v) for v in value]

    return [name for name in before if ids(before[name]) != ids(now[name])]


def ended(error: BaseException | None) -> tuple[str, str]:
    """Return how a cell ended, and where if raw."""
    if error is None:
        return "kept", ""
    if isinstance(error, UsageError) or type(error).__module__.startswith("truss_nb"):
        return "refused", ""
    if ends_in_ours(error) and not hasattr(error, "__notes__"):  # which word it
        return ("SLOW" if isinstance(error, TimeoutError) else "RAW"), place(error)
    return "theirs", ""


def do(shell: Any, cell: str) -> tuple[str, str]:
    """Run a cell, and see that one that fails changes nothing."""
    bundle = truss_nb.current()
    before = contents(bundle)
    with silent():
        try:
            with within(*CELL):
                run = shell.run_cell(cell, store_history=True)
        except (TimeoutError, RecursionError, MemoryError, UnicodeError, SystemError):
            return "theirs", ""  # IPython itself failed at it
    error = run.error_before_exec or run.error_in_exec
    result, detail = ended(error)
    by_us = isinstance(error, TrussNBError) or cell.startswith("%%truss_")
    if error and by_us and not result.isupper() and len(CHANGES.findall(cell)) < 2:
        changed = differs(before, contents(bundle))
        if changed:
            return "HALF", f"{type(error).__name__} and changed {', '.join(changed)}"
    return result, detail


def look(folder: Path) -> tuple[str, str]:
    """Look at the bundle in every way, and return how that ended."""
    bundle = truss_nb.current()

    def status() -> None:
        report = bundle.status()
        repr(report)
        report._repr_html_()

    def export() -> None:
        bundle.export(folder / "out", prove=False, overwrite=True)

    for step in (status, export):
        result, detail = ended(_error(step))
        if result.isupper():
            return result, f"{step.__name__}: {detail}"
    return "kept", ""


def _error(step: Callable[[], None]) -> BaseException | None:
    try:
        with silent(), within(*LOOK):
            step()
    except BaseException as error:  # noqa: BLE001  # what this looks for
        return error
    return None


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Keep what is printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        yield


def begin(shell: Any) -> None:
    """Empty the notebook and its bundle."""
    truss_nb.current().reset()
    shell.reset()
    for cell in BEFORE.split("#%%\n"):
        shell.run_cell(cell, store_history=True).raise_error()


def run(
    number: int, seed: int = 0, only: str = "", *, show: bool = False
) -> list[Outcome]:
    """Run so many changed cells, those of the seeds with a word in them."""
    seeds, found = [each for each in SEEDS if only in each], []
    with (
        tempfile.TemporaryDirectory() as root,
        standing_in(Path(root)),
        fresh_shell(Path(root, ".ipython")) as shell,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        with silent():
            shell.run_line_magic("xmode", "Minimal")  # the others take half the time
        for each in range(number):
            if each % EVERY == 0:
                begin(shell)
            draw = random.Random(f"{seed} {each}")
            chosen = draw.choice(seeds)
            cell = mutate(chosen, draw)
            result, detail = do(shell, cell)
            if result == "kept" and draw.random() < 0.05:
                result, detail = look(Path(root))
            outcome = Outcome(f"{seed} {each}", chosen.split("\n")[0], result, detail)
            if show or result.isupper():
                print(
                    *outcome, cell if show else repr(cell[:700]), sep=" | ", flush=True
                )
            found.append(outcome)
        truss_nb.current().reset()
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", "--number", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    outcomes = run(asked.number, asked.seed, asked.only, show=asked.show)
    end(outcomes, "cells")
