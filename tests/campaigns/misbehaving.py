"""Prove 50 bundles that misbehave in the process of their proof: none may do harm.

    python tests/campaigns/misbehaving.py [--number 50] [--show]

Each ends its process, floods a pipe, writes a report of its own, leaves processes
behind, or looks for what only this machine has. Harm is: an error that is raw, a
verdict of "passed" for a wrong answer, a proof that isn't over in time, more than
200 MB of memory taken here, a process or a temporary folder left, a file of the
notebook's folder changed. The last line has the figures.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import yaml

from truss_nb.live.example import expectation
from truss_nb.proof import EXPECTED
from truss_nb.proof.environment.interpreter import find_interpreter
from truss_nb.proof.folder import read_folder
from truss_nb.proof.process.process import run_examples
from truss_nb.values.snapshot import snapshot

TIMEOUT, PATIENCE, MOST = 20.0, 60.0, 200_000
"""Seconds of a proof, and until it must be over; kilobytes that it may take here."""

MARK = "TRUSS_NB_CAMPAIGN"
HEAD = f"""\
import gc, os, signal, subprocess, sys, threading, time
HERE = os.environ[{MARK!r}]
"""
PIPES = """\
for pipe in range(3, 99):
    try: os.write(pipe, {})
    except OSError: pass
"""
REPORT = "report, = [r for r in gc.get_objects() if type(r).__name__ == 'Report']\n"
TELL = REPORT + "report.tell({})\nreturn 2"
START = "subprocess.Popen(['sleep', '3000'], start_new_session={})\n"
WAIT = "time.sleep(3000)"
ABOUT = "stage='predict', example='one'"
FORGED = b"""{"event": "done", "stage": "predict", "example": "one", "turn": 1, \
"seconds": 1.0, "snapshot": 1}
"""
SIGNALS = (2, 3, 6, 9, 11, 15, 34, 64)

WRONG = {
    **{f"signal {n}": f"os.kill(os.getpid(), {n})" for n in SIGNALS},
    **{f"signal {n} for all": f"os.killpg(0, {n})" for n in (2, 9, 15)},
    **{f"signal {n} up": f"os.kill(os.getppid(), {n})\n{WAIT}" for n in (2, 9, 15, 19)},
    **{f"exit {n}": f"os._exit({n})" for n in (0, 1, 127, 255)},
    "hangs": WAIT,
    "hangs in C": "import re; re.match('(a+)+b', 'a' * 60)",
    "hangs, deaf": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\n" + WAIT,
    "closes all": "os.closerange(0, 999)\nreturn 2",
    "closes all but the last": "os.closerange(3, 6)\nreturn 2",
    "floods stderr": "while True: os.write(2, b'x' * 10**6)",
    "floods stdout": "while True: os.write(1, b'x' * 10**6)",
    "floods its report": "while True:\n    for pipe in range(3, 99):\n"
    "        try: os.write(pipe, b'x' * 4096)\n        except OSError: pass",
    "forges an end": PIPES.format(b'{"event": "end"}\n') + "os._exit(0)",
    "forges an answer": PIPES.format(FORGED) + "os._exit(0)",
    "forges with our name": TELL.format(
        "'answer', refusals=[], text='1', example='one', turn=1"
    ),
    "forges turns": TELL.format("'start', stage='predict', example='one', turn=9"),
    "forges another": TELL.format("'start', stage='predict', example='two', turn=1"),
    "forges types": TELL.format("'done', stage=7, seconds='x', example=[], turn={}"),
    "forges no event": TELL.format("None"),
    "forges depth": REPORT
    + "report._pipe.write(report._mark + '[' * 10**6 + '\\n')\nreport._pipe.flush()\nreturn 2",
    "long message": "raise ValueError('x' * 10**8)",
    "long type": "raise type('T' * 10**7, (Exception,), {})()",
    "deep error": "def f(n):\n    raise ValueError(n) if n > 900 else f(n + 1)\nf(0)",
    "error whose text fails": "raise type('E', (Exception,), {'__str__': lambda s: 1 / 0})()",
    "many modules": "for n in range(300_000): sys.modules[f'name{n}'] = sys\nreturn 2",
    "much memory": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**30,) * 2)\nreturn 'x' * 2**31",
    "endless answer": "return iter(int, 1)",
    "processes beside": START.format(True) * 5 + "return 2",
    "processes below": START.format(False) * 5 + "return 2",
    "processes that hang": START.format(True) + WAIT,
    "a daemon": "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(3000)\n    os._exit(0)\nreturn 2",
    "removes": "os.remove(HERE + '/notes.txt')",
    "renames": "os.rename(HERE + '/notes.txt', HERE + '/gone.txt')",
    "removes all": "import shutil; shutil.rmtree(HERE)",
    "a thread that raises": "threading.Thread(target=lambda: 1 / 0).start()\nraise SystemExit",
}


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _processes(of: Path) -> Iterator[str]:
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"{MARK}={of}\0".encode() in (place / "environ").read_bytes():
                yield place.name


def write(place: Path, body: str) -> Path:
    """Write a bundle whose one example answered 1."""
    indented = body.replace("\n", "\n        ")
    model = f"{HEAD}class Model:\n    def predict(self, x):\n        {indented}\n"
    kept = {"one": expectation({"predict": snapshot(1)}, 1)}
    contents = {
        "config.yaml": yaml.safe_dump({"environment_variables": {MARK: str(place)}}),
        "model/model.py": model,
        "examples.yaml": yaml.safe_dump([{"name": "one", "input": [1]}]),
        EXPECTED: json.dumps({"examples": kept}),
    }
    for name, text in contents.items():
        (place / ".bundle" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / ".bundle" / name).write_text(text)
    return place / ".bundle"


def harm(body: str) -> str:
    """Return what a bundle did that it mustn't; empty if nothing."""
    with tempfile.TemporaryDirectory() as root:
        place = Path(root)
        notes = place / "notes.txt"
        notes.write_text("the notebook's")
        folder = read_folder(write(place, body))
        temporary = place / ".temporary"
        temporary.mkdir()
        tempfile.tempdir, began, before = str(temporary), time.monotonic(), _memory()
        try:
            proof = run_examples(
                folder, find_interpreter(None), {}, timeout=TIMEOUT, absent=[str(place)]
            )
            told = len(str(proof))
        except Exception:  # noqa: BLE001  # is what is looked for
            return traceback.format_exc()
        finally:
            tempfile.tempdir = None
        found = {
            f"verdict {proof.verdict}": not proof.failed,
            "took too long": time.monotonic() - began > PATIENCE,
            f"took {(_memory() - before) // 1000} MB": _memory() - before > MOST,
            f"told {told} characters": told > 100_000,
            "left processes": any(_processes(place)),
            "left folders": any(temporary.iterdir()),
            "changed a file": not notes.exists() or notes.read_text()[:3] != "the",
        }
        return ", ".join(name for name, is_so in found.items() if is_so)


def run(number: int, *, show: bool = False) -> dict[str, str]:
    """Return what each of so many bundles did that it mustn't."""
    found = {}
    for name in [*WRONG][:: max(1, len(WRONG) // number)][:number]:
        began = time.monotonic()
        found[name] = harm(WRONG[name])
        if show or found[name]:
            print(
                f"{name}: {found[name] or 'no harm'}, {time.monotonic() - began:.1f} s",
                flush=True,
            )
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=len(WRONG))
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    outcomes = run(asked.number, show=asked.show)
    harms = sum(map(bool, outcomes.values()))
    print(f"{len(outcomes)} bundles that misbehave: {harms} did harm")
    sys.exit(bool(harms))
