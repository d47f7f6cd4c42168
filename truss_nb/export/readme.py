"""What tells a stranger of the folder how to ask it: README.md, and its schema.

All of it is taken from what else is in the folder, and from where that came from.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from truss_nb.contents.contents import Captured
from truss_nb.contents.example import Example
from truss_nb.contents.takes import Schema, in_short, takes
from truss_nb.proof import Proof
from truss_nb.proof.folder import OPENAPI, README, SCHEMA, read_expected
from truss_nb.truss.defaults import EXAMPLES
from truss_nb.truss.http import MSGPACK
from truss_nb.truss.serving import ADDRESSES, OK, PREDICT, SECRET_PREFIX
from truss_nb.truss.wire import input_json

LONGEST: Final = 1_000
"""How many characters of JSON a command line holds."""


def tell(folder: Path, captured: Captured, name: str, proof: Proof | None) -> None:
    """Write how to ask the model, what it takes, and where it comes from.

    Args:
        folder: the exported folder.
        captured: the bundle.
        name: the model's name.
        proof: how the folder answered; None if it wasn't asked.
    """
    schema = takes(captured)
    parts = (
        [f"# {name}", _provenance(captured, proof)],
        _asking(captured),
        _taking(captured, schema),
        _proving(captured, read_expected(folder).get("variables", ())),
    )
    text = "\n\n".join(part for some in parts for part in some)
    files = {README: text}
    if schema is not None:
        schema = {"$schema": _DRAFT, "title": name, **schema}
        files |= {SCHEMA: _json(schema), OPENAPI: _json(_openapi(name, captured))}
    for file, content in files.items():
        (folder / file).write_bytes(f"{content}\n".encode())


_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def _provenance(captured: Captured, proof: Proof | None) -> str:
    # A build that must be the same on another day says which day it is.
    given = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.now(timezone.utc)
    day = datetime.fromtimestamp(int(given), timezone.utc) if given else now
    file = captured.notebook.file
    of = f" from {Path(file).name}" if file else ""
    made = f"exported{of} on {day:%Y-%m-%d} by truss-nb {version('truss-nb')}"
    return f"A [Truss](https://truss.baseten.co), {made}. {_proven(captured, proof)}"


def _proven(captured: Captured, proof: Proof | None) -> str:
    if proof is None:
        return "It wasn't proven."
    if proof.failed:
        return "**It doesn't answer as it did in the notebook**: its proof failed."
    count = len(captured.examples)
    if not count:
        return "It has no example, so no answer was compared."
    number = "its example" if count == 1 else f"its {count} examples"
    return (
        f"In a fresh process (Python {proof.python}) it answered {number} as it did in "
        "the notebook."
    )


def _asking(captured: Captured) -> Iterator[str]:
    if not captured.examples:
        return
    yield "## Ask it"
    paths = dict.fromkeys(map(_path, captured.examples.values()))
    urls = [f"{_url(path)}=http://127.0.0.1:8080{path}" for path in paths]
    yield _block("\n".join(urls), "sh")
    yield (
        "That is where `truss-nb serve . --port 8080` serves this folder, on this "
        "machine only. A deployment has an address of its own, and may ask for a key: "
        'add `-H "Authorization: Api-Key $KEY"`.'
    )
    if captured.endpoints[1:]:
        yield (
            "On Truss' own service what stands after `sync` in its address leads to "
            "the others: `…/sync/v1/…`."
        )
    for example in captured.examples.values():
        yield f"### {' '.join(example.name.split())}"
        if example.status != OK:
            yield f"It must be refused with {example.status}."
        text = None if example.is_packed else input_json(example.input)
        if text is not None and len(text) <= LONGEST:
            url = _url(_path(example))
            yield _block(_CURL.format(url, shlex.quote(text)), "sh")
        elif text is not None:
            yield "Too long for a command line:"
            yield _block(_of_file(example), "python")
        else:
            yield f"{example.way[:1].upper()}{example.way[1:]}:"
            yield _block(_in_python(example), "python")


_CURL = """curl "${}" -H 'Content-Type: application/json' -d {}"""


def _path(example: Example) -> str:
    return ADDRESSES[example.endpoint]


def _url(path: str) -> str:
    """Return the name of a variable of the shell that holds an address."""
    if path == PREDICT:
        return "URL"
    return path.removeprefix("/v1/").replace("/", "_").upper()


def _of_file(example: Example) -> str:
    return f"""\
import requests, yaml  # in this folder

with open("{EXAMPLES}", encoding="utf-8") as file:
    given = {{each["name"]: each["input"] for each in yaml.safe_load(file)}}
url = "http://127.0.0.1:8080{_path(example)}"
answer = requests.post(url, json=given[{example.name!r}])
print(answer.status_code, answer.text)"""


def _in_python(example: Example) -> str:
    unpacked = "unpack(answer.content)" if _is_packed(example) else "answer.content"
    return f"""\
import requests  # in this folder, with truss-nb installed
from truss_nb.proof.folder import read_folder
from truss_nb.truss.packing import pack, unpack

url, kind = "http://127.0.0.1:8080{_path(example)}", "{MSGPACK}"
given = {{e["name"]: e["input"] for e in read_folder(".").examples}}[{example.name!r}]
answer = requests.post(url, pack(given), headers={{"Content-Type": kind}})
print(answer.status_code, {unpacked})"""


def _is_packed(example: Example) -> bool:
    """Return whether the answer comes by msgpack, rather than as text or bytes."""
    try:
        json.loads(example.expected["answer"] or "")
    except ValueError:
        return False
    return example.status == OK


def _taking(captured: Captured, schema: Schema | None) -> Iterator[str]:
    if schema is None:
        return
    told = f"[{SCHEMA}]({SCHEMA}) says it in full, and [{OPENAPI}]({OPENAPI}) the rest."
    how = "What doesn't fit is answered with 400, which says where it doesn't."
    if captured.typed() is None:
        how = schema["description"]
    yield "## What it takes"
    yield _block(in_short(schema), "text")
    yield f"{how} {told}"


def _proving(captured: Captured, variables: Iterable[str]) -> Iterator[str]:
    yield "## Prove it again"
    secrets = (f"{SECRET_PREFIX}{name}" for name in sorted(captured.secrets))
    if needed := [*secrets, *variables]:
        yield f"Set {', '.join(needed)} in the environment first."
    yield _block(
        "pip install truss-nb\n"
        "truss-nb prove . --venv     # in an environment made from config.yaml\n"
        "truss-nb prove . --server   # on the real Truss server\n"
        "truss-nb prove . --url URL  # where it is deployed",
        "sh",
    )


def _block(text: str, language: str) -> str:
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _openapi(name: str, captured: Captured) -> dict[str, Any]:
    schema = {"schema": {"$ref": SCHEMA}}
    answers = {
        "200": {"description": "The answer, in the way that it was asked for."},
        "400": {"description": "The input can't be read."},
        "500": {"description": "A stage failed."},
    }
    paths = {}
    for endpoint in captured.endpoints:
        # An input is parsed alike everywhere; what was seen was seen at predict.
        is_told = endpoint == "predict" or captured.typed() is not None
        content = {"application/json": schema if is_told else {}, MSGPACK: {}}
        asked = {"required": True, "content": content}
        operation = {"operationId": endpoint, "requestBody": asked}
        paths[ADDRESSES[endpoint]] = {"post": {**operation, "responses": answers}}
    info = {"title": name, "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths}


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)
