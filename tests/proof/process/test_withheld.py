"""What of the notebook's folder a proof's process finds: nothing, by whatever door."""

import tempfile

import pytest

from truss_nb.proof.environment.interpreter import find_interpreter
from truss_nb.proof.folder import read_folder
from truss_nb.proof.process.process import run_examples

GONE = "FileNotFoundError"
# What predict does with HERE, the notebook's folder, and what a server answers.
DOORS = {
    "listdir": ("return seen(os.listdir, HERE)", GONE),
    "scandir": ("return seen(os.scandir, HERE + '/img')", GONE),
    "chdir": ("return seen(os.chdir, HERE + '/img')", GONE),
    "glob": ("return glob.glob(HERE + '/img/*.png')", []),
    "glob of one": ("return glob.glob(HERE + '/img/a.png')", []),
    "rglob": ("return [*map(str, Path(HERE).rglob('*.png'))]", []),
    "iterdir": (
        "return seen(lambda p: [*p.iterdir()], Path(HERE))",
        GONE,
    ),
    "walk": ("return [*os.walk(HERE)]", []),
    "stat": ("return seen(os.stat, HERE + '/img/a.png')", GONE),
    "stat of a folder": ("return seen(os.stat, HERE)", GONE),
    "stat of a path": ("return seen(Path(HERE, 'img').stat)", GONE),
    "bytes": ("return seen(os.stat, os.fsencode(HERE))", GONE),
    "lstat": ("return seen(os.lstat, HERE + '/img/a.png')", GONE),
    "access": ("return os.access(HERE + '/img', os.R_OK)", False),
    "exists": ("return os.path.exists(HERE + '/img')", False),
    "exists, of a path": ("return Path(HERE, 'img').exists()", False),
    "isfile": ("return os.path.isfile(HERE + '/img/a.png')", False),
    "is_dir": ("return Path(HERE).is_dir()", False),
    "is_file": ("return Path(HERE, 'img', 'a.png').is_file()", False),
    "islink": ("return os.path.islink(HERE + '/link')", False),
    "readlink": ("return seen(os.readlink, HERE + '/link')", GONE),
    "getsize": (
        "return seen(os.path.getsize, HERE + '/img/a.png')",
        GONE,
    ),
    "open": ("return seen(open, HERE + '/img/a.png')", GONE),
    "os.open": ("return seen(os.open, HERE + '/img/a.png', 0)", GONE),
    "copy": (
        "return seen(shutil.copy, HERE + '/img/a.png', 'b.png')",
        GONE,
    ),
    "remove": ("return seen(os.remove, HERE + '/img/a.png')", GONE),
    "rename": (
        "return seen(os.rename, HERE + '/img', HERE + '/out')",
        GONE,
    ),
    "rmtree": ("return seen(shutil.rmtree, HERE + '/img')", GONE),
    "a program, there": (
        "return seen(subprocess.run, ['ls'], cwd=HERE)",
        GONE,
    ),
    "a program, with it": (
        "return seen(subprocess.run, ['ls', HERE])",
        GONE,
    ),
    "a shell's line": (
        "return seen(subprocess.run, f'cat {HERE}/img/a.png', shell=True)",
        GONE,
    ),
    "an option": (
        "return seen(subprocess.run, ['ls', '--ignore=' + HERE + '/img'])",
        GONE,
    ),
    "system": ("return seen(os.system, f'ls {HERE}/img')", GONE),
}
# What a server has or allows, too, although it lies there or beside.
OPEN = {
    "its own data": ("return os.listdir('data')", ["a.txt"]),
    "its own folder": ("return os.path.exists('data/a.txt')", True),
    "resolved": ("return Path('data/a.txt').resolve(strict=True).name", "a.txt"),
    "a temporary file": (
        "import tempfile\nwith tempfile.NamedTemporaryFile('w') as file:\n"
        "    return os.path.exists(file.name)",
        True,
    ),
    "the temporary folder": ("return os.path.isdir(TEMPORARY)", True),
    "a file that it made": (
        "new = HERE + '/new.txt'\nopen(new, 'w').close()\nreturn os.path.exists(new)",
        True,
    ),
    "a file that a program made": (
        "subprocess.run(['touch', HERE + '/touched.txt'])\n"
        "return open(HERE + '/touched.txt').read()",
        "",
    ),
    "a file that it moved there": (
        "open('part', 'w').write('x')\nos.replace('part', HERE + '/old.txt')\n"
        "return open(HERE + '/old.txt').read()",
        "x",
    ),
    "a folder that it made": (
        "os.makedirs(HERE + '/img', exist_ok=True)\n"
        "return [os.path.isdir(HERE + '/img'), os.path.exists(HERE + '/img/a.png')]",
        [True, False],
    ),
    "a folder that it made anew": (
        "if not os.path.exists(HERE + '/img'):\n    os.mkdir(HERE + '/img')\n"
        "return os.path.isdir(HERE + '/img')",
        True,
    ),
    "a path that it made": (
        "Path(HERE, 'img').mkdir(parents=True, exist_ok=True)\n"
        "return Path(HERE, 'img').is_dir()",
        True,
    ),
    "Python's own": ("return os.path.exists(os.__file__)", True),
    "the system's": ("return os.path.isdir('/etc')", True),
    "a program": ("return subprocess.run(['ls', '/etc']).returncode", 0),
    "what isn't named by a path": ("return os.stat(0).st_size", 0),
    "what the sets of os say": (
        "return [os.stat in os.supports_fd, os.mkdir in os.supports_dir_fd]",
        [True, True],
    ),
}
HEAD = """\
import glob, os, shutil, subprocess
from pathlib import Path
HERE, TEMPORARY = {here!r}, {temporary!r}
def seen(door, *paths, **how):
    try:
        return str(door(*paths, **how))
    except OSError as error:
        return type(error).__name__
class Model:
    def predict(self, x):
        {body}
"""


@pytest.fixture
def here(tmp_path):
    """Return the notebook's folder."""
    here = tmp_path / "notebooks"
    (here / "img").mkdir(parents=True)
    (here / "img" / "a.png").write_text("an image")
    (here / "old.txt").write_text("old")
    (here / "link").symlink_to("img")
    return here


@pytest.fixture
def answers(served, here, tmp_path, monkeypatch):
    """Return whether what predict does is answered so in the proof's process."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)

    def ask(body, answer):
        about = {"here": str(here), "temporary": tempfile.gettempdir()}
        model = HEAD.format(body=body.replace("\n", "\n        "), **about)
        folder = served(model, {"one": (1, answer)})
        (folder / "data").mkdir()
        (folder / "data" / "a.txt").write_text("a")
        proof = run_examples(
            read_folder(folder),
            find_interpreter(None),
            {},
            timeout=120,
            absent=[str(here)],
        )
        assert proof.passed, proof

    return ask


@pytest.mark.parametrize("case", DOORS)
def test_no_door_leads_to_the_notebooks_folder(answers, here, case):
    before = sorted(here.rglob("*"))
    answers(*DOORS[case])
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize("case", OPEN)
def test_what_a_server_has_too_is_there(answers, case):
    answers(*OPEN[case])
