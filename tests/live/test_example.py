"""An example is kept, renamed, dropped, and run again to be compared."""

import pytest

import truss_nb
from truss_nb.errors import SettingError
from truss_nb.live.trace import Observer


@pytest.fixture
def bundle():
    bundle = truss_nb.Bundle({"__name__": "script"})
    bundle.preprocess(lambda x, scale=2: [scale * each for each in x])
    bundle.model(max)
    bundle.example([1, 2], "small")
    bundle.example([30], "large")
    return bundle


def names(bundle):
    return list(bundle.captured.examples)


def test_an_example_is_renamed_where_it_stands(bundle):
    bundle.rename_example("small", "tiny")
    assert names(bundle) == ["tiny", "large"]
    assert bundle.captured.examples["tiny"].name == "tiny"
    assert bundle.replay("tiny").passed


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("none", "tiny", "no example 'none'"),
        ("small", "large", "called 'large' already"),
        ("small", " ", "isn't empty"),
    ],
)
def test_a_name_that_cannot_be_is_refused(bundle, old, new, told):
    with pytest.raises(SettingError, match=told):
        bundle.rename_example(old, new)
    assert names(bundle) == ["small", "large"]


def test_an_example_is_forgotten(bundle):
    bundle.forget_example("small")
    assert names(bundle) == ["large"]
    with pytest.raises(SettingError, match="no example 'small'"):
        bundle.forget_example("small")


def test_a_replay_tells_the_first_place_of_each_stage(bundle):
    bundle.parameter(scale=3)
    replay = bundle.replay("small")
    assert not replay.passed
    assert [(stage, d.path, d.expected, d.actual) for stage, d in replay.found] == [
        ("preprocess", "$[0]", "2", "3"),
        ("preprocess", "$[1]", "4", "6"),
        ("predict", '$["predictions"]', "4", "6"),  # and so has the answer
    ]


def test_a_replay_keeps_what_a_stage_raises(bundle):
    bundle.preprocess(lambda x: x["pixels"])
    assert isinstance(bundle.replay("small").error, TypeError)


def test_a_stage_that_came_or_went_is_a_difference(bundle):
    bundle.postprocess(lambda out: out)
    told = [(stage, str(d)) for stage, d in bundle.replay("small").found]
    assert told == [("postprocess", "$: live did not run, fresh ran")]


def test_a_replay_leaves_the_example_as_it_is(bundle):
    bundle.preprocess(lambda x: [2 * x.pop(0), 2 * x.pop(0)])
    assert bundle.replay("small").passed
    assert bundle.captured.examples["small"].input == [1, 2]


def test_who_runs_or_keeps_an_input_is_told_which_stage_begins(bundle):
    told = []
    observer = Observer()
    observer.begins = told.append
    bundle.run([1], observer)
    bundle.example([1], observer=observer)
    assert told == ["preprocess", "predict"] * 2


def test_a_row_that_does_not_travel_is_no_change(door):
    door.run_cell("import pandas as pd\nfor df in [pd.DataFrame({'a': [1, 2]})]: pass")
    door.stage("predict", "def predict(x): return [*df.columns]")
    door.example("1", "one")
    door.run_cell("df.loc[0, 'a'] = 5")
    assert door.bundle.replay("one").since == ()
    door.run_cell("df.columns = ['b']")
    assert door.bundle.replay("one").since == ("df has changed",)
