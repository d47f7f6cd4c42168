"""Small real environments: wheels written by hand, unpacked or installed by pip."""

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = """\
import pathlib, shutil

def build_wheel(folder, *_):
    (wheel,) = pathlib.Path().glob("*.whl")
    shutil.copy(wheel, folder)
    return wheel.name

build_editable = build_wheel
"""


def write_wheel(
    folder: Path,
    name: str,
    version: str,
    files: Mapping[str, str],
    requires: Sequence[str] = (),
) -> Path:
    """Write a wheel that holds these files, with its metadata and its RECORD."""
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {each}\n" for each in requires)
    held = {**files, f"{info}/METADATA": metadata, f"{info}/WHEEL": WHEEL}
    record = "".join(f"{path},,\n" for path in (*held, f"{info}/RECORD"))
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**held, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)
    return wheel


def unpack(
    site: Path, name: str, version: str, *files: str, requires: Sequence[str] = ()
) -> Path:
    """Install empty files as one distribution; return its metadata folder."""
    empty = dict.fromkeys(files, "")
    wheel = write_wheel(site.parent, name, version, empty, requires)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site / f"{name.replace('-', '_')}-{version}.dist-info"


def write_project(folder: Path, name: str, files: Mapping[str, str]) -> Path:
    """Write a project whose build, also an editable one, is a wheel of these files."""
    write_wheel(folder, name, "1.0", files)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "backend.py").write_text(BACKEND)
    return folder


def commit(project: Path) -> str:
    """Make a git repository of a project; return its commit."""
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-C", project]
    for step in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        subprocess.run([*git, *step], check=True)
    return subprocess.check_output([*git, "rev-parse", "HEAD"], text=True).strip()


def pip_install(folder: Path, *arguments: str | Path, **variables: str) -> Path:
    """Install into a new environment, without an index; return its site-packages."""
    venv.create(folder, symlinks=os.name != "nt")
    (python,) = (*folder.glob("bin/python"), *folder.glob("Scripts/python.exe"))
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run(
        [*pip, "--no-index", "--no-deps", *arguments],
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **variables},
        check=True,
    )
    return next(folder.rglob("site-packages"))
