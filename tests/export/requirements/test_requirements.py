"""Each module is pinned as another machine can install it, or it is said why not."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from environments import commit, pip_install, unpack, write_project, write_wheel

from truss_nb.export.requirements.distributions import Distributions
from truss_nb.export.requirements.requirements import find_requirements

REPOSITORY = "https://git.example.org"

INSTALLED = [
    ("Cython", "3.1.2", "cython.py"),
    ("PyYAML", "6.0.3", "yaml/__init__.py"),
    ("attrs", "25.1.0", "attr/__init__.py", "attrs/__init__.py"),
    ("fastapi", "0.140.0", "fastapi/__init__.py"),
    ("lightgbm", "4.6.0", "lightgbm/__init__.py"),
    ("msgpack", "1.1.0", "msgpack/__init__.py"),
    ("numpy", "2.4.6", "numpy/__init__.py"),
    ("opencv-python", "4.12.0.88", "cv2/__init__.py"),
    ("opencv-python-headless", "4.11.0.86", "cv2/__init__.py"),
    ("scikit-learn", "1.9.1", "sklearn/__init__.py"),
    ("space-one", "1.0", "space/one.py"),
    ("space-two", "1.0", "space/two.py"),
    ("torch", "2.13.0+cpu", "torch/__init__.py"),
]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    site = tmp_path_factory.mktemp("installed") / "site-packages"
    for name, version, *files in INSTALLED:
        unpack(site, name, version, *files)
    return Distributions.installed([site])


@pytest.mark.parametrize(
    ("modules", "extra", "lines"),
    [
        (["yaml"], [], ["PyYAML==6.0.3"]),
        (["sklearn.svm", "yaml"], [], ["PyYAML==6.0.3", "scikit-learn==1.9.1"]),
        (["attr", "attrs", "attr"], [], ["attrs==25.1.0"]),
        (["numpy.linalg"], [], ["numpy==2.4.6"]),
        (["torch.nn"], [], ["numpy==2.4.6", "torch==2.13.0"]),
        (["os.path", "json", "sys", "builtins", "__main__", "zipimport"], [], []),
        ([], [], []),
        # the user's lines
        (["yaml"], ["pyyaml>=6"], ["pyyaml>=6"]),
        (["sklearn"], ["Scikit_Learn"], ["Scikit_Learn"]),
        (["yaml"], ["rich==14.0"], ["PyYAML==6.0.3", "rich==14.0"]),
        (["yaml"], ["pyyaml[fast]==6; python_version>'3'"], None),
        (["yaml"], ["pyyaml @ https://host.example/y.whl"], None),
        (
            ["torch"],
            ["torch==2.13.0+cpu", "--extra-index-url https://a.example"],
            [
                "--extra-index-url https://a.example",
                "numpy==2.4.6",
                "torch==2.13.0+cpu",
            ],
        ),
        # of two that hold the module, the first by the alphabet or the user's
        (["cv2"], [], ["opencv-python==4.12.0.88"]),
        (["cv2"], ["opencv_python_headless==4.11.0.86"], None),
        # what the image accepts replaces what it refuses
        (["cython"], [], ["Cython==3.0.5"]),
        (["fastapi"], [], ["fastapi>=0.114,<0.137.0"]),
        (["msgpack"], [], ["msgpack==1.1.0"]),
    ],
)
def test_lines(
    installed: Distributions,
    modules: Sequence[str],
    extra: Sequence[str],
    lines: Sequence[str] | None,
) -> None:
    found = find_requirements(modules, extra, installed)
    assert list(found.lines) == sorted(extra if lines is None else lines, key=str.lower)
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("modules", "extra", "name", "words"),
    [
        (["torch"], [], "torch", ["build 2.13.0+cpu", "--extra-index-url"]),
        (["cv2"], [], "cv2", ["opencv-python 4.12", "opencv-python-headless 4.11"]),
        (["cython"], [], "Cython", ["Cython==3.0.5", "Cython==3.1.2"]),
        (["fastapi"], [], "fastapi", ["<0.137.0", "fastapi==0.140.0"]),
        ([], ["msgpack==1.1.1"], "msgpack", ["msgpack==1.1.1", "msgpack==1.1.0"]),
        ([], ["git+https://a.example/b"], "git+https://a.example/b", ["NAME @ git+"]),
    ],
)
def test_what_may_not_install_elsewhere_is_said(
    installed: Distributions,
    modules: Sequence[str],
    extra: Sequence[str],
    name: str,
    words: Sequence[str],
) -> None:
    (warning,) = find_requirements(modules, extra, installed).warnings
    assert warning.name == name
    assert [word for word in words if word not in str(warning)] == []


@pytest.mark.parametrize(
    ("modules", "extra"),
    [
        (["yaml", "msgpack", "numpy", "sklearn", "json"], []),
        (["torch"], ["torch==2.13.0+cpu", "--extra-index-url https://a.example"]),
        (["cv2"], ["opencv-python-headless"]),
        (["fastapi"], ["fastapi==0.136.1", "numpy<3", "cython==3.0.5"]),
    ],
)
def test_nothing_is_said_of_what_installs(
    installed: Distributions, modules: Sequence[str], extra: Sequence[str]
) -> None:
    assert find_requirements(modules, extra, installed).warnings == ()


@pytest.mark.parametrize(
    ("requires", "extra", "lines"),
    [
        (["numpy>=1.26"], [], ["numpy==2.4.6", "table==1.0"]),
        (["Numpy (>=1.26) ; python_version > '3'"], [], ["numpy==2.4.6", "table==1.0"]),
        (["numpy>=1.26"], ["numpy<3"], ["numpy<3", "table==1.0"]),
        (["numpy ; extra == 'fast'", "pytz"], [], ["table==1.0"]),
        ([], [], ["table==1.0"]),
    ],
)
def test_numpy_is_pinned_where_a_package_uses_it(
    tmp_path: Path, requires: Sequence[str], extra: Sequence[str], lines: Sequence[str]
) -> None:
    site = tmp_path / "site-packages"
    unpack(site, "numpy", "2.4.6", "numpy/__init__.py")
    unpack(site, "table", "1.0", "table/__init__.py", requires=requires)
    found = find_requirements(["table.io"], extra, Distributions.installed([site]))
    assert list(found.lines) == lines
    assert {why for why in found.evidence.values() if why} == {("table.io",)}


def test_of_a_package_and_its_part_the_whole_is_named(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    files = ("flow/__init__.py", "flow/pyfunc.py")
    unpack(site, "flow", "3.0", *files, requires=["flow-skinny==3.0"])
    unpack(site, "flow-skinny", "3.0", *files)
    found = find_requirements(["flow.pyfunc"], (), Distributions.installed([site]))
    assert (found.lines, found.warnings) == (("flow==3.0",), ())


def test_each_line_names_the_modules_that_need_it(installed: Distributions) -> None:
    modules = ["attrs", "yaml", "attr", "sklearn.svm"]
    found = find_requirements(modules, ["rich", "pyyaml"], installed)
    assert found.evidence == {
        "attrs==25.1.0": ("attr", "attrs"),
        "pyyaml": ("yaml",),
        "rich": (),
        "scikit-learn==1.9.1": ("sklearn.svm",),
    }
    assert tuple(found.evidence) == found.lines


def test_modules_that_nothing_owns_are_handed_back(installed: Distributions) -> None:
    modules = ["shop.till", "helpers", "space", "yaml"]
    assert find_requirements(modules, (), installed).unknown == (
        "helpers",
        "shop.till",
        "space",
    )


def test_a_shared_namespace_needs_nothing_beside_its_part(
    installed: Distributions,
) -> None:
    found = find_requirements(["space", "space.one"], (), installed)
    assert (found.lines, found.unknown) == (("space-one==1.0",), ())


def test_the_order_of_the_modules_changes_nothing(installed: Distributions) -> None:
    modules = ["torch", "cv2", "yaml", "absent", "cython", "attr", "gone"]
    found = find_requirements(modules, ["rich", "black"], installed)
    assert found == find_requirements(modules[::-1], ["black", "rich"], installed)


def test_what_this_process_imports_is_found_by_default() -> None:
    (line,) = find_requirements(["yaml"]).lines
    assert line.lower().startswith("pyyaml==6")


@dataclass(frozen=True)
class ByPip:
    """An environment that pip made of wheels and projects in ``folder``."""

    folder: Path
    installed: Distributions
    revision: str


@pytest.fixture(scope="module")
def by_pip(tmp_path_factory: pytest.TempPathFactory) -> ByPip:
    """Install with pip, once, in each way that leaves something to be said."""
    pytest.importorskip("pip", reason="installs small projects with pip")
    if shutil.which("git") is None:
        pytest.skip("git isn't installed")
    folder = tmp_path_factory.mktemp("by_pip")
    source = folder / "source"
    wheel = write_wheel(folder / "files", "filed", "1.0", {"filed.py": ""})
    write_wheel(folder / "index", "built", "1.0+cu12", {"built.py": ""})
    edited = write_project(folder / "edited", "edited", {"edited.pth": f"{source}\n"})
    (source / "edited").mkdir(parents=True)
    (source / "edited/__init__.py").touch()
    folded = write_project(folder / "folded", "folded", {"folded.py": ""})
    cloned = write_project(folder / "cloned", "cloned", {"cloned/__init__.py": ""})
    revision = commit(cloned)
    site = pip_install(
        folder / "venv",
        f"--find-links={folder / 'index'}",
        "built",
        wheel,
        f"--editable={edited}",
        folded,
        f"git+{REPOSITORY}/cloned",
        GIT_CONFIG_COUNT="1",  # git asks this folder where the address is asked for
        GIT_CONFIG_KEY_0=f"url.{folder.as_uri()}.insteadOf",
        GIT_CONFIG_VALUE_0=REPOSITORY,
    )
    return ByPip(folder, Distributions.installed([site]), revision)


def test_an_editable_install_must_travel(by_pip: ByPip) -> None:
    found = find_requirements(["edited"], (), by_pip.installed)
    assert (found.lines, found.local) == ((), ("edited",))
    (warning,) = found.warnings
    assert (by_pip.folder / "edited").as_uri() in warning.reason
    assert "editable" in warning.reason
    assert "packages/" in warning.remedy


def test_a_project_built_from_a_folder_must_travel(by_pip: ByPip) -> None:
    found = find_requirements(["folded"], (), by_pip.installed)
    assert (found.lines, found.local) == ((), ("folded",))
    (warning,) = found.warnings
    assert (by_pip.folder / "folded").as_uri() in warning.reason
    assert "editable" not in warning.reason


def test_the_users_line_replaces_a_local_project(by_pip: ByPip) -> None:
    found = find_requirements(["edited"], ["edited==1.0"], by_pip.installed)
    assert (found.lines, found.local, found.warnings) == (("edited==1.0",), (), ())


def test_a_repository_is_pinned_to_its_commit(by_pip: ByPip) -> None:
    found = find_requirements(["cloned"], (), by_pip.installed)
    assert found.lines == (f"cloned @ git+{REPOSITORY}/cloned@{by_pip.revision}",)
    (warning,) = found.warnings
    assert f"{REPOSITORY}/cloned" in warning.reason
    assert "credentials" in warning.remedy


def test_a_wheel_from_a_file_is_pinned_and_said(by_pip: ByPip) -> None:
    found = find_requirements(["filed"], (), by_pip.installed)
    assert (found.lines, found.local) == (("filed==1.0",), ())
    (warning,) = found.warnings
    assert "filed-1.0-py3-none-any.whl" in warning.reason
    assert "filed @ https://" in warning.remedy


def test_a_local_build_is_pinned_to_its_release(by_pip: ByPip) -> None:
    found = find_requirements(["built"], (), by_pip.installed)
    assert found.lines == ("built==1.0",)
    (warning,) = found.warnings
    assert "1.0+cu12" in warning.reason


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (
            {"url": "https://a.example/shop-1.0.zip", "archive_info": {}},
            "shop @ https://a.example/shop-1.0.zip",
        ),
        (
            {
                "url": "https://a.example/mono",
                "vcs_info": {"vcs": "git", "commit_id": "c0ffee"},
                "subdirectory": "libs/shop",
            },
            "shop @ git+https://a.example/mono@c0ffee#subdirectory=libs/shop",
        ),
        ({"url": "file:///mono", "vcs_info": {"vcs": "git", "commit_id": "c"}}, None),
    ],
)
def test_other_origins_that_an_installer_notes(
    tmp_path: Path, origin: object, line: str | None
) -> None:
    site = tmp_path / "site-packages"
    metadata = unpack(site, "shop", "1.0", "shop.py")
    (metadata / "direct_url.json").write_text(json.dumps(origin))
    found = find_requirements(["shop"], (), Distributions.installed([site]))
    assert found.lines == ((line,) if line else ())
    assert found.local == (() if line else ("shop",))
