"""Read an exported folder, without the notebook.

Beside what Truss reads, the folder holds what each example made live, in
``.truss-nb/expected.json``: a snapshot of what each stage returned, the text of the
answer, and whether that is drawn anew each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from truss_nb.errors import Problem, ProofError, Reason
from truss_nb.proof.mounted import Mounted
from truss_nb.truss.config_keys import VARIABLES, variables
from truss_nb.truss.defaults import CONFIG, DEFAULTS, merged
from truss_nb.truss.examples import Loader
from truss_nb.truss.serving import OK
from truss_nb.truss.wire import input_json

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
    """

    path: Path
    config: Mapping[str, Any]
    examples: tuple[Mapping[str, Any], ...]
    expected: Mapping[str, Mapping[str, Any]]
    lines: Mapping[str, Any] = field(default_factory=dict)
    drawn: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    mounted: tuple[Mounted, ...] = ()

    def is_packed(self, example: Mapping[str, Any]) -> bool:
        """Return whether an example is sent by msgpack alone."""
        kept = self.expected.get(str(example["name"]), {})
        return bool(kept.get(PACKED)) or input_json(example["input"]) is None

    def status(self, example: str) -> int:
        """Return the HTTP status that an example must have."""
        return int(self.expected.get(example, {}).get("status", OK))

    def sent(self, example: str) -> str | None:
        """Return the content type that an example must be sent with; None if any."""
        return self.expected.get(example, {}).get("sent")


def read_folder(path: str | Path) -> Folder:
    """Read what a proof needs of the exported folder at ``path``.

    Raises:
        ProofError: with a problem for each file that is missing or malformed.
    """
    root = Path(path).resolve()
    if not root.is_dir():
        raise ProofError(f"{path} isn't a folder: export the bundle first.")
    problems: list[Problem] = []
    given = _read(root / CONFIG, _is_config, {}, problems)
    config = merged(DEFAULTS, {k: v for k, v in given.items() if v is not None})
    config[VARIABLES] = variables(config[VARIABLES])
    model = Path(config["model_module_dir"], config["model_class_filename"])
    missing = [each for each in (Path(CONFIG), model) if not (root / each).is_file()]
    problems += [MISSING.of(str(file)) for file in missing]
    listed = root / config["examples_filename"]
    examples = _read(listed, _are_examples, [], problems)
    expected = _read(root / EXPECTED, _are_expected, {"examples": {}}, problems)
    if problems:
        raise ProofError(f"{path} can't be proven.", problems)
    known, lines = expected["examples"], expected.get("lines", {})
    drawn = {name: each[DRAWN] for name, each in known.items() if DRAWN in each}
    values = tuple(expected.get("values", ()))
    return Folder(root, config, tuple(examples), known, lines, drawn, values)


def _read(
    path: Path, fits: Callable[[Any], bool], absent: Any, problems: list[Problem]
) -> Any:
    if not path.is_file():
        return absent
    try:
        text = path.read_text(encoding="utf-8")
        value = json.loads(text) if path.suffix == ".json" else _parse_yaml(text)
    except (ValueError, yaml.YAMLError) as error:
        problems.append(MALFORMED.of(path.name, reason=" ".join(str(error).split())))
        return absent
    if fits(value):
        return value
    problems.append(MALFORMED.of(path.name, reason=_SHAPES[fits]))
    return absent


def _parse_yaml(text: str) -> Any:
    return yaml.load(text, Loader)  # noqa: S506  # a safe one


def _is_config(value: Any) -> bool:
    inner = [key for key, default in DEFAULTS.items() if isinstance(default, dict)]
    return isinstance(value, dict) and all(
        isinstance(value.get(key) or {}, dict) for key in inner
    )


def _are_examples(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    names = [e.get("name") for e in value if isinstance(e, dict) and "input" in e]
    is_named = all(isinstance(name, str) for name in names)
    return is_named and len(set(names)) == len(value)


def _are_expected(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("lines", {}), dict):
        return False
    examples = value.get("examples")
    return isinstance(examples, dict) and all(
        isinstance(e, dict) and isinstance(e.get("stages"), dict) and "answer" in e
        for e in examples.values()
    )


_SHAPES: Mapping[Callable[[Any], bool], str] = {
    _is_config: "must be a mapping, with mappings for secrets, resources and the like",
    _are_examples: "must be a list of {name, input}, each name once",
    _are_expected: "must hold the stages and the answer of each example",
}
