"""The command that keeps a server up, as a person types it and ends it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from telling import told

from truss_nb.cli import main
from truss_nb.errors import ProofError
from truss_nb.proof.keeping import keep

DOUBLE = """\
class Model:
    def predict(self, x):
        print("asked")
        return {"y": 2 * x}
"""


@contextmanager
def started(folder, *words):
    """Run the command; yield its process and what it said until it was up."""
    command = [sys.executable, "-m", "truss_nb", "serve", str(folder), *words]
    log, temporary = folder.parent / "log", folder.parent / "temporary"
    temporary.mkdir()
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(temporary)},
        ) as process,
    ):
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                if line.startswith(("Ctrl-C", "}")):
                    break
            yield process, "".join(said), log
        finally:  # killed, it would leave its server behind
            process.terminate()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def processes():
    return subprocess.check_output(["ps", "-eww", "-o", "args"], text=True)


@pytest.mark.usefixtures("server_made")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_it_answers_the_line_it_prints_and_leaves_nothing_when_it_is_ended(
    served, ending
):
    port = free_port()
    folder = served(DOUBLE, {"it's three": (3, {"y": 6})})
    with started(folder, "--port", str(port)) as (process, said, log):
        assert f"bundle is on http://127.0.0.1:{port}, for this machine only." in said
        (curl,) = [x for x in said.splitlines() if x.startswith("  curl ")]
        answer = subprocess.check_output(f"{curl} --silent", shell=True)
        assert json.loads(answer) == {"y": 6}
        while "asked" not in log.read_text():  # what the model prints is shown
            time.sleep(0.05)
        place = str(folder.parent / "temporary")
        assert place in processes()
        process.send_signal(ending)
        assert process.stdout.read() == "The server has ended.\n"
        assert process.wait() == 0
    assert place not in processes()
    assert list((folder.parent / "temporary").iterdir()) == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_no_server_is_left_by_a_command_that_is_killed_outright(served, server_python):
    """Nor what its model started in a session of its own."""
    port = free_port()
    model = (
        "import os, subprocess, sys\n"
        "wait = ['-c', 'input()', os.environ['TMPDIR']]\n"
        "class Model:\n"
        "    def load(self):\n"
        "        subprocess.Popen([sys.executable, *wait], stdin=subprocess.PIPE,\n"
        "            start_new_session=True)\n"
        "    def predict(self, x): return x"
    )
    folder = served(model, {"one": (1, 1)})
    place = str(folder.parent / "temporary")
    words = ("--port", str(port), "--python", server_python)
    with started(folder, *words) as (process, _, _):
        assert f"input() {place}" in processes()
        socket.create_connection(("127.0.0.1", port)).close()
        process.kill()
    until = time.monotonic() + 20
    while place in processes() and time.monotonic() < until:
        time.sleep(0.05)
    assert place not in processes()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.usefixtures("server_made")
def test_a_long_input_is_sent_from_a_file(served):
    many = list(range(2_000))
    model = DOUBLE.replace("2 * x", "len(x)")
    with started(served(model, {"many": (many, {"y": 2_000})})) as (_, said, _):
        (curl,) = [x for x in said.splitlines() if x.startswith("  curl ")]
        assert len(curl) < 300
        answer = subprocess.check_output(f"{curl} --silent", shell=True)
    assert json.loads(answer) == {"y": 2_000}


@pytest.mark.usefixtures("server_made")
def test_a_server_that_ends_by_itself_is_told_with_its_log(served):
    model = (
        "import os, threading\n"
        "class Model:\n"
        " def load(self): threading.Timer(3, os._exit, [3]).start()\n"
        " def predict(self, x): return x"
    )
    said = []
    with pytest.raises(ProofError, match="has ended by itself") as raised:
        keep(served(model, {"b": (b"x", 1)}), tell=lambda kept: said.append(str(kept)))
    assert "Executing model.load()" in str(raised.value)
    assert "in place of INPUT" in said[0]


def test_a_program_is_told_where_the_server_is(served, server_python):
    words = ("--json", "--python", server_python)
    with started(served(DOUBLE, {"two": (2, 4)}), *words) as (process, said, _):
        facts = told(said)
        (ask,) = facts["next"]
        answer = subprocess.check_output(f"{ask['line']} --silent", shell=True)
        assert json.loads(answer) == {"y": 4}
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == ""


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_misread(tmp_path, port):
    with pytest.raises(SystemExit) as ended:
        main(["serve", str(tmp_path), "--port", port])
    assert ended.value.code == 2


def test_a_folder_that_is_no_bundle_is_told(tmp_path, capsys):
    assert main(["serve", str(tmp_path)]) == 1
    assert "config.yaml: is missing" in capsys.readouterr().err
