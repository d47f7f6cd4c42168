"""Each magic and each of its options has its plain call, which comes to the same."""

import ast
import os
import re
import subprocess
import sys
from inspect import signature
from pathlib import Path
from types import NoneType
from typing import Any

import pytest
from doors import fresh_shell

import truss_nb
from truss_nb import doors
from truss_nb.doors import spoken
from truss_nb.errors import TrussNBError
from truss_nb.report import Table

STAGES = {
    "load": "def one(self):\n    self.k = 2\n\ndef other(x):\n    return x",
    "preprocess": "def one(x):\n    return x + 1\n\ndef other(x):\n    return x",
    "predict": "def one(x):\n    return x + 1\n\ndef other(x):\n    return x",
    "postprocess": "def one(x, k=2):\n    return x\n\ndef other(x):\n    return x",
}
HEALTHY = "def is_healthy(self):\n    return True\n"
CHAT = "def chat_completions(x):\n    return {'said': x}\n"
BEFORE = """
from pathlib import Path
import truss_nb

class Model:
    def predict(self, x): return x
    def score(self, x): return -x

model = Model()
truss_nb.current().model(model)
@truss_nb.current().hook("chat_completions")
def chat_completions(x):
    return {"said": x}
"""
REFUSING = """from fastapi import HTTPException
@truss_nb.predict
def refuse(x): raise HTTPException(422)
"""
EXPORTED = "bundle.export('out', prove=False)"
ROWS = f"{EXPORTED}; rows = [1, 2]"
ANSWERED = "bundle.run_batch(rows"
EDITED = f"{EXPORTED}; Path('out/README.md').write_text('mine')"

# Of each magic and option: what ran before, the magic, the plain call.
TABLE: dict[tuple[str, str], tuple[str, str, str]] = {
    **{
        (stage, ""): ("", f"%%truss_{stage}\n{each}", f"@truss_nb.{stage}\n{each}")
        for stage, text in STAGES.items()
        for each in [text.partition("\n\n")[0]]
    },
    **{
        (stage, "--name"): (
            "",
            f"%%truss_{stage} --name one\n{text}",
            f"@truss_nb.{stage}()\n{text}",
        )
        for stage, text in STAGES.items()
    },
    ("hook", ""): (
        "",
        f"%%truss_hook is_healthy\n{HEALTHY}",
        f"@bundle.hook('is_healthy')\n{HEALTHY}",
    ),
    ("hook", "--name"): (
        "",
        f"%%truss_hook is_healthy --name one\n{STAGES['load']}",
        f"@bundle.hook('is_healthy')\n{STAGES['load']}",
    ),
    ("model", ""): ("", "%truss_model model", "bundle.model(model)"),
    ("model", "--method"): (
        "",
        "%truss_model model --method score",
        "bundle.model(model, 'score')",
    ),
    ("model", "--raw"): (
        "",
        "%truss_model model --raw",
        "bundle.model(model, raw=True)",
    ),
    ("parameter", ""): ("", "%truss_parameter k=3", "bundle.parameter(k=3)"),
    ("parameter", "--remove"): (
        "bundle.parameter(k=3)",
        "%truss_parameter --remove k",
        "bundle.forget_parameter('k')",
    ),
    ("example", ""): ("", "%truss_example 3", "bundle.example(3)"),
    ("example", "--name"): (
        "",
        "%truss_example 3 --name three",
        "bundle.example(3, 'three')",
    ),
    ("example", "--expect"): (
        REFUSING,
        "%truss_example 'no' --expect 422",
        "bundle.example('no', expect=422)",
    ),
    ("example", "--msgpack"): (
        "",
        "%truss_example 3 --msgpack",
        "bundle.example(3, msgpack=True)",
    ),
    ("example", "--endpoint"): (
        "",
        "%truss_example 3 --endpoint chat_completions",
        "bundle.example(3, endpoint='chat_completions')",
    ),
    ("example", "--remove"): (
        "bundle.example(3); bundle.example(4)",
        "%truss_example --remove 'example 1'",
        "bundle.forget_example('example 1')",
    ),
    ("run", ""): ("", "answer = %truss_run 3", "answer = bundle.run(3).output"),
    ("run", "--endpoint"): (
        "",
        "answer = %truss_run 3 --endpoint chat_completions",
        "answer = bundle.run(3, endpoint='chat_completions').output",
    ),
    ("export", ""): (
        "bundle.example(3)",
        "answer = %truss_export out\nanswer = answer.proof.passed",
        "answer = bundle.export('out').proof.passed",
    ),
    ("export", "--name"): (
        "",
        "%truss_export out --no-prove --name Twice",
        "bundle.export('out', prove=False, name='Twice')",
    ),
    ("export", "--overwrite"): (
        EDITED,
        "%truss_export out --no-prove --overwrite",
        "bundle.export('out', prove=False, overwrite=True)",
    ),
    ("export", "--lock"): (
        "",
        "%truss_export out --no-prove --lock",
        "bundle.export('out', prove=False, lock=True)",
    ),
    ("export", "--ci"): (
        "",
        "%truss_export out --no-prove --ci .github/workflows/prove.yml",
        "bundle.export('out', prove=False, ci='.github/workflows/prove.yml')",
    ),
    ("export", "--weights"): (
        "",
        "%truss_export out --no-prove --weights copy",
        "bundle.export('out', prove=False, weights='copy')",
    ),
    ("export", "--timeout"): (
        "bundle.example(3)",
        "%truss_export out --timeout 0.01",
        "bundle.export('out', timeout=0.01)",
    ),
    ("export", "--no-prove"): (
        "bundle.example(3)",
        "answer = %truss_export out --no-prove\nanswer = answer.proof",
        "answer = bundle.export('out', prove=False).proof",
    ),
    ("serve", ""): (EXPORTED, "%truss_serve", "bundle.serve()"),
    ("serve", "--port"): (EXPORTED, "%truss_serve --port 80", "bundle.serve(port=80)"),
    ("serve", "--python"): (
        EXPORTED,
        "%truss_serve --python 3.12",
        "bundle.serve(python='3.12')",
    ),
    ("serve", "--timeout"): (
        EXPORTED,
        "%truss_serve --timeout 9",
        "bundle.serve(timeout=9)",
    ),
    ("serve", "--stop"): (
        f"{EXPORTED}; bundle.serve()",
        "%truss_serve --stop",
        "bundle.end_server()",
    ),
    ("batch", ""): (ROWS, "answer = %truss_batch rows", f"answer = {ANSWERED})"),
    **{
        ("batch", option): (
            ROWS,
            f"answer = %truss_batch rows {option} {word}".strip(),
            f"answer = {ANSWERED}, {plain})",
        )
        for option, word, plain in (
            ("--output", "there", "'there'"),
            ("--input", "a", "input='a'"),
            ("--keep", "a,b", "keep=('a', 'b')"),
            ("--keep-all", "", "keep_all=True"),
            ("--select", "a", "select=('a',)"),
            ("--workers", "2", "workers=2"),
            ("--rows-per-call", "9", "rows_per_call=9"),
            ("--scheduler", "tcp://a:1", "scheduler='tcp://a:1'"),
            ("--limit", "5", "limit=5"),
            ("--venv", "", "venv=True"),
            ("--timeout", "2", "timeout=2.0"),
            ("--max-deaths", "1", "max_deaths=1"),
            ("--dashboard", "", "dashboard=True"),
        )
    },
    ("config", ""): (
        "",
        "%truss_config resources.cpu='2'",
        "bundle.config('resources.cpu', '2')",
    ),
    ("config", "--remove"): (
        "bundle.config('resources.cpu', '2')",
        "%truss_config --remove resources",
        "bundle.forget_config('resources')",
    ),
    ("secret", ""): ("", "%truss_secret key", "bundle.secret('key')"),
    ("secret", "--remove"): (
        "bundle.secret('key')",
        "%truss_secret --remove key",
        "bundle.forget_secret('key')",
    ),
    ("harmless", ""): ("", "%truss_harmless a:1", "bundle.harmless('a:1')"),
    ("harmless", "--remove"): (
        "bundle.harmless('a:1')",
        "%truss_harmless --remove a:1",
        "bundle.forget_harmless('a:1')",
    ),
    ("file", ""): ("", "%truss_file labels.txt", "bundle.file('labels.txt')"),
    ("file", "--remove"): (
        "bundle.file('labels.txt')",
        "%truss_file --remove labels.txt",
        "bundle.forget_file('labels.txt')",
    ),
    ("require", ""): ("", "%truss_require pyarrow>1", "bundle.require('pyarrow>1')"),
    ("require", "--remove"): (
        "bundle.require('pyarrow>1')",
        "%truss_require --remove pyarrow",
        "bundle.forget_requirement('pyarrow')",
    ),
    ("status", ""): (
        "",
        "answer = %truss_status\nanswer = str(answer)",
        "answer = str(bundle.status())",
    ),
    ("widget", ""): ("", "%truss_widget", "bundle.widget()"),
    ("widget", "--only"): ("", "%truss_widget --only try", "bundle.widget('try')"),
    ("reset", ""): ("bundle.secret('key')", "%truss_reset", "bundle.reset()"),
}


def test_no_magic_and_no_option_is_without_its_row(tmp_path: Path) -> None:
    with fresh_shell(tmp_path) as shell:
        magics = {
            name: magic
            for kind in shell.magics_manager.magics.values()
            for name, magic in kind.items()
            if name.startswith("truss_")
        }
    assert TABLE.keys() == {
        (name.removeprefix("truss_"), option)
        for name, magic in magics.items()
        for option in ("", *re.findall(r"--[a-z-]+", magic.parser.format_usage()))
    }


SAID = {
    *((name, "") for name in ("config", "example", "file", "harmless", "model")),
    *((name, "") for name in ("parameter", "require", "run", "secret", "status")),
    *((name, "--remove") for name in ("config", "file", "harmless", "parameter")),
    *((name, "--remove") for name in ("require", "secret")),
    ("example", "--remove"),
    ("serve", ""),
}


@pytest.mark.parametrize("row", sorted(SAID), ids=" ".join)
def test_a_sentence_names_the_call_where_there_are_no_magics(
    row: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, magic, plain = TABLE[row]
    said = f"Do it: {magic.removeprefix('answer = ').partition(chr(10))[0]}."
    assert spoken(said) == said
    monkeypatch.setattr(doors, "_is_script", lambda: True)
    told = spoken(said).removeprefix("Do it: ").removesuffix(".")
    call = plain.removeprefix("answer = ").replace("bundle.", "truss_nb.current().")
    call = call.removesuffix(".output").replace("str(", "").replace("())", "()")
    assert ast.dump(ast.parse(told)) == ast.dump(ast.parse(call))


SENTENCES = {
    "Mark a cell %%truss_predict.": "Mark a function @truss_nb.predict.",
    "Make it in a %%truss_load cell: def load(): ...": (
        "Make it in @truss_nb.load: def load(): ..."
    ),
    "Keep one with %truss_example, and export again.": (
        "Keep one with truss_nb.current().example(...), and export again."
    ),
    "Take it along: %truss_file 'My data.csv'": (
        "Take it along: truss_nb.current().file('My data.csv')"
    ),
    "%truss_export --weights copy takes it along": (
        "truss_nb.current().export(..., weights='copy') takes it along"
    ),
}


@pytest.mark.parametrize(("said", "told"), SENTENCES.items(), ids=str)
def test_a_sentence_is_put_so_that_it_fits_a_script(
    said: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "_is_script", lambda: True)
    assert spoken(said) == told


SCRIPT = """import truss_nb
KEY = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"

@truss_nb.predict
def predict(x):
    return [open("labels.txt").read(), KEY]

bundle = truss_nb.current()
print(bundle.status(measure=False))
print(bundle.status(measure=False).to_dict()["problems"][0]["to_type"])
try:
    bundle.export("out")
except truss_nb.TrussNBError as error:
    print(error, error.problems[0].remedy)
"""


@pytest.mark.parametrize("how", ["python", "IPython"])
def test_a_script_is_told_calls_and_a_shell_magics(how: str, tmp_path: Path) -> None:
    (tmp_path / "nb.py").write_text(SCRIPT)
    words = ["nb.py"] if how == "python" else ["-m", "IPython", "nb.py"]
    done = subprocess.run(
        [sys.executable, *words],
        cwd=tmp_path,
        env={**os.environ, "IPYTHONDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    calls = done.stdout.count("truss_nb.current().secret('KEY')")
    magics = done.stdout.count("%truss_secret KEY")
    assert (calls, magics) == ((4, 0) if how == "python" else (0, 4)), done.stderr


class Served:
    """What stands for the server's process."""

    url = "http://127.0.0.1:1"
    ended = False

    def end(self) -> None:
        self.ended = True


@pytest.mark.parametrize("row", TABLE, ids=" ".join)
def test_a_magic_and_its_plain_call_come_to_the_same(
    row: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Any] = []

    def start(*_: object, **asked: object) -> Served:
        served.append(asked)
        return Served()

    asks = signature(truss_nb.run_batch)

    def batch(*given: object, **asked: object) -> Table:
        bound = asks.bind(*given, **asked)
        bound.apply_defaults()
        served.append({**bound.arguments, "folder": given[0].name, "told": None})
        return Table("answered")

    monkeypatch.setattr("truss_nb.proof.keeping.start", start)
    monkeypatch.setattr("truss_nb.batch.run_batch", batch)
    before, magic, plain = TABLE[row]
    if "fastapi" in before:
        pytest.importorskip("fastapi")
    seen = []
    for door, cell in (("magic", magic), ("plain", plain)):
        served.clear()
        folder = tmp_path / door / "work"
        (folder / ".git").mkdir(parents=True)
        (folder / "labels.txt").write_text("a")
        monkeypatch.chdir(folder)
        with fresh_shell(tmp_path / "ipython") as shell:
            cells = [BEFORE, f"bundle = truss_nb.current(); {before}", cell]
            told = [shell.run_cell(each, store_history=True) for each in cells]
            failed = told[-1].error_in_exec
            is_late = row == ("export", "--timeout")
            assert isinstance(failed, TrussNBError if is_late else NoneType)
            come_to = outcome(shell.user_ns.get("answer"), folder)
        seen.append((come_to, str(failed).partition("\n")[0], [*served]))
    assert seen[0] == seen[1]


def outcome(answer: object, folder: Path) -> dict[str, Any]:
    """Return what a bundle has come to: what it holds, and what it has written."""
    bundle = truss_nb.current()
    captured = bundle.captured
    stages = captured.stages.values()
    model = captured.middle
    return {
        "answer": answer,
        "stages": [(s.name, s.function.__name__, s.parameters) for s in stages],
        "model": model and (type(model.reference.get()).__name__, model.method),
        "raw": model and model.raw,
        "parameters": {n: each.get() for n, each in captured.parameters.items()},
        "examples": [
            (e.name, e.input, e.status, e.is_packed, e.endpoint)
            for e in captured.examples.values()
        ],
        "config": captured.config,
        "told": [captured.secrets, captured.harmless, captured.requirements],
        "files": [Path(each).name for each in captured.files],
        "weights": captured.weights,
        "url": bundle.url,
        "widget": bundle._widget and bundle._widget.only,
        "written": {
            str(file.relative_to(folder)): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file() and "__pycache__" not in file.parts
        },
    }
