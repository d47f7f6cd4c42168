"""What the Tab key offers on a magic's line, whatever completes Python there."""

import pytest
from doors import Magics, fresh_shell
from IPython.core.completer import provisionalcompleter
from jupyter_client.manager import start_new_kernel

CELLS = """
class Net:
    def predict(self, X): return X
    def predict_proba(self, X): return X
digits = [1]
digit_model = Net()
"""

OFFERED = [
    # the line, what is offered
    ("%truss_export --o", {"--overwrite"}),
    ("%truss_export out --overwrite --no", {"--no-prove"}),
    ("%truss_example digits --re", {"--remove"}),
    ("%%truss_preprocess --n", {"--name"}),
    ("%%truss_hook is_", {"is_healthy"}),
    ("%truss_run dig", {"digits", "digit_model"}),
    ("answer = %truss_run dig", {"digits", "digit_model"}),
    ("%truss_run [digits, digit_", {"digit_model"}),
    ("%truss_model digit_model.predict_", {"digit_model.predict_proba"}),
    ("%truss_model digit_model --method pre", {"predict", "predict_proba"}),
    ("%truss_example digits --endpoint ", {"predict"}),
    ("%truss_export out --weights c", {"copy"}),
    ("%truss_parameter to", {"top="}),
    ("%truss_parameter top=dig", {"digits", "digit_model"}),
    ("%truss_example --remove ", {"first", '"the second"'}),
    ("%truss_config --remove res", {"resources"}),
    ("%truss_export exp", {"exported/"}),  # a path is IPython's to complete
]


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    folder = tmp_path_factory.mktemp("completing")
    (folder / "exported").mkdir()
    with fresh_shell(folder / ".ipython") as shell, pytest.MonkeyPatch.context() as put:
        put.chdir(folder)
        notebook = Magics(shell)
        notebook.run_cell(CELLS)
        notebook.model("digit_model")
        notebook.stage("postprocess", "def post(model_output, top=1): return top")
        notebook.config("resources.cpu", "4")
        notebook.example("digits", "first")
        notebook.example("digits", "the second")
        yield shell


@pytest.mark.parametrize("jedi", [True, False])
@pytest.mark.parametrize(("line", "offered"), OFFERED)
def test_tab_offers_options_names_and_values(shell, jedi, line, offered):
    shell.Completer.use_jedi = jedi
    cell = f"x = 1\n{line}" if not line.startswith("%%") else line
    with provisionalcompleter():
        found = {each.text for each in shell.Completer.completions(cell, len(cell))}
    assert found == offered


def test_other_lines_are_completed_as_ever(shell):
    with provisionalcompleter():
        found = {each.text for each in shell.Completer.completions("digits.app", 10)}
    assert found & {"append", "digits.append", ".append"}


def test_a_notebooks_front_end_is_told_the_same():
    manager, client = start_new_kernel()
    try:
        client.execute_interactive("%load_ext truss_nb\ndigits = 1", timeout=60)
        for line, offered in OFFERED[0], ("%truss_run dig", {"digits"}):
            reply = client.complete(line, reply=True, timeout=60)
            assert set(reply["content"]["matches"]) == offered
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
