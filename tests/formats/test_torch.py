"""PyTorch: weights without a pickle where the constructor gives the rest back."""

from __future__ import annotations

import random

import numpy as np
import pytest

from truss_nb import formats
from truss_nb.objects.memory import groups

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")
nn = torch.nn


def form_of(module):
    """Return what an export takes for a module of which no line is known."""
    kept = formats.find_rebuilding(module)
    if kept is None or kept.fits(module):
        return formats.find(module)
    made = kept.by_attributes(module, lambda kind: kind.__qualname__)
    return (made and made.settled(module)) or formats.find(module)


@pytest.fixture
def load(tmp_path):
    """Write a value twice, compare the bytes, and read it back as model.py does."""

    def there_and_back(value):
        form = formats.find(value)
        assert form.audit(value).refusal is None
        one, two = (tmp_path / f"{n}{form.suffix}" for n in ("one", "two"))
        form.write(value, one)
        form.write(value, two)
        saved = form.saved(value)
        names = {"path": one}
        exec("\n".join([*saved.imports, *saved.statements("back", "path")]), names)
        if form.suffix == ".safetensors":
            assert one.read_bytes() == two.read_bytes()
        return names["back"]

    return there_and_back


class Tied(nn.Module):
    def __init__(self, size=4):
        super().__init__()
        self.size = size
        self.encode = nn.Linear(size, size)
        self.decode = nn.Linear(size, size)
        self.decode.weight = self.encode.weight

    def forward(self, x):
        return self.decode(self.encode(x))


class Forgetful(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(width, 1)


class Reading(nn.Module):
    def __init__(self):
        super().__init__()
        with open(__file__) as file:  # noqa: PTH123  # as a person writes
            self.layer = nn.Linear(len(file.read(1)), 1)


class Overriding(Tied):
    def state_dict(self, **given):
        return super().state_dict(**given)


class Nets:
    class Net(Tied):
        pass


for kind in (Tied, Forgetful, Reading, Overriding, Nets.Net):
    kind.__module__ = "__main__"


def changed(module, extra):
    module.extra = extra
    return module


def partly_frozen(module):
    module[0].weight.requires_grad_(False)
    return module


def with_grid(module):
    module.register_buffer("grid", torch.ones(1), persistent=False)
    return module


@pytest.mark.parametrize(
    ("make", "suffix"),
    [
        (lambda: nn.Linear(3, 2, bias=False), ".safetensors"),
        (lambda: nn.LSTM(3, 2, num_layers=2, batch_first=True), ".pt"),
        (lambda: nn.Conv2d(3, 8, (3, 5), stride=2, padding="valid"), ".safetensors"),
        (Tied, ".safetensors"),
        (lambda: Tied(7), ".safetensors"),
        (lambda: Forgetful(3), ".pt"),
        (Overriding, ".pt"),
        (Reading, ".pt"),
        (lambda: changed(nn.Linear(3, 2), 1), ".safetensors"),
        (lambda: changed(nn.Linear(3, 2), object()), ".pt"),
        (lambda: changed(Tied(), float("nan")), ".pt"),
        (lambda: partly_frozen(nn.Sequential(nn.Linear(3, 2))), ".safetensors"),
        (lambda: with_grid(nn.Linear(3, 2)), ".pt"),
        (lambda: nn.Linear(3, 2).double(), ".safetensors"),
    ],
)
def test_a_module_goes_without_a_pickle_if_its_constructor_gives_it_back(make, suffix):
    form = form_of(make())
    assert (form.suffix, form.needs_trust) == (suffix, suffix == ".pt")


def test_a_class_inside_another_is_reached_through_that():
    module = Nets.Net(7)
    assert form_of(module).saved(module).expression == "Nets.Net(size=7)"


def test_what_was_set_since_is_set_again(load):
    model = nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.Dropout(), nn.Linear(4, 2)))
    model.double()
    model[1].eval()
    model[1][0].p = 0.25
    model[0].requires_grad_(False)
    model.note = 'a "b"'

    back = load(model)

    assert (back.training, back[1].training, back[1][0].p) == (True, False, 0.25)
    assert [p.requires_grad for p in back.parameters()] == [False, False, True, True]
    assert (back.note, back[0].weight.dtype) == ('a "b"', torch.float64)
    x = torch.randn(3, 4, dtype=torch.float64)
    assert torch.equal(back(x), model(x))


def test_a_constructor_that_is_asked_leaves_nothing(capsys):
    class Drawing(nn.Module):
        def __init__(self):
            super().__init__()
            rates = [x.item() for x in torch.linspace(0, 1, 3)]  # not without memory
            self.layer = nn.Linear(len(rates), 1)
            print(random.random(), np.random.random())  # noqa: T201  # as some do

    module = Drawing()
    states = random.getstate(), np.random.get_state()[1].sum(), torch.get_rng_state()
    capsys.readouterr()
    assert form_of(module).suffix == ".safetensors"
    assert capsys.readouterr().out == ""
    assert (random.getstate(), np.random.get_state()[1].sum()) == states[:2]
    assert torch.equal(torch.get_rng_state(), states[2])


def test_a_module_comes_back_with_its_numbers_mode_and_names(load):
    model = nn.Sequential(
        nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Sequential(nn.PReLU(init=0.5))
    )
    model(torch.randn(8, 3))  # gives the normalization its means
    model.eval().requires_grad_(False)

    back = load(model)

    assert repr(back) == repr(model)
    assert (back.training, back[0].weight.requires_grad) == (False, False)
    x = torch.randn(4, 3)
    assert torch.equal(back(x), model(x))


def test_weights_under_two_names_are_written_once_and_stay_one(load, tmp_path):
    from safetensors import safe_open

    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    model[1].weight = model[0].weight
    whole = load(model)
    assert whole[0].weight is whole[1].weight

    form = form_of(Tied())
    form.write(Tied(), tmp_path / "tied.safetensors")
    with safe_open(tmp_path / "tied.safetensors", "pt") as file:
        assert sorted(file.keys()) == ["decode.bias", "encode.bias", "encode.weight"]


def test_two_views_of_one_memory_stay_so(load):
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    model[1].weight = nn.Parameter(model[0].weight.data)

    back = load(model)

    assert back[0].weight.data_ptr() == back[1].weight.data_ptr()


@pytest.mark.parametrize("inside", [list, lambda t: {"t": t[0], "own": t}])
def test_tensors_in_containers_are_read_without_trust(load, inside):
    tensors = [torch.arange(6).reshape(2, 3), torch.ones(2, requires_grad=True)]
    value = inside(tensors)
    assert not formats.find(value).needs_trust
    back = load(value)
    assert repr(back) == repr(value)


def test_a_tensor_in_an_object_of_another_package_needs_trust():
    from types import SimpleNamespace

    form = formats.find(SimpleNamespace(weight=torch.ones(2)))
    assert (form.suffix, form.needs_trust) == (".pt", True)


def test_values_that_share_a_tensor_or_its_memory_are_found():
    model, array = nn.Linear(3, 2), np.ones(4)
    values = {
        "model": model,
        "weight": model.weight,
        "row": model.weight.data[1],
        "array": array,
        "tensor": torch.from_numpy(array),
        "alone": torch.ones(2),
    }
    audits = {name: formats.find(v).audit(v) for name, v in values.items()}
    assert {frozenset(group) for group in groups(audits)} == {
        frozenset({"model", "weight", "row"}),
        frozenset({"array", "tensor"}),
        frozenset({"alone"}),
    }


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_torchscript_says_that_it_is_code(load):
    model = torch.jit.script(nn.Linear(3, 2))
    form = formats.find(model)
    assert (form.name, form.needs_trust) == ("TorchScript", True)
    x = torch.randn(4, 3)
    assert torch.equal(load(model)(x), model(x))


NET = """import torch
made = []
class Net(torch.nn.Module):
    def __init__(self, width=3):
        made.append(width)
        super().__init__()
        self.width = width
        self.layer = torch.nn.Linear(width, 2)
class Bare(torch.nn.Module):
    def __init__(self, width):
        made.append(width)
        super().__init__()
        self.layer = torch.nn.Linear(width, 2)"""

MADE = {
    # how it's made, its file, how often an export asks the constructor
    "it comes back": ("net = Net(4)", "net.safetensors", 1),
    "it doesn't": ("net = Net(4)\nfor net.extra in [object()]: pass", "net.pt", 4),
    "it comes back with what a statement set": (
        "net = Net(4)\nnet.extra = object()",
        "net.safetensors",
        3,
    ),
    "it comes back with more": ("net = Net(4)\nnet.extra = 1", "net.safetensors", 2),
    "an argument isn't kept": ("net = Bare(4)", "net.safetensors", 1),
    "it isn't, and no line has it": ("nets = [Bare(4)]\nnet = nets[0]", "net.pt", 0),
    "it's in another": (
        "net = torch.nn.Sequential(Net(), torch.nn.ReLU())",
        "net.safetensors",
        1,
    ),
    "PyTorch's own": ("net = torch.nn.Linear(3, 2)", "net.safetensors", 0),
    "PyTorch's own, and more": (
        "net = torch.nn.Linear(3, 2)\nnet.extra = [Net]",
        "net.safetensors",
        0,
    ),
}


@pytest.fixture
def notebook_door(door):
    """Return each door to a bundle whose classes are those of a notebook."""
    if hasattr(door, "names"):
        door.names["__name__"] = "__main__"
    door.run_cell(NET)
    return door


@pytest.mark.parametrize(("cell", "file", "asked"), MADE.values(), ids=MADE)
def test_only_an_export_asks_a_constructor(notebook_door, tmp_path, cell, file, asked):
    door = notebook_door
    door.run_cell(cell)
    door.stage("predict", "def predict(x): return repr(net)[:3]")
    made = door.value("made")
    made.clear()

    door.status()
    door.bundle.status(measure=False)
    assert made == []

    door.export(tmp_path / "out", prove=False)
    assert len(made) == asked
    assert [each.name for each in (tmp_path / "out" / "data").iterdir()] == [file]

    made.clear()
    status = door.status()
    assert made == []
    assert f"data/{file}" in str(status)
    assert not [c.file for c in status.changes.files if c.file.startswith("data/")]


def test_a_status_says_what_only_an_export_can_tell(notebook_door, tmp_path):
    door = notebook_door
    door.run_cell("for net in [Net(4)]: pass")  # it keeps its width
    door.stage("predict", "def predict(x): return repr(net)[:3]")
    (note,) = [note for note in door.status().warnings if note.startswith("net ")]
    assert "data/net.safetensors, if Net(width=4) gives it back" in note
    assert "else as a pickle" in note
    door.export(tmp_path / "out", prove=False)
    assert not [note for note in door.status().warnings if note.startswith("net ")]


def test_what_would_save_it_without_trust_is_told_if_it_isnt_installed(
    notebook_door, tmp_path, monkeypatch
):
    monkeypatch.setattr("truss_nb.formats.torch.find_spec", lambda _: None)
    door = notebook_door
    door.run_cell("net = Net(4)\nlist_ = [1]")
    door.stage("predict", "def predict(x): return repr(net)[:3], list_")
    export = door.export(tmp_path / "out", prove=False)
    assert export.trusted == ("data/net.pt",)
    assert "install safetensors, and export again" in str(export)
    assert "%pip install safetensors" in str(door.status())

    monkeypatch.undo()
    assert door.export(tmp_path / "out", prove=False).trusted == ()


def test_a_list_given_to_a_network_is_told_as_one(door):
    door.run_cell("import torch\nlinear = torch.nn.Linear(2, 1)")
    door.model("linear")
    told = str(door.bundle.run([1.0, 2.0]))
    assert "The input is a list of 2: 1.0, 2.0. Make it a tensor before" in told
