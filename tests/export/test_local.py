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


PLUGINS = {
    "tools_by_name/__init__.py": "",
    "tools_by_name/twice.py": "def run(x): return 2 * x\n",
    "factory_by_name.py": (
        "from importlib import import_module\n"
        "def make(path):\n"
        "    module, name = path.split(':')\n"
        "    return getattr(import_module(module), name)\n"
    ),
    "unused_by_name.py": "",
}
BY_NAME = {
    "a text": "importlib.import_module('tools_by_name.twice').run(x)",
    "the start of a text": "importlib.import_module(f'tools_by_name.{KIND}').run(x)",
    "a sum of texts": "importlib.import_module('tools_by_name.' + KIND).run(x)",
    "a list of names": "[__import__(n, fromlist=['run']).run(x) for n in NAMES]",
    "a config, in an own module": "make(CONFIG['runner'])(x)",
    "the input": "importlib.import_module(y).run(x)",
}


@pytest.mark.parametrize("code", BY_NAME.values(), ids=BY_NAME)
def test_an_own_module_that_a_text_names_travels(
    beside: Path, notebook, tmp_path: Path, code: str
) -> None:
    write(beside, PLUGINS)
    bundle = notebook(
        "import importlib, unused_by_name\nfrom factory_by_name import make",
        "KIND, NAMES = 'twice', ['tools_by_name.twice']\n"
        "CONFIG = {'runner': 'tools_by_name.twice:run'}",
        f"def preprocess(given):\n    x, y = given\n    return {code}",
    )
    bundle.example([3, "tools_by_name.twice"])

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert "packages/tools_by_name/twice.py" in export.files
    assert "packages/unused_by_name.py" not in export.files
    assert export.requirements == ()


def test_what_code_does_without_here_is_no_requirement(
    beside: Path, notebook, tmp_path: Path
) -> None:
    text = (
        "import sys\nif sys.version_info[0] < 3:\n    import urllib2\n"
        "try:\n    import ujson_is_missing as json\nexcept ImportError:\n"
        "    import json\ndef dumps(x): return json.dumps(x)\n"
    )
    write(beside, {"both_pythons.py": text})
    bundle = notebook(
        "from both_pythons import dumps",
        "def preprocess(x):\n    try:\n        import rapidjson_is_missing\n"
        "    except ImportError:\n        pass\n"
        "    if x > 3:\n        return x\n    import nowhere_at_all",
        "def postprocess(x): return dumps(x)",
    )
    bundle.example(4)

    export = bundle.export(tmp_path / "out")

    assert export.requirements == ()
    (note,) = [each for each in export.warnings if "isn't required" in each]
    assert note.startswith("nowhere_at_all: ")


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


SHOP = {
    "shop/__init__.py": "from .price import price\n",
    "shop/price.py": "from . import tax\ndef price(x): return tax.add(x)\n",
    "shop/tax/__init__.py": "from shop.tax.rates import *\n",
    "shop/tax/rates.py": "import yaml\ndef add(x): return 2 * x\n",
    "shop/train.py": "import requests\nfrom .plots import draw\n",
    "shop/plots.py": "import nbformat, ipywidgets\ndef draw(): pass\n",
}
LATE = "def price(x): return 2 * x\ndef save(x):\n    import requests\n"
BY_NAME = """import importlib
def price(x): return 2 * x
def load(name): return importlib.import_module(name)
"""
DRAWS = "def price(x):\n    from .plots import draw\n    return 2 * x\n"

USED = {
    "what is imported, and what that imports": (SHOP, {"PyYAML"}),
    "all, where files are loaded by their names": (
        {**SHOP, "shop/price.py": BY_NAME},
        {"PyYAML", "requests", "nbformat", "ipywidgets"},
    ),
    "what a function imports": (
        {"shop/__init__.py": LATE, "shop/train.py": "import nbformat\n"},
        {"requests"},
    ),
    "what a script imports that a function imports": (
        {
            **SHOP,
            "shop/price.py": DRAWS,
        },
        {"nbformat", "ipywidgets"},
    ),
}


@pytest.mark.parametrize(("files", "required"), USED.values(), ids=USED)
def test_a_file_that_nothing_imports_requires_nothing(
    beside: Path, notebook, tmp_path: Path, files, required
) -> None:
    write(beside, files)
    bundle = notebook("from shop import price", "def preprocess(x): return price(x)")
    bundle.example(3)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert {line.partition("==")[0] for line in export.requirements} == required
    assert {f"packages/{file}" for file in files} <= set(export.files)


def test_a_note_names_the_files_that_nothing_imports(
    beside: Path, notebook, tmp_path: Path
) -> None:
    write(beside, SHOP)
    bundle = notebook("from shop import price", "def preprocess(x): return price(x)")
    bundle.example(3)

    export = bundle.export(tmp_path / "out", prove=False)

    (note,) = (each for each in export.warnings if "nothing imports" in each)
    assert note == (
        "nothing imports packages/shop/plots.py, packages/shop/train.py, so these "
        "aren't required: ipywidgets, nbformat, requests; if your code loads such a "
        "file by its name, add them with %truss_require"
    )


def test_the_evidence_says_which_function_imports_what(
    beside: Path, notebook, tmp_path: Path
) -> None:
    write(beside, {"shop/__init__.py": LATE})
    bundle = notebook(
        "from shop import price",
        "def preprocess(x): return price(x)",
        "def show(x):\n    import yaml\n    return yaml.dump(x)",
        "def predict(x):\n    import nbformat\n    return show(x) if x is None else x",
    )

    export = bundle.export(tmp_path / "out", prove=False)

    whys = {line.partition("==")[0]: why for line, why in export.evidence.items()}
    assert whys == {
        "nbformat": ("model/model.py imports nbformat",),
        "PyYAML": ("model/model.py, only if show is called, imports yaml",),
        "requests": (
            "packages/shop/__init__.py, only if save is called, imports requests",
        ),
    }
