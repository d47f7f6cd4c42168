"""How big each file of a plan is, and what is in it, without writing the folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import xxhash

from truss_nb.export.folder.manifest import fingerprint, list_files
from truss_nb.export.folder.writer import Payload, Plan


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
    """Tell whether a file of an export is one that a person reads."""
    return name.endswith((".py", ".yaml"))


def measure(plan: Plan) -> dict[str, Measured]:
    """Return the size and the hash of each file that a plan makes.

    A large value writes itself to a temporary place, which takes as long as an export
    does and as much room as the largest one.
    """
    measured: dict[str, Measured] = {}
    for name, content in sorted(plan.items()):
        if isinstance(content, Payload):
            measured.update(_measure_payload(name, content))
        else:
            digest = xxhash.xxh3_128(content).hexdigest()
            text = content.decode() if is_text(name) else None
            measured[name] = Measured(len(content), digest, text)
    return measured


def size_of(name: str, content: Payload) -> int:
    """Return the bytes that a large value takes, as a file or as a folder."""
    return sum(each.size for _, each in _measure_payload(name, content))


def _measure_payload(name: str, payload: Payload) -> Iterator[tuple[str, Measured]]:
    with tempfile.TemporaryDirectory(prefix="truss-nb-size-") as place:
        path = Path(place) / Path(name).name
        payload.write(path)
        if path.is_file():
            yield name, _measure(path)
            return
        for file in list_files(path):
            yield f"{name}/{file}", _measure(path / file)


def _measure(path: Path) -> Measured:
    text = path.read_text("utf-8", "replace") if is_text(path.name) else None
    return Measured(path.stat().st_size, fingerprint(path), text)
