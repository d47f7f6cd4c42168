"""Kill exports at many moments: nothing of theirs may be left behind.

    python tests/campaigns/kills.py [--number 100] [--show]

An export whose stage hangs in its proof, or doesn't, is killed outright at a moment
that is drawn. At once no process of it may run any more. The next export, which is
whole, must find the folder as the one before wrote it, and leave no temporary folder.
The last line has the figures.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MARK = "TRUSS_NB_KILLS"
LONGEST = 8.0
"""The seconds after which the last one is killed."""

EXPORT = """
import sys, truss_nb
from pathlib import Path
names = {"__name__": "campaign"}
source = Path("campaign.py")
source.write_text('''
import sys, time, subprocess
RUN = %r
def predict(x):
    if "truss_nb" not in sys.modules and RUN %% 2:
        subprocess.Popen(["sleep", "3000"], start_new_session=True)
        time.sleep(3000)
    return x
''' % int(sys.argv[1]))
exec(compile(source.read_text(), str(source), "exec"), names)
bundle = truss_nb.Bundle(names)
bundle.predict(names["predict"])
import os
bundle.config("environment_variables.TRUSS_NB_KILLS", os.environ["TRUSS_NB_KILLS"])
bundle.example([1], name="one")
bundle.export("out", name="out")
"""


def _processes(of: str) -> Iterator[str]:
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"{MARK}={of}\0".encode() in (place / "environ").read_bytes():
                yield place.name


def _left(of: str, patience: float = 5.0) -> int:
    """Return how many processes are left: they have a moment to end."""
    until = time.monotonic() + patience
    while (count := sum(1 for _ in _processes(of))) and time.monotonic() < until:
        time.sleep(0.05)
    return count


def run(number: int, seed: int = 0, *, show: bool = False) -> list[str]:
    """Kill so many exports, and return what each left."""
    drawn, found = random.Random(seed), []
    with tempfile.TemporaryDirectory() as root:
        (temporary := Path(root, "tmp")).mkdir()
        environ = {**os.environ, MARK: root, "TMPDIR": str(temporary)}
        command = [sys.executable, "-c", EXPORT]

        def start(turn: int) -> subprocess.Popen[bytes]:
            words = [*command, str(turn)]
            silent = subprocess.DEVNULL
            return subprocess.Popen(words, cwd=root, env=environ, stderr=silent)

        assert start(0).wait() == 0, "the export fails by itself"
        whole = _content(Path(root, "out"))
        for turn in range(number):
            moment = drawn.uniform(0.5, LONGEST)
            process = start(2 * turn + 1)
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            trouble = [f"{n} processes" for n in [_left(root)] if n]
            if _content(Path(root, "out")) != whole:
                trouble.append("another folder")
            if start(0).wait() != 0:
                trouble.append("the next export fails")
            trouble += [f"{each.name}" for each in temporary.iterdir()]
            found.append(", ".join(trouble))
            if show or trouble:
                print(f"killed after {moment:.2f} s: {found[-1] or 'nothing left'}")
    return found


def _content(folder: Path) -> dict[str, bytes]:
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    outcomes = run(asked.number, asked.seed, show=asked.show)
    left = sum(map(bool, outcomes))
    print(f"{len(outcomes)} kills: {left} left something behind")
    sys.exit(bool(left))
