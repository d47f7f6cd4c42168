"""What config.yaml holds of the examples and of the parameters."""

import pytest
import yaml

SMALL = {"example_model_input": "another"}
PRE = "def preprocess(model_input, k={}):\n    return model_input"
POST = "def postprocess(model_output, k={}):\n    return model_output"


def metadata(bundle, folder):
    bundle.export(folder, prove=False)
    return yaml.safe_load((folder / "config.yaml").read_bytes()).get("model_metadata")


@pytest.mark.parametrize(
    ("example", "held"),
    [
        ({"a": [1, "x"]}, {"example_model_input": {"a": [1, "x"]}}),
        # The playground sends JSON.
        (b"\x89PNG", SMALL),
        ({"name": "a.png", "images": ["", b"\x89PNG"]}, SMALL),
        # A photo, as a line and as rows of numbers.
        ({"image": "iVBORw0K" * 8_000}, SMALL),
        ([[[0.25, 0.5, 0.75]] * 64] * 64, SMALL),
        ([[128] * 28] * 28, {"example_model_input": [[128] * 28] * 28}),
    ],
)
def test_the_first_example_that_a_person_can_read_fills_the_playground(
    notebook, tmp_path, example, held
):
    bundle = notebook()
    bundle.example(example)
    bundle.example("another")
    bundle.example("a third")
    shown = metadata(bundle, tmp_path / "out")
    del shown["input_schema"]
    assert shown == held
    kept = yaml.safe_load((tmp_path / "out" / "examples.yaml").read_bytes())
    assert [each["input"] for each in kept] == [example, "another", "a third"]


def test_a_note_says_that_no_example_fills_the_playground(notebook, tmp_path):
    bundle = notebook()
    bundle.example("iVBORw0K" * 8_000)
    export = bundle.export(tmp_path / "out", prove=False)
    assert [each for each in export.warnings if "config.yaml" in each] == [
        "no example has less than 4000 characters, so config.yaml shows none (all are "
        "in examples.yaml): keep a smaller input with %truss_example"
    ]
    assert len((tmp_path / "out" / "config.yaml").read_bytes()) < 500


@pytest.mark.parametrize(
    ("first", "second", "held"),
    [
        ("1", "1", {"k": 1}),
        ("1", "1.0", {"preprocess.k": 1, "postprocess.k": 1.0}),
        ("1", "True", {"preprocess.k": 1, "postprocess.k": True}),
        ("0.0", "False", {"preprocess.k": 0.0, "postprocess.k": False}),
        ("1", "2", {"preprocess.k": 1, "postprocess.k": 2}),
        ("1", "(1,)", {"preprocess.k": 1}),
    ],
)
def test_a_parameter_of_two_stages_is_one_if_its_defaults_cannot_be_told_apart(
    notebook, tmp_path, first, second, held
):
    bundle = notebook(PRE.format(first), POST.format(second))
    kept = metadata(bundle, tmp_path / "out")["parameters"]
    assert {key: repr(value) for key, value in kept.items()} == {
        key: repr(value) for key, value in held.items()
    }
