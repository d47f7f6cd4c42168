"""Networks: the line that made each, and its weights, rather than a pickle."""

from __future__ import annotations

import sys
from textwrap import indent

import pytest
from doors import Magics
from networks import IMPORTS, NETWORKS, SIAMESE, TAGGER

pytest.importorskip("torch")
pytest.importorskip("safetensors")

ANSWER = """def predict(x):
    with torch.no_grad():
        answer = {}
    return (answer[0] if isinstance(answer, tuple) else answer).tolist()"""


@pytest.fixture
def notebook_door(door, tmp_path, monkeypatch):
    """Return each door to a bundle whose classes are those of a notebook."""
    monkeypatch.chdir(tmp_path)
    if hasattr(door, "names"):
        door.names["__name__"] = "__main__"
    door.run_cell(IMPORTS)
    return door


def run(door, cells, asked, **options):
    """Run cells, export, and return what is in model.py and in data/."""
    for cell in cells:
        door.run_cell(cell)
    door.stage("predict", ANSWER.format(asked))
    door.example("1")
    # What the one door proves, the other has written alike.
    options.setdefault("prove", isinstance(door, Magics))
    export = door.bundle.export("out", **options)
    assert export.proof is None or export.proof.passed
    data = export.path / "data"
    return (export.path / "model/model.py").read_text(), sorted(
        each.name for each in (data.iterdir() if data.exists() else ())
    )


@pytest.mark.parametrize("door", ["magics"], indirect=True)
@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated")
@pytest.mark.parametrize("case", NETWORKS.values(), ids=NETWORKS)
def test_a_network_comes_out_as_what_made_it(notebook_door, case):
    code, files = run(notebook_door, case.cells, f"net({case.asked})")
    assert indent(case.made or "net = torch.load(", " " * 8) in code
    assert ("net.safetensors" in files) is (case.made is not None)
    assert ("net.pt" in files) is (case.made is None)
    if case.made:  # its class stands in model.py
        assert "notebook_definitions" not in code


def test_what_trains_is_not_run_again(notebook_door):
    cells = (
        TAGGER,
        """runs = []
def run_all(words):
    runs.append(words)
    net = Tagger(words, 4, 6, 2)
    net.train()
    return net.eval()
net = run_all(50)""",
    )
    _, files = run(notebook_door, cells, "net(torch.tensor([[1, 2]]))")
    assert files == ["net.pt"]
    assert notebook_door.value("runs") == [50]


def test_a_method_of_a_network_is_asked_of_it_where_the_device_is(notebook_door):
    cells = (
        "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
        "class Net(nn.Module):\n"
        "    def __init__(self, size):\n"
        "        super().__init__()\n"
        "        self.layer = nn.Linear(2, size)\n"
        "    def embed(self, x):\n"
        "        return self.layer(x)",
        "model = Net(3).to(device)",
        "embed = model.embed",
    )
    code, files = run(notebook_door, cells, "embed(torch.ones(2, device=device))")
    assert files == ["model.safetensors"]
    assert "        model.to(device)\n        embed = model.embed\n" in code
    told = notebook_door.bundle.export("again").warnings
    assert "the line of device asks the machine: it gave cpu in the proof" in told


def test_two_that_share_weights_stay_so(notebook_door):
    cells = (
        SIAMESE,
        "backbone = Embedder(3)\nnet = Siamese(backbone)",
    )
    asked = "net(torch.ones(2, 6)) + backbone(torch.ones(2, 6))"
    _, files = run(notebook_door, cells, asked)
    assert files == ["shared.pt"]


def test_a_class_of_a_file_beside_is_imported(notebook_door, tmp_path, monkeypatch):
    name = f"nets_{type(notebook_door).__name__.lower()}"
    (tmp_path / f"{name}.py").write_text(f"{IMPORTS}\n{TAGGER}")
    monkeypatch.syspath_prepend(tmp_path)
    cells = (f"from {name} import Tagger", "net = Tagger(50, 4, 6, n_tags=2).eval()")
    code, files = run(notebook_door, cells, "net(torch.tensor([[1, 2]]))")
    assert files == ["net.safetensors"]
    assert f"from {name} import Tagger\n" in code
    assert "        net = Tagger(50, 4, 6, n_tags=2)\n" in code


def test_each_export_asks_anew(notebook_door):
    door = notebook_door
    cells = (TAGGER, "net = Tagger(50, 4, 6, 2)\nnet.eval()")
    asked = "net(torch.tensor([[1, 2]]))"
    _, files = run(door, cells, asked, prove=False)
    assert files == ["net.safetensors"]

    door.run_cell("for net.fc in [nn.Linear(6, 3)]: pass")
    export = door.bundle.export("out", prove=False)
    assert "data/net.pt" in export.files
    assert [n for n in export.warnings if "data/net.pt is a pickle: no line" in n]
    assert not [n for n in door.bundle.status().warnings if "an export runs that" in n]

    door.run_cell("net = Tagger(50, 4, 6, 3)")
    assert [n for n in door.bundle.status().warnings if "an export runs that" in n]
    export = door.bundle.export("out", prove=False)
    assert "data/net.safetensors" in export.files


# What a network's constructor does for a second and a half: what is saved of it.
TAKING = {"works": ("work(1.5)", "net.pt"), "imports": ("import late", None)}


@pytest.mark.parametrize(("does", "file"), TAKING.values(), ids=TAKING)
def test_a_network_is_made_again_within_a_second_beside_imports(
    notebook_door, tmp_path, monkeypatch, does, file
):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "busy.py").write_text(
        "import time\ndef work(seconds):\n    end = time.thread_time() + seconds\n"
        "    while time.thread_time() < end: pass\n"
    )
    (tmp_path / "late.py").write_text("from busy import work\nwork(1.5)\n")
    cell = (
        "from busy import work\nclass Net(nn.Module):\n    def __init__(self):\n"
        f"        super().__init__()\n        {does}\n"
        "        self.layer = nn.Linear(2, 1)\n"
        "    def forward(self, x): return self.layer(x)\nnet = Net()"
    )
    for name in ("busy", "late"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    notebook_door.run_cell(cell)
    sys.modules.pop("late", None)  # as in a process that hasn't needed it yet
    _, files = run(notebook_door, (), "net(torch.ones(1, 2))")
    assert files == [file or "net.safetensors"]
