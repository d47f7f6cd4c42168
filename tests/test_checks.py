"""The checks that read the code rather than run it, so that one command runs all."""

import ast
import re
import subprocess
import sys
from inspect import isfunction
from pathlib import Path

import pytest
import yaml

import truss_nb

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "truss_nb"

# What each room may import of the others, from the bottom up.
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "inherited": set(),
    "objects": set(),
    "opened": set(),
    "report": set(),
    "text": set(),
    "build": {"errors"},
    "notebook": {"text"},
    "requirement": {"errors"},
    "truss": {"errors"},
    "credentials": {"truss"},
    "contents": {"errors", "notebook", "opened", "requirement", "truss"},
    "formats": {"errors", "objects", "truss"},
    "capture": {
        "contents",
        "credentials",
        "errors",
        "formats",
        "inherited",
        "notebook",
        "objects",
        "text",
        "truss",
    },
    "values": {"contents", "credentials"},
    "live": {
        "contents",
        "credentials",
        "errors",
        "opened",
        "report",
        "truss",
        "values",
    },
    "proof": {"credentials", "errors", "report", "requirement", "truss", "values"},
    "cli": {"build", "errors", "proof"},
    "export": {
        "capture",
        "contents",
        "credentials",
        "errors",
        "formats",
        "notebook",
        "objects",
        "opened",
        "proof",
        "requirement",
        "report",
        "text",
        "truss",
        "values",
    },
    "status": {
        "capture",
        "contents",
        "credentials",
        "errors",
        "export",
        "report",
        "truss",
        "values",
    },
    "widget": {
        "contents",
        "credentials",
        "errors",
        "export",
        "live",
        "notebook",
        "proof",
        "report",
        "status",
        "truss",
        "values",
    },
    "bundle": {
        "capture",
        "contents",
        "errors",
        "export",
        "live",
        "notebook",
        "status",
        "widget",
    },
    "magics": {"bundle", "contents", "errors", "export", "status", "values", "widget"},
    "__init__": {"bundle", "errors", "inherited", "magics", "proof"},
}

# The same inside the widget.
WIDGET: dict[str, set[str]] = {
    "inputs": set(),
    "look": set(),
    "worker": set(),
    "controls": {"inputs"},
    "exporting": set(),
    "run": {"look"},
    "pages": {"run"},
    "session": {"controls", "exporting", "run", "worker"},
    "views": {"controls", "exporting", "inputs", "pages", "run", "session"},
    "__init__": set(),
}

FLOORS = {PACKAGE: ROOMS, PACKAGE / "widget": WIDGET}


def room_of(file: Path, house: Path) -> str:
    return file.relative_to(house).parts[0].removesuffix(".py")


def imported_rooms(file: Path, house: Path) -> set[str]:
    above = house.relative_to(ROOT).parts
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        else:
            continue
        for module in modules:
            parts = module.split(".")
            if parts[: len(above)] == [*above] and len(parts) > len(above):
                found.add(parts[len(above)])
    return found & FLOORS[house].keys() - {room_of(file, house)}


FILES = [
    pytest.param(house, file, id=str(file.relative_to(house.parent)))
    for house in FLOORS
    for file in sorted(house.rglob("*.py"))
]


@pytest.mark.parametrize(("house", "file"), FILES)
def test_every_arrow_between_rooms_points_down(house: Path, file: Path) -> None:
    assert imported_rooms(file, house) <= FLOORS[house][room_of(file, house)]


@pytest.mark.parametrize("rooms", [ROOMS, WIDGET], ids=["all", "the widget"])
def test_the_table_of_rooms_has_no_circle(rooms: dict[str, set[str]]) -> None:
    below: set[str] = set()
    for room, allowed in rooms.items():
        assert allowed <= below, f"{room} stands above what it imports"
        below.add(room)


def test_no_function_of_the_front_door_bears_the_name_of_a_room() -> None:
    # Importing such a room would put a module where the function was.
    doors = {name: getattr(truss_nb, name) for name in truss_nb.__all__}
    functions = {name for name, door in doors.items() if isfunction(door)}
    rooms = {room_of(file, PACKAGE) for file in PACKAGE.rglob("*.py")}
    assert functions
    assert not functions & rooms


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
    ],
    ids=" ".join,
)
def test_the_code_is_clean(command: tuple[str, ...]) -> None:
    if command == ("mypy",) and sys.version_info < (3, 11):
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
    rooms, rest = guide.partition("## The rooms\n")[2].split("\n## ", 1)
    named = re.findall(r"(?m)^\| `(\w+)`", rooms)
    assert named == [*reversed(ROOMS)]
    files = re.findall(r"`(\w+/[\w/]*\.\w+)`", rest)
    gone = [f for f in files if not (ROOT / f).exists() and not (PACKAGE / f).exists()]
    assert files
    assert not gone
