"""What a user may set in a bundle, and what must stay as it is.

The exported folder works because some keys of config.yaml keep Truss' defaults, and
because others are written from what was captured. Each refusal names the way that is
meant instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from truss_nb.errors import SettingError

_DEFAULT = "the server finds the bundle's parts by Truss' own default"
_RESERVED = {
    "bundled_packages_dir": _DEFAULT,
    "data_dir": _DEFAULT,
    "model_class_filename": _DEFAULT,
    "model_class_name": _DEFAULT,
    "model_module_dir": _DEFAULT,
    "environment_variables.HOSTNAME": "the server sets it itself",
    "environment_variables.PORT": "the server sets it itself",
    "model_metadata.example_model_input": "it is the first %truss_example",
    "model_metadata.parameters": "set each with %truss_parameter NAME=EXPR",
    "requirements": "add to what was found with %truss_require REQUIREMENT",
    "requirements_file": "add to what was found with %truss_require REQUIREMENT",
    "secrets": "name each with %truss_secret NAME",
}
"""The keys of config.yaml that are not set by hand, and why."""


def check_setting(key: str, value: Any) -> None:
    """Refuse a key that isn't set by hand, or a value that YAML can't hold.

    Raises:
        SettingError: it says how the key is set instead.
    """
    if not all(key.split(".")):
        raise SettingError(f"{key!r} is no key; write it as in: resources.cpu")
    for place in _places(key, value):
        if place in _RESERVED:
            raise SettingError(f"{place} can't be set: {_RESERVED[place]}.")
    try:
        json.dumps(value)
    except (TypeError, ValueError) as error:
        raise SettingError(
            f"{key} can't be {value!r}: config.yaml holds text, numbers, lists, dicts."
        ) from error


def with_setting(settings: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    """Return ``settings`` with ``value`` at the dotted ``key``.

    Raises:
        SettingError: a part of the key holds a plain value already.
    """
    first, _, rest = key.partition(".")
    if rest:
        below = settings.get(first, {})
        if not isinstance(below, Mapping):
            raise SettingError(f"{first} is set to {below!r}, which has no {rest}.")
        value = with_setting(below, rest, value)
    return {**settings, first: value}


def check_secret(name: str) -> None:
    """Refuse what can't be a secret's name: it may be the secret itself.

    Raises:
        SettingError: without the name, which a notebook would keep.
    """
    if not re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", name):
        raise SettingError(
            "This can't be a secret's name, which is made of letters, digits, dots, "
            "dashes and underscores. Give its name; its value stays with the server."
        )


def check_file(file: Path, others: Iterable[str]) -> None:
    """Refuse a file that isn't there, or whose name one of ``others`` has.

    Raises:
        SettingError: it says which.
    """
    if not file.is_file():
        kind = "a folder: name its files one by one" if file.is_dir() else "no file"
        raise SettingError(f"{file} is {kind}.")
    for other in map(Path, others):
        if other.name == file.name and other != file:
            raise SettingError(f"{other} is there already: give {file} another name.")


def _places(key: str, value: Any) -> Iterator[str]:
    """Yield every key that the setting is about: those above it, it, and those below.

    ``("a.b", {"c": 1})`` gives ``a``, ``a.b`` and ``a.b.c``.
    """
    parts = key.split(".")
    yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield from _places(f"{key}.{name}", below)
