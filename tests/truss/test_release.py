"""All that truss_nb/truss knows is what the installed release of Truss says."""

import re
from pathlib import Path

from truss_nb.truss import (
    REQUIREMENT,
    SCHEMA,
    VERSION,
    constraints,
    defaults,
    http,
    reserved,
    serving,
)
from truss_nb.truss.dropped import DROPPED, silently_dropped
from truss_nb.truss.serving.model import load

ROOT = Path(__file__).parents[2]


def test_the_release_is_the_one_that_was_read(release):
    assert release["version"] == VERSION


def test_the_oldest_release_is_written_alike_where_it_cannot_be_imported():
    assert f'truss = ["{REQUIREMENT}"]' in (ROOT / "pyproject.toml").read_text()
    assert f"install '{REQUIREMENT}'" in (ROOT / ".ci" / "server-env").read_text()


def test_the_first_line_of_config_yaml(release):
    assert release["first_line"] == SCHEMA


def test_the_defaults_put_the_parts_where_they_are_written():
    known, model = defaults.DEFAULTS, Path(defaults.MODEL)
    assert model == Path(known["model_module_dir"], known["model_class_filename"])
    assert known["model_class_name"] == defaults.CLASS
    assert known["examples_filename"] == defaults.EXAMPLES
    assert known["bundled_packages_dir"] == defaults.PACKAGES
    assert known["data_dir"] == serving.DATA


def test_what_the_image_holds_packages_to(release):
    bounds = re.compile(r"^([\w-]+)([=<>].*)$", re.MULTILINE)
    lines = dict(bounds.findall(release["constraints"]))
    assert lines
    assert {name: constraints.find_bounds(name) for name in lines} == lines


def test_what_a_push_drops(release):
    assert sorted(DROPPED.split()) == sorted(release["patterns"])
    theirs = release["dropped"]
    assert {path: silently_dropped(path) for path in theirs} == theirs


def test_the_modules_and_variables_that_are_taken(release):
    modules = {name.removesuffix(".py") for name in release["in_image"]}
    others = {"__init__", "config.yaml", "constraints.txt", "requirements.txt"}
    assert modules - others <= reserved.MODULES
    assert set(release["variables"]) == reserved.VARIABLES


def test_the_paths_of_the_server(release):
    theirs = {url.format(model_name="model") for url in release["urls"]}
    assert {serving.PREDICT, serving.READY, serving.LOADED} <= theirs


def test_how_the_server_is_told_things(release):
    assert release["ports"] == [serving.PORT]
    assert release["prefixes"] == [serving.SECRET_PREFIX]
    assert http.MSGPACK in release["media"]


ANY = "class Model:\n    def __init__(self, **given):\n        self.given = given\n"


def test_what_the_model_is_given(release, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("model").mkdir()
    Path(defaults.MODEL).write_text(ANY + "    def predict(self, x): ...\n")
    model = load(dict(defaults.DEFAULTS), {})
    assert sorted(model.given) == release["given"]
