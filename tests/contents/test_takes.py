"""What a bundle takes, as its annotation or its examples say."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from truss_nb.contents.takes import in_short, seen

OPTIONAL = {
    "type": "object",
    "properties": {"a": {"type": "number"}, "b": {"type": ["null", "string"]}},
    "required": ["a"],
}
CASES: dict[str, tuple[list[Any], dict[str, Any], str]] = {
    "a number": ([1], {"type": "integer"}, "integer"),
    "whole and other numbers": ([1, 2.5], {"type": "number"}, "number"),
    "a hole, for which JSON has null": (
        [1.5, float("nan")],
        {"type": ["null", "number"]},
        "null or number",
    ),
    "two kinds": ([True, "x"], {"type": ["boolean", "string"]}, "boolean or string"),
    "what isn't always there": (
        [{"a": 1}, {"a": 2.5, "b": None}, {"a": 1, "b": "x"}],
        OPTIONAL,
        "{a: number, b?: null or string}",
    ),
    "rows": (
        [[[1, 2], [0.5]], []],
        {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
        "[[number]]",
    ),
    "nothing in it": ([[]], {"type": "array"}, "array"),
    "nothing at all": ([{}], {"type": "object", "properties": {}}, "{}"),
    "records": (
        [[{"a": 1}, {"a": 2, "b": None}]],
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"a": {"type": "integer"}, "b": {"type": "null"}},
                "required": ["a"],
            },
        },
        "[{a: integer, b?: null}]",
    ),
    "one or many": (
        ["x", ["y"]],
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
            ]
        },
        "string or [string]",
    ),
    "only by msgpack": (
        [{"at": dt.date(2026, 1, 1), "image": b"", "x": np.zeros((2, 3), "f4")}],
        {
            "type": "object",
            "properties": {
                "at": {"$comment": "datetime.date, by msgpack"},
                "image": {"$comment": "bytes, by msgpack"},
                "x": {
                    "$comment": "numpy.ndarray of float32, 2-dimensional, by msgpack"
                },
            },
            "required": ["at", "image", "x"],
        },
        "{at: datetime.date, image: bytes, x: numpy.ndarray of float32, 2-dimensional}",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_schema_is_of_what_was_seen(
    case: tuple[list[Any], dict[str, Any], str],
) -> None:
    values, schema, line = case
    assert seen(values) == schema
    assert in_short(schema) == line
    validate = pytest.importorskip("jsonschema").validate
    for value in values:
        validate(value, schema)


def test_what_was_seen_is_shown_and_enforced_nowhere(door: Any, tmp_path: Path) -> None:
    door.stage("predict", "def predict(x):\n    return sorted(x)\n")
    door.example("{'text': 'a', 'k': 1}")
    door.example("{'text': 'b'}")
    door.run("['another']")

    shown = dict(door.status().stages)["input"]
    assert door.export(tmp_path / "out").proof.passed

    assert shown.startswith("{text: string, k?: integer}")
    assert "Seen in 2 examples; nothing enforces it." in shown
    config = yaml.safe_load((tmp_path / "out/config.yaml").read_text())
    written = json.loads((tmp_path / "out/schema.json").read_text())
    held = config["model_metadata"]["input_schema"]
    assert held["required"] == ["text"]
    assert held.items() <= written.items()
    assert "Seen in 2 examples" in (tmp_path / "out/README.md").read_text()
    changes = door.status().changes
    assert changes is not None
    assert not changes.stale


def test_what_must_be_refused_does_not_count(notebook: Any) -> None:
    pytest.importorskip("fastapi")
    bundle = notebook(
        "from fastapi import HTTPException\ndef predict(x):\n    if x is None:\n"
        "        raise HTTPException(422, 'nothing')\n    return x\n"
    )
    bundle.example(3)
    bundle.example(None, expect=422)
    told = "integer  ·  Seen in one example; nothing enforces it."
    assert dict(bundle.status().stages)["input"] == told


TYPED = {
    "a model": (
        "from pydantic import BaseModel\nclass Order(BaseModel):\n    sku: str\n"
        "    count: int = 1\n",
        "def predict(x: Order):\n    return x.count\n",
        {"sku": "a"},
        "{sku: string, count?: integer}",
    ),
    "a dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass Size:\n    w: float\n",
        "def predict(x: Size):\n    return x.w\n",
        {"w": 2},
        "{w: number}",
    ),
    "models in a list": (
        "from pydantic import BaseModel\nclass Item(BaseModel):\n    sku: str\n"
        "    parts: 'list[Item]' = []\n",
        "def predict(x: list[Item]):\n    return len(x)\n",
        [{"sku": "a"}],
        "[{sku: string, parts?: [Item]}]",
    ),
}


@pytest.mark.parametrize("case", TYPED.values(), ids=TYPED)
def test_a_typed_input_shows_its_own_schema(
    notebook: Any, case: tuple[Any, ...], tmp_path: Path
) -> None:
    pytest.importorskip("pydantic")
    head, stage, given, line = case
    bundle = notebook(head, stage)
    bundle.example(given)

    shown = dict(bundle.status().stages)["input"]
    bundle.export(tmp_path / "out")

    assert shown == line
    assert line in (tmp_path / "out/README.md").read_text()
    assert "answered with 400" in (tmp_path / "out/README.md").read_text()
    config = yaml.safe_load((tmp_path / "out/config.yaml").read_text())
    written = json.loads((tmp_path / "out/schema.json").read_text())
    held = config["model_metadata"]["input_schema"]
    held.pop("title", None)  # the file has the model's
    assert held.items() <= written.items()
    assert "description" not in held


def test_a_large_schema_is_in_its_file_alone(notebook: Any, tmp_path: Path) -> None:
    bundle = notebook()
    bundle.example({f"column {n}": n for n in range(400)})
    bundle.export(tmp_path / "out", prove=False)
    assert "input_schema" not in (tmp_path / "out/config.yaml").read_text()
    assert "column 399" in (tmp_path / "out/schema.json").read_text()
