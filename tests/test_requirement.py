"""A requirement: what pip reads, what it's about, and whether it was tried here."""

import re
from importlib.metadata import version

import pytest

from truss_nb.errors import SettingError
from truss_nb.requirement import (
    canonical,
    check_requirement,
    project_of,
    replaces,
    untried,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("numpy", "numpy"),
        ("Scikit_Learn", "scikit-learn"),
        ("a.-_b", "a-b"),
        ("zope.interface", "zope-interface"),
    ],
)
def test_names_are_compared_as_an_index_does(name, expected) -> None:
    assert canonical(name) == expected


PROJECTS = {
    "numpy": "numpy",
    "  numpy  ": "numpy",
    "Scikit_Learn==1.4": "scikit-learn",
    "a.b[extra]>=1": "a-b",
    "a<2": "a",
    "a!=2": "a",
    "a~=2": "a",
    "a (>=2)": "a",
    "a;python_version>'3'": "a",
    "a @ https://x/a.whl": "a",
    "a  # why": "a",
    "git+https://x/a.git": None,
    "https://x/a.whl": None,
    "-r file.txt": None,
    "./a": None,
    "two words": None,
    "": None,
    "_a": None,
}


@pytest.mark.parametrize(("line", "project"), PROJECTS.items())
def test_a_line_is_about_a_project(line, project) -> None:
    assert project_of(line) == project


REPLACES = [
    ("a==1", "a==2", True),
    ("A_b", "a-b>=2", True),
    ("a==1", "b==1", False),
    ("a==1; os_name == 'nt'", "a==1", False),
    ("a==1; os_name == 'nt'", 'a==2 ;os_name=="nt"', True),
    ("a==1; os_name == 'nt'", "a==1; os_name == 'posix'", False),
    ("https://x/a.whl", "https://x/b.whl", False),
    ("-r a", "-r a", False),
]


@pytest.mark.parametrize(("line", "other", "expected"), REPLACES)
def test_a_line_takes_the_place_of_another_for_the_same_machines(
    line, other, *, expected
) -> None:
    assert replaces(line, other) is expected


READABLE = [
    "numpy",
    "numpy==1.26; python_version > '3.8'",
    "numpy==1.26  # why",
    "numpy==1.26 --hash=sha256:abc",
    "a @ https://x/a.whl",
    "git+https://x/a.git@main",
    "https://x/a.tar.gz",
    "file:a.whl",
    "./packages/a",
    "/opt/a",
    "a-1.0.whl",
    "a.zip",
    "a.tar.gz  # here",
    *("-i https://x", "--index-url=https://x", "--extra-index-url https://x"),
    *("--no-index", "-f x", "--find-links x", "-r a", "--requirement a", "-c a"),
    *("--constraint a", "-e .", "--editable .", "--pre", "--no-binary :all:"),
    *("--only-binary :all:", "--prefer-binary", "--require-hashes"),
    *("--trusted-host x", "--use-feature x"),
]


@pytest.mark.parametrize("line", READABLE)
def test_what_pip_reads_is_taken(line) -> None:
    check_requirement(line)


UNREADABLE = [
    "",
    "two words",
    "numpy=1",
    "numpy==",
    "--unknown x",
    "-x",
    "1 2",
    "a ./b",
]


@pytest.mark.parametrize("line", UNREADABLE)
def test_what_pip_could_not_read_is_refused(line) -> None:
    told = re.escape(f"{line!r} is no requirement that pip could read (")
    with pytest.raises(SettingError, match=told) as refused:
        check_requirement(line)
    assert "\n" not in str(refused.value)
    assert "such as: pyarrow==17.0.0, or: NAME @ https://…" in str(refused.value)


HERE = version("pytest")


@pytest.mark.parametrize(
    "line",
    [
        "pytest",
        f"pytest=={HERE}",
        "pytest>=1  # why",
        "pytest<999",
        "pytest>=1.dev0",
        "missing-here; python_version < '3'",
        "pytest<1; os_name == 'other'",
        "https://x/a.whl",
        "-r file.txt",
    ],
)
def test_what_was_tried_here_is_no_problem(line) -> None:
    assert untried(line) is None


def test_a_version_before_the_release_is_tried_as_well(monkeypatch) -> None:
    monkeypatch.setattr("truss_nb.requirement.version", lambda _: "2.0rc1")
    assert untried("pytest>=1") is None


UNTRIED = {
    "missing-here>=1": (
        "missing-here isn't installed here, so nothing has tried the requirement \""
        'missing-here>=1": Check how it is spelt; truss_nb.prove(FOLDER, venv=True) '
        "tries what config.yaml asks for"
    ),
    "missing-here; python_version > '3'": (
        "missing-here isn't installed here, so nothing has tried the requirement \""
    ),
    "pytest<1": (
        f'pytest is {HERE} here, which the requirement "pytest<1" excludes, so nothing '
        "has tried it: Install what it asks for, and export again; truss_nb.prove("
    ),
}


@pytest.mark.parametrize(("line", "told"), UNTRIED.items())
def test_what_nothing_can_have_tried_is_told(line, told) -> None:
    problem = untried(line)
    assert f"{problem.name} {problem.reason}: {problem.remedy}".startswith(told)
