"""A lock names all that the requirements install, and what the image does to it."""

import json
from importlib.metadata import version

import pytest
import yaml
from doors import Functions, Magics, fresh_shell
from environments import unpack

from truss_nb.export.requirements.distributions import Distributions
from truss_nb.export.requirements.lock import lock
from truss_nb.export.requirements.requirements import find_requirements

INSTALLED = [
    ("shop", "2.1", ["shop.py"], ["Basket>=1; python_version > '3'", "absent"]),
    ("Basket", "1.5", ["basket.py"], ["wicker[dyed]", "cython"]),
    ("wicker", "0.9+local", ["wicker.py"], ["paint; extra == 'dyed'", "shop"]),
    ("paint", "4", ["paint.py"], ["brush; extra == 'fine'"]),
    ("brush", "1", ["brush.py"], []),
    ("cython", "3.1.2", ["cython.py"], []),
    ("reed", "1", ["reed.py"], ["mat"]),
    ("mat", "7", ["mat.py"], []),
]
FROM = {"mat": "file:///srv/mat"}
BROUGHT = ["Basket==1.5", "cython==3.0.5", "paint==4"]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    site = tmp_path / "site-packages"
    for name, number, files, requires in INSTALLED:
        folder = unpack(site, name, number, *files, requires=requires)
        if name in FROM:
            origin = {"url": FROM[name], "dir_info": {"editable": True}}
            (folder / "direct_url.json").write_text(json.dumps(origin))
    monkeypatch.syspath_prepend(site)
    return Distributions.installed([site])


def locked(installed, *modules, extra=()):
    return lock(find_requirements(modules, extra, installed), installed)


# The modules that are needed, the user's own lines, and those of the lock.
LINES = {
    "what is needed in turn": (["shop"], [], [*BROUGHT, "shop==2.1", "wicker==0.9"]),
    "an open line of the user's": (["paint"], ["paint>=3"], ["paint==4"]),
    "its extras are kept": (
        [],
        ["paint[fine] (>=3)"],
        ["brush==1", "paint[fine]==4"],
    ),
    "a line without a version": (["brush"], ["Brush"], ["Brush==1"]),
    "an exact line": (["brush"], ["brush==1.0"], ["brush==1.0"]),
    "one that isn't here": (["brush"], ["brush>=2"], ["brush>=2"]),
    "one that the image bounds": (["cython"], ["cython>=3"], ["cython>=3"]),
    "an address": ([], ["brush @ https://a.example/b.whl"], None),
    "an option": ([], ["--pre"], None),
    "what only a folder here has": (["reed"], [], ["reed==1"]),
}


@pytest.mark.parametrize("case", LINES)
def test_each_that_is_installed_has_a_line_at_the_version_that_is_here(installed, case):
    modules, extra, lines = LINES[case]
    assert list(locked(installed, *modules, extra=extra).lines) == (lines or extra)


# A word of what is told, for the modules that are needed.
TOLD = {
    "where the image overrides a version": (
        "shop",
        "cython: Truss' image accepts only cython==3.0.5, so this is written in place "
        "of cython==3.1.2",
    ),
    "where an index lacks a build": ("shop", "wicker: is the build 0.9+local"),
    "where none has it": ("reed", "mat: was installed from file:///srv/mat, so its"),
    "what the image chooses": ("shop", "5 versions are locked as they are here; "),
    "by name": ("shop", "at versions that are its choice: aiocontextvars, aiofiles"),
}


@pytest.mark.parametrize("case", TOLD)
def test_it_is_told_what_a_lock_does_not_hold(installed, case):
    module, told = TOLD[case]
    warnings = [str(each) for each in locked(installed, module).warnings]
    assert [each for each in warnings if told in each], warnings


@pytest.mark.parametrize("make", [lambda _: Functions(), Magics])
def test_an_export_locks_what_it_proves_and_the_status_knows(tmp_path, make):
    folder = tmp_path / "out"
    with fresh_shell(tmp_path) as shell:
        door = make(shell)
        door.run_cell("import pandas")
        door.stage("predict", "def predict(x):\n    return len(pandas.Series(x))")
        door.example("[1, 2]")
        export = door.export(folder, lock=True)
        assert export.proof.passed
        assert not door.status().changes.stale
    written = yaml.safe_load((folder / "config.yaml").read_text())["requirements"]
    dateutil = f"python-dateutil=={version('python-dateutil')}"
    assert {dateutil, f"pandas=={version('pandas')}"} <= {*written}
    assert export.evidence[dateutil] == ("locked: pandas brings it",)
    assert tuple(written) == export.requirements
