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
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import pytest

TESTS = Path(__file__).parent
FOLDERS = ("capture", "export", "formats", "frameworks", "test_notebooks.py")
KEEP = "TRUSS_NB_KEEP_EXPORTED"
LOG = pytest.StashKey[TextIO]()
UNTOLD = {"__pycache__", ".ipynb_checkpoints"}


def pytest_configure(config: pytest.Config) -> None:
    """Open the log at once: a test may give up the right to."""
    config.stash[LOG] = Path(os.environ[KEEP]).open("a")  # noqa: SIM115


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Note the files of a test before its fixtures are taken down."""
    log = item.config.stash[LOG]
    log.write(json.dumps([item.nodeid, dict(_files(item))]) + "\n")
    log.flush()


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
    log = path.with_suffix(".log")
    log.unlink(missing_ok=True)
    chosen = arguments or [str(TESTS / folder) for folder in FOLDERS]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "exported", "-n", "auto"]
    known = {
        **os.environ,
        KEEP: str(log.absolute()),
        "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}",
    }
    done = subprocess.run([*command, *chosen], env=known, check=False)
    kept = dict(json.loads(line) for line in log.read_text().splitlines())
    path.write_text(json.dumps(kept, indent=1, sort_keys=True))
    log.unlink()
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
