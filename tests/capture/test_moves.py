"""What a cell moved to the device that a line chooses goes there on the server too."""

import pytest

DEVICE = "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')"
START = ("import torch\nfrom torch import nn", DEVICE)
USE = "def preprocess(x): return net(torch.ones(1, 2).to(device)).tolist()"

MOVED = {
    "where it is made": ("net = nn.Linear(2, 1).to(device)",),
    "where it is made, before something else": (
        "net = nn.Linear(2, 1).to(device).eval()",
    ),
    "by a keyword": ("net = nn.Linear(2, 1)\nnet = net.to(device=device)",),
    "later": ("net = nn.Linear(2, 1)", "net.to(device)\nnet.eval()"),
    "to what a function chose": (
        "def choose(): return torch.device("
        "'cuda' if torch.cuda.is_available() else 'cpu')",
        "device = choose()",
        "net = nn.Linear(2, 1).to(device)",
    ),
    "in a function": ("net = nn.Linear(2, 1)", "def go(): net.to(device)\ngo()"),
}
STAYING = {
    "no cell moves it": ("net = nn.Linear(2, 1)",),
    "another is moved": ("net = nn.Linear(2, 1)\nother = nn.Linear(2, 1).to(device)",),
    "to a place that is fixed": ("net = nn.Linear(2, 1).to('cpu')",),
}


@pytest.fixture(autouse=True)
def torch():
    return pytest.importorskip("torch")


def exported(notebook, tmp_path, *cells):
    bundle = notebook(*cells)
    bundle.example(1)
    export = bundle.export(tmp_path / "out")
    return export, (export.path / "model/model.py").read_text()


@pytest.mark.parametrize("cells", MOVED.values(), ids=MOVED)
def test_a_network_goes_where_its_inputs_go(notebook, tmp_path, cells) -> None:
    export, code = exported(notebook, tmp_path, *START, *cells, USE)
    assert "\n        net.to(device)\n" in code
    assert not [note for note in export.warnings if "stays on the CPU" in note]


@pytest.mark.parametrize("cells", STAYING.values(), ids=STAYING)
def test_a_network_that_no_cell_moves_is_told(notebook, tmp_path, cells) -> None:
    export, code = exported(notebook, tmp_path, *START, *cells, USE)
    assert "net.to(device)" not in code
    assert [note for note in export.warnings if "say net.to(device)" in note]


@pytest.mark.parametrize("cells", MOVED.values(), ids=MOVED)
def test_one_that_a_definition_needs_goes_there_as_well(notebook, tmp_path, cells):
    early = "def score(x, net=net): return net(x.to(device)).tolist()"
    use = "def preprocess(x): return score(torch.ones(1, 2))"
    _, code = exported(notebook, tmp_path, *START, *cells, early, use)
    assert "\nnet.to(device)\n" in code


def test_a_tensor_goes_too(notebook, tmp_path) -> None:
    made = "mean = torch.rand(2).to(device)"
    uses = "def preprocess(x): return (mean + torch.ones(2).to(device)).tolist()"
    _, code = exported(notebook, tmp_path, *START, made, uses)
    assert "\n        mean = mean.to(device)\n" in code


def test_without_such_a_line_nothing_is_said(notebook, tmp_path) -> None:
    cells = "device = 'cpu'", "net = nn.Linear(2, 1).to(device)"
    export, code = exported(notebook, tmp_path, START[0], *cells, USE)
    assert ".to(device)\n        " not in code
    assert not [note for note in export.warnings if "stays on the CPU" in note]
