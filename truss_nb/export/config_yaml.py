"""config.yaml: how the Truss server is to run a bundle."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any, Final

import yaml

from truss_nb.contents.contents import Captured
from truss_nb.contents.example import Example
from truss_nb.contents.takes import takes
from truss_nb.export.requirements.requirements import Requirements
from truss_nb.truss import SCHEMA
from truss_nb.truss.defaults import CLASS, merged
from truss_nb.truss.examples import teach
from truss_nb.truss.serving import BAD
from truss_nb.truss.wire import input_json


def config_yaml(
    captured: Captured,
    parameters: Mapping[str, Any],
    name: str,
    class_name: str,
    beside: Mapping[str, Any],
) -> Callable[[Requirements, Iterable[str]], bytes]:
    """Return what writes config.yaml, of the settings as they are now.

    It takes the requirements, and the Debian packages of the programs that are started.

    Args:
        captured: the bundle.
        parameters: the key and the value of each extra parameter of its stages.
        name: the model's.
        class_name: that of the class in model.py.
        beside: settings that go with what is mounted.
    """
    config: dict[str, Any] = {
        "model_name": name,
        "model_class_name": class_name if class_name != CLASS else None,
        "python_version": f"py{sys.version_info.major}{sys.version_info.minor}",
        "requirements": [],
        "system_packages": [],
        **beside,
        "secrets": dict.fromkeys(sorted(captured.secrets)),
        "model_metadata": _metadata(captured, parameters),
    }
    settings = deepcopy(captured.config)

    def write(pinned: Requirements, packages: Iterable[str]) -> bytes:
        config["requirements"] = list(pinned.lines)
        config["system_packages"] = sorted({*pinned.system_packages, *packages})
        kept = {key: v for key, v in config.items() if v or key == "requirements"}
        return SCHEMA.encode() + to_yaml(merged(kept, settings))

    return write


def _metadata(captured: Captured, parameters: Mapping[str, Any]) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    shown = next(filter(_is_readable, captured.examples.values()), None)
    if shown is not None:
        metadata["example_model_input"] = deepcopy(shown.input)
    schema = takes(captured)
    if schema and len(json.dumps(schema)) <= READABLE:
        metadata["input_schema"] = schema
    if parameters:
        metadata["parameters"] = deepcopy(dict(sorted(parameters.items())))
    return metadata


def _is_readable(example: Example) -> bool:
    is_answered = example.status < BAD and not example.goes
    return is_answered and not example.is_packed and not is_too_long(example)


def is_too_long(example: Example) -> bool:
    """Return whether an example's input is JSON that nobody would read.

    As a photo is, in base64 or in nested lists. It stays with the other examples.
    """
    return len(input_json(example.input) or "") > READABLE


READABLE: Final = 4_000
"""The longest input, in characters of JSON, that config.yaml shows."""


class _Dumper(yaml.SafeDumper):
    """Writes for people: rows of numbers as rows, and each value in full, no alias."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml's signature
        return True

    def represent_row(self, data: list[Any]) -> yaml.Node:
        """Write a list of numbers as a row, any other with a line for each entry."""
        is_row = bool(data) and all(type(each) in (int, float) for each in data)
        tag = "tag:yaml.org,2002:seq"
        return self.represent_sequence(tag, data, flow_style=is_row)


_Dumper.add_representer(list, _Dumper.represent_row)
teach(_Dumper)


def to_yaml(content: Any) -> bytes:
    """Return plain values as YAML that a person may edit."""
    text: str = yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=88
    )
    return text.encode()
