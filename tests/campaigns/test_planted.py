"""Credentials are planted in notebooks: none may get out, and nothing else is refused.

    python tests/campaigns/test_planted.py [--prove] [--only WORD] [--seed N]

exports a bundle for each case, prints what got out or was refused, and last the
figures. As a test it tries every fifth case.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest

sys.path.append(str(Path(__file__).parents[1]))

import ipywidgets
from credentials_harmless import HARMLESS
from credentials_planted import PLANTED
from doors import fresh_shell
from issued import Secret, issue
from planting import Case
from reading import holding, seen

import truss_nb
from truss_nb import startup_environ
from truss_nb.errors import TrussNBError

STAGE = "%%truss_predict\ndef predict(model_input):\n    return len(str({uses}))"
NOTHING = Secret("", "")


@dataclass
class Outcome:
    """What came of a case."""

    case: Case
    secret: Secret
    screens: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    broken: str = ""

    @property
    def out(self) -> list[str]:
        """Where the credential got out."""
        shown = [f"screen of {s}" for s, text in self.screens if self.is_seen(text)]
        return [*(f"file {file}" for file in self.files), *dict.fromkeys(shown)]

    def is_seen(self, text: str) -> bool:
        return seen(self.secret.needle, text)

    @property
    def lost(self) -> list[str]:
        """What is wrong with a planted case."""
        unasked = self.refusals if self.case.passes else []
        return [*self.out, *(f"refused: {text}" for text in unasked), *self.broke]

    @property
    def refused(self) -> list[str]:
        """What is wrong with a harmless case."""
        return [*(f"refused: {text}" for text in self.refusals), *self.broke]

    @property
    def broke(self) -> list[str]:
        return [f"broken: {self.broken}"] if self.broken else []

    def __str__(self) -> str:
        return f"{self.case.place} ({self.case.kind})"


def planted(case: Case, seed: int = 0, *, prove: bool = False) -> Outcome:
    drawing = random.Random(f"{seed} {case.place} {case.kind}")
    secret = issue(case.kind, drawing)
    return export(case.filled(secret), secret, prove=prove)


def export(case: Case, secret: Secret = NOTHING, *, prove: bool = False) -> Outcome:
    """Run a case's notebook and export it, noting all that a person would see."""
    outcome = Outcome(case, secret)
    with notebook(case) as folder, fresh_shell(folder.parent) as shell:
        target = folder.parent / "exported"
        naming = f" --name '{case.name}'" if case.name else ""
        proving = "" if prove else " --no-prove"
        lines = [
            *(*case.cells, STAGE.format(uses=case.uses), *case.after),
            '%truss_example {"a": 1} --name first',
            "%truss_status",
            f"%truss_export '{target}'{naming}{proving}",
            "%truss_status",
        ]
        for line in lines:
            run(shell, line, outcome)
        screen_of_bundle(outcome)
        if secret.needle:
            outcome.files += holding(target, secret.needle)
        elif hidden := list(holding(target, "[hidden]")):
            outcome.refusals.append(f"[hidden] in {hidden}")
    return outcome


def run(shell, line: str, outcome: Outcome) -> None:
    """Run a cell; keep what appears below it, as text and as HTML."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        result = shell.run_cell(line, store_history=True)
    error = result.error_before_exec or result.error_in_exec
    where = line.split(maxsplit=1)[0] if line.startswith("%") else "a cell"
    outcome.screens.append((where, told.getvalue()))
    for shown in (result.result, error):
        if where != "a cell" and shown is not None:
            painted = getattr(shown, "_repr_html_", str)()
            outcome.screens.append((where, f"{shown!s} {shown!r} {painted}"))
    if isinstance(error, TrussNBError):
        outcome.refusals.append(str(error))
    elif error is not None:
        outcome.broken = f"{where}: {type(error).__name__}: {error}"


def screen_of_bundle(outcome: Outcome) -> None:
    """Keep what the bundle says of itself, and what its widget's tabs show."""
    bundle = truss_nb.current()
    outcome.screens.append(("repr", repr(bundle)))
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        widget = bundle.widget()
        parts = list(controls(widget.root))
        (tabs,) = [part for part in parts if "truss-tabs" in part._dom_classes]
        for name in tabs.options:
            tabs.value = name
            while widget.session.worker.pending:
                time.sleep(0.005)
    texts = [repr(part.get_state()) for part in controls(widget.root)]
    outcome.screens.append(("the widget", "\n".join([*texts, told.getvalue()])))
    ipywidgets.Widget.close_all()


def controls(root) -> Iterator[ipywidgets.Widget]:
    yield root
    for child in getattr(root, "children", ()):
        yield from controls(child)


@contextlib.contextmanager
def notebook(case: Case) -> Iterator[Path]:
    """Make the case's folder; the process is as it was afterwards."""
    here, environ, path = Path.cwd(), dict(os.environ), list(sys.path)
    modules = set(sys.modules)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve() / "notebook"
        for name, text in {"nothing": "", **case.files}.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        os.chdir(folder)
        os.environ.update(case.environ)
        sys.path.insert(0, str(folder))
        exec(case.before, {"__name__": "before"})
        started = {**startup_environ.inherited(), **case.environ}
        try:
            with patch.object(startup_environ, "inherited", lambda: started):
                yield folder
        finally:
            os.chdir(here)
            sys.path[:] = path
            for name in set(sys.modules) - modules & local(folder):
                del sys.modules[name]
            os.environ.clear()
            os.environ.update(environ)


def local(folder: Path) -> set[str]:
    """Return the names of the modules that were imported from a folder."""
    return {
        name
        for name, module in list(sys.modules.items())
        if str(getattr(module, "__file__", None) or "").startswith(str(folder))
    }


# The cells that are tried leave files open, as cells do.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.mark.parametrize("case", PLANTED[::5], ids=lambda case: case.place)
def test_no_planted_credential_gets_out(case: Case) -> None:
    outcome = planted(case)
    assert not outcome.out
    assert not outcome.broke


@pytest.mark.parametrize("case", HARMLESS[::5], ids=lambda case: case.place)
def test_nothing_harmless_is_refused(case: Case) -> None:
    assert not export(case).refused


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--prove", action="store_true", help="prove each export, too")
    parser.add_argument("--only", default="", help="the cases with this in their name")
    parser.add_argument("--seed", type=int, default=0, help="other credentials")
    told = parser.parse_args()
    outcomes = []
    for case in PLANTED:
        if told.only in f"{case.place} ({case.kind})":
            outcomes.append(planted(case, told.seed, prove=told.prove))
            report("planted", outcomes[-1], outcomes[-1].lost)
    harmless = []
    for case in HARMLESS:
        if told.only in f"{case.place} ({case.kind})":
            harmless.append(export(case, prove=told.prove))
            report("harmless", harmless[-1], harmless[-1].refused)
    kept = sum(not outcome.lost for outcome in outcomes)
    refused = sum(bool(outcome.refused) for outcome in harmless)
    sys.stdout.write(
        f"{kept} of {len(outcomes)} kept in, "
        f"{refused} of {len(harmless)} harmless refused\n"
    )
    return int(kept < len(outcomes) or refused > 0)


def report(what: str, outcome: Outcome, wrong: list[str]) -> None:
    if wrong:
        sys.stdout.write(f"{what}: {outcome}: {' '.join('; '.join(wrong).split())}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
