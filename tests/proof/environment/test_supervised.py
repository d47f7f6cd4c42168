"""What ends with whoever started it, however that ends."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from truss_nb.errors import ProofError
from truss_nb.proof.environment.supervised import ending, signal_name, supervised

# All of them hold the standard output open, two in sessions of their own.
SCRIPT = "setsid sleep 1000 & setsid sleep 1000 & echo up; sleep 1000; true"
STARTS = """\
import threading
from truss_nb.proof.environment.supervised import supervised
def start():
    with supervised(["/bin/sh", "-c", {script!r}]) as process:
        process.wait()
{how}
"""
HOW = {
    "the main thread": "start()",
    "a thread": "threading.Thread(target=start).start()",
}


def is_at_its_end(pipe):
    """Return whether no process can write to a pipe any more, in time."""
    return bool(select.select([pipe], [], [], 30)[0]) and pipe.read(1) == b""


needs_linux = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="elsewhere only the session is known"
)


@needs_linux
def test_all_that_it_started_ends_with_the_block():
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        with supervised(["/bin/sh", "-c", SCRIPT], stdout=writing):
            os.close(writing)
            assert pipe.readline() == b"up\n"
        assert is_at_its_end(pipe)


@needs_linux
@pytest.mark.parametrize("how", HOW)
def test_all_that_it_started_ends_when_its_parent_is_killed(how):
    code = STARTS.format(script=SCRIPT, how=HOW[how])
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout.readline() == b"up\n"
        process.kill()
        assert is_at_its_end(process.stdout)


ENDINGS = {
    "exit 3": "ended with exit status 3",
    "kill -SEGV $$": "was killed by SIGSEGV",
    "kill -KILL $$": "was killed by SIGKILL",
    "kill -35 $$": f"was killed by {signal_name(35)}",
}


@pytest.mark.parametrize("line", ENDINGS)
def test_how_it_ended_is_known(line):
    with supervised(["/bin/sh", "-c", line]) as process:
        assert ending(process.wait()) == ENDINGS[line]


def test_it_can_be_asked_to_end(tmp_path):
    script = f"trap 'touch {tmp_path}/asked; exit 4' TERM; echo; while :; do :; done"
    with supervised(["/bin/sh", "-c", script], stdout=subprocess.PIPE) as process:
        process._supervisor.stdout.readline()
        process.terminate(30)
        assert process.poll() == 4
    process._supervisor.stdout.close()
    assert (tmp_path / "asked").exists()


@pytest.mark.parametrize("program", ["/nowhere/python", __file__])
def test_what_cannot_be_started_is_said(program):
    with (
        pytest.raises(ProofError, match=f"{program} can't be started"),
        supervised([program]),
    ):
        pass


def test_real_time_signals_have_names():
    if not hasattr(signal, "SIGRTMIN"):
        pytest.skip("this system has none")
    numbers = range(signal.SIGRTMIN, signal.SIGRTMAX + 1)
    names = [signal_name(number) for number in numbers]
    assert names[:2] == ["SIGRTMIN", "SIGRTMIN+1"]
    assert len({*names}) == len(numbers)
