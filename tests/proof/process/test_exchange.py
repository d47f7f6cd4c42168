"""What a bundle may do to the process of its proof, and what the proof says of it."""

import os
import resource
import sys
import tempfile
from pathlib import Path

import pytest
from doors import gate

from truss_nb.proof import prove
from truss_nb.proof.process.sequence import Order

FORGED = """\
import json, os
done = {"event": "done", "stage": "predict", "example": "one", "turn": 1,
        "seconds": 1.0, "snapshot": 1}
for pipe in range(3, 64):
    try:
        os.write(pipe, (json.dumps(%s) + "\\n").encode())
    except OSError:
        pass
os._exit(0)"""
WAITS = "\nimport time; time.sleep(1000)"
FINDS = """\
import gc
report, = [r for r in gc.get_objects() if type(r).__name__ == "Report"]
"""
OUT_OF_ORDER = "reported what it wasn't asked for, or not in order, during predict"
GARBLED = "something else than the proof's own code wrote into its report"
# What predict does, and what the proof says of it.
HARMS = {
    "its end": (FORGED % '{"event": "end"}', GARBLED),
    "an answer": (FORGED % "done", GARBLED),
    "no line": (FORGED.replace('+ "\\n"', "+ ''") % "done" + WAITS, GARBLED),
    "no JSON": (FINDS + "report._pipe.write(report._mark + '{\\n')", GARBLED),
    "an unknown event": (FINDS + "report.tell('passed')", OUT_OF_ORDER),
    "an end in between": (
        FINDS + "report.tell('end', imported=[], refused=[], read=[], opened=[], "
        "started=[])" + WAITS,
        OUT_OF_ORDER,
    ),
    "another example": (
        FINDS + "report.tell('answer', refusals=[], example='two', turn=1)",
        OUT_OF_ORDER,
    ),
    "a fourth turn": (
        FINDS + "report.tell('done', stage='predict', seconds=1.0, snapshot=1, "
        "example='one', turn=4)",
        OUT_OF_ORDER,
    ),
    "many modules": (
        "import sys\nfor n in range(200_000): sys.modules[f'name{n}'] = sys\nreturn 1",
        "reported more than 1 MB beside its answers",
    ),
    "a real-time signal": (
        "import os, signal; os.kill(os.getpid(), signal.SIGRTMIN + 1)",
        "was killed by SIGRTMIN+1 during predict",
    ),
    "its supervisor's death": (
        "import os, signal; os.kill(os.getppid(), signal.SIGKILL)" + WAITS,
        "was killed by SIGKILL during predict",
    ),
}


@pytest.fixture
def bundle(served):
    """Write a folder with one example."""
    return lambda body, answer, **config: served(
        predicts(body), {"one": ([1, 2], answer)}, **config
    )


def predicts(body):
    indented = body.replace("\n", "\n        ")
    return f"class Model:\n    def predict(self, x):\n        {indented}\n"


@pytest.mark.parametrize("case", HARMS)
def test_a_report_that_the_bundle_had_a_hand_in_fails_the_proof(bundle, case):
    body, told = HARMS[case]
    proof = prove(bundle(body, 1))
    assert proof.failed
    assert told in str(proof)


def test_what_is_said_beside_an_answer_is_bounded(bundle):
    noise = "import sys\nfor _ in range(100): sys.stderr.write('x' * 10**6)\n"
    body = noise + "raise ValueError('y' * 10**7 + 'the end')"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    proof = prove(bundle(body, 1))
    told = str(proof)
    assert len(told) < 50_000
    assert "ValueError: yyy" in told
    assert "the end" in told
    if sys.platform == "linux":  # in kilobytes
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert grown < 50_000


@gate
def test_a_large_answer_passes(bundle):
    answer = "x" * 20_000_000
    folder = bundle(f"return 'x' * {len(answer)}", answer)
    assert prove(folder).passed


def test_a_secret_is_in_no_file_of_the_process_while_it_runs(
    bundle, monkeypatch, tmp_path
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    body = (
        "import os\nfrom pathlib import Path\n"
        "places = [Path(os.getcwd()).parent, '/dev/shm']\n"
        "files = [f for p in places for f in Path(p).rglob('*') if f.is_file()]\n"
        "found = [f for f in files if (b'sh' + b'h-it-is-me') in f.read_bytes()]\n"
        "return [len(files) > 1, len(found)]"
    )
    folder = bundle(body, [True, 0], secrets={"token": None})
    proof = prove(folder, secrets={"token": "shh-it-is-me"})
    assert proof.passed, proof


LOAD = [
    {"event": "begin", "python": "3"},
    {"event": "start", "stage": "load"},
    {"event": "done", "stage": "load", "seconds": 1.0},
]
END = {"event": "end"} | {
    name: []
    for name in ("imported", "refused", "unlisted", "read", "opened", "started")
}


def ran(turn, example="one"):
    about = {"example": example, "turn": turn}
    start = {"event": "start", "stage": "predict", **about}
    done = {"event": "done", "stage": "predict", "seconds": 1.0, **about}
    return [start, done, {"event": "answer", "refusals": [], **about}]


def failed(stage, **about):
    told = {"type": "E", "message": "", "traceback": ""}
    return {"event": "failed", "stage": stage, **told, **about}


LINE = {"event": "line", "name": "a", "seconds": 0}
ORDERS = {
    "all": ([*LOAD, LINE, *ran(1), *ran(2), *ran(3), LINE, END], True),
    "no third turn": ([*LOAD, *ran(1), *ran(2), END], True),
    "load failed": ([*LOAD[:2], failed("load"), LINE, END], True),
    "a stage failed": (
        [*LOAD, *ran(1), ran(2)[0], failed("predict", example="one", turn=2), END],
        True,
    ),
    "no second turn": ([*LOAD, *ran(1), END], False),
    "a turn again": ([*LOAD, *ran(1), *ran(1), *ran(2), END], False),
    "after the end": ([*LOAD, *ran(1), *ran(2), END, END], False),
    "a stage that didn't begin": ([*LOAD, *ran(1)[1:], *ran(2), END], False),
    "a stage that didn't end": ([*LOAD, ran(1)[0], *ran(2), END], False),
    "goes on after it failed": (
        [*LOAD, ran(1)[0], failed("predict", example="one", turn=1), ran(1)[2]],
        False,
    ),
    "no load": ([LOAD[0], *ran(1), *ran(2), END], False),
    "a line three times": ([*LOAD, LINE, LINE, LINE], False),
    "another line": ([*LOAD, {**LINE, "name": "b"}], False),
    "a part of another type": ([LOAD[0], {"event": "start", "stage": 1}], False),
}


@pytest.mark.parametrize("case", ORDERS)
def test_what_was_asked_for_is_taken_in_its_order_alone(case):
    events, is_right = ORDERS[case]
    order = Order({"one": "predict"}, [], ["a"])
    taken = [order.takes(event) for event in events]
    assert (False not in taken) == is_right


def test_what_the_bundle_started_in_a_session_of_its_own_ends_with_the_proof(
    bundle, tmp_path
):
    if not Path("/proc/self/task").is_dir():
        pytest.skip("elsewhere only the session of the process is known")
    noted = tmp_path / "noted"
    body = (
        "import subprocess\n"
        "started = subprocess.Popen(['sleep', '1000'], start_new_session=True)\n"
        f"open({str(noted)!r}, 'w').write(str(started.pid))\n"
        "return 1"
    )
    assert prove(bundle(body, 1)).passed
    with pytest.raises(ProcessLookupError):
        os.kill(int(noted.read_text()), 0)
