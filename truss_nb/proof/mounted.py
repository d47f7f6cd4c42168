"""What stands here for the files that the platform mounts beside a folder's own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from truss_nb.errors import Problem, ProofError, Reason
from truss_nb.hub import find
from truss_nb.system.links import lead
from truss_nb.truss.mounts import APP, Mount, mounts

ABSENT = Reason(
    "P107",
    "is mounted at {place}, and isn't in this machine's cache of the hub",
    "Fetch it with: hf download {repo}",
)

NOT_HERE = "nothing"

SMALL = 1_000_000
"""Bytes of a file that is copied for a process, rather than linked."""


@dataclass(frozen=True)
class Mounted:
    """A mount, and what stands for it.

    Args:
        mount: the mount.
        path: a file or a folder here; None if there is none.
        here: what that is, in words.
    """

    mount: Mount
    path: str | None = field(repr=False)
    here: str


def find_mounted(
    folder: Path, config: Mapping[str, object], given: Mapping[str, str]
) -> tuple[Mounted, ...]:
    """Find what stands for each mount of a folder.

    Args:
        folder: the exported folder.
        config: its settings.
        given: by a place on the server, a file here.

    Raises:
        ProofError: snapshots of a hub aren't in the cache.
    """
    found = [each for mount in mounts(config) for each in _find(mount, given)]
    absent = [m.mount for m in found if m.path is None and m.mount.is_of_hub]
    if problems := [_absent(mount) for mount in absent]:
        raise ProofError(f"{folder} can't be proven here.", problems)
    return tuple(found)


def _find(mount: Mount, given: Mapping[str, str]) -> Iterator[Mounted]:
    inside = [at for at in given if f"{at}/".startswith(f"{mount.place}/")]
    snapshot = find(mount.source)
    if snapshot is not None:
        yield Mounted(mount, str(snapshot.folder), "its snapshot in the hub's cache")
    elif inside:
        for at in inside:
            yield Mounted(replace(mount, place=at), given[at], "the notebook's file")
    elif Path(mount.place).exists():
        yield Mounted(mount, mount.place, "the same path")
    else:
        yield Mounted(mount, None, NOT_HERE)


def _absent(mount: Mount) -> Problem:
    repo, _, revision = mount.source.removeprefix("hf://").partition("@")
    asked = f"{repo} --revision {revision}" if revision else repo
    return ABSENT.of(mount.source, place=mount.place, repo=asked)


def lay(mounted: Iterable[Mounted], root: Path) -> None:
    """Lay out what stands for mounts, where a copy of the image finds it.

    What lies in ``/app`` goes to its place. A path elsewhere can't be had: the copies
    of the code lead to what is here.

    Args:
        mounted: what to lay out.
        root: what the copy has for ``/``.
    """
    for each in mounted:
        if each.path is None:
            continue
        target = root / each.mount.place.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if Path(each.path).is_dir():
            shutil.copytree(each.path, target, copy_function=put, dirs_exist_ok=True)
        else:
            put(each.path, str(target))
        if not each.mount.place.startswith(f"{APP}/"):
            _lead(root, each.mount.place, target.as_posix())


def put(source: str, target: str) -> None:
    """Copy source, beside which bytecode may be written, and what is small.

    What is large is linked. A library may refuse a link that leads out of its folder.
    """
    if source.endswith(".py") or Path(source).stat().st_size < SMALL:
        shutil.copyfile(source, target)
    else:
        lead(Path(target), Path(source))


def _lead(root: Path, place: str, target: str) -> None:
    """Change a path in the code of a copy."""
    whole = re.compile(rf"(?<![\w.-]){re.escape(place)}(?![\w.-])")
    for name in ("app/model", "packages"):
        for file in (root / name).rglob("*.py"):
            text = file.read_text("utf-8")
            if place in text:
                file.write_text(whole.sub(lambda _: target, text), "utf-8")
