"""Notebooks as strangers write them: each runs to its export, and the proof passes."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from doors import gate

HERE = Path(__file__).parent
NOTEBOOKS = sorted(HERE.glob("*.ipynb"))
REFUSED = {
    "bayes_net": "the order of a set of keys is another in each process",
    "symbolic_gp": "instances that put themselves into their class are refused",
}
TRIED = re.compile(r"^( *)try:\n(?:\1 +.*\n)+?(?=\1except)", re.MULTILINE)
RANDOM = {"llama_chat"}
"""An answer of theirs has an id and a time, as OpenAI's have."""
PROVEN = r"^Proof in a fresh process.*: {}, "

# In the fresh interpreter: the cells in order, each error raised, and what the
# export says last.
RUN = """
import faulthandler, json, sys
faulthandler.dump_traceback_later(400, exit=True)
from IPython.core.interactiveshell import InteractiveShell

class Shell(InteractiveShell):
    def enable_gui(self, gui=None):
        pass  # for `%matplotlib inline`: nothing is shown here

shell = Shell.instance(colors="nocolor")
for cell in json.load(sys.stdin):
    result = shell.run_cell(cell, store_history=True)
    result.raise_error()
    if "%truss_export" in cell:
        print(sys.argv[1], repr(result.result), sep="\\n", flush=True)
"""
MARK = "=== the export says ==="


def cells(notebook: Path) -> list[str]:
    found = json.loads(notebook.read_text())["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == "code"]


def absent(sources: list[str]) -> set[str]:
    """Packages that the cells can't do without, and nobody has installed here."""
    text = TRIED.sub("", "\n".join(sources))
    paths = re.findall(r"^%%writefile (\S+)\.py", text, re.MULTILINE)
    written = {part for path in paths for part in path.split("/")}
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE))
    return {name for name in imported - written if not importlib.util.find_spec(name)}


@gate
@pytest.mark.parametrize(
    "notebook",
    [
        pytest.param(
            each,
            id=each.stem,
            marks=[
                pytest.mark.xfail(reason=why, raises=AssertionError)
                for why in [REFUSED.get(each.stem)]
                if why
            ],
        )
        for each in NOTEBOOKS
    ],
)
def test_the_export_is_proven(notebook: Path, tmp_path: Path) -> None:
    sources = cells(notebook)
    if missing := absent(sources):
        pytest.skip(f"not installed: {', '.join(sorted(missing))}")
    folder = tmp_path / "notebook"
    folder.mkdir()
    root = str(HERE.parents[1])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    run = subprocess.run(
        [sys.executable, "-c", RUN, MARK],
        check=False,
        input=json.dumps(sources),
        cwd=folder,
        env={
            **os.environ,
            "IPYTHONDIR": str(tmp_path / "ipython"),
            "OMP_NUM_THREADS": "1",  # small networks: more threads only wait
            "PYTHONPATH": path,
        },
        capture_output=True,
        text=True,
    )
    if "Timeout (" in run.stderr:  # of what may fail, too
        raise TimeoutError(run.stderr)
    said = run.stdout.partition(MARK)[2]
    verdict = "random" if notebook.stem in RANDOM else "passed"
    proven = re.search(PROVEN.format(verdict), said, re.MULTILINE)
    assert proven, f"{run.stdout[-6000:]}\n{run.stderr[-3000:]}"
