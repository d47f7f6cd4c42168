"""The size, hash and text of each file of a plan, without writing the folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import xxhash

from truss_nb.export.folder.manifest import fingerprint, list_files
from truss_nb.export.folder.writer import Payload, Plan
from truss_nb.temporary import temporary


@dataclass(frozen=True)
class Measured:
    """One file.

    Args:
        size: its bytes.
        digest: the XXH3 hash of its content.
        text: the content of what a person reads.
    """

    size: int
    digest: str
    text: str | None = None


def is_text(name: str) -> bool:
    """Return whether a file of an export is one that a person reads."""
    return name.endswith((".py", ".yaml"))


def measure_files(plan: Plan, *, with_payloads: bool) -> dict[str, Measured]:
    """Return the size and the hash of each file that a plan makes.

    A large value writes itself to a temporary place, which takes as long as an export
    does and as much room as the largest one.

    Args:
        plan: what the files hold.
        with_payloads: large values and copied files too.
    """
    found: dict[str, Measured] = {}
    for name, content in sorted(plan.items()):
        if isinstance(content, Payload):
            found.update(_measure_payload(name, content) if with_payloads else ())
        else:
            digest = xxhash.xxh3_128(content).hexdigest()
            text = content.decode() if is_text(name) else None
            found[name] = Measured(len(content), digest, text)
    return found


def _measure_payload(name: str, payload: Payload) -> Iterator[tuple[str, Measured]]:
    with temporary("size") as place:
        path = place / Path(name).name
        payload.write(path)
        if path.is_file():
            yield name, measured(path, fingerprint(path))
            return
        for file in list_files(path):
            yield f"{name}/{file}", measured(path / file, fingerprint(path / file))


def measured(path: Path, digest: str) -> Measured:
    """Return what is known of a file with this hash."""
    text = path.read_text("utf-8", "replace") if is_text(path.name) else None
    return Measured(path.stat().st_size, digest, text)
