"""Which Debian package has a program or a library."""

import shutil
import sys

import pytest

from truss_nb.truss.debian import missing, package_of_library, package_of_program

on_debian = pytest.mark.skipif(not shutil.which("dpkg-query"), reason="it's no Debian")


@on_debian
@pytest.mark.parametrize("name", ["ls", "sh", "grep", "tar", "awk", "lscpu"])
def test_what_any_debian_has_needn_t_be_named(name: str) -> None:
    assert package_of_program(shutil.which(name)) == ""


@on_debian
def test_a_program_is_of_the_package_that_has_it() -> None:
    assert package_of_program(shutil.which("git")) == "git"


def test_a_program_of_nobody_s_is_of_no_package(tmp_path) -> None:
    program = tmp_path / "tool"
    program.write_text("")
    assert package_of_program(str(program)) is None


@pytest.mark.parametrize("name", ["libc.so.6", "libm.so.6", "libcuda.so.1"])
def test_what_the_image_has_needn_t_be_named(name: str) -> None:
    assert package_of_library(name) == ""


def test_what_isn_t_here_isn_t_needed() -> None:
    assert package_of_library("libnobodys.so.7") is None


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("libGL9.so.1", "libgl9-1"),
        ("libFirst.so.2", "libfirst2"),
        ("libusb-9.0.so.0", "libusb-9.0-0"),
        ("libplain.so", None),
    ],
)
def test_what_conda_has_is_of_the_package_that_policy_names(
    tmp_path, monkeypatch, name: str, package: str | None
) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / name).write_text("")
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    assert package_of_library(name) == package


@on_debian
def test_each_package_is_named_once(tmp_path) -> None:
    names = ["libz.so.1", "libexpat.so.1", "libexpat.so.1", "libnobodys.so.7"]
    assert missing(names) == ("libexpat1",)
