"""An export says what was seen, and no more; through both doors."""

import pytest

from truss_nb.errors import StoppedError, WriteError

SCALE = "def preprocess(model_input, k=3):\n    return [x * k for x in model_input]"
SUM = "def predict(model_input):\n    return sum(model_input)"
DRAWN = "def predict(model_input):\n    return uuid.uuid4().hex"

VERDICTS = {
    "no example": (
        [],
        {},
        "unproven",
        "Written; nothing is proven: there is no example",
    ),
    "one example": (
        ["[1]"],
        {},
        "passed",
        "Written and proven: 1 of 1 example answers the same, in 2 stages",
    ),
    "two examples": (
        ["[1]", "[2, 3]"],
        {},
        "passed",
        "Written and proven: 2 of 2 examples answer the same, in 2 stages",
    ),
    "an example and no proof": (
        ["[1]"],
        {"prove": False},
        "unproven",
        "Written; nothing is proven: no example was run elsewhere",
    ),
    "no example and no proof": (
        [],
        {"prove": False},
        "unproven",
        "Written; nothing is proven: there is no example",
    ),
}


@pytest.fixture
def scaled(door):
    door.stage("preprocess", SCALE)
    door.stage("predict", SUM)
    return door


@pytest.mark.parametrize("case", VERDICTS)
def test_the_verdict_counts_and_comes_first(case, scaled, tmp_path):
    examples, options, verdict, told = VERDICTS[case]
    for given in examples:
        scaled.example(given)
    export = scaled.export(tmp_path / "out", **options)
    assert (export.verdict, export.told) == (verdict, told)
    first, *rest = str(export).split("\n\n")
    assert first == told
    assert rest[0].startswith("next")
    is_amber = '<span style="color: var(--jp-warn-color0' in export._repr_html_()
    assert is_amber == (verdict == "unproven")


def test_a_proof_without_an_example_proves_nothing(scaled, tmp_path):
    proof = scaled.export(tmp_path / "out").proof
    assert (proof.verdict, proof.passed, proof.failed) == ("unproven", False, False)
    assert proof.to_dict()["told"] == "nothing is proven: there is no example"


def test_what_is_drawn_counts_as_such(door, tmp_path):
    door.run_cell("import uuid")
    door.stage("predict", DRAWN)
    door.example("1")
    export = door.export(tmp_path / "out")
    assert export.verdict == "random"
    assert "0 of 1 example answers the same" in export.told
    assert export.told.endswith("compared by type, shape, keys and range")


@pytest.mark.parametrize("ran", ["[4, 2]", "[float(n) for n in range(500)]"])
def test_a_line_keeps_the_last_runs_input(ran, scaled, tmp_path):
    scaled.run(ran)
    line = scaled.export(tmp_path / "out").keeps
    is_typed = len(ran) < 10 or hasattr(scaled, "shell")
    assert line == (f"%truss_example {ran}" if is_typed else "%truss_example INPUT")
    assert line in str(scaled.export(tmp_path / "out"))
    if is_typed:
        scaled.example(line.removeprefix("%truss_example "))
        assert scaled.export(tmp_path / "out").keeps == ""


def test_parameters_that_config_yaml_gets_are_told(scaled, tmp_path):
    assert scaled.export(tmp_path / "out").parameters == {"k": "3"}
    scaled.parameter("k", "1")
    export = scaled.export(tmp_path / "out")
    assert export.parameters == {"k": "1, set here"}
    assert "in config.yaml  is\nk               1, set here" in str(export)


@pytest.mark.parametrize(
    ("prove", "told"),
    [
        (True, "what is answered now was proven"),
        (False, "what is answered now was not"),
    ],
)
def test_an_old_example_says_what_changed(prove, told, scaled, tmp_path):
    scaled.example("[1]", "one")
    scaled.parameter("k", "1")
    assert "one (k was 3 and is 1)" in str(scaled.status())
    replay = scaled.bundle.replay("one")
    assert (replay.passed, replay.since) == (False, ("k was 3 and is 1",))
    export = scaled.export(tmp_path / "out", prove=prove)
    assert export.told.endswith("; 1 answered otherwise when kept") is prove
    notes = export.warnings
    (note,) = (each for each in notes if "'one'" in each)
    assert "'one' answered otherwise when kept: k was 3 and is 1" in note
    assert told in note


def kept(folder):
    found = ((file, file.stat()) for file in folder.rglob("*"))
    return {file: (seen.st_ino, seen.st_mtime_ns) for file, seen in found}


def test_a_name_that_no_disk_takes_is_told(door):
    door.stage("predict", "def predict(x): return x")
    with pytest.raises(WriteError, match="too long"):
        door.export("n" * 300)


def test_an_interrupted_export_leaves_all_as_it_was(door, tmp_path, capsys):
    door.run_cell("STOPS = []")
    door.stage(
        "predict",
        "def predict(x):\n    if STOPS:\n        raise KeyboardInterrupt\n    return x",
    )
    door.example("1")
    folder = tmp_path / "out"
    door.export(folder, prove=False)
    before = kept(folder)
    door.run_cell("STOPS.append(1)")
    capsys.readouterr()
    with pytest.raises(StoppedError, match="nothing was written"):
        door.export(folder)
    assert kept(folder) == before
    shown = "".join(capsys.readouterr())
    if hasattr(door, "shell"):
        assert f"Stopped: nothing was written, {folder} is as it was." in shown
    assert "Traceback" not in shown
