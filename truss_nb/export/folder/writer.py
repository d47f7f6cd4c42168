"""Write a plan to the disk: all of it, or nothing.

The new folder is made beside the target, in ``.NAME.truss-nb/``, where the caller adds
to it and proves it. Then it takes the target's place in one step. A program that opens
a file under the target finds the old one or the new one at every instant, also when
this process is killed or the disk is full. (A program that lists the old folder at
that very moment can see it being deleted.) Where two folders can't be exchanged (NFS,
Windows), it takes two steps: a process killed right between them leaves no target, and
the next export puts the old folder back, from ``old``.

``.NAME.truss-nb/`` holds ``lock``, which the kernel releases with its process; ``new``,
the folder in the making; and ``old``, only between those two steps. Whoever holds the
lock may clean up what a killed export left.

Each folder carries a manifest of its files. It shows what a person did to them since,
which is never overwritten silently. Modes follow the umask, as with any program.
"""

from __future__ import annotations

import os
import shutil
import stat
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from truss_nb.export.folder import refusals
from truss_nb.export.folder.manifest import (
    Manifest,
    check_losses,
    fingerprint,
    list_files,
    look,
    read_manifest,
)
from truss_nb.export.folder.paths import MANIFEST, check_paths
from truss_nb.export.folder.refusals import explained, refusal
from truss_nb.system.libc import exchange
from truss_nb.system.lock import Lock, take


@dataclass(frozen=True)
class Payload:
    """A large value, which writes itself straight to its place.

    Args:
        write: makes the file, or the folder, at the path that it is given.
        fingerprint: returns a hash of what the file is made of, or None: a file that
            was made of the same isn't written again.
    """

    write: Callable[[Path], object]
    fingerprint: Callable[[], str | None] = lambda: None

    @classmethod
    def copying(cls, source: Path) -> Payload:
        """Return what copies a file."""

        def write(path: Path) -> None:
            shutil.copyfile(source, path)

        return cls(write, partial(fingerprint, source))


Plan = Mapping[str, bytes | Payload]
"""Relative POSIX paths, and what goes there."""


@contextmanager
def staged(
    plan: Plan, target: str | Path, *, overwrite: bool = False
) -> Iterator[Path]:
    """Write the plan to a folder beside the target, which it replaces on leaving.

    Yields the complete folder: files may be added to it, and it may be run. An error
    raised in the ``with`` block leaves the target as it was.

        with staged({"config.yaml": b"..."}, "out/digits") as folder:
            (folder / "examples.yaml").write_bytes(b"[]")

    Args:
        plan: what the folder holds.
        target: where it belongs; missing parents are made. If it is a symbolic link,
            the link stays and the folder that it points to is replaced.
        overwrite: replace what a person changed in a folder of ours. A folder that
            this hasn't written, or with a ``.git`` in it, is never replaced.

    Raises:
        WriteError: the target can't be written, or something in it would be lost, or
            a path of the plan is unusable. What was there is untouched.
    """
    with explained(target):
        place = _locate(target)
    check_paths(plan)
    with _parents(place), _workspace(place) as home:
        folder = home / "new"
        with explained(place):
            seen, made_of = _look_both_ways(plan, place, overwrite)
            folder.mkdir()
        former = Manifest() if overwrite else read_manifest(place)
        known = Manifest(_write(plan, folder, place, former, made_of), made_of)
        written = look(folder)
        yield folder
        with explained(place):
            now = look(folder)
            _seal(folder, known.of(n for n in written if now.get(n) == written[n]))
            _take_place(place, home, seen, overwrite)


def _locate(target: str | Path) -> Path:
    place = Path(os.path.realpath(target))
    for kept, title in (Path.cwd(), "the working folder"), (Path.home(), "your home"):
        if place in (kept, *kept.parents):
            how = "is" if place == kept else "holds"
            raise refusal(place, refusals.IN_USE, words=f"{how} {title}")
    if place.is_symlink():
        raise refusal(place, refusals.LOOP)
    if place.exists() and not place.is_dir():
        raise refusal(place, refusals.FILE)
    if os.path.ismount(place):  # a Path can't tell it on Windows before 3.12
        raise refusal(place, refusals.MOUNT)
    return place


@contextmanager
def _parents(place: Path) -> Iterator[None]:
    made: list[Path] = []
    try:
        with explained(place):
            for parent in [p for p in reversed(place.parents) if not p.exists()]:
                parent.mkdir(exist_ok=True)
                made.append(parent)
        yield
    except BaseException:
        for parent in reversed(made):
            with suppress(OSError):  # another export uses it
                parent.rmdir()
        raise


@contextmanager
def _workspace(place: Path) -> Iterator[Path]:
    home = place.with_name(f".{place.name}.truss-nb")
    try:
        with explained(place):
            lock = _lock(home)
        try:
            with explained(place):
                _recover(home, place)
            yield home
        finally:
            _discard(home / "new")
            lock.remove()
    finally:
        with suppress(OSError):  # another export is in it, or something is left over
            home.rmdir()


def _lock(home: Path) -> Lock:
    """Return the workspace's lock; try again if its last holder just removed it."""
    while True:
        try:
            home.mkdir(exist_ok=True)
        except FileExistsError:
            with suppress(FileNotFoundError):
                if not stat.S_ISDIR(home.lstat().st_mode):
                    raise
            continue  # it was there, and its last holder removed it a moment later
        with suppress(FileNotFoundError):
            return take(home / "lock")


def _recover(home: Path, place: Path) -> None:
    """Undo what a killed export left half done."""
    old = home / "old"
    if old.exists() and not place.exists():
        old.rename(place)
    for rest in old, home / "new":
        if rest.exists():
            shutil.rmtree(rest)


def _discard(folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:  # the export itself has succeeded, or says why it hasn't
        warnings.warn(f"Delete {folder} by hand: {error}", stacklevel=2)


def _look_both_ways(
    plan: Plan, place: Path, overwrite: bool
) -> tuple[Mapping[str, tuple[int, ...]], dict[str, str]]:
    """Look at what is there, and meanwhile at what large files will be made of."""
    with ThreadPoolExecutor(1) as pool:
        seen = pool.submit(check_losses, place, overwrite)
        large = {n: each for n, each in plan.items() if isinstance(each, Payload)}
        found = {name: each.fingerprint() for name, each in large.items()}
        return seen.result(), {n: each for n, each in found.items() if each}


def _write(
    plan: Plan, folder: Path, place: Path, former: Manifest, made_of: Mapping[str, str]
) -> dict[str, str]:
    """Write what isn't in the target as it was; return the hashes of the rest."""
    kept = {}
    for name, content in sorted(plan.items()):
        path = folder / name
        with explained(place, name):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not isinstance(content, Payload):
                path.write_bytes(content)
                continue
            same = name in made_of and made_of[name] == former.made_of.get(name)
            if same and _link(place / name, path):
                kept[name] = former.files[name]
            else:
                content.write(path)
    check_paths(list_files(folder))  # a framework names the files in its folder
    return kept


def _link(former: Path, path: Path) -> bool:
    with suppress(OSError):  # a disk without links
        os.link(former, path)
    return path.exists()


def _seal(folder: Path, known: Manifest) -> None:
    """Write the manifest, and bring every file to the disk before it's relied on."""
    for cache in list(folder.rglob("__pycache__")):  # the proof has imported from here
        shutil.rmtree(cache)
    names = list(list_files(folder))
    check_paths(names)
    manifest = folder / MANIFEST
    manifest.parent.mkdir(exist_ok=True)
    manifest.touch()
    mode = stat.S_IMODE(manifest.stat().st_mode)
    with ThreadPoolExecutor() as pool:  # the disk works while the hashes are made
        synced = pool.map(partial(_sync, mode=mode), [folder / name for name in names])
        hashes = {n: known.files.get(n) or fingerprint(folder / n) for n in names}
        list(synced)
    manifest.write_bytes(Manifest(hashes, known.made_of).dumped().encode())
    _sync(manifest, mode)


def _sync(path: Path, mode: int) -> None:
    path.chmod(mode)  # some frameworks make files of one's own
    with path.open("r+b") as file:  # Windows syncs only what may be written
        os.fsync(file)


def _take_place(
    place: Path, home: Path, seen: Mapping[str, tuple[int, ...]], overwrite: bool
) -> None:
    """Replace the target, and put it back if someone saved a file there meanwhile."""
    folder, old = home / "new", home / "old"
    while True:
        if (now := look(place)) != seen:
            seen = now
            check_losses(place, overwrite)
        was_there = place.exists()
        _replace(place, folder, old)
        if overwrite or not was_there or look(folder) == seen:
            return
        _replace(place, folder, old)


def _replace(place: Path, folder: Path, old: Path) -> None:
    if not place.exists():
        folder.rename(place)
    elif not exchange(folder, place):
        place.rename(old)
        try:
            folder.rename(place)
        except BaseException:
            old.rename(place)
            raise
        old.rename(folder)  # where an exchange would have left it
