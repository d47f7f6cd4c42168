"""What torch.export gives: programs, and the modules of programs."""

from __future__ import annotations

import pytest

from truss_nb import formats

torch = pytest.importorskip("torch")
nn = torch.nn
Dim = torch.export.Dim


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 4)
        self.norm = nn.BatchNorm1d(4)

    def forward(self, x, other=None, *, scale):
        found = self.norm(self.layer(x)) * scale
        return {"found": found if other is None else found + other}


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)

    def forward(self, batch, power):
        return self.embed(batch["ids"]).mean(1) ** power, batch["mask"]


def words(rows, columns):
    ids = torch.arange(rows * columns).reshape(rows, columns) % 10
    return {"ids": ids, "mask": torch.ones(rows)}


BATCH = Dim("batch", max=8)
LAYER = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
CASES = {
    # the network, what it's exported for, which sizes are free, what it's asked
    "of one shape": (
        LAYER,
        ((torch.ones(2, 3),), {}),
        None,
        [((torch.randn(2, 3),), {}), ((torch.randn(3, 3),), {})],
    ),
    "of any number of rows": (
        LAYER,
        ((torch.ones(2, 3),), {}),
        ({0: BATCH},),
        [((torch.randn(7, 3),), {}), ((torch.randn(9, 3),), {})],
    ),
    "given by a keyword": (
        Scaled(),
        ((torch.ones(2, 3), torch.ones(2, 4)), {"scale": torch.ones(4)}),
        {"x": {0: BATCH}, "other": {0: BATCH}, "scale": None},
        [((torch.randn(5, 3), torch.randn(5, 4)), {"scale": torch.randn(4)})],
    ),
    "given in a dict, beside a number": (
        Words(),
        ((words(2, 5), 3), {}),
        ({"ids": {0: BATCH, 1: Dim("length")}, "mask": {0: BATCH}}, None),
        [((words(4, 6), 3), {}), ((words(4, 6), 2), {})],
    ),
}


def answer(module, args, kwargs):
    """Return what a module says, or which exception it raises."""
    try:
        found = module(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - a guard's is of any kind
        return type(error)
    return [each.tolist() for each in torch.utils._pytree.tree_leaves(found)]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_module_of_a_program_takes_what_it_took(tmp_path, case):
    network, (args, kwargs), shapes, asked = case
    program = torch.export.export(network.eval(), args, kwargs, dynamic_shapes=shapes)
    module = program.module()
    form, path = formats.find(module), tmp_path / "module.pt2"

    form.write(module, path)
    names = {"path": path}
    saved = form.saved(module)
    exec("\n".join([*saved.imports, *saved.statements("back", "path")]), names)

    assert form.suffix == path.suffix
    for each in asked:
        assert answer(names["back"], *each) == answer(module, *each)


@pytest.mark.parametrize(
    ("model", "read"),
    {
        "program.module()": 'torch.export.load(self._data_dir / "net.pt2").module()',
        "[program][0]": 'torch.export.load(self._data_dir / "net.pt2")',
    }.items(),
)
def test_a_program_travels(door, tmp_path, model, read):
    door.run_cell(
        "import torch\n"
        "layer = torch.nn.Linear(3, 2)\n"
        "program = torch.export.export(layer, (torch.ones(1, 3),))"
    )
    door.run_cell(f"net = {model}")
    called = "net" if "module" in model else "net.module()"
    door.stage(
        "predict",
        "def predict(x):\n"
        "    with torch.no_grad():\n"
        f"        return {called}(torch.full((1, 3), x)).tolist()",
    )
    door.example("2.0")

    export = door.bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert read in (export.path / "model/model.py").read_text()
