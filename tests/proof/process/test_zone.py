"""The time zone and the variables of the server, here and in the proof."""

import os
import threading
import time

import pytest

from truss_nb import Bundle
from truss_nb.errors import ProofError

HOUR = """def predict(at):
    from datetime import datetime

    return datetime.fromtimestamp(at).hour
"""
LOAD = """def load(self):
    self.loaded = os.environ["LEVEL"]
"""
PREDICT = """def predict(self, x):
    if x is None:
        raise ValueError(os.environ["LEVEL"])
    return [self.loaded, os.environ["LEVEL"], os.getenv("HERE")]
"""


@pytest.fixture
def tokyo(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("tokyo")
def test_an_hour_of_this_machine_is_told_and_its_remedy_works(door, tmp_path):
    door.stage("predict", HOUR)
    door.example("0")
    with pytest.raises(ProofError) as failed:
        door.export(tmp_path / "before")
    remedy = "%truss_config environment_variables.TZ=Asia/Tokyo"
    assert "Asia/Tokyo here and UTC on a server" in str(failed.value)
    assert remedy in str(failed.value)
    door.config(*remedy.removeprefix("%truss_config ").split("="))
    assert door.export(tmp_path / "after").proof.passed


@pytest.mark.usefixtures("tokyo")
def test_a_zone_that_is_set_counts_here_while_the_bundle_runs(door):
    door.stage("predict", HOUR)
    door.config("environment_variables.TZ", "America/Lima")
    assert door.run("0") == 19
    assert time.localtime(0).tm_hour == 9


def test_variables_that_are_set_are_there_live_and_given_back(
    door, tmp_path, monkeypatch
):
    monkeypatch.setenv("LEVEL", "mine")
    door.run_cell("import os")
    door.stage("load", LOAD)
    door.stage("predict", PREDICT)
    door.config("environment_variables.LEVEL", "high")
    door.config("environment_variables.HERE", "yes")
    assert door.run("1") == ["high", "high", "yes"]
    with pytest.raises(ValueError, match="high"):
        door.run("None")
    assert os.environ["LEVEL"] == "mine"
    assert "HERE" not in os.environ
    door.example("1")
    assert door.export(tmp_path / "folder").proof.passed


def test_two_runs_at_once_give_the_variables_back():
    entered, leave = threading.Event(), threading.Event()

    def predict(x):
        entered.set()
        leave.wait(30)
        return os.environ["HERE"]

    bundle = Bundle({})
    bundle.predict(predict)
    bundle.config("environment_variables.HERE", "yes")
    first, second = (threading.Thread(target=bundle.run, args=(n,)) for n in (1, 2))
    first.start()
    assert entered.wait(30)
    second.start()
    leave.set()
    first.join()
    second.join()
    assert "HERE" not in os.environ
