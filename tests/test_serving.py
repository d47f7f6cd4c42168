"""The last export, served beside the notebook: when it is, and what is said if not."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
import requests

from truss_nb.errors import ProofError


def captured(door):
    door.stage("predict", "def predict(x): return {'y': 2 * x}")


def exported(door):
    captured(door)
    door.export("out", prove=False)


def changed(door):
    exported(door)
    door.stage("predict", "def again(x, k=3): return {'y': k * x}")


def lost(door):
    exported(door)
    shutil.rmtree("out")


def spoilt(door):
    exported(door)
    door.run_cell("import threading\nfor LOCK in [threading.Lock()]: pass")
    door.stage("preprocess", "def preprocess(x):\n    with LOCK: return x")


REFUSED = {
    "nothing is exported": (captured, "Nothing is exported yet", "%truss_export ./"),
    "the bundle has changed": (
        changed,
        "./out (config.yaml, model",
        "%truss_export ./out",
    ),
    "the folder is gone": (lost, "./out isn't there any more", "%truss_export ./out"),
    "it can't be exported": (spoilt, "can't be exported as it is", "%truss_status"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_is_missing_is_told_with_the_line_that_brings_it(
    door, tmp_path, monkeypatch, case
):
    situation, told, line = case
    monkeypatch.chdir(tmp_path)
    situation(door)
    with pytest.raises(ProofError) as raised:
        door.serve()
    sentence, remedy = str(raised.value).split("\n")
    assert told in sentence
    assert remedy.startswith(line)


def test_without_a_server_nothing_is_ended(door):
    captured(door)
    assert door.bundle.url is None
    assert door.bundle.end_server() is False


NOTEBOOK = """\
import sys
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

from truss_nb.proof import keeping
from truss_nb.proof.environment.interpreter import Environment

python = Path(sys.argv[1])
version = "%d.%d.%d" % sys.version_info[:3]
made = Environment(version, str(python.parent.parent), (), 0.0, True, ())
keeping.prepare = lambda *_, **__: made  # what an installer would make
shell = InteractiveShell.instance()
for cell in (
    "%load_ext truss_nb",
    "%%truss_predict\\ndef predict(x):\\n    return {'y': 2 * x}",
    "%truss_example 3 --name three",
    "%truss_export ./out --no-prove",
    "%truss_serve",
    "widget = %truss_widget\\nwidget.entry.kind.value = 'JSON'",
    "widget.entry.text.value = '4'\\nwidget.run()",
    "while widget.session.worker.pending: pass",
    "import html, re",
    "print(html.unescape(re.search('curl [^<]*', widget.result.value)[0]), flush=True)",
    *sys.argv[2:],
):
    shell.run_cell(cell, store_history=True).raise_error()
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def notebook(tmp_path, server_python):
    """Run cells in a process that stays; return it and what it printed."""
    (tmp_path / "notebook.py").write_text(NOTEBOOK)
    with ExitStack() as stack:

        def start(*cells):
            process = subprocess.Popen(
                [sys.executable, "notebook.py", server_python, *cells],
                cwd=tmp_path,
                env={**os.environ, "TMPDIR": str(tmp_path)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            said = []
            for line in process.stdout:
                if line == "ready\n":
                    break
                said.append(line)
            return process, "".join(said)

        yield start


def is_up(url):
    try:
        return requests.get(url, timeout=10).ok
    except requests.RequestException:  # also while it is being killed
        return False


@pytest.mark.parametrize("ending", [signal.SIGKILL, None], ids=["killed", "ended"])
def test_the_server_answers_and_ends_with_its_notebook(notebook, ending):
    process, said = notebook()
    (url,) = re.findall(r"out is on (\S+), for this machine only", said)
    of_example, of_widget = re.findall(r"curl .*", said)
    for curl, answer in ((of_example, {"y": 6}), (of_widget, {"y": 8})):
        assert curl.startswith(f"curl {url}/")
        told = subprocess.check_output(f"{curl} --silent", shell=True)
        assert json.loads(told) == answer
    if ending is None:
        process.stdin.close()
    else:
        process.send_signal(ending)
    process.wait()
    end = time.monotonic() + 60
    while is_up(url):
        assert time.monotonic() < end


def test_another_serve_takes_the_place_of_the_last_and_stop_ends_it(notebook):
    cells = ["%truss_serve", "%truss_serve --stop", "%truss_serve --stop"]
    _, said = notebook(*cells)
    urls = re.findall(r"out is on (\S+), for this machine only", said)
    assert len(urls) == 2
    assert not any(map(is_up, urls))
    assert said.endswith("The server has ended.\nNo server runs.\n")
