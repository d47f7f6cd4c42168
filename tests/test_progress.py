"""A wait is never silent: something moves in a cell, the widget, a terminal, a log."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import ipywidgets
import nbformat
import pytest
from doors import Magics, fresh_shell, gate
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from truss_nb import progress
from truss_nb.progress import Ticker, shown

SLOW = (
    "import time",
    "%%truss_load\ndef load(self):\n    time.sleep(3)",
    "%%truss_predict\ndef predict(model_input):\n    return model_input",
    "%truss_example 1 --name one",
)
STATE = re.compile(r"(?:run one|prove|export)(?:: \d+ s(?:, \w+)*)+")


@pytest.fixture
def slow(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with fresh_shell(tmp_path) as shell:
        notebook = Magics(shell)
        for cell in SLOW:
            notebook.run_cell(cell)
        yield notebook
    ipywidgets.Widget.close_all()


def states(text):
    return set(STATE.findall(text))


def said_by_the_proof(seen):
    return [each for each in seen if re.search(r"prove: \d+ s, load$", each)]


class Watched(NotebookClient):
    """Executes a notebook, and sees all that a person would see."""

    def process_message(self, message, *where):
        data = message["content"].get("data", {})
        vars(self).setdefault("seen", []).append(data.get("text/plain", ""))
        return super().process_message(message, *where)


@gate
def test_a_cell_shows_what_is_done_while_it_lasts(tmp_path):
    cells = ("%load_ext truss_nb", *SLOW, "%truss_export out")
    notebook = new_notebook(cells=[new_code_cell(each) for each in cells])
    place = {"metadata": {"path": str(tmp_path)}}
    client = Watched(notebook, kernel_name="python3", resources=place)
    client.execute()
    seen = states("\n".join(client.seen))
    assert len(seen) >= 3, seen
    assert [each for each in seen if each.startswith("run one: ")]
    assert said_by_the_proof(seen)
    kept = [out.data for out in notebook.cells[-1].outputs]
    told = [data["text/plain"].partition(":")[0] for data in kept]
    assert told == ["", "Written and proven"]


RUNS = (
    "%%truss_predict\ndef predict(model_input):\n    time.sleep(model_input)\n"
    "    print('slept')\n    time.sleep(model_input)\n    return model_input",
    "%truss_run 1.6",
    "%truss_example 0.9 --name one",
)
RUNNING = re.compile(r"predict: \d s")


def test_a_cell_shows_the_stage_that_runs_and_is_as_it_was_afterwards(tmp_path):
    unhurried = "from truss_nb import progress\nprogress.BEAT = 600"
    cells = "%load_ext truss_nb", "import time", *RUNS, unhurried, "%truss_run 0"
    notebook = new_notebook(cells=[new_code_cell(each) for each in cells])
    place = {"metadata": {"path": str(tmp_path)}}
    client = Watched(notebook, kernel_name="python3", resources=place)
    client.execute()
    assert {"predict: 1 s", "predict: 2 s"} <= {*client.seen}
    assert client.seen.count("predict: 1 s") > 1  # of the example, too
    *_, run, example, _, quick = [cell.outputs for cell in notebook.cells]
    assert not RUNNING.search(str([run, example]))
    assert "" not in [out.get("data", {}).get("text/html") for out in quick]


def test_a_cell_shows_that_the_status_and_the_widget_are_made(tmp_path):
    hurried = "from truss_nb import progress\nprogress.BEAT = 0.001"
    shows = "%truss_status", "%truss_widget"
    cells = [new_code_cell(each) for each in ("%load_ext truss_nb", hurried, *shows)]
    place = {"metadata": {"path": str(tmp_path)}}
    notebook = new_notebook(cells=cells)
    client = Watched(notebook, kernel_name="python3", resources=place)
    client.execute()
    assert {"status", "widget"} <= {*client.seen}
    shown = [
        out.get("data", {}).get("text/plain") for out in notebook.cells[-2].outputs
    ]
    assert "status" not in shown


def test_an_ipython_shows_the_stage_that_runs_and_is_as_it_was_afterwards(tmp_path):
    cells = "%load_ext truss_nb", "import time", *RUNS, "%truss_run 0"
    cells = [new_code_cell(each) for each in cells]
    nbformat.write(new_notebook(cells=cells), tmp_path / "slow.ipynb")
    ipython = "from IPython import start_ipython; start_ipython()"
    how = "--no-banner", "--colors=nocolor", f"--ipython-dir={tmp_path}"
    shown, status = on_a_terminal(*how, "slow.ipynb", cwd=tmp_path, code=ipython)
    assert status == 0, shown
    assert {"predict: 1 s", "predict: 2 s"} <= {*RUNNING.findall(shown)}, shown
    left = [as_it_ends(line) for line in shown.split("\n")]
    assert left.count("slept") == 3
    assert not RUNNING.search("\n".join(left))
    assert "Live prediction in" in "\n".join(left)


def as_it_ends(line: str) -> str:
    """Return what a terminal shows of a line that begins again and again."""
    shown = ""
    for part in line.split("\r"):
        shown = part + shown[len(part) :]
    return shown.rstrip()


def test_the_widget_shows_what_is_done_while_it_lasts(slow):
    panel = slow.bundle.widget().export
    seen = []
    panel.told.observe(lambda change: seen.append(change["new"]), "value")
    panel.run()
    worker = slow.bundle.widget().session.worker
    while worker.pending:
        worker._thread.join(0.05)
    shown = states("\n".join(seen))
    assert len(shown) >= 3, seen
    assert said_by_the_proof(shown)


@gate
def test_a_terminal_shows_what_is_done_while_it_lasts(tmp_path):
    cells = [new_code_cell(each) for each in ("%load_ext truss_nb", *SLOW)]
    nbformat.write(new_notebook(cells=cells), tmp_path / "slow.ipynb")
    build = "build", "slow.ipynb", "-o", "out"
    shown, status = on_a_terminal(*build, cwd=tmp_path)
    assert status == 0, shown
    seen = states(shown)
    assert len(seen) >= 3, seen
    assert said_by_the_proof(seen)
    written = (tmp_path / "out").stat()
    shown, status = on_a_terminal(*build, cwd=tmp_path, until="prove")
    assert status == 130
    assert f"Stopped: nothing was written, {tmp_path / 'out'} is as it was." in shown
    assert "Traceback" not in shown
    assert (tmp_path / "out").stat() == written


CLI = "from truss_nb.cli import main; raise SystemExit(main())"


def on_a_terminal(
    *words: str, cwd: Path, until: str = "", code: str = CLI
) -> tuple[str, int]:
    """Return what the command line shows on a terminal, and how it ends.

    Once it shows ``until``, a person presses Ctrl+C.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 0, 0))
    command = [sys.executable, "-c", code, *words]
    with subprocess.Popen(command, cwd=cwd, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while chunk := read(ours):
            shown += chunk
            if until and until.encode() in shown:
                process.send_signal(signal.SIGINT)
                until = ""
        process.wait()
    os.close(ours)
    return shown.decode(), process.returncode


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # nobody writes there any more
        return b""


def test_a_log_is_told_ever_less_often_what_lasts(monkeypatch, capfd):
    now = [0.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    with shown() as ticker:
        ticker.step("install")
        for _ in range(70):
            now[0] += 1
            ticker.doing("numpy")
    told = capfd.readouterr().err.splitlines()
    assert told == [f"install: {seconds} s, numpy" for seconds in (10, 30, 70)]


def test_what_a_beat_raises_ends_the_step_that_lasts(monkeypatch):
    """So a click on Stop is heard while a step lasts, and by who does the step."""
    monkeypatch.setattr(progress, "BEAT", 0.001)
    shown = []

    def show(text):
        shown.append(text)
        if len(shown) > 1:
            raise KeyError(text)

    with Ticker(show) as ticker:
        ticker.step("first")
        ticker._thread.join(60)
        assert not ticker._thread.is_alive()
        with pytest.raises(KeyError):
            ticker.step("second")
