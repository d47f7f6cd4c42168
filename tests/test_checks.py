"""The checks that read the code rather than run it, so that one command runs all."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from inspect import isfunction
from pathlib import Path

import pytest
import rooms
import yaml
from doors import gated

import truss_nb

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "truss_nb"


def room_of(file: Path, house: Path) -> str:
    return file.relative_to(house).parts[0].removesuffix(".py")


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{a.name}" for a in node.names))
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def arrows(house: Path) -> dict[str, set[str]]:
    """Return what each room in a folder imports of the others there."""
    prefix = ".".join(house.relative_to(ROOT).parts) + "."
    found: dict[str, set[str]] = {room: set() for room in HOUSES[house]}
    for file in house.rglob("*.py"):
        names = {n.removeprefix(prefix) for n in imported(file) if n.startswith(prefix)}
        found.setdefault(room_of(file, house), set()).update(
            room for room in (name.partition(".")[0] for name in names) if room in found
        )
    bare = ("__init__", set())
    return {room: to - {room} for room, to in found.items() if (room, to) != bare}


HOUSES = {PACKAGE: rooms.ALL} | {PACKAGE / n: t for n, t in rooms.WITHIN.items()}


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.name)
def test_the_arrows_between_rooms_are_those_of_the_table(house: Path) -> None:
    assert arrows(house) == HOUSES[house]


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.name)
def test_every_arrow_in_the_table_points_down(house: Path) -> None:
    below: set[str] = set()
    for room, allowed in HOUSES[house].items():
        assert allowed <= below, f"{room} stands above what it imports"
        below.add(room)


def test_no_two_files_of_tests_have_one_name() -> None:
    # pytest would collect the first, and say of the other that it isn't it.
    names = Counter(file.name for file in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_no_function_of_the_front_door_bears_the_name_of_a_room() -> None:
    # Importing such a room would put a module where the function was.
    doors = {name: getattr(truss_nb, name) for name in truss_nb.__all__}
    functions = {name for name, door in doors.items() if isfunction(door)}
    assert functions
    assert not functions & arrows(PACKAGE).keys()


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        *gated(("mypy", "--platform", "win32", "--cache-dir", ".mypy_cache/win32")),
    ],
    ids=" ".join,
)
def test_the_code_is_clean(command: tuple[str, ...]) -> None:
    if command[0] == "mypy" and sys.version_info < (3, 11):
        pytest.skip("types are checked against IPython 9, which needs Python 3.11")
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_place_that_runs_the_tests_runs_readmes_command() -> None:
    readme = (ROOT / "README.md").read_text()
    (command,) = re.findall(r"(?m)^python -m pip install .* -m pytest .*$", readme)
    files = (ROOT / ".github/workflows").glob("*.yml")
    jobs = {file.stem: yaml.safe_load(file.read_text())["jobs"] for file in files}
    assert jobs.keys() == {"checks", "release"}
    assert command in [step.get("run") for step in jobs["checks"]["tests"]["steps"]]
    quiet = re.compile(r" (-q|-p no:cacheprovider)(?= )")
    gate = quiet.sub("", (ROOT / ".ci/run").read_text())
    assert all(f" {part}\n" in gate for part in command.split(" && "))


def test_the_guide_names_every_room_and_only_files_that_exist() -> None:
    guide = (ROOT / ".github/CONTRIBUTING.md").read_text()
    listed, rest = guide.partition("## The rooms\n")[2].split("\n## ", 1)
    named = re.findall(r"(?m)^\| `(\w+)`", listed)
    assert named == [*reversed(rooms.ALL)]
    files = re.findall(r"`(\w+/[\w/]*\.\w+)`", rest)
    gone = [f for f in files if not (ROOT / f).exists() and not (PACKAGE / f).exists()]
    assert files
    assert not gone
