"""Modules that only this machine has travel with the bundle, or are refused."""

import site
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from environments import pip_install, write_project

from truss_nb.errors import ExportError

REMEDY = "%truss_require 'NAME @ https://…'"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that modules of a test are imported from."""
    folder = tmp_path / "beside"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    loaded = set(sys.modules)
    yield folder
    for name in set(sys.modules) - loaded:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_a_package_may_hold_what_this_python_cannot_read(
    beside: Path, notebook, tmp_path: Path
) -> None:
    files = {
        "farm/__init__.py": "def square(x): return x * x\n",
        "farm/old.py": "print 'Python 2'\n",
        "farm/template.py": "import {{ name }}\n",
    }
    write(beside, files)
    latin = "# -*- coding: latin-1 -*-\nimport math\nWORD = 'é'\n"
    (beside / "farm" / "latin.py").write_bytes(latin.encode("latin-1"))
    bundle = notebook("from farm import square", "def preprocess(x): return square(x)")
    bundle.example(3)

    export = bundle.export(tmp_path / "out")

    assert {f"packages/{file}" for file in files} <= set(export.files)
    assert export.proof.passed


def test_a_folder_without_init_travels(beside: Path, notebook, tmp_path: Path) -> None:
    write(beside, {"sheds/area.py": "def square(x): return x * x\n"})
    bundle = notebook(
        "from sheds.area import square", "def preprocess(x): return square(x)"
    )
    bundle.example(3)

    export = bundle.export(tmp_path / "out")

    assert "packages/sheds/area.py" in export.files
    assert export.proof.passed


@pytest.mark.parametrize("lost", ["lib/area.py", "_area.cpython-311.so"])
def test_code_that_a_push_would_leave_out_is_refused(
    beside: Path, notebook, tmp_path: Path, lost: str
) -> None:
    write(
        beside,
        {
            "sheds2/__init__.py": "def square(x): return x * x\n",
            f"sheds2/{lost}": "",
            "sheds2/__pycache__/old.py": "",
            "sheds2/.git/hook.py": "",
        },
    )
    bundle = notebook("import sheds2", "def preprocess(x): return sheds2.square(x)")

    with pytest.raises(ExportError, match=f"sheds2/{lost}") as refused:
        bundle.export(tmp_path / "out")

    assert REMEDY in str(refused.value)
    assert len(refused.value.problems) == 1
    assert not (tmp_path / "out").exists()


def test_an_editable_install_travels_and_says_so(
    notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if find_spec("pip") is None:
        pytest.skip("installs a small project with pip")
    source = tmp_path / "source"
    write(source, {"corner_shop/__init__.py": "def price(x): return 2 * x\n"})
    files = {"corner_shop.pth": f"{source}\n"}
    project = write_project(tmp_path / "project", "corner-shop", files)
    installed = pip_install(tmp_path / "venv", "--editable", project)
    monkeypatch.setattr(sys, "path", list(sys.path))
    site.addsitedir(str(installed))
    bundle = notebook(
        "from corner_shop import price", "def preprocess(x): return price(x)"
    )
    bundle.example(3)

    export = bundle.export(tmp_path / "out")

    assert "packages/corner_shop/__init__.py" in export.files
    assert not [line for line in export.requirements if "shop" in line]
    (note,) = [note for note in export.warnings if "corner-shop" in note]
    assert project.as_uri() in note
    assert "travels in packages/" in note
    assert export.proof.passed


def test_a_second_export_reads_no_list_of_installed_files(
    beside: Path, notebook, tmp_path: Path
) -> None:
    write(beside, {"first.py": "import second\n", "second.py": "import yaml\n"})
    bundle = notebook(
        "import first", "def preprocess(x): return first.second.yaml.dump(x)"
    )
    bundle.example(3)
    first = bundle.export(tmp_path / "out")
    opened: list[str] | None = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if opened is not None and event == "open":
            opened.append(str(arguments[0]))

    sys.addaudithook(watch)  # stays for good, and counts only until the end of this
    again = bundle.export(tmp_path / "out")
    records = [path for path in opened if path.endswith(".dist-info/RECORD")]
    opened = None

    assert [line.partition("==")[0] for line in first.requirements] == ["PyYAML"]
    assert again.requirements == first.requirements
    assert records == []
