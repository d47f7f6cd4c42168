"""What ran is pinned, where pip installed another version since the import."""

import shutil
import sys
import time
from pathlib import Path

import pytest
import yaml
from environments import unpack

from truss_nb.export.requirements.ran import version_that_ran

CASES = {
    # what the module says of itself, what is installed, what is pinned
    "another": ("1.0", "2.0", "1.0"),
    "a later patch": ("1.2.3", "1.2.4", "1.2.3"),
    "a pre-release": ("2.0rc1", "2.0", "2.0rc1"),
    "the same": ("2.0", "2.0", "2.0"),
    "the same, in other words": ("2.0", "2.0.0", "2.0.0"),
    "a build of it": ("2.13.0+cu130", "2.13.0", "2.13.0"),
    "a release with a build number": ("4.10.0", "4.10.0.84", "4.10.0.84"),
    "no version": ("unknown", "2.0", "2.0"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=[*CASES])
def test_what_ran_is_pinned(door, tmp_path: Path, monkeypatch, case) -> None:
    said, installed, pinned = case
    site = tmp_path / "site"
    old = unpack(site, "calc", "0.1", "calc_ran/__init__.py")
    (site / "calc_ran" / "__init__.py").write_text(f"__version__ = {said!r}\n")
    monkeypatch.syspath_prepend(site)
    monkeypatch.delitem(sys.modules, "calc_ran", raising=False)
    door.run_cell("import calc_ran")
    shutil.rmtree(old)
    unpack(site, "calc", installed, "calc_ran/__init__.py")
    door.stage("predict", "def predict(x): return calc_ran.__version__")
    done = door.export(tmp_path / "out", prove=False)
    config = yaml.safe_load((tmp_path / "out" / "config.yaml").read_bytes())
    assert config["requirements"] == [f"calc=={pinned}"]
    told = [note for note in done.warnings if "installed since" in note]
    assert len(told) == (pinned != installed)
    for note in told:
        assert f"ran here as {said}, and {installed} was installed since" in note
        assert "Restart the kernel" in note


def test_what_was_installed_before_is_what_ran(monkeypatch) -> None:
    module = type(sys)("calc_ran")
    module.__version__, module.__file__ = "1.0", "/site/calc_ran.py"
    monkeypatch.setitem(sys.modules, "calc_ran", module)
    now = time.time()
    assert version_that_ran(["calc_ran.part"], "2.0", "/site", 0.0) is None
    assert version_that_ran(["calc_ran.part"], "2.0", "/site", now) == "1.0"
    assert version_that_ran(["calc_ran.part"], "2.0", "/other", now) is None
    assert version_that_ran(["json"], "2.0", "/site", now) is None
