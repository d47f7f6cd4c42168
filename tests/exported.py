"""Keep a hash of every file that the tests export, to compare two states of the code.

    python tests/exported.py keep BEFORE.json [PYTEST ARGUMENT …]
    python tests/exported.py compare BEFORE.json AFTER.json

``keep`` runs the tests that export (or those named) and notes each file that they leave
in their temporary folders, under the test's name. ``compare`` names what differs, and
fails if anything does. Some files are never the same twice, such as an archive that
holds the time: keep the first state twice to see which.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
FOLDERS = (
    *("capture", "export", "formats", "frameworks", "notebook", "objects"),
    "test_notebooks.py",
)
KEEP = "TRUSS_NB_KEEP_EXPORTED"
KEPT = pytest.StashKey[dict[str, dict[str, str]]]()
UNTOLD = {"__pycache__", ".ipynb_checkpoints"}


def pytest_configure(config: pytest.Config) -> None:
    """Start with nothing noted."""
    config.stash[KEPT] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Note the files of a test before its fixtures are taken down."""
    item.config.stash[KEPT][item.nodeid] = dict(_files(item))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what this process noted to a file of its own."""
    kept = session.config.stash[KEPT]
    Path(os.environ[KEEP], f"{os.getpid()}.json").write_text(json.dumps(kept))


def _files(item: pytest.Item) -> Iterator[tuple[str, str]]:
    given: dict[str, Any] = getattr(item, "funcargs", {})
    exported = given.get("exported")
    for folder in (given.get("tmp_path"), getattr(exported, "folder", None)):
        if isinstance(folder, Path):
            yield from _hashes(folder)


def _hashes(folder: Path) -> Iterator[tuple[str, str]]:
    place = str(folder).encode()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink() and UNTOLD.isdisjoint(file.parts):
            yield file.relative_to(folder).as_posix(), _hash(file, place)


def _hash(file: Path, place: bytes) -> str:
    try:
        content = file.read_bytes().replace(place, b"FOLDER")
    except PermissionError:
        return "can't be read"
    return hashlib.sha256(content).hexdigest()[:16]


def keep(path: Path, arguments: list[str]) -> int:
    """Run the tests and write what they exported to ``path``."""
    chosen = arguments or [str(TESTS / folder) for folder in FOLDERS]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "exported", "-n", "auto"]
    kept: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as place:
        known = {KEEP: place, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"}
        done = subprocess.run(
            [*command, *chosen], env={**os.environ, **known}, check=False
        )
        for file in Path(place).iterdir():
            kept |= json.loads(file.read_text())
    path.write_text(json.dumps(kept, indent=1, sort_keys=True))
    print(f"{len(kept)} tests, {sum(map(len, kept.values()))} files")  # noqa: T201
    return done.returncode


def compare(before: Path, after: Path) -> int:
    """Print each file that one state has otherwise than the other."""
    old, new = json.loads(before.read_text()), json.loads(after.read_text())
    differing = [
        f"{test}: {file}"
        for test in sorted(old.keys() | new.keys())
        for file in sorted(old.get(test, {}).keys() | new.get(test, {}).keys())
        if old.get(test, {}).get(file) != new.get(test, {}).get(file)
    ]
    print("\n".join([*differing, f"{len(differing)} differ"]))  # noqa: T201
    return bool(differing)


if __name__ == "__main__":
    action, *rest = sys.argv[1:]
    if action == "keep":
        sys.exit(keep(Path(rest[0]), rest[1:]))
    sys.exit(compare(Path(rest[0]), Path(rest[1])))
