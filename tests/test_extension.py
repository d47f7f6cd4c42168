"""Loading the magics, and running notebooks in a real kernel."""

import json
import subprocess
import sys

import nbformat
import pytest
from doors import Magics, fresh_shell
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import truss_nb

CLEAN = "%%truss_preprocess\ndef clean(model_input, k=5):\n    return model_input[:k]"


@pytest.fixture
def shell(tmp_path):
    with fresh_shell(tmp_path) as shell:
        yield shell


def test_the_bundle_of_the_magics_is_at_hand(shell):
    Magics(shell).run_cell(CLEAN)
    assert "preprocess" in truss_nb.current().captured.stages
    assert truss_nb.current() is truss_nb.current()


def test_unloading_undoes_the_loading(shell):
    kinds = shell.magics_manager.magics.values()
    shell.run_line_magic("unload_ext", "truss_nb")
    assert not [name for magics in kinds for name in magics if "truss" in name]
    shell.run_line_magic("load_ext", "truss_nb")
    assert truss_nb.current().captured.stages == {}


def run_python(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )


# What IPython itself imports for an extension whose magic has an option.
TINY = """
from IPython.core.magic_arguments import argument, magic_arguments

@magic_arguments()
@argument("--option")
def tiny(line):
    pass

def load_ipython_extension(shell):
    shell.register_magic_function(tiny)
"""


def test_loading_the_extension_is_light(tmp_path):
    (tmp_path / "tiny.py").write_text(TINY)
    code = f"""
import json, sys
from IPython.core.interactiveshell import InteractiveShell
sys.path.append({str(tmp_path)!r})
shell = InteractiveShell(ipython_dir={str(tmp_path)!r})
shell.run_line_magic("load_ext", "tiny")
before = set(sys.modules)
shell.run_line_magic("load_ext", "truss_nb")
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    done = run_python(code)
    assert done.returncode == 0, done.stderr
    added = json.loads(done.stdout)
    assert len(added) <= 15, added
    heavy = {"numpy", "requests", "nbformat", "yaml", "ipywidgets", "asyncio"}
    assert not heavy & {name.partition(".")[0] for name in added}


def test_importing_the_package_loads_no_library():
    code = "import sys, truss_nb; print({'IPython', 'yaml'} & set(sys.modules))"
    assert run_python(code).stdout == "set()\n"


def test_an_export_loads_no_http_client(tmp_path):
    code = f"""
import sys, truss_nb
bundle = truss_nb.Bundle({{}})
bundle.model(len)
bundle.export({str(tmp_path / "folder")!r}, prove=False)
print({{"requests", "urllib3"}} & set(sys.modules))
"""
    done = run_python(code)
    assert done.stdout.endswith("set()\n"), done.stderr


# In a real kernel, Run All stops at the first failure.


def run_all(*cells):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    failure = None
    try:
        NotebookClient(book, timeout=60).execute()
    except CellExecutionError as error:
        failure = error
    return book.cells, failure


def test_run_all_stops_at_a_refused_stage():
    cells, failure = run_all(
        "%load_ext truss_nb",
        "%%truss_preprocess\ndef a(x): pass\ndef b(x): pass",
        "print('not reached')",
    )
    assert failure.ename == "StageError"
    shown = [each for each in cells[1].outputs if each.output_type == "error"]
    assert [len(each.traceback) for each in shown] == [1]
    assert cells[2].outputs == []


def test_a_notebook_runs_to_its_answer():
    cells, failure = run_all(
        "%load_ext truss_nb",
        "%%truss_preprocess\nimport math\n"
        "def root(x):\n    return math.sqrt(x)\nroot(4)",
        "%%truss_predict\nimport asyncio\n"
        "async def later(x):\n    await asyncio.sleep(0)\n    return x + 1",
        "%truss_run 9",
    )
    assert failure is None
    assert cells[1].outputs[0].data["text/plain"] == "2.0"
    assert cells[1].outputs[0].execution_count == 2
    trace, answer = (each for each in cells[3].outputs if any(each.data.values()))
    assert "<table>" in trace.data["text/html"]
    assert answer.data["text/plain"] == "4.0"
