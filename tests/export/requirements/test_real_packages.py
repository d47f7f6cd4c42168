"""Modules of real packages, whose names don't say what to install."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest
from doors import IS_GATE

from truss_nb.export.requirements.distributions import Distributions
from truss_nb.export.requirements.requirements import find_requirements

OWNERS = {
    "Crypto.Cipher": "pycryptodome",
    "PIL.Image": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil.tz": "python-dateutil",
    "dotenv": "python-dotenv",
    "google.cloud.storage": "google-cloud-storage",
    "google.protobuf.message": "protobuf",
    "jwt": "PyJWT",
    "mpl_toolkits.mplot3d": "matplotlib",
    "serial": "pyserial",
    "sklearn.svm": "scikit-learn",
    "yaml": "PyYAML",
    "zope.interface": "zope.interface",
}
# They put files in the same namespaces: google, google.cloud, zope.
NEIGHBOURS = (
    *("google-api-core", "google-auth", "google-cloud-core"),
    *("googleapis-common-protos", "numpy", "zope.event"),
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("real"), *OWNERS.values(), *NEIGHBOURS)


def install(folder: Path, *projects: str) -> Path:
    if not IS_GATE:
        pytest.skip("downloads 200 MB: set TRUSS_NB_REQUIRE_ALL=1")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*pip, folder, *projects], check=True)
    return folder


def test_each_module_is_pinned_by_the_package_that_holds_it(installed: Path) -> None:
    found = find_requirements(OWNERS, (), Distributions.installed([installed]))
    versions = {
        each.metadata["Name"].lower(): each.version
        for each in importlib.metadata.distributions(path=[str(installed)])
    }
    wanted = {p.lower() for p in (*OWNERS.values(), "numpy")}  # which five of them use
    lines = {line.lower().replace("_", "-") for line in found.lines}
    assert lines == {f"{project}=={versions[project]}" for project in wanted}
    assert (found.unknown, found.local, found.warnings) == ((), (), ())
    assert {"libgl1", "libglib2.0-0"} <= {*found.system_packages}


def test_opencv_without_windows_needs_no_system_package(tmp_path: Path) -> None:
    site = install(tmp_path, "opencv-python-headless")
    found = find_requirements(["cv2"], (), Distributions.installed([site]))
    (line,) = found.lines
    assert line.startswith("opencv-python-headless==")
    assert (found.system_packages, found.warnings) == ((), ())


def test_torch_is_pinned_to_its_release_and_a_local_build_is_told() -> None:
    pytest.importorskip("torch")
    version = importlib.metadata.version("torch")
    release, plus, build = version.partition("+")
    found = find_requirements(["torch.nn"])
    assert f"torch=={release}" in found.lines
    if not plus:
        assert found.warnings == ()
        return
    (warning,) = found.warnings
    assert f"build {version}" in warning.reason
    assert build in warning.remedy
