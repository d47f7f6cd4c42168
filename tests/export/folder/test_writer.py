"""Real disks: full ones, read-only ones, and processes killed half way."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
import xxhash

from truss_nb.errors import WriteError
from truss_nb.export.folder import writer
from truss_nb.export.folder.paths import MANIFEST
from truss_nb.export.folder.writer import Payload, Plan, staged


def version(n: int, size: int = 10) -> Plan:
    """Return a plan whose files all say which version they are of."""
    text = str(n).encode() * size
    return {"config.yaml": text, "model/model.py": text, "data/w.npy": text}


def export(plan: Plan, target: Path, *, overwrite: bool = False) -> None:
    with staged(plan, target, overwrite=overwrite):
        pass


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def written(folder: Path) -> dict[str, bytes]:
    return {name: text for name, text in content(folder).items() if name != MANIFEST}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "digits"


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A folder of a user without privileges, who we are until the test ends."""
    privileged = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        folder.chmod(0o777)
        if privileged:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if privileged:
                os.seteuid(0)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk, of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place]
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


@pytest.fixture
def two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that can't exchange two folders; the renames are real."""
    monkeypatch.setattr(writer, "exchange", lambda *_: False)


# What is written


def test_the_folder_holds_the_plan_and_what_the_caller_added(target: Path) -> None:
    def write(path: Path) -> None:
        path.write_bytes(b"big")

    planned = {**version(1), "data/big.bin": b"big"}
    with staged({**version(1), "data/big.bin": Payload(write)}, target) as folder:
        assert content(folder) == planned
        assert not target.exists()
        (folder / "examples.yaml").write_bytes(b"[]")
    expected = {**planned, "examples.yaml": b"[]"}
    assert written(target) == expected
    assert list(json.loads((target / MANIFEST).read_bytes())["files"]) == sorted(
        expected
    )
    assert names(target.parent) == ["digits"]


def write_folder(path: Path) -> None:
    (path / "vocab").mkdir(parents=True)
    (path / "vocab" / "strings.json").write_bytes(b"[]")
    (path / "config.cfg").write_bytes(b"")


def test_a_payload_may_be_a_folder(target: Path) -> None:
    export({**version(1), "data/nlp": Payload(write_folder)}, target)
    made = {"data/nlp/config.cfg": b"", "data/nlp/vocab/strings.json": b"[]"}
    assert written(target) == {**version(1), **made}
    (target / "data/nlp/config.cfg").write_bytes(b"mine")
    with pytest.raises(WriteError, match=r"data/nlp/config\.cfg: was edited"):
        export(version(1), target)


def test_what_a_push_drops_inside_a_payloads_folder_is_told_before_a_proof(
    target: Path,
) -> None:
    def write(path: Path) -> None:
        path.mkdir()
        (path / "training.log").touch()

    plan = {**version(1), "data/nlp": Payload(write)}
    with (
        pytest.raises(WriteError, match=r"data/nlp/training\.log: would be left out"),
        staged(plan, target),
    ):
        pytest.fail("nothing runs in half a folder")
    assert names(target.parent) == []


def test_equal_plans_give_equal_bytes(tmp_path: Path) -> None:
    export(version(1), tmp_path / "a")
    export(dict(reversed(version(1).items())), tmp_path / "b")
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_what_the_proof_imported_leaves_no_cache(target: Path) -> None:
    with staged(version(1), target) as folder:
        (folder / "model/__pycache__").mkdir()
        (folder / "model/__pycache__/model.pyc").write_bytes(b"")
    assert written(target) == version(1)


@pytest.mark.parametrize("steps", ["one", "two"])
def test_a_new_export_replaces_all_of_the_old_one(
    target: Path, steps: str, request: pytest.FixtureRequest
) -> None:
    if steps == "two":
        request.getfixturevalue("two_steps")
    export({**version(1), "gone.txt": b""}, target)
    export(version(2), target)
    assert written(target) == version(2)
    assert names(target.parent) == ["digits"]


def test_linux_exchanges_two_folders_in_one_step(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux has renameat2")
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert writer.exchange(tmp_path / "a", tmp_path / "b")
    assert (names(tmp_path / "a"), names(tmp_path / "b")) == (["b"], ["a"])


# What a person did


def edit(folder: Path) -> None:
    (folder / "model/model.py").write_text("mine")


def delete(folder: Path) -> None:
    (folder / "data/w.npy").unlink()


def add_file(folder: Path) -> None:
    (folder / "model/notes.txt").write_text("mine")


def add_folder(folder: Path) -> None:
    (folder / "tries/one").mkdir(parents=True)
    (folder / "tries/one/a.txt").write_text("mine")
    (folder / "tries/b.txt").write_text("mine")


def link_folder(folder: Path) -> None:
    (folder / "elsewhere").symlink_to(folder.parent)


def link_file(folder: Path) -> None:
    real = folder.parent / "model.py"
    (folder / "model/model.py").rename(real)
    (folder / "model/model.py").symlink_to(real)


def put_folder_over_file(folder: Path) -> None:
    (folder / "config.yaml").unlink()
    (folder / "config.yaml").mkdir()
    (folder / "config.yaml/x").touch()


CHANGES = [
    (edit, {"model/model.py": "was edited"}),
    (delete, {"data/w.npy": "was deleted"}),
    (add_file, {"model/notes.txt": "was added"}),
    (add_folder, {"tries/": "was added"}),
    (link_folder, {"elsewhere": "was added"}),
    (link_file, {"model/model.py": "was edited"}),
    (
        put_folder_over_file,
        {"config.yaml": "was edited", "config.yaml/x": "was added"},
    ),
]


@pytest.mark.parametrize(("change", "losses"), CHANGES)
def test_what_a_person_changed_is_named_and_kept(
    target: Path, change, losses: dict[str, str]
) -> None:
    export(version(1), target)
    change(target)
    before = content(target)
    with pytest.raises(WriteError) as error:
        export(version(2), target)
    assert {p.name: p.reason for p in error.value.problems} == losses
    assert content(target) == before
    assert ".digits.truss-nb" not in names(target.parent)
    export(version(2), target, overwrite=True)
    assert written(target) == version(2)


@pytest.mark.parametrize(("change", "losses"), CHANGES)
def test_what_a_person_changed_meanwhile_is_named_and_kept(
    target: Path, change, losses: dict[str, str]
) -> None:
    export(version(1), target)

    def change_it(path: Path) -> None:
        path.touch()
        change(target)

    with pytest.raises(WriteError) as error:
        export({**version(2), "data/x": Payload(change_it)}, target)
    assert {p.name: p.reason for p in error.value.problems} == losses
    assert "2" * 10 not in map(bytes.decode, content(target).values())


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize(("change", "losses"), CHANGES)
def test_what_a_person_changed_at_the_last_moment_is_named_and_kept(
    target: Path, change, losses: dict[str, str], monkeypatch, steps: int
) -> None:
    export(version(1), target)
    exchange, changed = writer.exchange, []

    def change_it(one: Path, other: Path) -> bool:
        if not changed:
            change(target)
            changed.append(content(target))
        return steps == 1 and exchange(one, other)

    monkeypatch.setattr(writer, "exchange", change_it)
    with pytest.raises(WriteError) as error:
        export(version(2), target)
    assert {p.name: p.reason for p in error.value.problems} == losses
    assert [content(target)] == changed
    assert ".digits.truss-nb" not in names(target.parent)


def test_all_losses_are_named_at_once(target: Path) -> None:
    export(version(1), target)
    for change in edit, delete, add_file:
        change(target)
    with pytest.raises(WriteError) as error:
        export(version(2), target)
    lost = [problem.name for problem in error.value.problems]
    assert lost == ["data/w.npy", "model/model.py", "model/notes.txt"]
    assert all(name in str(error.value) for name in lost)


def test_what_programs_leave_behind_is_not_a_loss(target: Path) -> None:
    export(version(1), target)
    for name in "__pycache__", ".ipynb_checkpoints":
        (target / "model" / name).mkdir()
        (target / "model" / name / "x").touch()
    (target / ".DS_Store").touch()
    export(version(2), target)
    assert written(target) == version(2)


@pytest.mark.parametrize("manifest", [None, "", "[]", "{}", '{"files": []}'])
def test_a_folder_of_someone_else_is_not_replaced(
    target: Path, manifest: str | None
) -> None:
    target.mkdir()
    (target / "thesis.tex").write_text("mine")
    if manifest is not None:
        (target / MANIFEST).parent.mkdir()
        (target / MANIFEST).write_text(manifest)
    told = "wasn't written by truss-nb: .*Name another folder, or delete it yourself"
    for overwrite in False, True:
        with pytest.raises(WriteError, match=told):
            export(version(1), target, overwrite=overwrite)
        assert (target / "thesis.tex").read_text() == "mine"


@pytest.mark.parametrize(
    ("chapters", "lost"),
    [
        (1, "ch1.txt, notes/ would be deleted"),
        (4, "ch1.txt, ch2.txt, ch3.txt, ch4.txt, notes/ would be deleted"),
        (7, "ch1.txt, ch2.txt, ch3.txt, ch4.txt, ch5.txt and 3 more would be deleted"),
    ],
)
def test_what_someone_else_would_lose_is_listed(
    target: Path, chapters: int, lost: str
) -> None:
    (target / "notes" / "old").mkdir(parents=True)
    (target / "notes" / "old" / "a.txt").touch()
    for number in range(chapters):
        (target / f"ch{number + 1}.txt").touch()
    with pytest.raises(WriteError) as error:
        export(version(1), target)
    (problem,) = error.value.problems
    assert problem.reason == f"wasn't written by truss-nb: {lost}"


def test_each_remedy_names_the_option(target: Path) -> None:
    export(version(1), target)
    for change in edit, delete, add_file:
        change(target)
    with pytest.raises(WriteError) as ours:
        export(version(2), target)
    option = "or export with --overwrite (overwrite=True)"
    remedies = [problem.remedy for problem in ours.value.problems]
    assert [each.endswith(option) for each in remedies] == [True] * 3


@pytest.mark.parametrize("where", [".", "model", "sub/project"])
@pytest.mark.parametrize("ours", [True, False])
def test_a_repository_is_never_replaced(target: Path, where: str, ours: bool) -> None:
    if ours:
        export(version(1), target)
    repository = target / where / ".git"
    repository.mkdir(parents=True)
    (repository / "HEAD").write_text("ref")
    with pytest.raises(WriteError, match="repository"):
        export(version(2), target, overwrite=True)
    assert (repository / "HEAD").read_text() == "ref"


def test_a_folder_that_cannot_be_listed_is_not_taken_for_an_empty_one(
    as_nobody: Path,
) -> None:
    theirs = as_nobody / "digits"
    theirs.mkdir()
    (theirs / "private").mkdir(mode=0)
    with pytest.raises(WriteError):
        export(version(1), theirs, overwrite=True)
    assert names(theirs) == ["private"]


# Where it may go


def test_an_empty_folder_may_be_there(target: Path) -> None:
    target.mkdir()
    export(version(1), target)
    assert written(target) == version(1)


def test_missing_parents_are_made(target: Path) -> None:
    export(version(1), target / "a" / "b")
    assert written(target / "a" / "b") == version(1)


def test_parents_made_for_a_failed_export_are_removed(target: Path) -> None:
    with pytest.raises(KeyError), staged(version(1), target / "a" / "b"):
        raise KeyError
    assert names(target.parent) == []


def test_a_link_stays_and_its_folder_is_replaced(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    link.symlink_to("real")
    for n in 1, 2:
        export(version(n), link)
        assert link.readlink() == Path("real")
        assert written(real) == version(n)
    assert names(tmp_path) == ["link", "real"]


def test_a_relative_target_is_meant_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with staged(version(1), "out/digits") as folder:
        monkeypatch.chdir("/")
        assert folder.is_absolute()
    assert written(tmp_path / "out/digits") == version(1)


@pytest.mark.parametrize("overwrite", [True, False])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "working folder"),
        ("..", "holds the working folder"),
        ("/", "holds the working folder"),
        ("home", "your home"),
        ("file", "it is a file"),
        ("file/inside", "a part of its path is a file"),
        ("file/inside/deep", "a part of its path is a file"),
        ("loop", "link to itself"),
        ("n" * 300, "too long"),
        ("/dev", "mounted disk"),
        ("/dev/null", "it is a file"),
    ],
)
def test_some_places_are_refused_in_a_plain_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    reason: str,
    overwrite: bool,
) -> None:
    work = tmp_path / "work"
    (work / "home").mkdir(parents=True)
    (work / "file").write_text("mine")
    (work / "loop").symlink_to("loop")
    monkeypatch.chdir(work)
    monkeypatch.setenv("HOME", str(work / "home"))
    with pytest.raises(WriteError, match=reason) as error:
        export(version(1), Path(name), overwrite=overwrite)
    assert error.value.problems[0].remedy
    assert names(work) == ["file", "home", "loop"]
    assert (work / "file").read_text() == "mine"


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.EDQUOT, "your quota is used up"), (errno.EIO, "Input/output error")],
)
def test_what_the_system_refuses_while_it_writes_is_said(
    tmp_path: Path, number: int, reason: str
) -> None:
    def fail(path: Path) -> None:
        raise OSError(number, os.strerror(number), str(path))

    with pytest.raises(WriteError, match=reason) as error:
        export({"data/a": Payload(fail)}, tmp_path / "out")
    assert error.value.problems[0].remedy
    assert not (tmp_path / "out").exists()


# Which paths a plan may have


@pytest.mark.parametrize(
    ("paths", "refused"),
    [
        (["/etc/passwd"], ["/etc/passwd"]),
        (["../x", "a/../x", ".."], ["../x", "a/../x", ".."]),
        (["", ".", "./x", "a//b", "a/"], ["", ".", "./x", "a//b", "a/"]),
        (["Data.txt", "data.txt"], ["data.txt"]),
        (["Data/a", "data/b"], ["data/b"]),
        (["straße", "STRASSE"], ["straße"]),
        (["a", "a/b"], ["a/b"]),
        ([MANIFEST], [MANIFEST]),
        (["a.log", "b.txt", "data/c.so"], ["a.log", "data/c.so"]),
    ],
)
def test_unusable_paths_are_all_named(
    target: Path, paths: list[str], refused: list[str]
) -> None:
    with pytest.raises(WriteError) as error:
        export(dict.fromkeys(paths, b""), target)
    assert sorted(p.name for p in error.value.problems) == sorted(refused)
    assert names(target.parent) == []


def test_a_file_that_the_caller_adds_has_to_survive_a_push_too(target: Path) -> None:
    with (
        pytest.raises(WriteError, match=r"proof\.log"),
        staged(version(1), target) as folder,
    ):
        (folder / "proof.log").touch()
    assert names(target.parent) == []


# What goes wrong


class UserError(Exception):
    pass


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("error", [UserError, OSError, KeyboardInterrupt])
def test_an_error_in_the_block_is_the_callers_and_changes_nothing(
    target: Path, there: bool, error: type[BaseException]
) -> None:
    if there:
        export(version(1), target)
    before = content(target)
    with pytest.raises(error) as raised, staged(version(2), target):
        raise error
    assert raised.type is error
    assert content(target) == before
    assert names(target.parent) == ["digits"] * there


@pytest.mark.parametrize("there", [True, False])
def test_an_error_in_a_payload_changes_nothing(target: Path, there: bool) -> None:
    if there:
        export(version(1), target)
    before = content(target)

    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise UserError

    with pytest.raises(UserError):
        export({**version(2), "data/x": Payload(fail)}, target)
    assert content(target) == before
    assert names(target.parent) == ["digits"] * there


def test_a_failed_second_step_takes_the_first_one_back(
    target: Path, two_steps: None
) -> None:
    export(version(1), target)
    gone = target.parent / "gone"
    with pytest.raises(FileNotFoundError):
        writer._replace(target, gone, target.parent / "old")
    assert written(target) == version(1)
    assert names(target.parent) == ["digits"]


def write_too_much(path: Path) -> None:
    with path.open("wb") as file:
        for _ in range(32):
            file.write(bytes(1 << 16))


@pytest.mark.parametrize("content_", [bytes(1 << 21), Payload(write_too_much)])
def test_a_full_disk_changes_nothing(disk: Path, content_: bytes | Payload) -> None:
    target = disk / "digits"
    export(version(1, size=100_000), target)
    with pytest.raises(WriteError, match="the disk is full") as error:
        export({**version(2), "data/big.bin": content_}, target)
    assert error.value.problems[0].name == "data/big.bin"
    assert written(target) == version(1, size=100_000)
    assert names(disk) == ["digits"]


def test_a_read_only_disk_is_named(disk: Path) -> None:
    export(version(1), disk / "digits")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(WriteError, match="the disk is read-only"):
        export(version(2), disk / "digits")
    with pytest.raises(WriteError, match="the disk is read-only"):
        export(version(2), disk / "new" / "digits")
    assert written(disk / "digits") == version(1)


def test_a_missing_permission_is_named(as_nobody: Path) -> None:
    folder = as_nobody / "theirs"
    folder.mkdir(mode=0o555)
    with pytest.raises(WriteError, match="you have no permission there"):
        export(version(1), folder / "digits")
    assert names(folder) == []


def test_an_old_folder_that_cannot_be_deleted_is_named(as_nobody: Path) -> None:
    target, left = as_nobody / "digits", as_nobody / ".digits.truss-nb" / "new"
    export(version(1), target)
    (target / "data").chmod(0o555)
    with pytest.warns(UserWarning, match="by hand"):
        export(version(2), target)
    assert written(target) == version(2)
    with pytest.raises(WriteError), pytest.warns(UserWarning, match="by hand"):
        export(version(3), target)
    (left / "data").chmod(0o755)
    export(version(3), target)
    assert written(target) == version(3)
    assert names(as_nobody) == ["digits"]


# Others at the same time

CHILD = """
import shutil, signal, sys
from pathlib import Path
from truss_nb.export.folder import writer

point, target = sys.argv[1:]
rename = Path.rename

def stop(*_):
    print("here", flush=True)
    signal.pause()

def write_half(path):
    path.write_bytes(b"half")
    if point == "writing":
        stop()

def delete_half(folder):
    (folder / "config.yaml").unlink()
    stop()

def rename_then_stop(self, to):
    rename(self, to)
    if to.name == {"first step": "old", "second step": "digits"}[point]:
        stop()

if point == "before the step":
    writer.exchange = stop
if point == "deleting":
    writer.shutil.rmtree = delete_half
if point.endswith(" step") and point != "before the step":
    writer.exchange = lambda *_: False
    Path.rename = rename_then_stop
text = b"2" * 10
plan = {"config.yaml": text, "data/w.npy": text, "model/model.py": text}
plan["data/x.bin"] = writer.Payload(write_half)
with writer.staged(plan, target) as folder:
    (folder / "data/x.bin").unlink()
    if point == "proving":
        stop()
"""


def stopped(point: str, target: Path) -> subprocess.Popen[str]:
    """Start an export of version 2 and return when it stands still at the point."""
    command = [sys.executable, "-c", CHILD, point, str(target)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "here\n"
    return child


def kill(child: subprocess.Popen[str]) -> None:
    with child:
        child.send_signal(signal.SIGKILL)


@pytest.mark.parametrize(
    ("point", "there", "recovered"),
    [
        ("writing", 1, 1),
        ("proving", 1, 1),
        ("before the step", 1, 1),
        ("deleting", 2, 2),
        ("first step", None, 1),
        ("second step", 2, 2),
    ],
)
def test_a_killed_export_leaves_a_complete_folder_and_the_next_one_cleans_up(
    target: Path, point: str, there: int | None, recovered: int
) -> None:
    export(version(1), target)
    kill(stopped(point, target))
    assert written(target) == (version(there) if there else {})
    assert names(target.parent)[0] == ".digits.truss-nb"
    with pytest.raises(UserError), staged(version(3), target):
        raise UserError
    assert written(target) == version(recovered)
    export(version(3), target)
    assert written(target) == version(3)
    assert names(target.parent) == ["digits"]


@pytest.mark.parametrize("point", ["writing", "proving"])
def test_a_killed_first_export_leaves_nothing(target: Path, point: str) -> None:
    kill(stopped(point, target))
    assert not target.exists()
    export(version(3), target)
    assert written(target) == version(3)
    assert names(target.parent) == ["digits"]


@pytest.mark.parametrize("there", [True, False])
def test_a_running_export_is_left_alone(target: Path, there: bool) -> None:
    if there:
        export(version(1), target)
    child = stopped("proving", target)
    making = target.parent / ".digits.truss-nb" / "new"
    with pytest.raises(WriteError, match="another export to it is running"):
        export(version(3), target, overwrite=True)
    assert content(making) == version(2)
    assert target.exists() == there
    kill(child)


def test_an_export_within_an_export_is_refused(target: Path) -> None:
    with staged(version(1), target):  # noqa: SIM117
        with pytest.raises(WriteError, match="another export to it is running"):
            export(version(2), target)
    assert written(target) == version(1)


def test_a_lock_that_its_last_holder_removed_is_not_taken_for_one(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, flock = target.parent / ".digits.truss-nb" / "lock", fcntl.flock

    def leave_just_before(file: TextIO, operation: int) -> None:
        monkeypatch.undo()
        lock.unlink()
        lock.parent.rmdir()
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", leave_just_before)
    with staged(version(1), target):
        assert lock.exists()
    assert written(target) == version(1)


def test_of_exports_at_once_each_is_whole_or_refused(target: Path) -> None:
    start, outcomes = threading.Barrier(4), list[str]()

    def attempt(n: int) -> str:
        try:
            export(version(n), target)
        except WriteError as error:
            return error.problems[0].reason
        return "whole"

    def run(n: int) -> None:
        start.wait()
        outcomes.extend(attempt(n) for _ in range(10))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 40
    assert "whole" in outcomes
    assert set(outcomes) <= {"whole", "another export to it is running"}
    assert written(target) in [version(n) for n in range(4)]
    assert names(target.parent) == ["digits"]


READER = """
import sys
from pathlib import Path

target, last = Path(sys.argv[1]), 1
print("reading", flush=True)
while last < 40:
    for name in "config.yaml", "model/model.py", "data/w.npy":
        numbers = (target / name).read_bytes().split()
        assert len(numbers) == 5000 and len(set(numbers)) == 1, (name, numbers)
        assert int(numbers[0]) >= last, (name, numbers[0], last)
        last = int(numbers[0])
"""


def test_a_reader_finds_every_file_whole_at_every_instant(target: Path) -> None:
    plans = {n: dict.fromkeys(version(n), b"%d " % n * 5000) for n in range(1, 41)}
    export(plans[1], target)
    command = [sys.executable, "-c", READER, str(target)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stderr is not None
        assert reader.stdout.readline() == "reading\n"
        for n in range(2, 41):
            export(plans[n], target)
        assert reader.stderr.read() == ""


def test_what_is_in_the_target_already_is_not_written_again(target: Path) -> None:
    content, made = [b"large" * 9], []

    def write(path: Path) -> None:
        made.append(path.name)
        path.write_bytes(content[0])

    def hashed() -> str:
        return xxhash.xxh3_128(content[0]).hexdigest()

    def plan(number: int) -> Plan:
        return {**version(number), "data/x.bin": Payload(write, hashed)}

    for number in (1, 2):
        export(plan(number), target)
        assert (target / "data/x.bin").read_bytes() == content[0]
        assert (target / "data/x.bin").stat().st_nlink == 1
    assert made == ["x.bin"]

    content[0] = b"other"
    export(plan(3), target)
    assert (target / "data/x.bin").read_bytes() == b"other"
    assert made == ["x.bin"] * 2

    (target / "data/x.bin").write_bytes(b"mine")
    with pytest.raises(WriteError, match="was edited"):
        export(plan(4), target)
    export(plan(4), target, overwrite=True)
    assert (target / "data/x.bin").read_bytes() == b"other"
    assert made == ["x.bin"] * 3
    export(plan(5), target)  # the manifest knows what is there
