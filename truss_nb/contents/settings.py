"""Set and take back a bundle's settings; refuse what must stay as it is.

The exported folder works because some keys of config.yaml keep Truss' defaults, and
because others are written from what was captured. Each refusal names the way that is
meant instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from keyword import iskeyword
from pathlib import Path
from typing import Any

from truss_nb.contents.contents import WEIGHTS, Captured
from truss_nb.contents.model import Reference
from truss_nb.errors import SettingError, meant
from truss_nb.requirement import (
    canonical,
    check_requirement,
    project_of,
    replaces,
    untried,
)
from truss_nb.truss.config_keys import as_truss_takes, unknown_keys
from truss_nb.truss.reserved import VARIABLES

_DEFAULT = "the server finds the bundle's parts by Truss' own default"
_RESERVED = {
    "bundled_packages_dir": _DEFAULT,
    "data_dir": _DEFAULT,
    "model_class_filename": _DEFAULT,
    "model_class_name": _DEFAULT,
    "model_module_dir": _DEFAULT,
    **{
        f"environment_variables.{name}": "the server sets it itself"
        for name in VARIABLES
    },
    "model_metadata.example_model_input": "it is the first short %truss_example",
    "model_metadata.parameters": "set each with %truss_parameter NAME=EXPR",
    "requirements": "add to what was found with %truss_require REQUIREMENT",
    "requirements_file": "add to what was found with %truss_require REQUIREMENT",
    "secrets": "name each with %truss_secret NAME",
}
"""The keys of config.yaml that are not set by hand, and why."""


class Settings:
    """The part of a bundle that is set rather than run."""

    captured: Captured

    def parameter(self, **values: Any) -> str | None:
        """Set extra parameters of the stages, such as ``k=3``.

        Returns:
            Which of them no stage has so far, if any.

        Raises:
            SettingError: that can be the name of no parameter.

        Example:
            >>> bundle = Bundle()
            >>> @bundle.predict
            ... def predict(model_input, k=2):
            ...     return sorted(model_input)[-k:]
            >>> bundle.parameter(k=1)
            >>> bundle.run([3, 8, 5]).output
            [8]
        """
        for name in values:
            if not name.isidentifier() or iskeyword(name):
                raise SettingError(
                    f"No stage can have a parameter {name}: give the name that one has "
                    "in a def, as in %truss_parameter k=3"
                )
        for name, value in values.items():
            self.captured.set_parameter(name, Reference.to(value))
        return "\n".join(map(self.captured.not_taken, values)).strip() or None

    def forget_parameter(self, name: str) -> None:
        """Give the parameter its default back, if it has one.

        Raises:
            SettingError: it isn't set.
        """
        _check_kept("parameter", name, self.captured.parameters)
        self.captured.unset_parameter(name)

    def rename_example(self, old: str, new: str) -> None:
        """Call the example ``old`` by another name; its place stays.

        Raises:
            SettingError: there is no such example, or another has that name.
        """
        kept = self.captured.examples
        _check_kept("example", old, kept)
        if not new.strip():
            raise SettingError(f"Give {old!r} a name that isn't empty.")
        if new != old and new in kept:
            raise SettingError(f"Another example is called {new!r} already.")
        named = [replace(e, name=new) if e.name == old else e for e in kept.values()]
        self.captured.examples = {example.name: example for example in named}

    def forget_example(self, name: str) -> None:
        """Drop an example.

        Raises:
            SettingError: there is no such example.
        """
        kept = self.captured.examples
        _check_kept("example", name, kept)
        self.captured.examples = {n: e for n, e in kept.items() if n != name}

    def config(self, key: str, value: Any) -> str | None:
        """Set ``value`` in config.yaml, at a dotted ``key`` as in ``"resources.cpu"``.

        Returns:
            What to know about it, if Truss doesn't know the key or takes another value.

        Raises:
            SettingError: the key has its own way to be set, or must stay as it is, or
                Truss takes no such value there.

        Example:
            >>> bundle = Bundle()
            >>> bundle.config("resources.cpu", "2")
            >>> bundle.config("resources.memory", "4")
            'Truss reads it as 4 bytes; 4Gi are gibibytes.'
        """
        _check_setting(key, value)
        taken = as_truss_takes(key, value)
        self.captured.config = _with_setting(self.captured.config, key, taken)
        notes = [str(one) for one in unknown_keys(_with_setting({}, key, taken))]
        if taken != value:
            notes.append(f"{key} is written as {taken!r}, as Truss takes it.")
        if key == "resources.memory" and str(taken).isdigit():
            notes.append(f"Truss reads it as {taken} bytes; {taken}Gi are gibibytes.")
        return "\n".join(notes) or None

    def forget_config(self, key: str) -> None:
        """Take back what was set in config.yaml at a dotted ``key``, and below it.

        Raises:
            SettingError: nothing is set there.
        """
        _check_kept("setting", key, _all_keys(self.captured.config))
        self.captured.config = _without_setting(self.captured.config, key)

    def _choose_weights(self, kept: str) -> None:
        """Choose for weights that a hub has: ``"reference"`` or ``"copy"``.

        Raises:
            SettingError: it's none of the two.
        """
        if kept not in WEIGHTS:
            known = " or ".join(WEIGHTS)
            raise SettingError(f"Weights go as {known}, not as {kept!r}.")
        self.captured.weights = kept

    def secret(self, name: str) -> None:
        """Let the bundle read the secret ``name``; its value stays with the server.

        Raises:
            SettingError: this can't be a secret's name. It isn't quoted, as a notebook
                would keep it: it may be the secret itself.

        Example:
            >>> Bundle().secret("hf_access_token")
        """
        if not re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", name):
            raise SettingError(
                "This can't be a secret's name, which is made of letters, digits, "
                "dots, dashes and underscores. Give its name; its value stays with the "
                "server."
            )
        self.captured.secrets = _with(self.captured.secrets, name)

    def harmless(self, place: str) -> None:
        """Declare that what looks like a credential at a place is none.

        Args:
            place: as a refusal prints it: a name of the notebook, a setting or a file
                of the folder, and where in it.

        Example:
            >>> Bundle().harmless("config.yaml, environment_variables.SAMPLE")
        """
        self.captured.harmless = _with(self.captured.harmless, place)

    def forget_harmless(self, place: str) -> None:
        """Take the declaration back that a place is harmless.

        Raises:
            SettingError: there is no such declaration.
        """
        kept = self.captured.harmless
        if place not in kept:
            raise SettingError.absent(f"place {place!r}", kept)
        self.captured.harmless = [each for each in kept if each != place]

    def forget_secret(self, name: str) -> None:
        """Let the bundle read the secret ``name`` no longer.

        Raises:
            SettingError: there is no such secret.
        """
        secrets = self.captured.secrets
        if name not in secrets:  # it isn't quoted: it may be the secret itself
            raise SettingError.absent("such secret", secrets)
        self.captured.secrets = [one for one in secrets if one != name]

    def file(self, path: str | Path) -> None:
        """Take a file along, or a folder, in the bundle's ``data`` folder.

        Raises:
            SettingError: it isn't there, or another file has its name.

        Example:
            >>> Bundle().file("labels.txt")  # doctest: +SKIP
        """
        try:
            file = Path(path).expanduser().resolve()
            is_there = file.exists()
        except (OSError, ValueError, RuntimeError) as error:
            raise SettingError(f"{path} is no file: {error}") from error
        if not is_there:
            beside = (each.name for each in file.parent.glob("*"))
            raise SettingError(f"{file} is no file{meant(file.name, beside)}")
        for other in map(Path, self.captured.files):
            if other.name == file.name and other != file:
                there = f"{other} is there already"
                raise SettingError(f"{there}: give {file} another name.")
        self.captured.files = _with(self.captured.files, str(file))

    def forget_file(self, path: str | Path) -> None:
        """Leave a file here, unless the code is seen to read it.

        Raises:
            SettingError: it isn't taken along.
        """
        file = str(Path(path).expanduser().resolve())
        _check_kept("file", file, self.captured.files)
        self.captured.files = [one for one in self.captured.files if one != file]

    def require(self, requirement: str) -> str | None:
        """Add a requirement that the bundle's code doesn't show, as pip writes it.

        A line takes the place of one for the same project and the same machines.

        Returns:
            Why nothing here can have tried it, if so.

        Raises:
            SettingError: pip couldn't read it.

        Example:
            >>> Bundle().require("numpy")
        """
        line = requirement.strip()
        check_requirement(line)
        others = [o for o in self.captured.requirements if not replaces(line, o)]
        self.captured.requirements = _with(others, line)
        note = untried(line)
        return str(note) if note else None

    def forget_requirement(self, requirement: str) -> None:
        """Take back a requirement, by its line or by its project's name.

        Raises:
            SettingError: there is no such requirement.
        """
        lines, named = self.captured.requirements, requirement.strip()
        kept = [
            one for one in lines if named != one and canonical(named) != project_of(one)
        ]
        if kept == lines:
            raise SettingError.absent(f"requirement {named!r}", lines)
        self.captured.requirements = kept


def _check_setting(key: str, value: Any) -> None:
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


def _with_setting(settings: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    """Return ``settings`` with ``value`` at the dotted ``key``.

    Raises:
        SettingError: a part of the key holds a plain value already.
    """
    first, _, rest = key.partition(".")
    if rest:
        below = settings.get(first, {})
        if not isinstance(below, Mapping):
            raise SettingError(f"{first} is set to {below!r}, which has no {rest}.")
        value = _with_setting(below, rest, value)
    return {**settings, first: value}


def _without_setting(settings: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return ``settings`` without the dotted ``key``, nor a section that it empties."""
    first, _, rest = key.partition(".")
    below = _without_setting(settings[first], rest) if rest else {}
    others = {name: value for name, value in settings.items() if name != first}
    return {**settings, first: below} if below else others


def _all_keys(settings: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Yield every dotted key that is set, and the sections."""
    for name, below in settings.items():
        if isinstance(name, str) and "." not in name:
            yield f"{above}{name}"
            if isinstance(below, Mapping):
                yield from _all_keys(below, f"{above}{name}.")


def _check_kept(kind: str, name: str, kept: Iterable[str]) -> None:
    known = list(kept)
    if name not in known:
        raise SettingError.absent(f"{kind} {name!r}", known)


def _places(key: str, value: Any) -> Iterator[str]:
    """Yield every key that the setting is about: those above it, it, and those below.

    ``("a.b", {"c": 1})`` gives ``a``, ``a.b`` and ``a.b.c``.
    """
    parts = key.split(".")
    yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield from _places(f"{key}.{name}", below)


def _with(values: list[str], value: str) -> list[str]:
    return values if value in values else [*values, value]
