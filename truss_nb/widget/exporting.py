"""An export as a person asks for it, and its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from truss_nb.errors import ProofError, SettingError
from truss_nb.progress import Ticker
from truss_nb.report import Fold, Report

if TYPE_CHECKING:
    from truss_nb.export.report import Export
    from truss_nb.proof import Proof


@dataclass(frozen=True)
class Wish:
    """What is to be exported, and where it is to be proven.

    Args:
        folder: where to write.
        name: the model's name; the folder's if empty.
        overwrite: replace what a person put or edited there.
        prove: in a fresh process of this Python.
        venv: in a new environment that has what config.yaml requires, too.
        server: on the real Truss server in such an environment, too.
    """

    folder: str
    name: str = ""
    overwrite: bool = False
    prove: bool = True
    venv: bool = False
    server: bool = False


@dataclass(frozen=True, repr=False)
class Outcome(Report):
    """What an export wrote, and each proof of it.

    Args:
        export: what was written.
        proofs: how it answered, wherever it was asked.
        trouble: why a proof couldn't be made.
    """

    export: Export
    proofs: tuple[Proof, ...]
    trouble: str = ""

    @property
    def verdict(self) -> str:
        """What the worst of the proofs says; ``"unproven"`` if there is none."""
        verdicts = [proof.verdict for proof in self.proofs]
        found = (each for each in ("failed", "random", "passed") if each in verdicts)
        return "failed" if self.trouble else next(found, "unproven")

    @property
    def told(self) -> str:
        """The verdict as a sentence."""
        others = {proof.verdict: proof for proof in self.proofs}
        worst = others.get(self.verdict, self.export.proof)
        return self.trouble or replace(self.export, proof=worst).told

    def _parts(self) -> Iterator[Report]:
        yield self.export.next
        yield from self.proofs
        yield from self.export.tables()
        code = (self.export.path / "model" / "model.py").read_text("utf-8")
        yield Fold("model/model.py", code)


_PLACES = {
    "venv": "prove in a new environment",
    "server": "prove on the Truss server",
}


def carry_out(
    wish: Wish,
    export: Callable[..., Export],
    secrets: dict[str, str],
    tell: Callable[[str, float], None],
) -> Outcome:
    """Export, then prove wherever that is wished.

    Args:
        wish: what is asked for.
        export: the bundle's own method.
        secrets: the values of its secrets.
        tell: is called with each step, and how much is done before it.

    Raises:
        TrussNBError: nothing was written.
    """
    if not wish.folder.strip():
        raise SettingError("Name the folder to write, such as ./digits-truss")
    options = {"name": wish.name.strip() or None, "overwrite": wish.overwrite}
    try:
        done = export(wish.folder.strip(), **options, prove=wish.prove, tell=tell)
    except ProofError as error:
        if error.export is None:
            raise
        done = cast("Export", error.export)
    from truss_nb.proof import prove  # noqa: PLC0415  # loads yaml

    proofs = [] if done.proof is None else [done.proof]
    try:
        with Ticker(lambda text: tell(text, 0.95)) as ticker:
            for place in [each for each in _PLACES if getattr(wish, each)]:
                ticker.step(_PLACES[place])
                where: dict[str, Any] = {place: True, "tell": ticker.doing}
                proofs.append(prove(done.path, secrets=secrets, **where))
    except ProofError as error:
        return Outcome(done, tuple(proofs), str(error))
    return Outcome(done, tuple(proofs))
