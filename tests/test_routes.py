"""OpenAI's and Anthropic's addresses: answered past the stages, alike in all places."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from asking import online
from doors import Functions, require
from gateway import Gateway, standing

from truss_nb.errors import ExportError, RunError, SettingError, StageError
from truss_nb.proof import prove
from truss_nb.proof.server.server import serve


@dataclass(frozen=True)
class Case:
    """A hook, what it's asked, and what a client gets."""

    hook: str
    text: str
    given: Any
    answer: Any
    cell: str = ""


PREDICT = "async def predict(x, k=2):\n    return [x, k]\n"
CHAT = {"messages": [{"role": "user", "content": "Hi"}]}
WORDS = "model_input['prompt'].split()"
CASES = {
    "a method": Case(
        "chat_completions",
        "def chat_completions(self, model_input):\n"
        "    return {'said': model_input['messages'][-1]['content'], 'n': self.n}\n",
        CHAT,
        {"said": "Hi", "n": 3},
    ),
    "what it shares with predict": Case(
        "chat_completions",
        "async def chat_completions(self, model_input):\n"
        "    return await self.predict(model_input['messages'])\n",
        CHAT,
        [CHAT["messages"], 2],
    ),
    "a stream of events": Case(
        "completions",
        f"def completions(model_input):\n    for word in {WORDS}:\n"
        "        yield f'data: {word}\\n\\n'\n",
        {"prompt": "a b"},
        "data: a\n\ndata: b\n\n",
    ),
    "a stream that is awaited": Case(
        "completions",
        f"async def completions(model_input):\n    for word in {WORDS}:\n"
        "        yield word.encode()\n",
        {"prompt": "a b"},
        "ab",
    ),
    "one or the other": Case(
        "responses",
        "def responses(model_input):\n"
        "    parts = (f'data: {each}\\n\\n' for each in model_input['input'])\n"
        "    return parts if model_input.get('stream') else list(parts)\n",
        {"input": "xy", "stream": True},
        "data: x\n\ndata: y\n\n",
    ),
    "with a setting": Case(
        "embeddings",
        "def embeddings(model_input, size=2):\n    return {'data': [[0.5] * size]}\n",
        {"input": "a"},
        {"data": [[0.5, 0.5]]},
    ),
    "with the request": Case(
        "messages",
        "async def messages(self, model_input, request: Request):\n"
        "    told = request.url.path, request.path_params\n"
        "    return [*told, model_input['n'] + self.n]\n",
        {"n": 1},
        ["/v1/messages", {}, 4],
        "from fastapi import Request",
    ),
    "the request alone": Case(
        "messages",
        "async def messages(request: Request):\n"
        "    return [(await request.json())['n'], request.method]\n",
        {"n": 1},
        [1, "POST"],
        "from fastapi import Request",
    ),
    "a Response of its own": Case(
        "chat_completions",
        "def chat_completions(model_input):\n"
        "    parts = (f'data: {m}\\n\\n' for m in 'ab')\n"
        "    return StreamingResponse(parts, media_type='text/event-stream')\n",
        CHAT,
        "data: a\n\ndata: b\n\n",
        "from fastapi.responses import StreamingResponse",
    ),
}


def build(door: Any, case: Case, name: str = "it") -> None:
    if case.cell:
        pytest.importorskip("fastapi")
        door.run_cell(case.cell)
    if "load" not in door.bundle.captured.stages:
        door.stage("load", "def load(self):\n    self.n = 3\n")
        door.stage("predict", PREDICT)
    door.hook(case.hook, case.text)
    door.example("5", "five")
    door.example(repr(case.given), name, endpoint=case.hook)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_address_answers_alike_live_and_in_the_proof(
    door: Any, case: Case, tmp_path: Path
) -> None:
    build(door, case)

    kept = door.bundle.captured.examples["it"].expected["answer"]
    assert (kept if isinstance(case.answer, str) else json.loads(kept)) == case.answer
    assert door.run("1") == [1, 2]
    assert door.bundle.replay("it").passed
    export = door.export(tmp_path / "out")
    assert export.proof.passed
    assert [e.name for e in export.proof.examples[1].stages] == [case.hook]

    file = tmp_path / "out" / "model" / "model.py"
    was = f"{case.hook}(self, "
    assert was in file.read_text()
    file.write_text(file.read_text().replace(f"    def {was}", "    def other(self, "))
    file.write_text(file.read_text().replace(f"async def {was}", "def other(self, "))
    assert prove(tmp_path / "out").failed


@pytest.mark.parametrize("turn", range(3))
def test_the_real_server_answers_alike(
    turn: int, tmp_path: Path, server_python: str
) -> None:
    script = Functions()
    for name, case in CASES.items():
        same_hook = [each for each in CASES if CASES[each].hook == case.hook]
        if same_hook.index(name) == turn:
            build(script, case, name)
    script.bundle.export(tmp_path / "out", prove=False)

    assert online(tmp_path / "out", server_python).passed


def test_a_deployment_has_them_beside_predict(
    notebook: Any, tmp_path: Path, server_python: str
) -> None:
    bundle = notebook(PREDICT)
    bundle.hook("embeddings")(bundle.captured.notebook.names["predict"])
    bundle.example(1)
    bundle.example(2, "it", endpoint="embeddings")
    bundle.export(tmp_path / "out", prove=False)
    path = "/environments/production/predict"

    with (
        serve(tmp_path / "out", python=server_python) as server,
        standing(Gateway(server.url, path)) as root,
    ):
        for url in (root, root + path):
            assert prove(tmp_path / "out", url=url).passed


REFUSED = {
    "no input": (
        "def messages(self):\n    return 1\n",
        "def messages(model_input)",
    ),
    "a request that isn't annotated": (
        "def messages(self, model_input, request):\n    return 1\n",
        "request: Request",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_the_server_refuses_is_refused_at_once(
    door: Any, case: tuple[str, str]
) -> None:
    text, remedy = case
    with pytest.raises(StageError) as refused:
        door.hook("messages", text)
    assert remedy in str(refused.value)


@pytest.mark.parametrize("is_first", [True, False])
def test_where_the_server_reads_no_input_no_address_gets_one(
    door: Any, *, is_first: bool
) -> None:
    pytest.importorskip("fastapi")
    door.run_cell("from fastapi import Request")
    alone = "def predict(request: Request):\n    return 1\n"
    predict, hook = (door.stage, "predict", alone), (door.hook, "messages", MESSAGES)
    (first, *one), (then, *other) = (predict, hook) if is_first else (hook, predict)
    first(*one)
    with pytest.raises(StageError, match=r"def messages\(request: Request\)"):
        then(*other)


MESSAGES = "def messages(model_input):\n    return model_input\n"
TYPED = (
    "from pydantic import BaseModel\n"
    "class Order(BaseModel):\n    n: int\n"
    "class Chat(BaseModel):\n    text: str\n"
)


def test_the_first_stage_says_how_an_input_is_read_at_every_address(
    door: Any, tmp_path: Path, server_python: str
) -> None:
    require(TYPED)
    door.run_cell(TYPED)
    door.stage("predict", "def predict(x: Order):\n    return x.n\n")
    door.hook("messages", "def messages(order):\n    return order.n + 1\n")
    door.example("{'n': 1}", "it", endpoint="messages")
    door.example("{'text': 'a'}", "bad", expect=400, endpoint="messages")
    assert door.export(tmp_path / "out").proof.passed
    assert online(tmp_path / "out", server_python).passed

    door.hook("messages", "def messages(chat: Chat):\n    return chat.text\n")
    for refused in refusals(door, tmp_path):
        assert "Annotate chat as predict's input is" in refused

    door.hook("messages", "def messages(order: Order):\n    return order.n + 2\n")
    door.example("{'n': 1}", "it", endpoint="messages")
    assert door.export(tmp_path / "out").proof.passed


def refusals(door: Any, tmp_path: Path) -> list[str]:
    with pytest.raises(RunError) as run:
        door.run("{'n': 1}")
    with pytest.raises(ExportError) as export:
        door.export(tmp_path / "out")
    return [str(run.value), str(export.value)]


BY_HAND = {
    "a model": ("Chat", "Chat.model_validate(chat).text"),
    "a list of them": (
        "list[Chat]",
        "pydantic.TypeAdapter(list[Chat]).validate_python(chat)[0].text",
    ),
}


@pytest.mark.parametrize("case", BY_HAND.values(), ids=BY_HAND)
def test_what_no_stage_is_parsed_by_is_parsed_by_hand(
    door: Any, case: tuple[str, str], tmp_path: Path
) -> None:
    require(TYPED)
    annotation, remedy = case
    door.run_cell(f"import pydantic\n{TYPED}")
    door.stage("predict", PREDICT)
    code = "def messages(chat: {}):\n    return {}\n"
    door.hook("messages", code.format(annotation, "chat"))
    name = "__main__" if hasattr(door, "shell") else "script"
    for refused in refusals(door, tmp_path):
        told = refused.replace(f"{name}.Chat", "Chat")
        assert f"begin with {remedy.partition('(chat)')[0]}(chat)" in told

    door.hook("messages", code.format("dict", remedy))
    given = [{"text": "a"}] if "list" in annotation else {"text": "a"}
    door.example(repr(given), "it", endpoint="messages")
    assert door.export(tmp_path / "out").proof.passed


def test_a_dataclass_is_read_at_every_address(
    door: Any, tmp_path: Path, server_python: str
) -> None:
    pytest.importorskip("pydantic")
    door.run_cell("from dataclasses import dataclass")
    door.run_cell("@dataclass\nclass Order:\n    n: int\n")
    door.stage("predict", "def predict(x: Order):\n    return x.n\n")
    door.hook("messages", "def messages(order):\n    return order.n + 1\n")
    door.example("{'n': 1}", "it", endpoint="messages")

    assert door.export(tmp_path / "out").proof.passed
    assert online(tmp_path / "out", server_python).passed


@pytest.mark.parametrize(
    ("endpoint", "told"),
    [
        ("messages", "%%truss_hook messages"),
        ("mesages", "Did you mean messages?"),
        ("is_healthy", "has no endpoint is_healthy"),
    ],
)
def test_an_endpoint_that_nothing_answers_is_refused(
    door: Any, endpoint: str, told: str
) -> None:
    door.stage("predict", PREDICT)
    for ask in (door.example, door.run):
        with pytest.raises(SettingError, match=told):
            ask("1", endpoint=endpoint)
    assert not door.bundle.captured.examples


def test_what_no_example_is_sent_to_is_told(door: Any, tmp_path: Path) -> None:
    door.stage("predict", PREDICT)
    door.hook("messages", MESSAGES)

    for endpoint, told in (
        ("predict", "no example is sent to messages"),
        ("messages", "no example is sent to predict"),
    ):
        door.example("1", "it", endpoint=endpoint)
        export = door.export(tmp_path / "out", prove=False)
        assert [each for each in export.warnings if each.startswith(told)]


def test_the_folder_tells_each_address(door: Any, tmp_path: Path) -> None:
    build(door, CASES["with a setting"])
    assert "it: dict of 1: input, to /v1/embeddings" in str(door.status())
    door.export(tmp_path / "out", prove=False)

    readme = (tmp_path / "out" / "README.md").read_text()
    assert "EMBEDDINGS=http://127.0.0.1:8080/v1/embeddings" in readme
    assert 'curl "$EMBEDDINGS" ' in readme
    told = json.loads((tmp_path / "out" / "openapi.json").read_text())["paths"]
    assert sorted(told) == ["/v1/embeddings", "/v1/models/model:predict"]
    assert '"type": "integer"' in (tmp_path / "out" / "schema.json").read_text()
