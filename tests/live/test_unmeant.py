"""What nobody meant is told by a run, and when an example is kept; by both doors."""

import pytest

PASSING = "def predict(model_input):\n    return model_input"
NOTES = {
    "a stage that prints and doesn't return": (
        {"preprocess": "def preprocess(x):\n    print(x)", "predict": PASSING},
        ["preprocess", "returned None: is its return missing?"],
    ),
    "an answer that is null": (
        {"predict": "def predict(x):\n    x.append(1)"},
        ["predict", "returned None, and a client gets null: is its return missing?"],
    ),
    "numpy's truth value": (
        {"predict": "def predict(x):\n    return {'a': np.bool_(True)}"},
        ["$.a (numpy.bool_) can't be sent as JSON: wrap it in bool(...)"],
    ),
    "NaN": (
        {"predict": "def predict(x):\n    return [1.0, float('nan')]"},
        ["$[1] (NaN) can't be sent as JSON"],
    ),
    "an array of objects": (
        {"predict": "def predict(x):\n    return np.array(['a', None])"},
        ["$ (numpy.ndarray) can't be sent as msgpack: return its tolist()"],
    ),
    "a Series": (
        {"predict": "def predict(x):\n    return pandas.Series([1])"},
        ["$ (pandas", "can't be sent as JSON: return its tolist()"],
    ),
    "a part of a stream that is no text": (
        {"predict": "def predict(x):\n    yield 'a'\n    yield 2"},
        ["$[1] (int) can't be sent as JSON: yield text"],
    ),
    "nothing": ({"predict": PASSING}, []),
    "nothing of an array": (
        {
            "predict": "def predict(x):\n    return {'predictions': np.arange(3)}",
            "postprocess": "def postprocess(out):\n    return out",
        },
        [],
    ),
}


@pytest.mark.parametrize("case", NOTES)
def test_what_nobody_meant_is_told_at_once(case, door, capsys):
    stages, told = NOTES[case]
    door.run_cell("import numpy as np")
    if case == "a Series":
        pytest.importorskip("pandas")
        door.run_cell("import pandas")
    for stage, source in stages.items():
        door.stage(stage, source)
    trace = door.bundle.run([1])
    example = door.bundle.example([1])
    assert [*trace.notes] == [*example.notes]
    assert all(part in " ".join(trace.notes) for part in told)
    assert bool(trace.notes) == bool(told)
    assert [note for note in trace.notes if note not in str(trace)] == []
    if told and hasattr(door, "shell"):
        assert "(cell " in trace.notes[0]
        for line in "%truss_run [1]", "%truss_example [1]":
            capsys.readouterr()
            door.run_cell(line)
            assert all(part in capsys.readouterr().out for part in told[-1:])


def test_a_model_that_returns_nothing_is_told(door):
    door.run_cell("class Net:\n    def predict(self, x):\n        self.x = x")
    door.run_cell("net = Net()")
    door.model("net")
    (note,) = door.bundle.run(1).notes
    assert note.startswith("predict (the model's) returned None")


def test_nan_in_an_example_is_told_with_the_line_that_makes_it_null(door):
    door.stage("predict", PASSING)
    example = door.bundle.example({"a": float("nan")})
    assert example.way == "only by msgpack ($.a is NaN)"
    assert "parse_constant=lambda _: None" in example.remedy
    rows = [{"km": 1.0, "my city": float("nan")}, {"km": float("nan"), "my city": "a"}]
    for given in (rows, {"rows": rows}):
        remedy = door.bundle.example(given).remedy
        assert remedy.endswith(
            'your table df, json.loads(df.to_json(orient="records"))'
        )


def test_a_run_that_failed_says_why_and_nothing_else(door):
    door.stage("preprocess", "def preprocess(x):\n    print(x)")
    door.stage("predict", "def predict(x):\n    return x + 1")
    assert door.bundle.run(1).notes == ()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"a": {1}}, "$.a is a set, which no client can send: send a list"),
        ([1, {"a": (2.5, None)}], ""),
        (b"abc", ""),
    ],
    ids=["a set", "JSON", "msgpack"],
)
def test_what_no_client_can_send_is_told_by_a_run(door, given, told):
    door.stage("predict", "def predict(x):\n    return 1")
    assert " ".join(door.bundle.run(given).notes).startswith(told)
    assert bool(door.bundle.run(given).notes) == bool(told)
