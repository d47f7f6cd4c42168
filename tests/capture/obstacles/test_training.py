"""A network in training mode is told by name and place, in status and export."""

import pytest

pytest.importorskip("torch")

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
OWN = (
    "class Net(nn.Module):\n"
    "    def __init__(self):\n"
    "        super().__init__()\n"
    "        self.drop = nn.Dropout(0.2)\n"
    "        self.out = nn.Linear(2, 2)\n"
    "    def forward(self, x): return self.out(self.drop(x))\n"
)
FUNCTIONAL = (
    "class Net(nn.Module):\n"
    "    def forward(self, x): return F.dropout(x, 0.5, self.training)\n"
)
NORM = "takes the mean of each request, not the one that it learned"

# How the name ``net`` is made, and what is told of it.
TOLD = {
    "dropout": (
        "net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))",
        "net is in training mode: net[1] (Dropout) draws anew with each answer; unless "
        "that is meant, call net.eval() and export again",
    ),
    "batch norm": (
        "net = nn.Sequential(nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1))",
        f"net[1] (BatchNorm2d) {NORM}",
    ),
    "an own class": (f"{OWN}net = Net()", "net.drop (Dropout) draws anew"),
    "a function": (f"{FUNCTIONAL}net = Net()", "net (Net) calls dropout"),
    "an LSTM": ("net = nn.LSTM(2, 2, 2, dropout=0.1)", "net (LSTM) draws anew"),
    "attention": (
        "net = nn.MultiheadAttention(2, 1, dropout=0.1)",
        "net (MultiheadAttention) draws anew",
    ),
    "in a dict": (
        "net = {'a': nn.Dropout(0.5)}",
        "call net['a'].eval() and export again",
    ),
    "a part alone": (
        "net = nn.Sequential(nn.Dropout(0.5)).eval()\nnet[0].train()",
        "net is in training mode: net[0] (Dropout)",
    ),
}
SILENT = {
    "eval": "net = nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(2)).eval()",
    "nothing that cares": "net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())",
    "no dropout": "net = nn.Sequential(nn.Dropout(0.0), nn.LSTM(2, 2))",
    "layer norm": "net = nn.LayerNorm(2)",
    "an own class": f"{OWN}net = Net().eval()",
    "no network": "net = {'training': True}",
}
STAGE = "def preprocess(x): return str(net)"


@pytest.mark.parametrize(("made", "told"), TOLD.values(), ids=TOLD)
def test_a_network_in_training_mode_is_told(notebook, made, told):
    bundle = notebook(HEAD + made, STAGE)

    (note,) = [n for n in bundle.status().warnings if "training mode" in n]

    assert told in note


@pytest.mark.parametrize("made", SILENT.values(), ids=SILENT)
def test_what_answers_alike_in_training_mode_is_not_told(notebook, made):
    bundle = notebook(HEAD + made, STAGE)

    assert not [n for n in bundle.status().warnings if "training mode" in n]


def test_an_export_tells_it_and_the_remedy_ends_it(notebook, tmp_path):
    bundle = notebook(
        HEAD + "net = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))",
        "def preprocess(x): return net(torch.ones(2)).tolist()",
    )
    bundle.example(1)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert [n for n in export.warnings if "call net.eval()" in n]
    assert export.proof.examples[0].is_drawn
    bundle.captured.notebook.names["net"].eval()

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert not [n for n in export.warnings if "training mode" in n]
    assert not export.proof.examples[0].is_drawn
