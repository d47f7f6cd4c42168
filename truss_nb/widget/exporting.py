"""An export as a person asks for it, and its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from truss_nb.errors import ProofError, SettingError
from truss_nb.report import Fold, Report, Table

if TYPE_CHECKING:
    from truss_nb.export.export import Export
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
        """What the worst of the proofs says; ``"passed"`` if there is none."""
        verdicts = [proof.verdict for proof in self.proofs]
        found = (each for each in ("failed", "random") if each in verdicts)
        return "failed" if self.trouble else next(found, "passed")

    def _parts(self) -> Iterator[Report]:
        yield from self.export.tables()
        yield from self.proofs or (Table("not proven"),)
        code = (self.export.path / "model" / "model.py").read_text("utf-8")
        yield Fold("model/model.py", code)


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
        if wish.venv:
            tell("make a new environment, and prove in it", 0.95)
            proofs.append(prove(done.path, secrets=secrets, venv=True))
        if wish.server:
            tell("prove on the Truss server", 0.95)
            proofs.append(prove(done.path, secrets=secrets, server=True))
    except ProofError as error:
        return Outcome(done, tuple(proofs), str(error))
    return Outcome(done, tuple(proofs))
