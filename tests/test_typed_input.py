"""An annotated input is parsed and refused alike: live, in the proof, on the server."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from asking import ask, ask_packed
from doors import Functions

from truss_nb.errors import ExportError, RunError
from truss_nb.proof.server.server import serve
from truss_nb.truss.serving import READY
from truss_nb.truss.serving.refusals import InputParsingError

pytest.importorskip("pydantic")


@dataclass(frozen=True)
class Case:
    """A stage, what it is given, and what its model refuses."""

    cells: tuple[str, ...]
    stage: str
    good: Any
    bad: Any
    told: str
    name: str = "preprocess"
    in_scripts: bool = True


ORDER = (
    "from pydantic import BaseModel, Field",
    "class Item(BaseModel):\n    sku: str\n    count: int = Field(default=1, gt=0)",
    "class Order(BaseModel):\n    items: list[Item]\n    note: str = ''",
)
TAKES = "def preprocess(order: Order):\n    return [i.count * 2 for i in order.items]\n"
GOOD = {"items": [{"sku": "a", "count": "3"}, {"sku": "b"}]}
BAD = {"items": [{"sku": "a", "count": 0}, {"count": 2}]}
TOLD = "`items[0].count`: Input should be greater than 0."
LATER = "from __future__ import annotations\n"
SIZE = "def preprocess(size: Size):\n    return [size.width * 2, size.unit]\n"
CASES = {
    "a model": Case(ORDER, TAKES, GOOD, BAD, TOLD),
    "a model, annotations left as text": Case(ORDER, LATER + TAKES, GOOD, BAD, TOLD),
    "its name as text": Case(ORDER, TAKES.replace("Order", "'Order'"), GOOD, BAD, TOLD),
    "a method that awaits": Case(
        ORDER,
        TAKES.replace("def preprocess(", "async def preprocess(self, "),
        GOOD,
        BAD,
        TOLD,
    ),
    "predict is the first, and takes a setting": Case(
        ORDER,
        TAKES.replace("preprocess(order: Order", "predict(order: Order, k=2"),
        GOOD,
        BAD,
        TOLD,
        "predict",
    ),
    "models in a list": Case(
        ORDER,
        "def preprocess(items: list[Item]) -> int:\n"
        "    return sum(item.count for item in items)\n",
        [{"sku": "a", "count": 4}],
        [{"sku": "a"}, {"sku": 3}],
        "`[1].sku`: Input should be a valid string.",
    ),
    "one of two models": Case(
        (*ORDER, "class Gift(BaseModel):\n    to: str"),
        "def preprocess(x: Order | Gift):\n    return type(x).__name__\n",
        {"to": "me"},
        {"to": 3},
        "`Gift.to`: Input should be a valid string.",
    ),
    "a dataclass": Case(
        (
            "from dataclasses import dataclass",
            "@dataclass\nclass Size:\n    width: float\n    unit: str = 'cm'",
        ),
        SIZE,
        {"width": "2.5"},
        {"unit": "m"},
        "`width`: Field required.",
    ),
    "a dataclass, annotations left as text": Case(
        (
            LATER + "from dataclasses import dataclass",
            LATER + "@dataclass\nclass Size:\n    width: float\n    unit: str = 'cm'",
        ),
        LATER + SIZE,
        {"width": "2.5"},
        {"unit": "m"},
        "`width`: Field required.",
        in_scripts=False,  # a dataclass then needs its module
    ),
    "a TypedDict": Case(
        (
            "from typing_extensions import NotRequired, TypedDict",
            "class Size(TypedDict):\n    width: float\n    unit: NotRequired[str]",
        ),
        "def preprocess(size: Size):\n    return size\n",
        {"width": "2", "more": 3},
        {"width": "wide"},
        "`width`: Input should be a valid number, unable to parse string as a number.",
    ),
}


IN_SCRIPTS = {name: case for name, case in CASES.items() if case.in_scripts}


def build(door: Any, case: Case) -> None:
    """Capture the stages of a case, and keep what it is given."""
    for cell in case.cells:
        door.run_cell(cell)
    if case.name != "predict":
        door.stage("predict", "def predict(x):\n    return x\n")
    if isinstance(door, Functions):
        door.run_cell(case.stage)
        getattr(door, case.name)(door.value(case.name))
    else:
        door.stage(case.name, case.stage)
    door.example(repr(case.good), "good")


@pytest.mark.parametrize("case", IN_SCRIPTS.values(), ids=IN_SCRIPTS)
def test_what_a_client_sends_is_parsed_live_and_served(
    door: Any, case: Case, tmp_path: Path
) -> None:
    build(door, case)

    with pytest.raises(InputParsingError) as refused:
        door.run(repr(case.bad))
    done = door.export(tmp_path / "out")

    assert case.told in str(refused.value)
    assert done.proof.passed
    assert any("pydantic==" in str(each) for each in done.requirements)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_real_server_refuses_in_the_same_words(
    notebook: Any, case: Case, tmp_path: Path, server_python: str
) -> None:
    bundle = notebook(*case.cells, case.stage)
    live = bundle.run(case.good).output
    refused = bundle.run(case.bad).stages[-1].error
    bundle.export(tmp_path / "out")

    with serve(tmp_path / "out", python=server_python) as server:
        answers = [ask(server, case.good).body, ask_packed(server, case.good)[1]]
        bad = ask(server, case.bad)
        schema = requests.get(f"{server.url}{READY}/schema", timeout=30).json()

    assert answers == [live, live]
    assert (bad.status, bad.body) == (400, {"error": str(refused)})
    assert schema["input_schema"]


def test_a_model_from_a_module_of_ones_own_is_parsed(
    notebook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = LATER + "from pydantic import BaseModel\n"
    text += "class Order(BaseModel):\n    count: int\n"
    text += "def preprocess(order: Order):\n    return order.count\n"
    (tmp_path / "orders.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))

    bundle = notebook("from orders import preprocess")
    bundle.example({"count": "3"})

    assert bundle.run({"count": "3"}).output == 3
    assert bundle.export(tmp_path / "out").proof.passed


MODEL = "from pydantic import BaseModel\nclass Order(BaseModel):\n    count: int"
REFUSED = {
    "a field of a kind that pydantic doesn't know": (
        (
            "from dataclasses import dataclass\nclass Raw: pass\n"
            "@dataclass\nclass Order:\n    raw: Raw",
            "def preprocess(order: Order):\n    return order.raw\n",
            "",
        ),
        "order: is what the first stage takes",
        "def preprocess(order):\n    return order['raw']\n",
        {"raw": 3},
    ),
    "a class that was defined anew": (
        (
            MODEL,
            "def preprocess(orders: list[Order]):\n    return orders[0].count\n",
            MODEL + " = 3",
        ),
        "Order: is another class by now",
        "def preprocess(orders: list[Order]):\n    return orders[0].count\n",
        [{}],
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_cant_be_parsed_alike_is_refused_and_the_remedy_works(
    door: Any, case: tuple[Any, ...], tmp_path: Path
) -> None:
    cells, told, again, given = case
    first, stage, after = cells
    door.run_cell(first)
    door.stage("predict", "def predict(x):\n    return x\n")
    door.stage("preprocess", stage)
    door.run_cell(after)

    with pytest.raises(RunError, match=told):
        door.run(repr(given))
    with pytest.raises(ExportError, match=told):
        door.export(tmp_path / "out")
    if isinstance(door, Functions):
        door.run_cell(again)
        door.preprocess(door.value("preprocess"))
    else:
        door.stage("preprocess", again)
    door.example(repr(given))

    assert door.export(tmp_path / "out").proof.passed
