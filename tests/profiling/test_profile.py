"""A profile on the real server: which stage takes how long, and what it all needs."""

import json
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
import yaml
from gateway import Gateway, standing
from telling import checked

from truss_nb.cli import main
from truss_nb.errors import ProofError
from truss_nb.profiling import profile
from truss_nb.profiling.measure import profile_here
from truss_nb.profiling.proposals import propose
from truss_nb.profiling.sweep import Level, Sweep, climb
from truss_nb.profiling.usage import watched
from truss_nb.proof.folder import read_folder
from truss_nb.proof.server.exchange import read_sent
from truss_nb.proof.server.server import serve
from truss_nb.truss.config_keys import read_setting, refusals
from truss_nb.truss.defaults import DEFAULTS

STAGES = ("preprocess", "predict", "postprocess")
MODEL = """\
import time


class Model:
    def load(self):
        self.held = {held}

    def preprocess(self, x):
        {preprocess}
        return x

    def predict(self, x):
        {predict}
        return x

    def postprocess(self, x):
        {postprocess}
        return x
"""
STREAM = """\
import time


class Model:
    def predict(self, x):
        for part in "ab":
            time.sleep(0.05)
            yield part
"""


@pytest.fixture
def write(tmp_path):
    def write(model=None, examples=(1, 2), **does):
        folder = tmp_path / "measured"
        (folder / "model").mkdir(parents=True)
        (folder / "config.yaml").write_text("python_version: py311\n")
        given = [{"name": str(i), "input": x} for i, x in enumerate(examples)]
        (folder / "examples.yaml").write_text(yaml.safe_dump(given))
        stages = {"held": "None", **dict.fromkeys(STAGES, "pass"), **does}
        (folder / "model/model.py").write_text(model or MODEL.format(**stages))
        return folder

    return write


@pytest.fixture
def measure(write, server_python):
    def measure(*model, most=1, **does):
        folder = read_folder(write(*model, **does))
        sweep = Sweep(tuple(read_sent(folder)), 0.3, most)
        return profile_here(
            folder, server_python, sweep, print, secrets={}, timeout=120.0
        )

    return measure


def proposed(found):
    return {each.key: each.value for each in found.proposals}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_sleeps_50_ms_shows_them_and_no_other_does(measure, stage):
    found = measure(**{stage: "time.sleep(0.05)"})
    times = found.levels[0].times
    assert [*times] == ["whole", *STAGES]
    assert times[stage][50] >= 0.05
    assert times["whole"][50] > times[stage][50]
    assert max(STAGES, key=lambda name: times[name][50]) == stage
    assert stage in str(found)


def test_a_stream_lasts_until_its_last_part(measure):
    times = measure(STREAM).levels[0].times
    assert [*times] == ["whole", "predict"]
    assert times["predict"][50] >= 0.1


def test_a_model_that_holds_1_gb_needs_1_5_gi_at_least(measure):
    found = measure(held="b'x' * 10**9")
    assert found.levels[0].memory > 10**9
    assert float(proposed(found)["resources.memory"].removesuffix("Gi")) >= 1.5
    assert found.seconds > found.load > 0


def test_what_waits_in_predict_gets_more_at_once_and_what_waits_before_it_does_not(
    measure,
):
    found = measure(predict="time.sleep(0.3)", most=4)
    assert [level.clients for level in found.levels] == [1, 2, 4]
    assert int(proposed(found)["runtime.predict_concurrency"]) > 1


def test_answers_that_are_mixed_up_end_the_sweep_and_are_not_proposed(measure):
    keeps = "self.kept = x; time.sleep(0.2); x = self.kept"
    found = measure(predict=keeps, most=8)
    assert found.levels[-1].clients == 2
    assert found.levels[-1].wrong["not as alone"] > 0
    assert proposed(found)["runtime.predict_concurrency"] == "1"
    assert "keep none on self or in a global" in str(found)


def test_of_what_is_deployed_the_whole_is_told_and_nothing_proposed(
    write, server_python, capfd
):
    folder = write()
    with serve(folder, python=server_python) as server:
        gateway = Gateway(server.url, key="Api-Key x", delay=0.05, first=[(503, {})])
        with standing(gateway) as url:
            headers = {"Authorization": "Api-Key x"}
            found = profile(folder, url=url, headers=headers, seconds=0.1, most=2)
            words = ["--url", url, "--seconds", "0.1", "--most", "1", "--json"]
            assert main(["profile", str(folder), *words]) == 1
    assert [[*level.times] for level in found.levels] == [["whole"]] * 2
    assert found.levels[0].times["whole"][50] >= 0.05
    assert not found.proposals
    assert "can't be seen from outside" in str(found)
    assert (
        "isn't answered (status 401)"
        in json.loads(capfd.readouterr().out)["error"]["what"]
    )


def test_a_page_shows_a_picture_and_a_program_gets_json(measure):
    found = measure()
    html = found._repr_html_()
    picture = html[html.index("<svg") : html.index("</svg>") + len("</svg>")]
    titles = [each.text for each in ET.fromstring(picture).iter() if each.text]
    for name in (*STAGES, "the rest", "1 at a time"):
        assert [title for title in titles if title.startswith(name)], name
    told = checked(found.to_dict())
    assert told["levels"][0]["times"]["predict"].keys() == {"p50", "p90", "p99"}


def level(clients, rate, predict=0.1, wrong=(), **told):
    answers = (1.0,) * rate
    stages = {"predict": (predict,) * rate}
    return Level(clients, 1.0, answers, stages, dict.fromkeys(wrong, 1), **told)


GI = 1 << 30
# What ever more clients saw, and the settings that follow.
PROPOSED = {
    "as many as were under way": (
        [level(1, 10), level(2, 20), level(4, 38)],
        {"runtime.predict_concurrency": "4"},
    ),
    "the fewest that do nearly as well": (
        [level(1, 10), level(2, 19), level(4, 20, 0.2)],
        {"runtime.predict_concurrency": "2"},
    ),
    "what waits elsewhere": (
        [level(1, 10, 0.001), level(2, 20, 0.001)],
        {"runtime.predict_concurrency": "1"},
    ),
    "none with wrong answers": (
        [level(1, 10), level(2, 20, wrong=["status 500"])],
        {"runtime.predict_concurrency": "1"},
    ),
    "cores and memory": (
        [level(1, 10, cores=1.7, memory=GI)],
        {
            "runtime.predict_concurrency": "1",
            "resources.cpu": "2",
            "resources.memory": "1.5Gi",
        },
    ),
    "a little memory": (
        [level(1, 10, cores=0.01, memory=GI // 10)],
        {
            "runtime.predict_concurrency": "1",
            "resources.cpu": "1",
            "resources.memory": "0.5Gi",
        },
    ),
    "all wrong": ([level(1, 10, wrong=["status 500"])], {}),
}


@pytest.mark.parametrize("case", PROPOSED)
def test_settings_follow_from_what_was_measured_and_truss_takes_them(case):
    levels, expected = PROPOSED[case]
    found = {each.key: each.value for each in propose(levels, DEFAULTS)}
    assert found == expected
    config = {}
    for key, value in found.items():
        outer, inner = key.split(".")
        config.setdefault(outer, {})[inner] = read_setting(key, value)
    assert [*refusals(config)] == []


# The answers in a second of 1, 2, 4, … clients, and how many are tried of at most 8.
CLIMBS = {
    "while it helps": ([10, 20, 40, 80], 4),
    "until it doesn't": ([10, 20, 21, 90], 3),
    "one is enough": ([10, 10, 40, 80], 2),
}


@pytest.mark.parametrize("case", CLIMBS)
def test_more_clients_are_tried_as_long_as_they_get_more_answers(case):
    rates, tried = CLIMBS[case]
    left = iter(rates)
    found = climb(lambda clients: level(clients, next(left)), 8, lambda _: None)
    assert [each.clients for each in found] == [1, 2, 4, 8][:tried]


def test_what_a_process_of_the_server_holds_counts_too():
    child = "held = b'x' * 3 * 10**8; print(flush=True); input()"
    parent = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        process.stdout.readline()
        with watched(process.pid) as usage:
            usage.look()
        assert usage.memory > 3 * 10**8
        assert usage.cpu() > 0
        process.communicate(b"\n")


def test_without_an_example_that_is_answered_there_is_nothing_to_measure(write):
    with pytest.raises(ProofError, match="has no example that is answered"):
        profile(write(examples=()))
