"""Systems that lack what Linux has: a bundle is exported and proven on each.

What a door leads around is taken away from a fresh process, one door at a time, and
then all of them. No other system is here: what Windows has instead is put in its place.
"""

import json
import ntpath
import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace

import pytest
import taken_away
from doors import gated
from taken_away import DOORS

import truss_nb
from truss_nb import opened
from truss_nb.capture.constants import leaves
from truss_nb.contents.placed import placed
from truss_nb.errors import ProofError
from truss_nb.export.files import places
from truss_nb.export.files.literals import Parsed, repointed
from truss_nb.hub import snapshot_of
from truss_nb.magics import line
from truss_nb.proof import proving
from truss_nb.proof.environment.interpreter import Environment, packages_in, python_in
from truss_nb.proof.keeping import _until_ended, keep
from truss_nb.system import libc
from truss_nb.system.links import lead
from truss_nb.system.lock import take

TAKEN = {**{name: (name,) for name in DOORS}, "all": DOORS}
SCRIPT = Path(__file__).with_name("taken_away.py")
FILES = ("data/labels.txt", "data/large.bin")


@pytest.mark.parametrize("taken", [*gated(*DOORS), "all"])
def test_a_bundle_is_exported_and_proven_and_nothing_is_left(taken, tmp_path):
    here, temporary = tmp_path / "here", tmp_path / "temporary"
    (here / "data").mkdir(parents=True)
    (here / FILES[0]).write_text("cat dog")
    (here / FILES[1]).write_bytes(bytes(2_000_000))  # large: it's linked for a proof
    left = temporary / "truss-nb-proof-abcdefgh"  # by a process that was killed
    (left / "content").mkdir(parents=True)
    (left / ".lock").touch()
    environ = {**os.environ, "TMPDIR": str(temporary), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, SCRIPT, *TAKEN[taken]],
        cwd=here,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    unchanged = "Nothing has changed since the export to out"
    assert told["found"] == [["passed", unchanged]] * 2
    assert told["proven"]["passed"]
    for name in FILES:
        assert (here / "out/data" / name).read_bytes() == (here / name).read_bytes()
    assert "FACTOR = 3" in (here / "out/model/model.py").read_text()
    names = {each.name for each in here.iterdir()}
    assert names == {"data", "nb.py", "out", "runner.py"}
    assert [*temporary.iterdir()] == []


def test_the_program_that_holds_a_lock_is_waited_for(tmp_path):
    code = "import sys; print(flush=True); sys.stdin.read()"
    ends = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    lock = take(tmp_path / "lock")
    with subprocess.Popen(
        [sys.executable, "-c", code], pass_fds=[lock.file.fileno()], **ends
    ) as holder:
        holder.stdout.readline()
        lock.file.close()
        with pytest.raises(BlockingIOError):
            take(tmp_path / "lock")
        holder.kill()
        take(tmp_path / "lock", waits=True).remove()
    assert [*tmp_path.iterdir()] == []


def test_macos_exchanges_folders_by_its_own_function(monkeypatch):
    asked = []

    class Library:
        def renameatx_np(self, *arguments):
            asked.append(arguments)
            return 0

    monkeypatch.setattr(libc, "libc", Library)
    assert libc.exchange(Path("/a"), Path("/b"))
    ((_, one, _, other, how),) = asked
    assert (one, other, how) == (b"/a", b"/b", 2)


def test_what_a_link_cannot_lead_to_is_copied_or_named(tmp_path, monkeypatch):
    refuse = taken_away.refusing(OSError("A required privilege is not held"))
    monkeypatch.setattr(os, "symlink", refuse)
    (tmp_path / "folder/inner").mkdir(parents=True)
    (tmp_path / "folder/inner/file").write_text("x")
    lead(tmp_path / "path", tmp_path / "folder")
    assert (tmp_path / "path/inner/file").read_text() == "x"
    with pytest.raises(FileExistsError):
        lead(tmp_path / "path", tmp_path / "folder")
    assert (tmp_path / "path/inner/file").read_text() == "x"


def test_an_environment_of_windows_has_its_python_elsewhere(tmp_path):
    unix, windows = tmp_path / "unix", tmp_path / "windows"
    for file in ("unix/bin/python", "windows/Scripts/python.exe"):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).touch()
    (unix / "lib/python3.11/site-packages").mkdir(parents=True)
    (windows / "Lib/site-packages").mkdir(parents=True)
    assert python_in(unix) == unix / "bin/python"
    assert packages_in(unix) == [unix / "lib/python3.11/site-packages"]
    assert packages_in(windows) == [windows / "Lib/site-packages"]
    made = Environment("3.11.7", str(windows), (), 1.0, False, ())
    assert made.interpreter.path == windows / "Scripts/python.exe"


@pytest.mark.parametrize("lacking", ["", "SIGHUP"])
def test_a_kept_server_ends_on_a_signal_that_is_there(lacking, monkeypatch):
    if lacking:
        monkeypatch.delattr(signal, lacking)
    with _until_ended():
        signal.raise_signal(signal.SIGTERM)
        pytest.fail("it has ended")


def test_a_server_that_cannot_be_started_here_is_refused_in_words(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(proving, "CAN_FORK", False)
    (tmp_path / "model").mkdir()
    (tmp_path / "model/model.py").write_text("class Model: pass")
    (tmp_path / "config.yaml").write_text("model_name: one")
    with pytest.raises(ProofError, match="can't be started on this system"):
        truss_nb.prove(tmp_path, server=True)
    with pytest.raises(ProofError, match="can't be started on this system"):
        keep(tmp_path, tell=print)


# What the same paths are there, and what becomes of them in a bundle.
NOTEBOOKS = (r"C:\Users\Ann\nb", r"D:\more")
NAMED = (r"E:\labels", r"E:\one.txt")
PLACES = {
    r"C:\Users\Ann\nb\data\a.txt": "data/a.txt",
    r"c:\users\ANN\NB\Data\A.txt": "Data/A.txt",
    r"C:/Users/Ann/nb/a.txt": "a.txt",
    r"C:\Users\Ann\nb": "",
    r"C:\Users\Ann\nb2\a.txt": None,
    r"D:\more\deep\er\a.txt": "deep/er/a.txt",
    r"d:\MORE\a.txt": "a.txt",
    r"C:\more\a.txt": None,
    r"E:\labels\en\a.txt": "labels/en/a.txt",
    r"e:\Labels\a.txt": "Labels/a.txt",
    r"E:\one.txt": "one.txt",
    r"\\server\share\a.txt": None,
}


@pytest.mark.parametrize("path", PLACES)
def test_a_file_of_windows_has_its_place_with_slashes(path):
    place = placed(PureWindowsPath(path), NOTEBOOKS, NAMED)
    assert place == PLACES[path]


@pytest.fixture
def windows(monkeypatch):
    """Let what reads paths as text read them as Windows does."""
    there = SimpleNamespace(path=ntpath, sep="\\")
    monkeypatch.setattr(os, "getcwd", lambda: NOTEBOOKS[0])
    for room in (opened, places, line):
        monkeypatch.setattr(room, "os", there)
    for room in (places, leaves):
        monkeypatch.setattr(room, "Path", PureWindowsPath)


# A stage's call, the path of the file that it opened, and what the bundle has then.
CALLS = {
    'open("data/a.txt")': ("data/a.txt", 'open(DATA_DIR / "data/a.txt")'),
    r'open("data\\a.txt")': (r"data\a.txt", 'open(DATA_DIR / "data/a.txt")'),
    'open("DATA/A.TXT")': ("DATA/A.TXT", 'open(DATA_DIR / "DATA/A.TXT")'),
    r'open(r"C:\Users\Ann\nb\a.txt")': (
        r"C:\Users\Ann\nb\a.txt",
        'open(DATA_DIR / "a.txt")',
    ),
    r'open(r"c:\users\ann\NB\a.txt")': (
        r"c:\users\ann\NB\a.txt",
        'open(DATA_DIR / "a.txt")',
    ),
    r'open("d:/more/a.txt")': ("d:/more/a.txt", 'open(DATA_DIR / "a.txt")'),
    'open(f"data/{x}.txt")': (r"data\a.txt", 'open(f"{DATA_DIR}/data/{x}.txt")'),
    r'open("data\\" + x)': (r"data\a.txt", 'open(f"{DATA_DIR}/data/" + x)'),
    r'open(f"data\\{x}.txt")': (r"data\a.txt", None),
    r'open(f"data/{x}\\a.txt")': (r"data/en\a.txt", None),
    r'open(r"F:\a.txt")': (r"F:\a.txt", None),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.usefixtures("windows")
def test_what_leads_to_a_file_of_windows_leads_to_its_copy(call):
    given, expected = CALLS[call]
    path = opened.absolute(given)
    where = places.Places(NOTEBOOKS, frozenset(), {})
    place = where.of(path)
    none = frozenset()
    edits = {
        each: place if lead is places.Lead.WHOLE else where.moved(each)
        for each in Parsed(call, {}).mentions(none, none)
        if (lead := where.lead(each, path, given)) is not None and place
    }
    assert repointed(call, edits, "DATA_DIR") == (expected or call)


@pytest.mark.usefixtures("windows")
def test_a_path_of_windows_is_written_as_the_server_reads_it():
    text, imports = leaves.leaf(PureWindowsPath(r"data\deep\a.txt"))
    assert (text, *imports) == ('Path("data/deep/a.txt")', "from pathlib import Path")


@pytest.mark.usefixtures("windows")
def test_a_magics_line_takes_a_path_of_windows():
    parser = ArgumentParser(exit_on_error=False)
    parser.add_argument("path")
    parser.add_argument("--name")
    asked = line.read(parser, r"""'C:\my models\out' --name "first one" """)
    assert (asked.path, asked.name) == (r"C:\my models\out", "first one")


@pytest.mark.parametrize("between", ["/", "\\"])
def test_a_snapshot_of_the_hub_is_known_by_any_kind_of_path(between):
    parts = ("hub", "models--ann--tiny", "snapshots", "c0ffee")
    path = between.join(["C:", *parts, "config.json"])
    snapshot = snapshot_of(path)
    assert (snapshot.repo, snapshot.commit) == ("ann/tiny", "c0ffee")
