"""A widget in a real shell."""

import ipywidgets
import pytest
from doors import Magics, fresh_shell
from page import Page


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with fresh_shell(tmp_path) as shell:
        yield Magics(shell)
        Page.close_all()
    ipywidgets.Widget.close_all()


@pytest.fixture
def digits(notebook):
    """Two stages and a model, in cells 1 to 3."""
    notebook.run_cell(
        "%%truss_preprocess\nimport numpy as np\n"
        "def preprocess(model_input, scale=2):\n"
        "    print('got', len(model_input))\n"
        "    return np.array(model_input) * scale"
    )
    notebook.run_cell("def listed(x):\n    return x.tolist()\n%truss_model listed")
    notebook.run_cell(
        "%%truss_postprocess\ndef postprocess(model_output, k=3):\n"
        "    return model_output['predictions'][:k]"
    )
    return notebook


@pytest.fixture
def page(digits):
    return Page(digits.run_cell("%truss_widget"))
