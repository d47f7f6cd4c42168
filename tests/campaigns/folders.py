"""Prove exported folders that something went wrong with: none may end raw.

    python tests/campaigns/folders.py [--number 1000] [--seed 0] [--show]

Each is a copy of one bundle, mutated: a value of a file turned into another type, a key
or a file deleted or cut short, a link, a pipe or a device in a file's place, a huge or
deep value, a name that leads out, bytes that aren't UTF-8. ``truss-nb prove --json``
must answer each in JSON and a sentence, within a minute, and leave what lies beside the
folder alone. The last line has the figures.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from trying import end, place, within

import truss_nb
from truss_nb.cli import main

CODE = """
import numpy as np
weights = np.linspace(0, 1, 5000)
class Scaler:
    def __init__(self): self.mean = weights.mean()
    def __call__(self, x): return x - self.mean
for scale in [Scaler()]: pass
labels = {"a": [1, 2.5, None], "b": {"c": "text"}}
def preprocess(x): return np.asarray(x["x"], float)
def predict(x): return {"y": scale(x) @ np.ones(len(x)) + weights[0], "x": x}
def postprocess(x, k=2): return {"y": float(x["y"]), "k": k, "labels": labels}
"""

JSON_FILES = (".truss-nb/expected.json", ".truss-nb/manifest.json")
YAML_FILES = ("config.yaml", "examples.yaml")
PATHS = ("model_module_dir", "model_class_filename", "data_dir", "examples_filename")
PATHS += ("bundled_packages_dir", "requirements_file", "model_class_name")
LONGEST = 60
"""Seconds for one folder."""


class Outcome(NamedTuple):
    """How one folder ended.

    Args:
        kind: what was done to it.
        result: ``passed``, ``failed``, ``refused``, or what must never be.
        detail: where it ended raw.
    """

    kind: str
    result: str
    detail: str = ""


def make(folder: Path) -> Path:
    """Export the bundle that all the others are copies of."""
    names: dict[str, Any] = {"__name__": "campaign"}
    source = folder / "campaign.py"
    source.write_text(CODE)
    exec(compile(CODE, str(source), "exec"), names)  # the text above
    bundle = truss_nb.Bundle(names)
    for stage in ("preprocess", "predict", "postprocess"):
        getattr(bundle, stage)(names[stage])
    bundle.example({"x": [1, 2, 3.5]}, name="first")
    bundle.example({"x": [0.5]}, name="other")
    bundle.export(folder / "whole")
    return folder / "whole"


def values(draw: random.Random, outside: Path) -> Any:
    """Return something that may stand where it doesn't belong."""
    deep: Any = 1
    for _ in range(draw.choice((60, 400, 5_000))):
        deep = [deep] if draw.random() < 0.5 else {"k": deep}
    return draw.choice(
        (
            *(None, True, -1, 0, 3.5, 10**30, -(10**400), float("nan"), float("inf")),
            *("", "x", "x" * 100_000, ".", "..", "/", "~", "../outside", str(outside)),
            *("../../../outside/x", "a\0b", "\ud800", "ü" * 300, "\x1b[31mred", "a/b"),
            *([], [1], {}, {"a": 1}, [[]], [{}], {"type": "x"}, deep, 1e999, -0.0),
            *({"": {}}, ["\n"], [None], {"name": "x", "input": 1}, "1" * 5_000),
        )
    )


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each part of a value."""
    yield above
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in inner:
            yield from places(each, (*above, key))


def changed(whole: Any, draw: random.Random, change: Callable[[Any, Any], Any]) -> Any:
    """Return a value with a change to one of its parts, the upper ones more often."""
    ways = list(places(whole))
    near = [way for way in ways if len(way) <= draw.choice((1, 2, 3, 9))]
    way = draw.choice(near)
    if not way:
        return change({"": whole}, "")
    part = whole
    for key in way[:-1]:
        part = part[key]
    change(part, way[-1])
    return whole


def with_another(draw: random.Random, outside: Path) -> Callable[[Any, Any], Any]:
    """Return what puts another value in a place."""

    def change(part: Any, key: Any) -> Any:
        part[key] = values(draw, outside)
        return part[key]

    return change


def without(part: Any, key: Any) -> Any:
    """Take a part away."""
    del part[key]


def renamed(draw: random.Random) -> Callable[[Any, Any], Any]:
    """Return what gives a key another name."""

    def change(part: Any, key: Any) -> Any:
        if isinstance(part, dict):
            part[draw.choice(("x", "", 1, "type", "shape", "..", "é"))] = part.pop(key)

    return change


def edit(path: Path, draw: random.Random, outside: Path) -> str:
    """Change a part of a file of JSON or YAML."""
    is_json = path.suffix == ".json"
    whole = (
        json.loads(path.read_text()) if is_json else yaml.safe_load(path.read_bytes())
    )
    how = draw.choice(("another", "another", "another", "without", "renamed"))
    change = {
        "another": with_another(draw, outside),
        "without": without,
        "renamed": renamed(draw),
    }[how]
    whole = changed(whole, draw, change)
    with _deep():
        text = _dumped(whole, is_json=is_json)
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return f"{how} in {path.name}"


def _dumped(value: Any, *, is_json: bool) -> str:
    if is_json:
        try:
            return json.dumps(value)
        except RecursionError:
            return "[" * 100_000
    try:
        return yaml.safe_dump(value, allow_unicode=True)
    except (RecursionError, yaml.YAMLError):
        return "[" * 100_000


@contextlib.contextmanager
def _deep() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(3_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


TEXTS = {
    "an alias of itself": "&a [*a]",
    "an alias of itself in a mapping": "input: &a {b: *a}",
    "aliases by the thousand": "a0: &a0 [x, x]\n"
    + "".join(f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(9)),
    "a Python object": "!!python/object/apply:os.system ['true']",
    "a bad decimal": "- {name: x, input: !decimal x}",
    "a bad array": "- {name: x, input: !array {dtype: 'O', shape: [9], data: ''}}",
    "a huge array": "- {name: x, input: !array {dtype: 'V999999999999', shape: [1]}}",
    "a bad time": "- {name: x, input: !microseconds 1000000000000000000000000}",
    "a bad stamp": "- {name: x, input: !!timestamp nothing}",
    "a bad truth": "- {name: x, input: !!bool nothing}",
    "a list as a key": "? [1, 2]\n: 3",
    "a set": "!!set {a, b}",
    "no text": "",
    "nulls": "a: \0",
    "a tab": "\t- x",
    "two documents": "a: 1\n---\nb: 2",
    "a date as a key": "2020-01-01: 3",
    "names of many kinds": "1: 2\n2.5: 3\nnull: 4\ntrue: 5",
    "deep text": "[" * 200_000,
    "a lone half": '{"examples": {"\\ud800": {"stages": {}, "answer": null}}}',
    "no number": '{"examples": NaN}',
    "a long number": '{"examples": ' + "9" * 100_000 + "}",
}


def write(path: Path, draw: random.Random, outside: Path) -> str:
    """Put another text in a file's place, or add it."""
    name = draw.choice([*TEXTS])
    kept = path.read_text() if draw.random() < 0.4 and path.is_file() else ""
    path.write_text(kept + TEXTS[name], encoding="utf-8")
    return f"{name} in {path.name}"


def break_bytes(path: Path, draw: random.Random, outside: Path) -> str:
    """Cut a file short, put bytes in it, or empty it."""
    whole = path.read_bytes()
    at = draw.randrange(len(whole) + 1)
    new = {
        "cut": whole[:at],
        "not UTF-8": whole[:at] + b"\xff\xfe\xc3(" + whole[at:],
        "emptied": b"",
        "noise": draw.randbytes(300),
        "turned": whole[at:] + whole[:at],
    }
    how = draw.choice([*new])
    path.write_bytes(new[how])
    return f"{how} {path.name}"


def replace(path: Path, draw: random.Random, outside: Path) -> str:
    """Put something in a file's or folder's place that is none."""
    how = draw.choice(("gone", "pipe", "device", "out", "itself", "folder", "nowhere"))
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    make_node = {
        "gone": lambda: None,
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "out": lambda: path.symlink_to(outside),
        "itself": lambda: path.symlink_to(path.name),
        "folder": path.mkdir,
        "nowhere": lambda: path.symlink_to("nothing/there"),
    }
    make_node[how]()
    return f"{how} for {path.name}"


def add(path: Path, draw: random.Random, outside: Path) -> str:
    """Put something beside a file."""
    how = draw.choice(("pipe", "device", "out", "file", "itself", "odd name", "up"))
    new = path.parent / f"added{path.suffix}"
    make_node = {
        "pipe": lambda: os.mkfifo(new),
        "device": lambda: new.symlink_to("/dev/zero"),
        "out": lambda: new.symlink_to(outside / "secret.txt"),
        "file": lambda: new.write_bytes(b"\xff" * 100),
        "itself": lambda: new.symlink_to(new.name),
        "odd name": lambda: Path(os.fsdecode(b"%s/\xff.py" % os.fsencode(path.parent))),
        "up": lambda: new.symlink_to("../.."),
    }
    made = make_node[how]()
    if how == "odd name":
        made.write_text("x = 1")  # type: ignore[union-attr]
    return f"added {how} beside {path.name}"


def lead_out(path: Path, draw: random.Random, outside: Path) -> str:
    """Name another place in config.yaml."""
    key, file = draw.choice(PATHS), _root(path) / "config.yaml"
    config = yaml.safe_load(file.read_bytes())
    names = (
        "../../X",
        "..",
        ".",
        "",
        "/etc",
        str(outside),
        "model/../../X",
        "~",
        "a\nb",
    )
    names += ("model", "data", "packages", "config.yaml", "model/model.py", "\\..\\X")
    names += ("x" * 300, "a/" * 3_000, "\x1b[31m", "CON", "./model/", "/dev/zero", "1")
    config[key] = draw.choice(names)
    file.write_text(yaml.safe_dump(config))
    return f"{key} elsewhere"


def _root(path: Path) -> Path:
    return next(each for each in path.parents if (each / ".truss-nb").is_dir())


MUTATIONS = (edit, edit, edit, write, break_bytes, replace, add, lead_out)


def mutate(folder: Path, seed: int, outside: Path) -> str:
    """Change one thing in a folder, or two, and say what."""
    draw, told = random.Random(seed), []
    for _ in range(draw.choice((1, 1, 1, 2))):
        texts = [folder / name for name in (*JSON_FILES, *YAML_FILES)]
        every = [p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()]
        change = draw.choice(MUTATIONS)
        some = texts if change in (edit, write, lead_out) else sorted(every)
        if change is replace and draw.random() < 0.3:
            some = [folder / name for name in ("model", "data", "packages")]
        kept = [p for p in some if not p.is_symlink() and (p.is_file() or p.is_dir())]
        if not kept:
            continue
        path = draw.choice(kept)
        with contextlib.suppress(
            OSError, ValueError, KeyError, TypeError, yaml.YAMLError
        ):
            told.append(change(path, draw, outside))
    return " and ".join(told) or "nothing"


def prove(folder: Path) -> tuple[str, str]:
    """Return how a proof of a folder ended, and where if it's raw."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with (
            within(LONGEST, LONGEST),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            status = main(["prove", str(folder), "--json", "--timeout", "20"])
        told = json.loads(out.getvalue())
        if "\x1b" in err.getvalue().encode().decode():
            return "CODES", ""
    except BaseException as error:  # noqa: BLE001  # what this looks for
        return "RAW", place(error)
    if status == 0:
        return "passed", ""
    refused = told.get("problems") or "can't be proven" in err.getvalue()
    return ("refused" if refused else "failed"), ""


def run(number: int, seed: int = 0, *, show: bool = False) -> list[Outcome]:
    """Make so many folders, and prove each."""
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        whole = make(root)
        for each in range(seed, seed + number):
            outcome = _try(whole, root / f"try{each}", each)
            if show or outcome.result.isupper():
                print(each, *outcome, flush=True)
            found.append(outcome)
    return found


def _try(whole: Path, root: Path, seed: int) -> Outcome:
    outside, folder = root / "outside", root / "folder"
    shutil.copytree(whole, folder)
    outside.mkdir()
    (outside / "secret.txt").write_text("not in the folder")
    kind = mutate(folder, seed, outside)
    result, detail = prove(folder)
    left = sorted(p.relative_to(root).as_posix() for p in outside.rglob("*"))
    beside = sorted(p.name for p in root.iterdir())
    if left != ["outside/secret.txt"] or beside != ["folder", "outside"]:
        result, detail = "WROTE", f"{left} {beside}"
    shutil.rmtree(root, ignore_errors=True)
    return Outcome(kind, result, detail)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    outcomes = run(asked.number, asked.seed, show=asked.show)
    end(outcomes, "folders")
