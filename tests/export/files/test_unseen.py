"""Files that no run is seen to open: what C opens, and the rest of a folder.

Each is read by the C library here, as OpenCV, FAISS or h5py would read it.
"""

import sys
from pathlib import Path

import pytest
from doors import require

from truss_nb.errors import ProofError
from truss_nb.proof import prove

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="as the kernel tells")

READ = """
import ctypes, os
from pathlib import Path

def read(path):
    file = ctypes.CDLL(None).open(os.fsencode(path), os.O_RDONLY)
    try:
        return os.read(file, 99).decode()
    finally:
        os.close(file)
"""
STORE = """
class Store:
    def __init__(self, place): self.place = place
    def __getstate__(self): return {"place": self.place}
    def get(self, name): return read(os.path.join(self.place, name))
"""
PREDICT = "def predict(x): return {}"
FILES = {"words/en.txt": "hello", "words/de.txt": "hallo", "a.bin": "A"}

COMES_ALONG = {
    # the cells before the stage, what it answers, what comes along
    "a text in a stage": ([], "read('a.bin')", ["a.bin"]),
    "a constant": (["PLACE = 'a.bin'"], "read(PLACE)", ["a.bin"]),
    "a text that a cell made absolute": (
        ["PLACE = os.path.abspath('a.bin')"],
        "read(PLACE)",
        ["a.bin"],
    ),
    "a file in a folder": (
        ["FOLDER = Path('words')"],
        "read(FOLDER / 'en.txt')",
        ["words/de.txt", "words/en.txt"],
    ),
    "a setting": (
        ["SETTINGS = {'model': 'a.bin'}"],
        "read(SETTINGS['model'])",
        ["a.bin"],
    ),
    "an object that is made from a setting": (
        [
            "class Model:\n"
            "    def __init__(self, path):\n"
            "        file = getattr(ctypes.CDLL(None), 'open')(path.encode(), 0)\n"
            "        self.text, self.file = os.read(file, 99).decode(), file\n"
            "    def get(self): return self.text + str(self.file)[:0]\n"
            "    def __reduce__(self): raise TypeError",
            "SETTINGS = {'model': 'a.bin'}",
            "model = Model(SETTINGS['model'])",
        ],
        "model.get()",
        ["a.bin"],
    ),
}
FOLDERS = {
    "an object that reads by name": (
        [STORE, "store = Store('words')"],
        "store.get(x + '.txt')",
    ),
    "an object that remembers": (
        [
            "class Store:\n"
            "    def __init__(self, place): self.place, self.known = Path(place), {}\n"
            "    def get(self, name):\n"
            "        if name not in self.known:\n"
            "            self.known[name] = (self.place / name).read_text()\n"
            "        return self.known[name]",
            "store = Store('words')",
        ],
        "store.get(f'{x}.txt')",
    ),
    "an object that is made from a setting": (
        [STORE, "SETTINGS = {'words': 'words'}", "store = Store(SETTINGS['words'])"],
        "store.get(x + '.txt')",
    ),
    "an object that is made from a default": (
        [STORE.replace("place)", "place='words')"), "store = Store()"],
        "store.get(f'{x}.txt')",
    ),
    "what a folder holds": (
        ["PLACE = Path('words')"],
        "[sorted(os.listdir(PLACE)), (PLACE / f'{x}.txt').read_text()]",
    ),
    "a loader of templates": (
        [
            "from jinja2 import Environment, FileSystemLoader",
            "env = Environment(loader=FileSystemLoader('words'))",
        ],
        "env.get_template(x + '.txt').render()",
    ),
    "a loader of templates, by a setting": (
        [
            "from jinja2 import ChoiceLoader, Environment, FileSystemLoader",
            "SETTINGS = {'words': './words'}",
            "env = Environment(\n"
            "    loader=ChoiceLoader([FileSystemLoader([SETTINGS['words']])])\n)",
        ],
        "env.get_template(x + '.txt').render()",
    ),
}
OPENED = {
    # what an object holds that opens /…/a.bin on this machine alone
    "a path": "[Store(place) for place in [os.getcwd()]][0]",
    "a Path": "[Store(place) for place in [Path.cwd()]][0]",
    "bytes": "[Store(place) for place in [b'\\0\\xff' + os.getcwd().encode()]][0]",
}


@pytest.fixture
def door(door, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return door


def export(door, folder, cells, answer):
    for cell in (READ, *cells):
        door.run_cell(cell)
    door.stage("predict", PREDICT.format(answer))
    door.example("'en'")
    return door.export(folder / "out")


def copied(export):
    return sorted(f.removeprefix("data/") for f in export.files if f[:5] == "data/")


@pytest.mark.parametrize("case", COMES_ALONG.values(), ids=COMES_ALONG)
def test_what_c_opens_comes_along_where_the_code_names_it(door, tmp_path, case):
    cells, answer, files = case
    done = export(door, tmp_path, cells, answer)
    assert done.proof.passed
    assert copied(done) == files
    for name in FILES:
        (tmp_path / name).unlink()
    assert prove(done.path).passed


@pytest.mark.parametrize("case", FOLDERS.values(), ids=FOLDERS)
def test_a_folder_that_an_object_is_given_comes_along_whole(door, tmp_path, case):
    cells, answer = case
    require(*cells)
    done = export(door, tmp_path, cells, answer)
    assert done.proof.passed
    assert copied(done) == ["words/de.txt", "words/en.txt"]


def test_of_a_large_folder_come_what_runs_open_and_a_note(door, tmp_path):
    for number in range(300):
        (tmp_path / "words" / f"{number}.txt").write_text("x")
    done = export(door, tmp_path, [STORE, "store = Store('words')"], FOLDERS_FIRST)
    assert copied(done) == ["words/en.txt"]
    assert any("would be missing" in note for note in done.warnings)


FOLDERS_FIRST = "(Path(store.place) / f'{x}.txt').read_text()"


@pytest.mark.parametrize("made", OPENED.values(), ids=OPENED)
def test_a_proof_fails_on_what_only_this_machine_has(door, tmp_path, made):
    store = STORE.replace("read(os.path.join(self.place, name))", "self.open(name)")
    store += (
        "    def open(self, name):\n"
        "        place = self.place\n"
        "        if isinstance(place, bytes): place = place[2:].decode()\n"
        "        return read(os.path.join(place, name))\n"
    )
    cells = [store, f"for store in [{made}]: pass"]
    with pytest.raises(ProofError) as error:
        export(
            door, tmp_path, cells, "store.get(bytes([97, 46, 98, 105, 110]).decode())"
        )
    assert f"{tmp_path}/a.bin was opened, which this machine alone has" in str(
        error.value
    )
    assert f"holds the path {tmp_path}" in str(error.value)


def test_the_remedies_for_it_work(door, tmp_path):
    elsewhere = tmp_path.with_suffix(".bin")
    elsewhere.write_text("B")
    load = f"def load():\n    global store\n    store = Store({str(elsewhere)!r})"
    door.run_cell(READ)
    door.run_cell(STORE)
    door.stage("load", load)
    door.stage("predict", PREDICT.format("read(store.place)"))
    door.example("'en'")
    with pytest.raises(ProofError, match=f"%truss_file {elsewhere}"):
        door.export(tmp_path / "out")
    door.file(str(elsewhere))
    assert door.export(tmp_path / "out").proof.passed


def test_what_a_stage_wrote_it_may_read(door, tmp_path):
    write = (
        "def write(path):\n"
        "    file = ctypes.CDLL(None).open(os.fsencode(path), 0o102, 0o600)\n"
        "    os.write(file, b'W')\n    os.close(file)\n    return path"
    )
    place = str(tmp_path.with_suffix(".scratch"))
    done = export(door, tmp_path, [write], f"read(write({place!r}))")
    assert done.proof.passed
