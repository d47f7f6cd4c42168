"""Read an exported folder, without the notebook.

Beside what Truss reads, the folder holds what each example made live, in
``.truss-nb/expected.json``: a snapshot of what each stage returned, the text of the
answer, and whether that is drawn anew each time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from truss_nb.errors import Problem, ProofError, Reason
from truss_nb.proof.mounted import Mounted
from truss_nb.proof.nodes import NO_PLACE, check_nodes, is_inside
from truss_nb.report import plain
from truss_nb.truss.config_keys import VARIABLES, taken, variables
from truss_nb.truss.defaults import CONFIG, DEFAULTS, merged
from truss_nb.truss.dropped import silently_dropped
from truss_nb.truss.examples import Loader
from truss_nb.truss.schema import faults, whole
from truss_nb.truss.serving import ADDRESSES, OK
from truss_nb.truss.wire import input_json
from truss_nb.values.wellformed import is_snapshot

README, SCHEMA, OPENAPI = "README.md", "schema.json", "openapi.json"

TOLD = (README, SCHEMA, OPENAPI)
"""The files that tell only what the others hold, and on which day."""

EXPECTED = ".truss-nb/expected.json"
"""Where a folder keeps what its examples made live."""

PACKED = "packed"
"""The key there that says that an example is sent by msgpack alone."""

DRAWN = "random"
"""The key there that says why an example's answer is drawn anew each time."""


MISSING = Reason(
    "P101",
    "is missing",
    "Export the bundle again, or name the folder that holds config.yaml",
)
MALFORMED = Reason(
    "P102", "can't be read: {reason}", "Correct it, or export the bundle again"
)


@dataclass(frozen=True)
class Folder:
    """A bundle on the disk.

    Args:
        path: the folder, absolute.
        config: config.yaml with the defaults that Truss fills in.
        examples: each with its ``name`` and ``input``.
        expected: by the example's name, the snapshots of its stages, and its answer.
        lines: by a name in the code, the snapshot of what it was bound to live.
        drawn: by an example's name, why its answers are drawn anew each time, and what
            to do about it.
        values: names in the code that a pickle binds.
        mounted: what stands for the files that the platform mounts.
        environment: the one that the server runs in, if it runs in one.
        variables: those of the process that the code has credentials from.
    """

    path: Path
    config: Mapping[str, Any]
    examples: tuple[Mapping[str, Any], ...]
    expected: Mapping[str, Mapping[str, Any]]
    lines: Mapping[str, Any] = field(default_factory=dict)
    drawn: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    mounted: tuple[Mounted, ...] = ()
    environment: Mapping[str, Any] | None = None
    variables: tuple[str, ...] = ()

    def is_packed(self, example: Mapping[str, Any]) -> bool:
        """Return whether an example is sent by msgpack alone."""
        kept = self.expected.get(str(example["name"]), {})
        return bool(kept.get(PACKED)) or input_json(example["input"]) is None

    def status(self, example: str) -> int:
        """Return the HTTP status that an example must have."""
        return int(self.expected.get(example, {}).get("status", OK))

    def endpoint(self, example: str) -> str:
        """Return which of the server's endpoints an example is sent to."""
        return str(self.expected.get(example, {}).get("endpoint", "predict"))

    def sent(self, example: str) -> str | None:
        """Return the content type that an example must be sent with; None if any."""
        return self.expected.get(example, {}).get("sent")


def read_folder(path: str | Path) -> Folder:
    """Read what a proof needs of the exported folder at ``path``.

    Anybody may have edited or made it. What is read here, and what is copied or run
    later, is checked once: that each file is a plain one inside the folder, and that
    what stands in it has the types that the rest relies on.

    Raises:
        ProofError: with a problem for each file that is missing or malformed.
    """
    root = Path(path).resolve()
    if not root.is_dir():
        raise ProofError(f"{plain(str(path))} isn't a folder: export the bundle first.")
    raise_all(path, check_nodes(root, _nodes(root)))
    reading = _Reading(root)
    given = reading.read(CONFIG, _config_fault, {})
    config = merged(DEFAULTS, {k: v for k, v in given.items() if v is not None})
    problems = reading.problems
    problems += _misplaced(config)
    raise_all(path, problems if any(p.code == NO_PLACE.code for p in problems) else ())
    config[VARIABLES] = variables(config[VARIABLES])
    model = Path(config["model_module_dir"], config["model_class_filename"])
    missing = [each for each in (Path(CONFIG), model) if not (root / each).is_file()]
    problems += [MISSING.of(str(file)) for file in missing]
    examples = reading.read(config["examples_filename"], _examples_fault, [])
    expected = _read_expected(reading)
    raise_all(path, problems)
    known, lines = expected["examples"], expected.get("lines", {})
    drawn = {name: each[DRAWN] for name, each in known.items() if DRAWN in each}
    values = tuple(expected.get("values", ()))
    where = expected.get("environment")
    given_in = {"values": values, "environment": where}
    given_in["variables"] = tuple(expected.get("variables", ()))
    return Folder(root, config, tuple(examples), known, lines, drawn, **given_in)


def read_expected(path: Path) -> Mapping[str, Any]:
    """Return what a folder keeps of how its examples were tried."""
    found: Mapping[str, Any] = _read_expected(_Reading(path))
    return found


def set_here(variables: Iterable[str]) -> dict[str, str]:
    """Return those of this process' environment, as far as it has them."""
    return {name: os.environ[name] for name in variables if name in os.environ}


def _read_expected(reading: _Reading) -> Any:
    return reading.read(EXPECTED, _expected_fault, {"examples": {}})


def _nodes(root: Path) -> list[str]:
    """Return what lies in a folder, but for what a push leaves out anyway."""
    names = sorted(each.name for each in root.iterdir())
    return [name for name in names if not silently_dropped(f"{name}/x")]


PLACES = (
    *("model_module_dir", "data_dir", "bundled_packages_dir"),
    *("model_class_filename", "examples_filename", "requirements_file"),
)
"""The keys of config.yaml that name something in the folder."""


def _misplaced(config: Mapping[str, Any]) -> list[Problem]:
    """Return which keys of config.yaml name something that isn't in the folder."""
    named = {key: str(config[key]) for key in PLACES if config[key] is not None}
    return [
        NO_PLACE.of(key, given=plain(name)[:60])
        for key, name in named.items()
        if not is_inside(name) and (key, name) != ("requirements_file", "")
    ]


def raise_all(path: str | Path, problems: Collection[Problem]) -> None:
    """Refuse a folder, if there is a reason."""
    if problems:
        raise ProofError(f"{plain(str(path))} can't be proven.", problems)


class _Reading:
    """Reads files of a folder, and collects what is wrong with them."""

    def __init__(self, root: Path) -> None:
        self.problems: list[Problem] = []
        self._root = root

    def read(
        self, name: str, find_fault: Callable[[Any], str | None], absent: Any
    ) -> Any:
        """Return what stands in a file, or ``absent`` where it can't be had."""
        path = self._root / name
        if not path.is_file():
            return absent
        try:
            value = _parsed(path)
            fault = find_fault(value)
        # Its author has the say on what the parsers raise: a bad date, a deep list.
        except Exception as error:  # noqa: BLE001
            fault = _described(error)
        if fault is None:
            return value
        self.problems.append(MALFORMED.of(plain(name), reason=plain(fault)))
        return absent


def _parsed(path: Path) -> Any:
    if path.stat().st_size > LARGEST:
        raise ValueError(f"it is larger than {LARGEST // 10**6} MB")
    text = path.read_text(encoding="utf-8")
    is_json = path.suffix == ".json"
    value = json.loads(text) if is_json else yaml.load(text, Loader)  # noqa: S506
    weigh(value)
    return value


LARGEST = 1_000_000_000
"""Bytes of a file of text, beyond which nobody wrote it by hand or from examples."""


def _described(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, MemoryError):
        return "it takes more memory than there is"
    told = " ".join(str(error).split())[:300]
    is_told = isinstance(error, OSError | ValueError | yaml.YAMLError)
    return told if is_told else f"{type(error).__name__}: {told}"


def weigh(value: Any) -> None:
    """Refuse what holds itself, is nested too deeply, or is more than it seems.

    A line of YAML can name a list nine times in another, and that one nine times again.

    Raises:
        ValueError: it does.
    """
    if _weight(value, (), {}) > MOST:
        raise ValueError(f"it holds more than {MOST:,} values")


DEEPEST, MOST = 200, 20_000_000
"""How deep values may be nested, and how many a file may hold, each alias counted."""


def _weight(value: Any, above: tuple[int, ...], known: dict[int, int]) -> int:
    if not isinstance(value, dict | list | tuple | set):
        return 1
    if id(value) in above:
        raise ValueError("it holds a value that holds itself")
    if len(above) >= DEEPEST:
        raise ValueError(f"it is nested more than {DEEPEST} deep")
    if id(value) not in known:
        inner = value.values() if isinstance(value, dict) else value
        here = (*above, id(value))
        known[id(value)] = 1 + sum(_weight(each, here, known) for each in inner)
    return known[id(value)]


def _config_fault(value: Any) -> str | None:
    """Return for what Truss would refuse config.yaml; null is for a default here."""
    if not isinstance(value, dict):
        return "must be a mapping"
    given = {key: each for key, each in value.items() if each is not None}
    found = next(faults(whole(), taken(given), "", complete=False), None)
    return (
        None if found is None else f"{found.key} {found.why}. {found.hint}".strip(". ")
    )


def _examples_fault(value: Any) -> str | None:
    told = "must be a list of {name, input}, each name once"
    if not isinstance(value, list):
        return told
    names = [e.get("name") for e in value if isinstance(e, dict) and "input" in e]
    is_named = all(isinstance(name, str) for name in names)
    return None if is_named and len(set(names)) == len(value) else told


def _expected_fault(value: Any) -> str | None:
    told = "must hold the stages and the answer of each example"
    if not isinstance(value, dict) or not isinstance(value.get("examples"), dict):
        return told
    if not all(map(_is_example, value["examples"].values())):
        return told
    if not _are_texts(value.get("environment", {})):
        return "must hold the environment as texts"
    lines, values = value.get("lines", {}), value.get("values", [])
    is_whole = isinstance(lines, dict) and all(map(is_snapshot, lines.values()))
    listed = values, value.get("variables", [])
    is_listed = all(
        isinstance(e, list) and _are_texts(dict(enumerate(e))) for e in listed
    )
    return None if is_whole and is_listed else "must hold snapshots of lines, and names"


def _is_example(kept: Any) -> bool:
    """Return whether something is what an example made live."""
    if not isinstance(kept, dict) or not isinstance(kept.get("stages"), dict):
        return False
    texts = (kept.get("answer", 0), kept.get("sent"))
    status, drawn = kept.get("status", OK), kept.get(DRAWN, {"why": "", "remedy": ""})
    return (
        all(map(is_snapshot, kept["stages"].values()))
        and all(text is None or isinstance(text, str) for text in texts)
        and (type(status) is int and 100 <= status < 600)
        and kept.get("endpoint", "predict") in [*ADDRESSES]
        and _are_texts(kept.get("headers", {}))
        and _are_texts(drawn)
        and {*drawn} == {"why", "remedy"}
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
