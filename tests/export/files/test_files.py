"""Files that stages open: they come along, and the code finds the copies.

Every case is exported, and proven once more after the originals are gone.
"""

import shutil
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from truss_nb.errors import ExportError, ProofError
from truss_nb.proof import prove

pytestmark = [  # the stages leave their files open, as notebooks do
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

MODEL = "model/model.py"
TOKEN = "ghp_" + "aB3dE5fG7h" * 3 + "xYz123"

ONE = {"labels.txt": "cat\ndog"}
SUB = {"data/labels.txt": "cat\ndog"}
TWO = {"words/en.txt": "hello", "words/de.txt": "hallo"}


@dataclass
class Case:
    """A notebook whose preprocess gets the text ``en``, and what becomes of it.

    ``line`` stands in the exported model.py.
    """

    files: dict[str, str]
    cells: tuple[str, ...]
    line: str
    places: set[str] = field(default_factory=set)

    @property
    def copied(self) -> set[str]:
        return {f"data/{place}" for place in self.places or self.files}


def reading(expression: str) -> str:
    return f"def preprocess(x):\n    return {expression}"


CASES = {
    "open": Case(
        ONE,
        (reading("open('labels.txt').read()"),),
        "return open(DATA_DIR / 'labels.txt').read()",
    ),
    "a call that may want text": Case(
        ONE,
        ("import io", reading("io.FileIO('labels.txt').read().decode()")),
        "io.FileIO(str(DATA_DIR / 'labels.txt')).read().decode()",
    ),
    "a call by its module's name": Case(
        ONE,
        ("import builtins as b", reading("b.open(file='labels.txt').read()")),
        "b.open(file=DATA_DIR / 'labels.txt').read()",
    ),
    "a path": Case(
        ONE,
        ("from pathlib import Path", reading("Path('labels.txt').read_text()")),
        "return Path(DATA_DIR / 'labels.txt').read_text()",
    ),
    "a folder and a file": Case(
        SUB,
        (
            "from pathlib import Path",
            reading("(Path('data') / 'labels.txt').read_text()"),
        ),
        "(Path(DATA_DIR / 'data') / 'labels.txt').read_text()",
    ),
    "a joined path": Case(
        SUB,
        ("import os", reading("open(os.path.join('data', 'labels.txt')).read()")),
        "open(os.path.join(DATA_DIR / 'data', 'labels.txt')).read()",
    ),
    "the working folder, joined": Case(
        ONE,
        ("import os", reading("open(os.path.join(os.getcwd(), 'labels.txt')).read()")),
        "open(os.path.join(os.getcwd(), DATA_DIR / 'labels.txt')).read()",
    ),
    "a constant of text": Case(
        ONE,
        ("LABELS = 'labels.txt'", reading("open(LABELS).read()")),
        "LABELS = str(DATA_DIR / 'labels.txt')",
    ),
    "a constant path": Case(
        ONE,
        (
            "from pathlib import Path",
            "LABELS = Path('labels.txt')",
            reading("LABELS.read_text()"),
        ),
        "LABELS = Path(DATA_DIR / 'labels.txt')",
    ),
    "a constant made from the working folder": Case(
        ONE,
        (
            "from pathlib import Path",
            "HERE = Path.cwd()",
            reading("(HERE / 'labels.txt').read_text()"),
        ),
        "HERE = Path(DATA_DIR)",
    ),
    "a folder in a constant": Case(
        SUB,
        (
            "import os\nFOLDER = 'data'",
            reading("open(os.path.join(FOLDER, 'labels.txt')).read()"),
        ),
        "FOLDER = str(DATA_DIR / 'data')",
    ),
    "a name that the data folder has too": Case(
        SUB,
        ("DATA_DIR = 'data'", reading("open(DATA_DIR + '/labels.txt').read()")),
        "DATA_DIR = str(TRUSS_DATA_DIR / 'data')",
    ),
    "constants in a dict": Case(
        ONE,
        (
            "FILES = {'labels.txt': 'labels.txt'}",
            reading("open(FILES['labels.txt']).read()"),
        ),
        "FILES = {'labels.txt': str(DATA_DIR / 'labels.txt')}",
    ),
    "an f-string": Case(
        TWO,
        (reading("open(f'words/{x}.txt').read()"),),
        "open(f'{DATA_DIR}/words/{x}.txt').read()",
        {"words/en.txt"},
    ),
    "an f-string that begins with a field": Case(
        {"en.txt": "hello"},
        (reading('open(f"{x}.txt").read()'),),
        'open(f"{DATA_DIR}/{x}.txt").read()',
    ),
    "an f-string beside a plain one": Case(
        TWO,
        (reading("open('words/' f'{x}.txt').read()"),),
        "open(f'{DATA_DIR}/words/' f'{x}.txt').read()",
        {"words/en.txt"},
    ),
    "an f-string that begins with a constant": Case(
        TWO,
        ("WORDS = 'words'", reading("open(f'{WORDS}/{x}.txt').read()")),
        "WORDS = str(DATA_DIR / 'words')",
        {"words/en.txt"},
    ),
    "percent": Case(
        TWO,
        (reading("open('words/%s.txt' % x).read()"),),
        "open(str(DATA_DIR / 'words/%s.txt') % x).read()",
        {"words/en.txt"},
    ),
    "format": Case(
        TWO,
        (reading("open('words/{}.txt'.format(x)).read()"),),
        "open(str(DATA_DIR / 'words/{}.txt').format(x)).read()",
        {"words/en.txt"},
    ),
    "a sum": Case(
        TWO,
        (reading("open('words/' + x + '.txt').read()"),),
        "open(f'{DATA_DIR}/words/' + x + '.txt').read()",
        {"words/en.txt"},
    ),
    "a pattern of glob": Case(
        TWO,
        (
            "import glob",
            reading("[open(f).read() for f in sorted(glob.glob('words/*.txt'))]"),
        ),
        "glob.glob(str(DATA_DIR / 'words/*.txt'))",
    ),
    "a listed folder": Case(
        TWO,
        (
            "import os",
            reading("[open(f'words/{f}').read() for f in sorted(os.listdir('words'))]"),
        ),
        "[open(f'{DATA_DIR}/words/{f}').read() for f in",
    ),
    "a helper": Case(
        ONE,
        (
            "def read(name): return open(name).read()",
            "def labels(): return read('labels.txt').split()",
            reading("labels()"),
        ),
        "read(str(DATA_DIR / 'labels.txt')).split()",
    ),
    "a default": Case(
        ONE,
        ("def read(name='labels.txt'): return open(name).read()", reading("read()")),
        "def read(name=str(DATA_DIR / 'labels.txt')): return open(name).read()",
    ),
    "a method of a class": Case(
        ONE,
        (
            "class Reader:\n    def read(self): return open('labels.txt').read()",
            reading("Reader().read()"),
        ),
        "    def read(self): return open(DATA_DIR / 'labels.txt').read()",
    ),
    "load": Case(
        ONE,
        (
            "def load(self):\n    self.labels = open('labels.txt').read()",
            "def preprocess(self, x): return self.labels + x",
        ),
        "self.labels = open(DATA_DIR / 'labels.txt').read()",
    ),
    "letters beyond ASCII before it": Case(
        {"größe.txt": "2"},
        (reading("'äöü' + open('größe.txt').read()"),),
        "return 'äöü' + open(DATA_DIR / 'größe.txt').read()",
    ),
    "text in parts, and over several lines": Case(
        ONE,
        (reading("open(\n        'lab'  # kept\n        'els.txt'\n    ).read()"),),
        "open(\n        DATA_DIR / 'lab'  # kept\n        'els.txt'\n    ).read()",
    ),
    "parentheses": Case(
        ONE,
        (reading("open((('labels.txt'))).read()"),),
        "open(((DATA_DIR / 'labels.txt'))).read()",
    ),
    "a path with a dot": Case(
        SUB,
        (reading("open('./data/labels.txt').read()"),),
        "open(DATA_DIR / 'data/labels.txt').read()",
    ),
    "several files of one name": Case(
        {**ONE, **SUB},
        (
            "from pathlib import Path",
            reading(
                "open('labels.txt').read() + (Path('data') / 'labels.txt').read_text()"
            ),
        ),
        "open(DATA_DIR / 'labels.txt').read() + (Path(DATA_DIR / 'data') /",
    ),
    "the same text where it is no path": Case(
        ONE,
        (reading("{'labels.txt': open('labels.txt').read()}['labels.txt']"),),
        "{'labels.txt': open(DATA_DIR / 'labels.txt').read()}['labels.txt']",
    ),
    "a value that a closure holds": Case(
        ONE,
        (
            "def make(path):\n"
            "    def read(): return open(path).read()\n"
            "    return read",
            "read = make('labels.txt')",
            reading("read()"),
        ),
        'str(DATA_DIR / "labels.txt")',
    ),
    "a list of constants": Case(
        {**ONE, **TWO},
        (
            "FILES = ['labels.txt', 'words/en.txt', 'words/de.txt']",
            reading("[open(file).read() for file in FILES]"),
        ),
        "FILES = [str(DATA_DIR / 'labels.txt'), str(DATA_DIR / 'words/en.txt'),",
    ),
    "a thread": Case(
        ONE,
        (
            "from concurrent.futures import ThreadPoolExecutor",
            "def read(): return open('labels.txt').read()",
            "def preprocess(x):\n"
            "    with ThreadPoolExecutor() as pool:\n"
            "        return pool.submit(read).result()",
        ),
        "def read(): return open(DATA_DIR / 'labels.txt').read()",
    ),
    "an async stage": Case(
        ONE,
        ("async def preprocess(x): return open('labels.txt').read()",),
        "async def preprocess(x): return open(DATA_DIR / 'labels.txt').read()",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_file_comes_along_and_the_code_finds_it(
    notebook, tmp_path: Path, case: Case
) -> None:
    write(tmp_path, case.files)
    bundle = notebook(*case.cells)
    bundle.example("en")

    export = bundle.export(tmp_path / "out", prove=False)

    assert copied(export) == case.copied
    assert case.line in (export.path / "model/model.py").read_text()
    for file in case.copied:
        assert any(file in note for note in export.warnings)
    remove(tmp_path, case.files)
    assert prove(export.path).passed


@pytest.fixture
def door(door, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return door


def test_both_doors_see_what_a_run_opens(door, tmp_path: Path) -> None:
    write(tmp_path, ONE)
    door.stage("preprocess", reading("open('labels.txt').read()"))
    door.stage("predict", "def predict(x): return x")
    door.run("1")

    export = door.export(tmp_path / "out")

    assert copied(export) == {"data/labels.txt"}
    assert any(
        "comes along, as preprocess opens it" in note for note in export.warnings
    )


def test_a_named_file_is_found_by_its_path_in_the_code(door, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name} elsewhere"
    write(elsewhere, {"labels.txt": "cat"})
    path = str(elsewhere / "labels.txt")
    door.stage("preprocess", reading(f"open({path!r}).read()"))
    door.stage("predict", "def predict(x): return x")
    door.file(path)
    door.example("1")

    export = door.export(tmp_path / "out")

    assert copied(export) == {"data/labels.txt"}
    assert "open(DATA_DIR / 'labels.txt')" in (export.path / MODEL).read_text()
    shutil.rmtree(elsewhere)
    assert prove(export.path).passed


UNOPENED = {
    "a branch that no example takes": "x or open('labels.txt').read()",
    "a reader in C++": "x or cv2.imread('labels.txt')",
    "a library by another name": "x or n.load('labels.txt')",
    "a function of a library": "x or fromfile('labels.txt')",
    "a function by another name": "x or fetch('labels.txt')",
    "a part of the standard library": "x or unzip('labels.txt').read()",
    "an import inside": "x or __import__('gzip') and inner()",
}


@pytest.mark.parametrize("expression", UNOPENED.values(), ids=UNOPENED.keys())
def test_what_a_call_reads_comes_along_although_no_run_opened_it(
    notebook, tmp_path: Path, expression: str
) -> None:
    write(tmp_path, ONE)
    bundle = notebook(
        "import types\ncv2 = types",
        "import numpy as n\nfrom numpy import fromfile, load as fetch",
        "from gzip import open as unzip",
        "def inner():\n    import numpy as np2\n    return np2.load('labels.txt')",
        reading(expression),
    )
    bundle.example("a")

    assert copied(bundle.export(tmp_path / "out")) == {"data/labels.txt"}


def make_array(file: Path) -> None:
    pytest.importorskip("numpy").save(file, [1, 2])


def make_picture(file: Path) -> None:
    pytest.importorskip("PIL.Image").new("RGB", (2, 2), (1, 2, 3)).save(file)


def make_database(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("create table words (word)")
    connection.execute("insert into words values ('cat')")
    connection.commit()
    connection.close()


LIBRARIES = {
    "w.npy": (make_array, "np.load('w.npy', mmap_mode='r').tolist()"),
    "cat.png": (make_picture, "Image.open('cat.png').getpixel((0, 0))"),
    "words.db": (make_database, "sqlite3.connect('words.db').execute(ASK).fetchall()"),
}


@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")
@pytest.mark.parametrize("file", LIBRARIES)
def test_what_a_library_opens_comes_along(notebook, tmp_path: Path, file: str) -> None:
    make, expression = LIBRARIES[file]
    make(tmp_path / file)
    bundle = notebook(
        "import sqlite3\nimport numpy as np\nfrom PIL import Image",
        "ASK = 'select word from words'",
        reading(expression),
    )
    bundle.example(1)

    export = bundle.export(tmp_path / "out", prove=False)

    assert copied(export) == {f"data/{file}"}
    (tmp_path / file).unlink()
    assert prove(export.path).passed


def test_the_notebooks_folder_is_known_beside_the_working_folder(
    notebook, tmp_path: Path
) -> None:
    home = tmp_path.parent / f"{tmp_path.name} notebooks"
    write(home, {"notebook.ipynb": "{}", "labels.txt": "cat"})
    bundle = notebook(
        f"__vsc_ipynb_file__ = {str(home / 'notebook.ipynb')!r}",
        f"from pathlib import Path\nHERE = {str(home)!r}",
        reading("(Path(HERE) / 'labels.txt').read_text()"),
    )
    bundle.example(1)

    export = bundle.export(tmp_path / "out", prove=False)

    assert copied(export) == {"data/labels.txt"}
    shutil.rmtree(home)
    assert prove(export.path).passed


def test_a_named_file_needs_no_run(notebook, tmp_path: Path) -> None:
    write(tmp_path, SUB)
    bundle = notebook("FILE = 'data/labels.txt'", reading("FILE if x else open(FILE)"))
    bundle.file("data/labels.txt")

    export = bundle.export(tmp_path / "out")

    assert copied(export) == {"data/data/labels.txt"}
    assert (
        "FILE = str(DATA_DIR / 'data/labels.txt')" in (export.path / MODEL).read_text()
    )


STORE = (
    "import os\nclass Store:\n"
    "    def __init__(self, folder): self.folder = folder\n"
    "    def get(self, name):\n"
    "        with open(os.path.join(self.folder, name)) as file: return file.read()"
)


@pytest.mark.parametrize("folder", ["data", "elsewhere"])
def test_a_folder_that_is_named_comes_along(
    notebook, tmp_path: Path, folder: str
) -> None:
    place = tmp_path / "data"
    if folder == "elsewhere":
        place = tmp_path.parent / f"{tmp_path.name} elsewhere"
    write(place, {"a.t": "A", "inner/b.t": "B"})
    named = "data" if folder == "data" else str(place)
    bundle = notebook(
        STORE,
        f"def load():\n    global store\n    store = Store({named!r})",
        reading("store.get(x)"),
    )
    bundle.file(named)
    bundle.example("a.t")

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert copied(export) == {f"data/{place.name}/{f}" for f in ("a.t", "inner/b.t")}


def test_a_line_that_makes_an_object_from_a_path_leads_to_the_copy(
    notebook, tmp_path: Path
) -> None:
    write(tmp_path, ONE)
    bundle = notebook(
        "class Labels:\n    def __init__(self, file): self.file = file",
        "labels = Labels('labels.txt')",
        reading("__import__('pathlib').Path(labels.file).read_text()"),
    )
    bundle.example(1)

    export = bundle.export(tmp_path / "out")

    assert copied(export) == {"data/labels.txt"}
    code = (export.path / MODEL).read_text()
    assert "Labels(str(DATA_DIR / 'labels.txt'))" in code
    assert "another here" not in str(export)


def test_an_object_that_holds_the_path_is_refused_with_a_remedy_that_works(
    notebook, tmp_path: Path
) -> None:
    write(tmp_path, {"data/a.t": "A"})
    cells = (STORE, "for place in ['data']: store = Store(place)")
    cells = (*cells, reading("store.get(x)"))
    bundle = notebook(*cells)
    bundle.example("a.t")
    with pytest.raises(ExportError, match="holds the path data") as error:
        bundle.export(tmp_path / "out")
    assert "def load(): global store; store = ..." in str(error.value)

    remedy = "def load():\n    global store\n    store = Store('data')"
    bundle = notebook(*cells[:-1], remedy, cells[-1])
    bundle.example("a.t")
    assert bundle.export(tmp_path / "out").proof.passed


def test_a_temporary_file_that_an_object_opens_is_no_part_of_a_proof(
    notebook, tmp_path: Path
) -> None:
    bundle = notebook(
        STORE,
        "import tempfile\nfor folder in [tempfile.mkdtemp()]: held = [Store(folder)]\n"
        "with open(os.path.join(folder, 'a.t'), 'w') as file: file.write('A')",
        "KEPT = []\ndef preprocess(x): return held[0].get(x) if len(KEPT) > 1 else 'A'",
        "KEPT += [1, 2]",
    )
    bundle.example("a.t")
    with pytest.raises(ExportError, match="is a saved object that holds the path"):
        bundle.export(tmp_path / "out")


REFUSED = {
    "elsewhere": ("open(ELSEWHERE).read()", "lies outside the notebook's folder"),
    "a path that is made up": (
        "open(bytes([109, 46, 116]).decode()).read()",
        "no literal in the code leads to it",
    ),
    "a path in the input": ("open(x).read()", "comes with the input"),
    "a credential": ("open('secrets.txt').read()", "looks like a credential"),
    "a name that a push drops": ("open('a.log').read()", "left out by a Truss push"),
}


@pytest.mark.parametrize(("expression", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_come_along_is_refused_with_a_remedy(
    notebook, tmp_path: Path, expression: str, reason: str
) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}.txt"
    elsewhere.write_text("x")
    write(
        tmp_path,
        {"l.t": "x", "m.t": "x", "a.log": "x", "secrets.txt": f"token: {TOKEN}"},
    )
    bundle = notebook(f"ELSEWHERE = {str(elsewhere)!r}", reading(expression))
    bundle.example("l.t")

    with pytest.raises(ExportError, match=reason) as error:
        bundle.export(tmp_path / "out")

    (problem,) = error.value.problems
    assert problem.path == ("preprocess",)
    assert problem.remedy
    assert not (tmp_path / "out").exists()
    if reason.startswith("lies"):
        assert f"%truss_file {elsewhere}" in str(problem)


def test_a_path_that_is_a_setting_is_refused(notebook, tmp_path: Path) -> None:
    write(tmp_path, ONE)
    bundle = notebook("def preprocess(x, path='labels.txt'): return open(path).read()")
    bundle.example(1)

    with pytest.raises(ExportError, match=r"its path is a parameter"):
        bundle.export(tmp_path / "out")


def test_a_file_that_a_saved_object_opens_is_refused(notebook, tmp_path: Path) -> None:
    write(tmp_path, ONE)
    bundle = notebook(
        "class Reader:\n    def predict(self, x): return open('labels.txt').read()",
        "for _ in [0]: reader = [Reader()]",
        reading("reader[0].predict(x)"),
    )
    bundle.example(1)

    with pytest.raises(ExportError, match="the code of an object that is saved"):
        bundle.export(tmp_path / "out")


NO_CONCERN = {
    "a file that it makes": "open('made', 'w').close() or open('made').read()",
    "a temporary file": "temporary()",
    "a device": "open('/dev/null').read()",
    "a file of a library": "open(os.__file__).read(9)",
    "an import": "__import__('helper_of_a_stage').NAME",
}


@pytest.mark.parametrize("expression", NO_CONCERN.values(), ids=NO_CONCERN.keys())
def test_some_files_are_no_concern(
    notebook, tmp_path: Path, expression: str, monkeypatch
) -> None:
    (tmp_path / "helper_of_a_stage.py").write_text("NAME = 1")
    monkeypatch.syspath_prepend(str(tmp_path))
    bundle = notebook(
        "import os, sys, tempfile",
        "def temporary():\n"
        "    with tempfile.NamedTemporaryFile('w+') as file:\n"
        "        file.write('1')\n"
        "        file.flush()\n"
        "        return open(file.name).read()",
        reading(f"str({expression})"),
    )
    bundle.example(1)
    bundle.example(1)

    export = bundle.export(tmp_path / "out", prove=False)

    assert copied(export) == set()


def test_what_a_stage_writes_beside_the_notebook_is_told(
    notebook, tmp_path: Path
) -> None:
    bundle = notebook(reading("open('seen.txt', 'a').write('x')"))
    bundle.example(1)

    export = bundle.export(tmp_path / "out")

    assert any("preprocess writes seen.txt" in note for note in export.warnings)
    assert copied(export) == set()


def test_the_other_files_that_the_code_may_choose_are_told(
    notebook, tmp_path: Path
) -> None:
    write(tmp_path, TWO)
    bundle = notebook(reading("open(f'words/{x}.txt').read()"))
    bundle.example("en")
    told = bundle.export(tmp_path / "out").warnings
    assert any("words: de.txt there would be missing" in note for note in told)

    bundle.file("words/de.txt")

    export = bundle.export(tmp_path / "out")
    assert copied(export) == {"data/words/de.txt", "data/words/en.txt"}
    assert not any("would be missing" in note for note in export.warnings)


def test_a_file_that_is_named_and_was_not_seen_is_told(
    notebook, tmp_path: Path
) -> None:
    write(tmp_path, ONE)
    bundle = notebook(reading("len('labels.txt')"))
    bundle.example("a")

    export = bundle.export(tmp_path / "out", prove=False)

    told = "preprocess names labels.txt, a file here which no run was seen to open"
    assert any(told in note for note in export.warnings)


def test_a_function_that_changed_since_does_not_count(notebook, tmp_path: Path) -> None:
    write(tmp_path, {**ONE, "new.txt": "a"})
    bundle = notebook("def read(): return open('labels.txt').read()", reading("read()"))
    bundle.run(1)
    names = bundle.captured.notebook.names
    exec("read = lambda: 'ab'", names)

    with pytest.raises(ExportError, match="made from a text, by python -c or exec"):
        bundle.export(tmp_path / "out")


def test_a_file_that_is_opened_only_now_is_told_and_comes_along_next_time(
    notebook, tmp_path: Path
) -> None:
    write(tmp_path, TWO)
    bundle = notebook(
        "calls = []",
        "def preprocess(x):\n"
        "    calls.append(x)\n"
        "    return open(f'words/{x}.txt').read() if len(calls) > 1 else 'hello'",
    )
    bundle.example("en")

    with pytest.raises(ExportError, match="wasn't in any run before"):
        bundle.export(tmp_path / "out")

    assert not (tmp_path / "out").exists()
    export = bundle.export(tmp_path / "out", prove=False)
    assert copied(export) == {"data/words/en.txt"}


@pytest.mark.parametrize(
    ("expression", "remedy"),
    [
        ("open(ELSEWHERE).read()", "Take it along with %truss_file {elsewhere}"),
        ("open(f'{x}.txt').read()", "Let the server give it: %truss_secret NAME"),
    ],
)
def test_a_file_that_is_opened_only_now_has_the_remedy_that_helps(
    notebook, tmp_path: Path, expression: str, remedy: str
) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}.txt"
    elsewhere.write_text("x")
    write(tmp_path, {"secrets.txt": f"token: {TOKEN}"})
    bundle = notebook(
        f"ELSEWHERE = {str(elsewhere)!r}\ncalls = []",
        "def preprocess(x):\n"
        "    calls.append(x)\n"
        f"    return {expression} if len(calls) > 1 else ''",
    )
    bundle.example("secrets")

    with pytest.raises(ExportError, match="was not written") as error:
        bundle.export(tmp_path / "out")

    (problem,) = error.value.problems
    assert problem.remedy.startswith(remedy.format(elsewhere=elsewhere))
    assert not (tmp_path / "out").exists()
    if expression == "open(ELSEWHERE).read()":
        bundle.file(str(elsewhere))
        export = bundle.export(tmp_path / "out", prove=False)
        assert copied(export) == {f"data/{elsewhere.name}"}


def test_a_proof_has_nothing_of_the_notebooks_folder(notebook, tmp_path: Path) -> None:
    write(tmp_path, ONE)
    bundle = notebook(
        f"import os\nNAME = {list(str(tmp_path / 'labels.txt').encode())}",
        reading("open(bytes(NAME).decode()).read()"),
    )
    bundle.file("labels.txt")
    bundle.example(1)

    with pytest.raises(ProofError, match="no part of the bundle") as error:
        bundle.export(tmp_path / "out")

    assert str(tmp_path / "labels.txt") in str(error.value)


def copied(export) -> set[str]:
    return {file for file in export.files if file.startswith("data/")}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def remove(folder: Path, files: dict[str, str]) -> None:
    for name in files:
        first = folder / name.partition("/")[0]
        shutil.rmtree(first) if first.is_dir() else first.unlink(missing_ok=True)
