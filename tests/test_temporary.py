"""Temporary folders that are gone in time, whoever made them."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from truss_nb.temporary import temporary

USES = """\
import sys
from truss_nb.temporary import temporary
with temporary("proof") as place:
    (place / "file").write_text("x")
    print(place, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def using():
    return subprocess.Popen(
        [sys.executable, "-c", USES],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_folder_is_empty_and_gone_afterwards(root):
    with temporary("size") as place:
        assert list(place.iterdir()) == []
        (place / "file").write_text("x")
    assert list(root.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next():
    with using() as process:
        place = Path(process.stdout.readline().rstrip())
        process.kill()
    assert place.exists()
    with temporary("size"):
        assert not place.exists()


def test_what_is_in_use_stays():
    with using() as process:
        place = Path(process.stdout.readline().rstrip())
        with temporary("size"):
            assert (place / "file").exists()
        process.stdin.close()
        process.wait()
    assert not place.exists()


# What else may lie there, and what becomes of it.
OTHERS = {
    "truss-nb-proof-abcdefgh/": False,  # killed before it had a lock
    "truss-nb-proof-abcdefgh/file": True,
    "truss-nb-notes/": True,
    "truss-nb-notes/.lock": True,
    "truss-nb-proof-abcdefgh-2/.lock": True,
    "truss-nb-proof-abcdefgh": True,
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_ours_stays(root, name):
    folder, slash, file = name.partition("/")
    if slash:
        (root / folder).mkdir()
    if file or not slash:
        (root / name).write_text("mine")
    with temporary("size"):
        pass
    assert (root / name).exists() == OTHERS[name]


def test_a_link_to_a_folder_is_not_followed(root):
    (root / "mine").mkdir()
    (root / "mine" / ".lock").write_text("")
    (root / "truss-nb-proof-abcdefgh").symlink_to(root / "mine")
    with temporary("size"):
        pass
    assert (root / "mine" / ".lock").exists()
