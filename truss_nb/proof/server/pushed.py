"""Remember which export was pushed where: no path of a Truss server shows it.

Each push is a file of its own in the user's state folder, found by the deployment's
address. All of them may be deleted at any time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import xxhash

from truss_nb.proof.folder import TOLD
from truss_nb.truss.defaults import EXAMPLES
from truss_nb.truss.dropped import silently_dropped

UNREAD = (EXAMPLES, *TOLD)
"""Files that no server reads, as those that a proof compares with, in .truss-nb/."""


@dataclass(frozen=True)
class Pushed:
    """A push.

    Args:
        url: the whole address of the deployment.
        model: the model's id.
        deployment: the deployment's id.
        export: the fingerprint of the folder that went there.
    """

    url: str
    model: str
    deployment: str
    export: str

    def keep(self) -> None:
        """Remember it, in place of an earlier one to the same address."""
        place = _place(self.url)
        place.parent.mkdir(parents=True, exist_ok=True)
        written = place.with_name(f"{place.name}.{os.getpid()}")
        written.write_text(json.dumps(asdict(self), indent=1) + "\n")
        written.replace(place)

    @classmethod
    def to(cls, url: str) -> Pushed | None:
        """Return what was pushed to an address from here; None if nothing is known."""
        try:
            return cls(**json.loads(_place(url).read_text()))
        except (OSError, ValueError, TypeError):
            return None


def fingerprint(folder: Path) -> str:
    """Return a hash of the files of a folder that a push takes to the server."""
    digest = xxhash.xxh3_128()
    for name in sorted(_names(folder)):
        path = folder / name
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def _names(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        is_unread = name in UNREAD or name.startswith(".truss-nb/")
        if path.is_file() and not (is_unread or silently_dropped(name)):
            yield name


def _place(url: str) -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    name = xxhash.xxh3_64_hexdigest(url.encode())
    return Path(state, "truss-nb", "pushed", f"{name}.json")
