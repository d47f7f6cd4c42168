"""Export a bundle: plan, write beside the target, run live, prove, replace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.errors import ExportError, Problem, ProofError
from truss_nb.export import readme
from truss_nb.export.asked import asked
from truss_nb.export.files.files import Files
from truss_nb.export.folder.writer import staged
from truss_nb.export.gate import look
from truss_nb.export.gathering import gather
from truss_nb.export.plan import Planned, plan
from truss_nb.export.proving import FoundError, Proving
from truss_nb.export.rehearsal import Expect, rehearse
from truss_nb.export.report import Export
from truss_nb.export.stale import remember
from truss_nb.export.trial import RefutedError, Trial
from truss_nb.export.witness import Heard, hear
from truss_nb.progress import Ticker, shown, stoppable
from truss_nb.proof.known import note
from truss_nb.truss.defaults import CONFIG
from truss_nb.values.summary import describe

Tell = Callable[[str, float], None]
"""Called with what is being done, and which part of the whole is done, from 0 to 1.

While a step lasts it is called each half second, from another thread too.
"""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One export.

    Args:
        captured: the bundle.
        target: the folder to write; one that this package wrote before is replaced.
        expect: runs an example live.
        name: the model's name in config.yaml.
        overwrite: replace whatever is there.
        locked: pin what the requirements bring along, too.
        with_proof: run the examples in a fresh process.
        timeout: the seconds that they may take together there.
    """

    captured: Captured
    target: Path
    expect: Expect
    name: str
    overwrite: bool
    locked: bool
    with_proof: bool
    timeout: float

    def run(self, tell: Tell | None) -> Export:
        """Write the folder of a bundle, and prove that it answers as the notebook did.

        Args:
            tell: called with each step, and again each half second while it lasts; a
                bar shows them if None.

        Raises:
            ExportError: something can't be captured; nothing was written.
            WriteError: the folder can't be written; what was there is untouched.
            ProofError: the folder was written, and doesn't answer as it did live. What
                is drawn anew each time needn't.
            StoppedError: it was interrupted; nothing was written.
        """
        total = 2 + len(self.captured.examples) + self.with_proof
        while True:
            showing = shown(total) if tell is None else _telling(total, tell)
            with stoppable(self.target), showing as ticker:
                try:
                    return self._run(ticker)
                except (RefutedError, FoundError):
                    continue  # the bundle remembers: values take the lines' places

    def _run(self, ticker: Ticker) -> Export:
        step = ticker.step
        step("capture")
        gathered = gather(self.captured, may_run=True)
        brought, closure = gathered.brought, gathered.closure
        planned = plan(gathered, self.name, locked=self.locked)
        trial = Trial(self.captured, brought.closure, planned.code, closure.bindings)
        step("write")
        with (
            asked(self.captured.config, planned.yaml) as answer,
            staged(planned.files, self.target, overwrite=self.overwrite) as folder,
        ):
            rehearsal = rehearse(self.captured, closure.credentials, self.expect, step)
            self._refuse(brought.missed(folder))
            known = self.captured, brought, folder, rehearsal, trial
            proving = Proving(*known, self.timeout, ticker.doing)
            proving.write()
            gate = look(folder, self.captured, closure)
            self._refuse(gate.problems)
            heard = self._hear(planned, proving, step)
            self._refuse(answer())
            (folder / CONFIG).write_bytes(heard.planned.yaml)
            readme.tell(folder, self.captured, self.name, heard.proof)
        said = (f"declared harmless: {each}" for each in self.captured.harmless)
        is_proven = heard.proof is not None and not heard.proof.failed
        found = rehearsal.notes(proving.drawn, is_proven=is_proven)
        notes = (*found, *heard.told, *trial.told, *gate.notes, *said)
        done = self._done(heard, closure.parameters.settings, *notes)
        done = replace(done, changed=len({*rehearsal.changed} - {*proving.drawn}))
        if done.written.proven is False:
            raise self._failure(done, trial, brought)
        return done

    def _hear(
        self, planned: Planned, proving: Proving, step: Callable[[str], None]
    ) -> Heard:
        if self.with_proof:
            step("prove")
            heard = hear(planned, proving.run)
            known, started = heard.planned, heard.proof.started if heard.proof else ()
            return replace(heard, planned=known.hearing(known.heard, started))
        if not proving.trial.is_over:
            proving.load()
        return Heard(None, planned, (_UNPROVEN,))

    def _done(self, heard: Heard, settings: Mapping[str, Any], *notes: str) -> Export:
        planned, proof = heard.planned, heard.proof
        proven = None if proof is None else not proof.failed
        place = self.target.resolve()
        written = remember(place, self.name, planned, proven, locked=self.locked)
        note(self.target)
        return Export(
            path=self.target,
            files={file: each.size for file, each in written.files.items()},
            requirements=planned.requirements.lines,
            evidence=planned.evidence,
            parameters={name: self._told(name, settings[name]) for name in settings},
            warnings=(*planned.warnings, *notes),
            trusted=planned.trusted,
            proof=proof,
            written=written,
            keeps="" if self.captured.examples else self.captured.line_to_keep,
        )

    def _told(self, key: str, value: Any) -> str:
        """Return a parameter's value, and whether somebody set it."""
        is_set = key.rpartition(".")[2] in self.captured.parameters
        return f"{describe(value, key)}{', set here' * is_set}"

    def _failure(self, done: Export, trial: Trial, brought: Files) -> ProofError:
        self.captured.needed.clear()  # they didn't help
        why = trial.explain(done.proof) if done.proof else ()
        told = *why, *brought.left_behind(), *done.warnings
        failed = f"{self.target} was written, and its proof failed.\n{done.proof}"
        lines = [failed, *(f"note: {each}" for each in told)]
        return ProofError("\n".join(lines), export=done)

    def _refuse(self, problems: Sequence[Problem]) -> None:
        if problems:
            raise ExportError(
                f"{self.target} was not written, and is as it was:", problems
            )


_UNPROVEN = (
    "without a proof, the requirements are those that the code and the saved values "
    "name: a package that is chosen by a string, such as a parser, shows in a proof"
)


@contextmanager
def _telling(total: int, tell: Tell) -> Iterator[Ticker]:
    def show(text: str) -> None:
        tell(text, max(0, ticker.count - 1) / total)

    with Ticker(show) as ticker:
        yield ticker
