"""config.yaml: what the Truss server is told of a bundle."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import yaml

from truss_nb.contents.contents import Captured
from truss_nb.export.requirements.requirements import Requirements


def config_yaml(
    captured: Captured, parameters: Mapping[str, Any], name: str
) -> Callable[[Requirements], bytes]:
    """Return what writes config.yaml, of the settings as they are now.

    Args:
        captured: the bundle.
        parameters: the key and the value of each extra parameter of its stages.
        name: the model's.
    """
    config = {
        "model_name": name,
        "python_version": f"py{sys.version_info.major}{sys.version_info.minor}",
        "requirements": [],
        "system_packages": [],
        "secrets": dict.fromkeys(sorted(captured.secrets)),
        "model_metadata": _metadata(captured, parameters),
    }
    settings = deepcopy(captured.config)

    def write(pinned: Requirements) -> bytes:
        lines = {
            "requirements": list(pinned.lines),
            "system_packages": list(pinned.system_packages),
        }
        filled = {**config, **lines}.items()
        kept = {key: value for key, value in filled if value or key == "requirements"}
        return to_yaml(_merged(kept, settings))

    return write


def _metadata(captured: Captured, parameters: Mapping[str, Any]) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if captured.examples:
        first = next(iter(captured.examples.values()))
        if not _holds_bytes(first.input):
            metadata["example_model_input"] = deepcopy(first.input)
    if parameters:
        metadata["parameters"] = deepcopy(dict(sorted(parameters.items())))
    return metadata


def _merged(config: dict[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``config`` with the user's settings in it, nested ones key by key."""
    merged = dict(config)
    for key, value in settings.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = _merged(below, value)
        else:
            merged[key] = value
    return merged


def _holds_bytes(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_bytes(each) for each in value.values())
    if isinstance(value, list):
        return any(_holds_bytes(each) for each in value)
    return isinstance(value, bytes)


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


def to_yaml(content: Any) -> bytes:
    """Return plain values as YAML that a person may edit."""
    text: str = yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=88
    )
    return text.encode()
