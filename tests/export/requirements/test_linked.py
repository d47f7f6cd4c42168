"""What compiled files need of the system is read from them."""

import importlib.metadata
import shutil
import subprocess
from pathlib import Path

import pytest
from environments import unpack
from shared_objects import shared_object

from truss_nb.export.requirements.distributions import Distributions
from truss_nb.export.requirements.linked import linked, read_needed

CASES = {
    # files, and what they need
    "a library of the system": ({"core.abi3.so": ["libGL.so.1"]}, {"libGL.so.1"}),
    "what every image has": ({"core.so": ["libc.so.6", "libstdc++.so.6"]}, set()),
    "the driver of a GPU": ({"core.so": ["libcuda.so.1", "libnvidia-ml.so.1"]}, set()),
    "one of its own": (
        {"core.so": ["liba-1f.so.2"], "x.libs/liba-1f.so.2": ["libxcb.so.1"]},
        {"libxcb.so.1"},
    ),
    "a copy that nothing leads to": (
        {"core.so": [], "x.libs/liba-1f.so.2": ["libxcb.so.1"]},
        set(),
    ),
    "a plug-in for a screen": (
        {"core.so": [], "qt/plugins/libqxcb.so": ["libSM.so.6"]},
        set(),
    ),
}


@pytest.mark.parametrize(("files", "needs"), CASES.values(), ids=CASES.keys())
def test_what_files_need_is_read(tmp_path: Path, files, needs) -> None:
    for name, needed in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(shared_object(*needed))
    assert linked([tmp_path / name for name in files]).needs == needs


@pytest.mark.parametrize(
    "content", [b"", b"text", b"\x7fELF\x01\x01", shared_object("a.so")[:70]]
)
def test_what_is_no_shared_object_needs_nothing(tmp_path: Path, content) -> None:
    file = tmp_path / "a.so"
    file.write_bytes(content)
    assert read_needed(file) == ()


def compiled(site: Path, name: str, needed: list[str], *requires: str) -> None:
    unpack(site, name, "1.0", f"{name}/core.so", requires=requires)
    (site / name / "core.so").write_bytes(shared_object(*needed))


def test_a_library_of_another_package_counts_where_that_is_required(
    tmp_path: Path, monkeypatch
) -> None:
    site = tmp_path / "site"
    compiled(site, "needy", ["libown.so", "libgomp.so.1"], "bringer")
    compiled(site, "bringer", ["libffi.so.8"])
    unpack(site, "other", "1.0", "other/libgomp.so.1")
    (site / "bringer" / "libown.so").write_bytes(shared_object())
    with (site / "bringer-1.0.dist-info" / "RECORD").open("a") as record:
        record.write("bringer/libown.so,,\n")
    monkeypatch.syspath_prepend(site)
    found = Distributions.installed([site])
    assert found.libraries(["needy"]) == {"libgomp.so.1", "libffi.so.8"}
    assert found.libraries(["needy", "other"]) == {"libgomp.so.1", "libffi.so.8"}
    assert found.libraries(["bringer"]) == {"libffi.so.8"}


@pytest.mark.parametrize("project", ["lightgbm", "numpy", "scipy", "pyarrow", "torch"])
def test_real_files_are_read_as_another_reader_does(project: str) -> None:
    if (readelf := shutil.which("readelf")) is None:
        pytest.skip("there is no readelf")
    try:
        files = importlib.metadata.files(project) or ()
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{project} isn't installed")
    paths = [each.locate() for each in files if ".so" in each.name]
    assert paths
    for path in paths[:20]:
        done = subprocess.run([readelf, "-d", path], stdout=-1, check=True, text=True)
        lines = [line for line in done.stdout.splitlines() if "(NEEDED)" in line]
        named = [line.partition("[")[2].rstrip("]") for line in lines]
        assert list(read_needed(Path(path))) == named
