"""A snapshot of the Hugging Face hub: one commit of a repository, in the cache here.

The cache keeps a snapshot as a folder of links, each to a blob whose name is the hash
of what it holds. Nothing is fetched: what isn't in the cache isn't found.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

_SOURCE = re.compile(r"hf://(?P<repo>[^@]+)(?:@(?P<revision>.+))?")
_REPO = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_IN_CACHE = re.compile(
    r".*[/\\]models--([^/\\]+)[/\\]snapshots[/\\]([^/\\]+)(?:[/\\]|$)"
)
_CHUNK = 1 << 22


@dataclass(frozen=True)
class Snapshot:
    """A commit of a repository.

    Args:
        repo: its name, as in ``owner/name``.
        commit: the whole hash.
        folder: where the cache has its files.
    """

    repo: str
    commit: str
    folder: Path

    @property
    def source(self) -> str:
        """Return what ``weights`` of config.yaml calls it."""
        return f"hf://{self.repo}@{self.commit}"

    @property
    def files(self) -> list[str]:
        """Return its files that the cache has, perhaps not all."""
        found = (each for each in self.folder.rglob("*") if each.is_file())
        return sorted(each.relative_to(self.folder).as_posix() for each in found)

    @property
    def refs(self) -> list[str]:
        """Return the files of the cache that say of a name that it is this commit."""
        files = (self.folder.parent.parent / "refs").rglob("*")
        named = (f for f in files if f.is_file() and f.read_text() == self.commit)
        return sorted(map(str, named))

    @property
    def size(self) -> int:
        """Return how many bytes those are."""
        return sum((self.folder / file).stat().st_size for file in self.files)

    def spoilt(self) -> str | None:
        """Return a file that isn't the hub's own, by the hash in its blob's name."""
        return next((f for f in self.files if not _is_whole(self.folder / f)), None)


def find(source: str) -> Snapshot | None:
    """Return the snapshot that ``hf://owner/name@revision`` names, if it's here."""
    named = _SOURCE.fullmatch(source)
    if named is None:
        return None
    home, revision = _home(named["repo"]), named["revision"] or "main"
    ref = home / "refs" / revision
    commit = ref.read_text().strip() if ref.is_file() else revision
    folder = home / "snapshots" / commit
    return Snapshot(named["repo"], commit, folder) if folder.is_dir() else None


def find_all(repo: str, commit: str | None = None) -> list[Snapshot]:
    """Return the snapshots of a repository that are here, that of ``main`` first.

    Args:
        repo: a name, perhaps of no repository.
        commit: the only one that is asked for, if it's known.
    """
    if not _REPO.fullmatch(repo) or Path(repo).exists():
        return []
    there = (_home(repo) / "snapshots").glob(commit or "*")
    found = {each.name: Snapshot(repo, each.name, each) for each in sorted(there)}
    first = find(f"hf://{repo}")
    found = {first.commit: first, **found} if first and not commit else found
    return [*found.values()]


def snapshot_of(path: str) -> Snapshot | None:
    """Return the snapshot that a file of the cache belongs to."""
    found = _IN_CACHE.match(path)
    if found is None:
        return None
    return Snapshot(found[1].replace("--", "/"), found[2], Path(found[0]))


def _home(repo: str) -> Path:
    return _cache() / f"models--{repo.replace('/', '--')}"


def _cache() -> Path:
    """Return where the hub's own package keeps its cache, or would."""
    loaded = sys.modules.get("huggingface_hub.constants")
    if loaded is not None:
        return Path(loaded.HF_HUB_CACHE)
    return Path(os.environ.get("HF_HUB_CACHE") or _own("hub")).expanduser()


def has_token() -> bool:
    """Return whether there is a token for the hub here; it isn't read."""
    names = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
    file = os.environ.get("HF_TOKEN_PATH") or _own("token")
    return any(map(os.environ.get, names)) or Path(file).expanduser().is_file()


def _own(name: str) -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.environ.get("HF_HOME") or Path(cache, "huggingface"), name)


def _is_whole(file: Path) -> bool:
    """Return whether a file holds what its blob's name says: SHA-256, or Git's hash."""
    name = file.resolve().name
    is_git = len(name) == 40
    found = hashlib.sha1(usedforsecurity=False) if is_git else hashlib.sha256()
    if is_git:
        found.update(b"blob %d\0" % file.stat().st_size)
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest() == name
