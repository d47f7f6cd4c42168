"""The wheel, built and installed alone: what it holds, and that it answers."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from environments import pip_install

from truss_nb import __version__

ROOT = Path(__file__).parents[1]
BUILD = "import sys; from flit_core import buildapi as b; b.build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("flit_core")
    place = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", BUILD, place], cwd=ROOT, check=True)
    return place / f"truss_nb-{__version__}-py3-none-any.whl"


def test_a_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    files = (each for each in (ROOT / "truss_nb").rglob("*") if each.is_file())
    package = {f.relative_to(ROOT).as_posix() for f in files if f.suffix != ".pyc"}
    with ZipFile(wheel) as archive:
        held = set(archive.namelist())
    assert held >= package
    beside = {each.rpartition("/")[2] for each in held - package}
    assert beside == {"entry_points.txt", "LICENSE", "METADATA", "RECORD", "WHEEL"}
    kinds = {Path(name).suffix for name in package}
    assert kinds == {".py", ".json", ".ipynb", ".typed"}
    assert wheel.stat().st_size < 1_000_000


@pytest.mark.parametrize("door", [("truss-nb",), ("python", "-m", "truss_nb")])
def test_in_a_new_environment_it_answers(
    door: tuple[str, ...], wheel: Path, tmp_path: Path
) -> None:
    """Alone there: what a command needs is imported when it's needed."""
    site = pip_install(tmp_path / "new", wheel)
    programs = (tmp_path / "new").glob("bin")
    program = next(programs, site.parents[1] / "Scripts") / door[0]
    done = subprocess.run(
        [program, *door[1:], "--version"],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    told = (done.returncode, done.stdout, done.stderr)
    assert told == (0, f"truss-nb {__version__}\n", "")
