"""What is on a device that not every server has is told, or refused."""

import pytest

from truss_nb.errors import ExportError

pytest.importorskip("torch")


@pytest.mark.parametrize(
    ("made", "place"),
    [
        ("torch.zeros(2, device='meta')", "thing"),
        ("[1, {'w': torch.zeros(2, device='meta')}]", "thing[1]['w']"),
        ("torch.nn.Linear(2, 2, device='meta')", "thing.weight"),
    ],
)
def test_what_holds_no_data_is_refused(notebook, tmp_path, made, place) -> None:
    bundle = notebook(
        f"import torch\nthing = {made}", "def preprocess(x): return thing"
    )

    with pytest.raises(ExportError) as refused:
        bundle.export(tmp_path / "out")

    told = str(refused.value)
    assert f"preprocess → thing (cell 1): can't be saved: {place} is on" in told
    assert "holds no data. Load its weights" in told


def test_a_device_that_a_server_may_lack_is_told(notebook) -> None:
    bundle = notebook(
        "import torch\nclass Net: pass\nnet = Net()\n"
        "net.device = torch.device('cuda', 0)",
        "def preprocess(x): return str(net.device)",
    )

    (note,) = bundle.status().warnings

    assert note.startswith("net.device is on the device cuda")
    bundle.config("resources.accelerator", "L4")
    assert not bundle.status().warnings


def test_what_is_on_the_cpu_is_fine(notebook) -> None:
    bundle = notebook(
        "import torch\nthing = [torch.zeros(2), torch.device('cpu')]",
        "def preprocess(x): return thing",
    )

    status = bundle.status()

    assert not status.problems
    assert not status.warnings
