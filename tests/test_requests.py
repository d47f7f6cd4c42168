"""A stage gets the server's Request, and may return a Response: alike in all places."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from asking import online
from doors import Functions

from truss_nb.errors import SettingError, StageError
from truss_nb.proof import EXPECTED, prove
from truss_nb.truss.constraints import admits

pytest.importorskip("fastapi")


@dataclass(frozen=True)
class Case:
    """Cells, of which the last is a stage, and what it makes of an input."""

    cells: tuple[str, ...]
    given: Any
    answer: Any
    stage: str = "predict"


LATER = "from __future__ import annotations\n"
FASTAPI = "from fastapi import Request"
BODY = (
    "async def predict({}):\n"
    "    body = await request.json()\n"
    "    return [body['x'] * 2, request.method]\n"
)
ALONE = "request: Request"
KIND = "    return [x, request.headers['content-type'], k]\n"
TWICE = {"x": 3}, [6, "POST"]
JSON = "application/json"
CASES = {
    "the request alone": Case((FASTAPI, BODY.format(ALONE)), *TWICE),
    "a method, and starlette's own": Case(
        ("from starlette.requests import Request", BODY.format(f"self, {ALONE}")),
        *TWICE,
    ),
    "the annotation left as text": Case(
        (f"{LATER}{FASTAPI}", LATER + BODY.format(ALONE)), *TWICE
    ),
    "the annotation as text": Case(
        (FASTAPI, BODY.format("request: 'Request'")), *TWICE
    ),
    "a module's attribute, left as text": Case(
        (f"{LATER}import fastapi", LATER + BODY.format("request: fastapi.Request")),
        *TWICE,
    ),
    "a class of its own": Case(
        (FASTAPI, "class Asked(Request):\n    pass", BODY.format(ALONE)), *TWICE
    ),
    "the input and the request": Case(
        (FASTAPI, f"def predict(x, request: Request, k=5):\n{KIND}"), 2, [2, JSON, 5]
    ),
    "the request last": Case(
        (FASTAPI, f"def predict(x, k=5, *, request: Request):\n{KIND}"), 2, [2, JSON, 5]
    ),
    "before the model": Case(
        (FASTAPI, BODY.format(ALONE).replace("predict", "preprocess")),
        *TWICE,
        "preprocess",
    ),
    "after the model": Case(
        (
            FASTAPI,
            "async def postprocess(y, request: Request):\n"
            "    return [y, await request.json(), await request.is_disconnected()]\n",
        ),
        2,
        [2, 2, False],
        "postprocess",
    ),
    "who watches whether the client is there": Case(
        (
            FASTAPI,
            "def predict(x, request: Request):\n"
            "    with request.state.watch_disconnect() as gone:\n"
            "        return [request.url.path, gone.is_set()]\n",
        ),
        2,
        ["/v1/models/model:predict", False],
    ),
    "bytes": Case(
        (
            f"{FASTAPI}\nimport msgpack",
            "async def predict(request: Request):\n"
            "    return msgpack.unpackb(await request.body())['raw'].decode()\n",
        ),
        {"raw": b"abc"},
        "abc",
    ),
}


def build(door: Any, case: Case) -> None:
    """Capture the stages of a case, and keep what it is given."""
    for cell in case.cells[:-1]:
        door.run_cell(cell)
    if case.stage != "predict":
        door.stage("predict", "def predict(x):\n    return x\n")
    if isinstance(door, Functions):
        door.run_cell(case.cells[-1])
        getattr(door, case.stage)(door.value(case.stage))
    else:
        door.stage(case.stage, case.cells[-1])
    door.example(repr(case.given))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_request_is_there_live_and_in_the_proof(
    door: Any, case: Case, tmp_path: Path
) -> None:
    build(door, case)

    assert door.run(repr(case.given)) == case.answer
    assert door.export(tmp_path / "out").proof.passed


def test_starlette_is_one_that_the_servers_fastapi_takes(
    notebook: Any, tmp_path: Path
) -> None:
    bundle = notebook(*CASES["a method, and starlette's own"].cells)
    bundle.export(tmp_path / "out", prove=False)
    config = yaml.safe_load((tmp_path / "out" / "config.yaml").read_text())

    versions = ("0.37.2", "0.50.0", "0.51.0", "1.10.0")
    (line,) = config["requirements"]
    assert [admits(line, each) for each in versions] == [True, True, False, False]


ONLINE = (
    "the request alone",
    "a module's attribute, left as text",
    "the request last",
    "after the model",
    "bytes",
)


@pytest.mark.parametrize("case", [CASES[name] for name in ONLINE], ids=ONLINE)
def test_the_request_is_there_on_the_real_server(
    notebook: Any, case: Case, tmp_path: Path, server_python: str
) -> None:
    bundle = notebook(*case.cells)
    bundle.example(case.given)
    bundle.export(tmp_path / "out")

    proof = online(tmp_path / "out", server_python)

    assert proof.passed, str(proof)


RESPONSES = "from fastapi.responses import *"
MADE = "def predict(x):\n    return "
PNG = "bytes.fromhex('89504e470d0a1a0a')"
PARTS = "{}def parts(x):\n    for i in range(x):\n        yield f'data: {{i}}\\n\\n'\n"


@dataclass(frozen=True)
class Sent:
    """Cells that answer with a Response, and what a client gets of it."""

    cells: tuple[str, ...]
    status: int
    text: str
    header: tuple[str, str]
    expect: int | None = None


SENT = {
    "JSON with a status and a header": Sent(
        (f"{MADE}JSONResponse({{'y': x / 7}}, 201, headers={{'X-Model': 'a'}})",),
        201,
        '{"y":0.2857142857142857}',
        ("x-model", "a"),
    ),
    "plain text": Sent(
        (f"{MADE}PlainTextResponse(f'{{x}} é')",),
        200,
        "2 é",
        ("content-type", "text/plain; charset=utf-8"),
    ),
    "an image": Sent(
        (f"{MADE}Response({PNG}, media_type='image/png')",),
        200,
        "\\x89PNG\r\n\x1a\n",
        ("content-type", "image/png"),
    ),
    "nothing": Sent(
        (f"{MADE}Response(status_code=204, headers={{'Seen': 'yes'}})",),
        204,
        "",
        ("seen", "yes"),
    ),
    "elsewhere": Sent(
        (f"{MADE}RedirectResponse('/other')",), 307, "", ("location", "/other")
    ),
    "events": Sent(
        (
            PARTS.format(""),
            f"{MADE}StreamingResponse(parts(x), media_type='text/event-stream')",
        ),
        200,
        "data: 0\n\ndata: 1\n\n",
        ("content-type", "text/event-stream; charset=utf-8"),
    ),
    "events that are awaited": Sent(
        (
            PARTS.format("async "),
            f"async {MADE}StreamingResponse(parts(x), headers={{'a': 'b'}})",
        ),
        200,
        "data: 0\n\ndata: 1\n\n",
        ("a", "b"),
    ),
    "what postprocess makes": Sent(
        ("def postprocess(y):\n    return HTMLResponse(f'<b>{y}</b>')",),
        200,
        "<b>2</b>",
        ("content-type", "text/html; charset=utf-8"),
    ),
    "a header that is another each time": Sent(
        (
            "import time",
            f"{MADE}JSONResponse(x, headers={{'took': str(time.perf_counter())}})",
        ),
        200,
        "2",
        ("content-type", "application/json"),
    ),
    "a refusal": Sent(
        (f"{MADE}JSONResponse({{'why': 'no'}}, 422, headers={{'x-why': 'size'}})",),
        422,
        '{"why":"no"}',
        ("x-why", "size"),
        expect=422,
    ),
}


def build_response(door: Any, case: Sent) -> None:
    """Capture the stages of a case, and keep its example."""
    for cell in (RESPONSES, *case.cells[:-1]):
        door.run_cell(cell)
    if "def predict" not in case.cells[-1]:
        door.stage("predict", "def predict(x):\n    return x\n")
    door.stage(
        "predict" if "def predict" in case.cells[-1] else "postprocess", case.cells[-1]
    )
    door.example("2", "two", expect=case.expect)


@pytest.mark.parametrize("case", SENT.values(), ids=SENT)
def test_a_response_is_kept_as_a_client_gets_it(
    door: Any, case: Sent, tmp_path: Path
) -> None:
    build_response(door, case)

    got = door.run("2")
    done = door.export(tmp_path / "out")
    kept = json.loads((tmp_path / "out" / EXPECTED).read_text())["examples"]["two"]

    name, value = case.header
    assert (got.status_code, got.text, got.headers[name]) == (
        case.status,
        case.text,
        value,
    )
    assert done.proof.passed, str(done.proof)
    assert (kept["status"], kept["headers"][name]) == (case.status, value)


ONLINE_SENT = (
    "JSON with a status and a header",
    "an image",
    "nothing",
    "events that are awaited",
    "a header that is another each time",
    "a refusal",
)


@pytest.mark.parametrize("case", [SENT[n] for n in ONLINE_SENT], ids=ONLINE_SENT)
def test_the_real_server_sends_the_same_response(
    notebook: Any, case: Sent, tmp_path: Path, server_python: str
) -> None:
    bundle = notebook(RESPONSES, *case.cells)
    bundle.example(2, expect=case.expect)
    bundle.export(tmp_path / "out")

    proof = online(tmp_path / "out", server_python)

    assert proof.passed, str(proof)


REFUSED = {
    "the request first": (
        ["def predict(request: Request, x):\n    return x"],
        "write def predict(x, request: Request)",
    ),
    "no annotation": (
        ["def predict(x, request):\n    return x"],
        "write request: Request (from fastapi import Request)",
    ),
    "an annotation that nothing has imported": (
        ["def predict(x, request: 'web.Request'):\n    return x"],
        "request is annotated web.Request, which nothing has imported",
    ),
    "alone after the model": (
        ["def postprocess(request: Request):\n    return 1"],
        "write def postprocess(model_output, request: Request)",
    ),
    "alone behind another stage": (
        [
            "def preprocess(x):\n    return x",
            "def predict(request: Request):\n    return 1",
        ],
        "write def predict(model_input, request: Request)",
    ),
}


def stage_of(text: str) -> str:
    """Return the stage that a function is named as."""
    return text.partition("def ")[2].partition("(")[0]


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_the_server_refuses_is_refused_here(
    door: Any, case: tuple[list[str], str]
) -> None:
    stages, told = case
    *others, last = stages
    door.run_cell(FASTAPI)
    for text in others:
        door.stage(stage_of(text), text)

    with pytest.raises(StageError) as refused:
        door.stage(stage_of(last), last)

    assert told in str(refused.value)


def test_a_response_beside_a_postprocess_is_an_error_at_once(door: Any) -> None:
    door.run_cell(RESPONSES)
    door.stage("predict", f"{MADE}JSONResponse(x)\n")
    door.stage("postprocess", "def postprocess(y):\n    return y\n")

    with pytest.raises(StageError, match="make the Response in postprocess"):
        door.run("1")


CHANGES = {
    "another status": ("201", "202", "answered with 202"),
    "another header": ("'a'", "'b'", "header x-model: live 'a', fresh 'b'"),
    "no header": (
        "headers={'X-Model': 'a'}",
        "",
        "live 'a', fresh none",
    ),
    "another body": ("x / 7", "x / 8", "0.25"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_response_that_differs_is_told(
    notebook: Any, change: tuple[str, str, str], tmp_path: Path
) -> None:
    bundle = notebook(RESPONSES, *SENT["JSON with a status and a header"].cells)
    bundle.example(2)
    bundle.export(tmp_path / "out")
    file = tmp_path / "out" / "model" / "model.py"
    before, after, told = change
    file.write_text(file.read_text().replace(before, after))

    proof = prove(tmp_path / "out")

    assert proof.failed
    assert told in str(proof)


def test_an_error_that_a_response_tells_is_kept_where_it_is_expected(door: Any) -> None:
    door.run_cell(RESPONSES)
    door.stage("predict", f"{MADE}JSONResponse({{'why': x}}, 422)\n")

    with pytest.raises(SettingError, match="Keep one that must be refused with --exp"):
        door.example("1")
    with pytest.raises(SettingError, match="a client gets 422"):
        door.example("1", expect=404)
    door.example("1", expect=422)

    assert door.bundle.captured.examples["example 1"].status == 422


def test_what_a_client_gets_is_shown(notebook: Any) -> None:
    bundle = notebook(RESPONSES, *SENT["JSON with a status and a header"].cells)
    assert "a client gets 201: str, 24 characters" in str(bundle.run(2))
