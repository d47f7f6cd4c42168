"""What config.yaml holds of the examples and of the parameters."""

import pytest
import yaml

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
        (b"\x89PNG", None),
        ({"name": "a.png", "images": ["", b"\x89PNG"]}, None),
    ],
)
def test_the_first_example_fills_the_playground_if_it_is_json(
    notebook, tmp_path, example, held
):
    bundle = notebook()
    bundle.example(example)
    bundle.example("another")
    assert metadata(bundle, tmp_path / "out") == held


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
