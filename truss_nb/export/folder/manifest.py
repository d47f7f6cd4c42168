"""The hashes of an exported folder, which show what a person changed in it since."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import xxhash

from truss_nb.errors import Problem, Reason, WriteError
from truss_nb.export.folder.paths import MANIFEST, nodes


@dataclass(frozen=True)
class Manifest:
    """What is known of the files of a folder that we wrote.

    Args:
        files: the hash of each.
        made_of: a hash of what a large one was made of: of the value in memory, or of
            the file that it is a copy of.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    made_of: Mapping[str, str] = field(default_factory=dict)

    def of(self, names: Iterable[str]) -> Manifest:
        """Return what is known of some of the files."""
        kept = set(names)
        parts = (
            {name: each for name, each in part.items() if name in kept}
            for part in (self.files, self.made_of)
        )
        return Manifest(*parts)

    def dumped(self) -> str:
        """Return the text of the file."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


BY_PRODUCTS = frozenset({"__pycache__", ".ipynb_checkpoints", ".DS_Store"})
"""What programs leave in a folder and nobody misses."""

OVERWRITE = "export with --overwrite (overwrite=True)"
"""What to do to lose them all the same."""

REPOSITORY = Reason(
    "W102", "is a repository, which is never replaced", "Name a folder in it"
)
STRANGERS = Reason(
    "W103",
    "wasn't written by truss-nb: {lost} would be deleted",
    "Name another folder, or delete it yourself",
)
ADDED = Reason("W104", "was added", f"Move it elsewhere, or {OVERWRITE}")
DELETED = Reason("W105", "was deleted", f"Put it back, or {OVERWRITE}")
EDITED = Reason("W106", "was edited", f"Save it elsewhere, or {OVERWRITE}")

_SHOWN = 5  # entries of a folder of someone else


def check_losses(place: Path, overwrite: bool) -> dict[str, tuple[int, ...]]:
    """Refuse to lose what a person made; return what was seen in the folder."""
    seen = look(place)
    if losses := find_losses(place, seen, overwrite):
        raise WriteError(f"{place} holds what would be lost:", losses)
    return seen


def find_losses(
    place: Path, seen: Iterable[str], overwrite: bool = False
) -> list[Problem]:
    """Return a problem for each thing in a folder that an export refuses to lose."""
    parts = [name.split("/") for name in seen]
    git = {"/".join(p[: p.index(".git") + 1]) for p in parts if ".git" in p}
    losses = [REPOSITORY.of(folder) for folder in sorted(git)]
    found = {"/".join(p) for p in parts if ".git" not in p}
    return losses + list(_losses(place, found, overwrite))


def _losses(place: Path, seen: set[str], overwrite: bool) -> Iterator[Problem]:
    manifest = read_manifest(place).files
    known = {node for name in manifest for node in nodes(name)}
    added = {_outermost(name, known) for name in seen - manifest.keys() - {MANIFEST}}
    if added and not manifest:
        yield STRANGERS.of(str(place), lost=listed(sorted(added)))
    if overwrite or not manifest:
        return
    for name in sorted(added | manifest.keys()):
        if name in added:
            yield ADDED.of(name)
        elif not os.path.lexists(place / name):
            yield DELETED.of(name)
        elif fingerprint(place / name) != manifest[name]:
            yield EDITED.of(name)


def listed(names: Sequence[str]) -> str:
    """Return the first few in a line, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _outermost(name: str, known: set[str]) -> str:
    """Return the largest folder that is all new, so that one line reports it."""
    new = [folder for folder in nodes(name)[1:] if folder not in known]
    return f"{new[-1]}/" if new else name


def look(place: Path) -> dict[str, tuple[int, ...]]:
    """Return what changes when a file does; a second look costs less than hashing."""
    if not place.exists():
        return {}
    states = {name: (place / name).lstat() for name in list_files(place)}
    return {n: (s.st_ino, s.st_size, s.st_mtime_ns) for n, s in states.items()}


def list_files(folder: Path) -> Iterator[str]:
    """Yield the paths of all files and links, in an order that never varies."""

    def stop(error: OSError) -> None:
        raise error  # what can't be listed can't be judged

    for root, folders, files in os.walk(folder, onerror=stop):
        here = Path(root)
        folders[:] = sorted(set(folders) - BY_PRODUCTS)
        links = [name for name in folders if (here / name).is_symlink()]
        for name in sorted({*files, *links} - BY_PRODUCTS):
            yield (here / name).relative_to(folder).as_posix()


def read_manifest(place: Path) -> Manifest:
    """Return what is known of the files that we wrote; empty if it isn't our folder."""
    file = place / MANIFEST
    try:
        read = json.loads(file.read_bytes()) if file.is_file() else {}
        parts = (
            {str(name): str(each) for name, each in read[part.name].items()}
            for part in fields(Manifest)
        )
        return Manifest(*parts)
    except (
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ):
        return Manifest()


def fingerprint(path: Path) -> str:
    """Return the XXH3 hash of a file, or what stands in its place.

    It shows what a person changed, not what an attacker did; SHA-256 takes eight times
    as long, twice as long as writing the file.
    """
    if path.is_symlink():
        return f"link to {path.readlink()}"
    if not path.is_file():
        return "not a file"
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
