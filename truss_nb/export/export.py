"""The long job: plan, write beside the target, run the examples, prove, replace.

The examples run live once more, after the values were written: from the same state as
the bundle starts from, so that a random generator or a counter that the stages share
gives the same answers in both.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truss_nb.captured import Captured, Example
from truss_nb.credentials import Credentials, known
from truss_nb.errors import ExportError, ProofError, SettingError
from truss_nb.export.plan import Planned, plan
from truss_nb.export.stale import Written, remember
from truss_nb.export.witness import hear
from truss_nb.export.writer import staged
from truss_nb.proof import EXPECTED, prove
from truss_nb.proof.uninstalled import Uninstalled
from truss_nb.summary import describe_size
from truss_nb.table import Table

if TYPE_CHECKING:
    from truss_nb.proof import Proof

Expect = Callable[[Any], Mapping[str, Any]]
"""Runs an input live, and returns pictures of what each stage made of it."""

Tell = Callable[[str, float], None]
"""Is told what is being done now, and which part of the whole is done, from 0 to 1."""


@dataclass(frozen=True, repr=False)
class Export:
    """What an export wrote, and how it was proven.

    Args:
        path: the folder.
        files: each file's path in it, and its size in bytes.
        requirements: the lines of config.yaml.
        evidence: for each line why it is there.
        warnings: what to know before relying on it.
        trusted: the files that can run code when they are read.
        proof: how the folder answered in a fresh process; None with ``prove=False``.
        written: what is in the folder, to compare with later.
    """

    path: Path
    files: Mapping[str, int]
    requirements: tuple[str, ...]
    evidence: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...]
    trusted: tuple[str, ...]
    proof: Proof | None
    written: Written

    def __repr__(self) -> str:
        width = max(len(file) for file in self.files)
        lines = [f"{self.path}"]
        lines += [
            f"  {f:<{width}}  {describe_size(n):>9}" for f, n in self.files.items()
        ]
        lines.append("requirements")
        lines += [f"  {line}  — {self._reason(line)}" for line in self.requirements]
        lines += [f"note: {warning}" for warning in self.warnings]
        lines.append("not proven" if self.proof is None else str(self.proof))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        files = [(file, describe_size(size)) for file, size in self.files.items()]
        lines = [(each, self._reason(each)) for each in self.requirements]
        tables = [
            Table(str(self.path), ("file", "size"), files),
            Table("Requirements", ("pinned", "because"), lines),
            Table("Notes", ("what to know",), [(note,) for note in self.warnings]),
        ]
        shown = "".join(table._repr_html_() for table in tables if table.rows)
        proof = "<p>not proven</p>" if self.proof is None else self.proof._repr_html_()
        return shown + proof

    def _reason(self, line: str) -> str:
        return "; ".join(self.evidence[line])


def export(  # noqa: PLR0913 - what the magic offers
    captured: Captured,
    path: str | Path,
    expect: Expect,
    *,
    name: str | None = None,
    overwrite: bool = False,
    with_proof: bool = True,
    tell: Tell | None = None,
) -> Export:
    """Write the folder of a bundle, and prove that it answers as the notebook did.

    Args:
        captured: the bundle.
        path: the folder to write; one that this package wrote before is replaced.
        expect: runs an example live.
        name: the model's name in config.yaml; the folder's name if None.
        overwrite: replace whatever is there.
        with_proof: run the examples in a fresh process.
        tell: is told each step; a bar shows them if None.

    Raises:
        ExportError: something can't be captured; nothing was written.
        WriteError: the folder can't be written; what was there is untouched.
        ProofError: the folder was written, and doesn't answer as it did live.
    """
    target = Path(path)
    proof, secrets = None, captured.secret_values()
    credentials = known(os.environ, secrets.values())
    total = 2 + len(captured.examples) + with_proof
    with _progress(total) if tell is None else _told(total, tell) as step:
        step("capture")
        called = name or target.resolve().name
        planned = plan(captured, called)
        step("write")
        with staged(planned.files, target, overwrite=overwrite) as folder:
            expected = {}
            for example in captured.examples.values():
                step(f"run {example.name}")
                seen = _expected(example, expect, credentials)
                expected[example.name] = credentials.hide_all(seen)
            missed = planned.brought.missed(captured, folder)
            if missed:
                raise ExportError(
                    f"{target} was not written, and is as it was:", missed
                )
            _write_expected(folder, expected)
            told: tuple[str, ...] = (_UNPROVEN,)
            if with_proof:
                step("prove")
                absent = planned.brought.absent
                heard = hear(planned, partial(_prove, folder, secrets, absent))
                proof, planned = heard.proof, heard.planned
                told = (*heard.warnings, *proof.warnings)
                _write_config(folder, planned)
            sizes = _sizes(folder)
    done = Export(
        path=target,
        files=sizes,
        requirements=planned.requirements.lines,
        evidence=planned.evidence,
        warnings=(
            *planned.warnings,
            *_changed(captured, expected, credentials),
            *told,
        ),
        trusted=planned.trusted,
        proof=proof,
        written=remember(target.resolve(), called, planned),
    )
    if proof is not None and not proof.passed:
        notes = "".join(f"\nnote: {note}" for note in planned.brought.notes)
        failed = f"{target} was written, and its proof failed.\n{proof}{notes}"
        raise ProofError(failed, export=done)
    return done


_UNPROVEN = (
    "without a proof, the requirements are those that the code and the saved values "
    "name: a package that is chosen by a string, such as a parser, shows in a proof"
)


@contextmanager
def _told(total: int, tell: Tell) -> Iterator[Callable[[str], None]]:
    counted = count()
    yield lambda name: tell(name, next(counted) / total)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """Show what is being done, once it takes longer than a moment."""
    from tqdm.auto import tqdm  # noqa: PLC0415 - in a notebook it loads ipywidgets

    with tqdm(total=total, delay=2, leave=False, unit="step") as bar:

        def step(name: str) -> None:
            bar.set_description(name, refresh=False)
            bar.update()

        yield step


def _expected(
    example: Example, expect: Expect, credentials: Credentials
) -> Mapping[str, Any]:
    try:
        return expect(deepcopy(example.input))
    except Exception as error:
        told = credentials.hide(f"{type(error).__name__}: {error}")
        raise SettingError(
            f"The example {example.name!r} fails in the notebook now: {told}. "
            "Mend the stage, or keep another example."
        ) from error


def _prove(
    folder: Path,
    secrets: Mapping[str, str],
    absent: Sequence[str],
    uninstalled: Uninstalled,
) -> Proof:
    return prove(folder, secrets=secrets, absent=absent, uninstalled=uninstalled)


def _write_config(folder: Path, planned: Planned) -> None:
    """Write config.yaml with the requirements that are known by now."""
    content = planned.files["config.yaml"]
    if isinstance(content, bytes):
        (folder / "config.yaml").write_bytes(content)


def _write_expected(folder: Path, expected: Mapping[str, Any]) -> None:
    file = folder / EXPECTED
    file.parent.mkdir(exist_ok=True)
    text = json.dumps({"examples": expected}, indent=1, sort_keys=True)
    file.write_text(f"{text}\n", encoding="utf-8")


def _changed(
    captured: Captured, expected: Mapping[str, Any], credentials: Credentials
) -> list[str]:
    return [
        f"the example {e.name!r} answers otherwise than when it was kept: the code, a "
        "value or a random state changed since; what it answers now was proven"
        for e in captured.examples.values()
        if credentials.hide_all(e.expected.get("answer"))
        != expected[e.name].get("answer")
    ]


def _sizes(folder: Path) -> dict[str, int]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {
        p.relative_to(folder).as_posix(): p.stat().st_size
        for p in files
        if ".truss-nb" not in p.parts and "__pycache__" not in p.parts
    }
