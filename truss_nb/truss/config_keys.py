"""What is set at the keys of config.yaml: as it's typed, and as Truss takes it.

Truss checks what it knows when it reads the file. It ignores a key that it doesn't
know, and ``truss push`` refuses it; we keep it, with a note, as a later Truss may know
it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from math import isfinite
from typing import Any

from truss_nb.errors import Problem, Reason, SettingError
from truss_nb.truss import VERSION, schema
from truss_nb.truss.schema import Schema, faults, kinds

VARIABLES = "environment_variables"


def read_setting(key: str, text: str) -> Any:
    """Return what was typed as the value of a dotted key.

    What Truss takes as text is the text that was typed, without quotes: ``true``,
    ``007`` and ``1.10`` stay so. Anything else is YAML.

    Raises:
        SettingError: it isn't YAML.
    """
    import yaml  # noqa: PLC0415  # %load_ext stays light

    taken = schema.at(key) or {}
    is_text = kinds(taken) <= {"string", "null"}
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None or (is_text and not isinstance(node, yaml.ScalarNode)):
            return text
        _retag(node, taken)
        return loader.construct_document(node)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if is_text:
            return text
        raise SettingError(f"{text!r} isn't YAML: {error}") from error


def _retag(node: Any, taken: Schema) -> None:
    """Make text of what YAML would make something of that Truss doesn't take."""
    prefix = "tag:yaml.org,2002:"
    kind = _KINDS.get(node.tag.removeprefix(prefix))
    if kind and "string" in kinds(taken) and not kinds(taken) & {kind, "any"}:
        node.tag = f"{prefix}str"
    elif node.id == "sequence":
        for each in node.value:
            _retag(each, schema.items(taken))
    elif node.id == "mapping":
        for name, each in node.value:
            _retag(name, {"type": "string"})
            _retag(each, schema.below(taken, name.value) or {})


_KINDS = {"int": "integer", "float": "number", "bool": "boolean", "null": "null"}
_KINDS |= {"timestamp": "timestamp"}
"""The kinds of values that YAML sees in plain words."""


def as_truss_takes(key: str, value: Any) -> Any:
    """Return the value as config.yaml must hold it, a number as text where it must.

    Args:
        key: where the value goes, dotted.
        value: plain values of YAML.

    Raises:
        SettingError: Truss would refuse it, whatever is added.
    """
    parts = key.split(".")
    if len(parts) > _DEEPEST:
        raise SettingError(f"{key[:60]}…: Truss has no key that is nested so deeply.")
    for name in reversed(parts):
        value = {name: value}
    taken = _fitted(schema.whole(), _made(value))
    for fault in faults(schema.whole(), taken, "", complete=False):
        raise SettingError(f"{fault.key} {fault.why}. {fault.hint}".rstrip())
    for name, text in taken.get(VARIABLES, {}).items():
        if not _is_variable(name, str(text)):
            told = f"{name!r} with {text!r} is no variable that a process can have"
            raise SettingError(f"{VARIABLES}: {told}.")
    for place, name in enumerate(parts):
        if not isinstance(taken, Mapping):
            above = ".".join(parts[:place])
            raise SettingError(f"{above} is text for Truss: nothing lies below it.")
        taken = taken[name]
    return taken


_DEEPEST = 20


def _is_variable(name: str, text: str) -> bool:
    """Return whether a process can have an environment variable."""
    try:
        bare = os.fsencode(f"{name}{text}")
    except UnicodeEncodeError:
        return False
    return name != "" and "=" not in name and b"\0" not in bare


def taken(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what Truss makes of config.yaml's keys, where it makes something."""
    made: Mapping[str, Any] = _fitted(schema.whole(), _made(config))
    return made


def _made(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a config with the text that is made of values of any kind."""
    made = dict(config)
    if isinstance(made.get(VARIABLES), Mapping):
        made[VARIABLES] = variables(made[VARIABLES])
    if "python_version" in made:
        made["python_version"] = _python(made["python_version"])
    return made


def variables(given: Mapping[str, Any]) -> dict[str, str]:
    """Return environment variables as Truss makes them of what YAML made.

    ``TrussConfig.from_dict`` of ``truss/base/truss_config.py``.
    """
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in given.items()
    }


def _python(value: Any) -> Any:
    """Return ``py311`` for ``"3.11"`` or 3.11; as a number, 3.10 is 3.1."""
    for short in schema.enumerated(schema.at("python_version") or {}):
        dotted = f"{short[2]}.{short[3:]}"
        if value in (dotted, float(dotted)):
            return short
    return value


def _fitted(taken: Schema, value: Any) -> Any:
    """Return the value with what Truss would make another kind of made so."""
    if isinstance(value, Mapping):
        below = {name: schema.below(taken, str(name)) or {} for name in value}
        return {name: _fitted(below[name], each) for name, each in value.items()}
    if isinstance(value, list):
        return [_fitted(schema.items(taken), each) for each in value]
    if not any(faults(taken, value, "")):
        return value
    known = {str(each).lower(): each for each in schema.enumerated(taken)}
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    if type(value) in (int, float) and "string" in kinds(taken):
        return str(value)
    lax = {o.get("type") for o in schema.options(taken) if not o.get("strict")}
    made = [make(value) for kind, make in _LAX.items() if kind in lax]
    return next((each for each in made if each is not None), value)


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d+(_\d+)*(\.0*)?\s*", value):
        return int(value.partition(".")[0])
    if isinstance(value, float) and isfinite(value) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _boolean(value: Any) -> bool | None:
    word = str(value).lower() if value not in (0, 1) else str(int(value))
    if word in ("1", "true", "t", "yes", "y", "on"):
        return True
    return False if word in ("0", "false", "f", "no", "n", "off") else None


_LAX = {"integer": _whole, "number": _number, "boolean": _boolean}
"""What pydantic makes of values that only look like the kind."""

UNKNOWN = Reason(
    "T101",
    f"is no key of config.yaml that Truss {VERSION} knows: the server ignores it, and "
    "truss push {does} it",
    "{hint}; take this one back with %truss_config --remove {known}",
)
REFUSED = Reason("T102", "{why}", "{remedy}")


def unknown_keys(
    config: Any, taken: Schema | None = None, above: str = ""
) -> Iterator[Problem]:
    """Yield a note on each key of ``config`` that Truss doesn't know.

    Args:
        config: settings.
        taken: what Truss takes there.
        above: the dotted key that they stand at.
    """
    taken = schema.whole() if taken is None else taken
    if isinstance(config, list):
        for number, each in enumerate(config):
            yield from unknown_keys(each, schema.items(taken), f"{above}[{number}]")
    if not isinstance(config, Mapping):
        return
    for name, value in config.items():
        key = f"{above}.{name}" if above else str(name)
        below = schema.below(taken, str(name))
        if below is None:
            yield _not_known(key, taken)
        else:
            yield from unknown_keys(value, below, key)


def _not_known(key: str, taken: Schema) -> Problem:
    above, _, name = key.rpartition(".")
    elsewhere = [one for one in _dotted(schema.whole()) if one.endswith(f".{key}")]
    sections = schema.options(taken)
    beside = [known for each in sections for known in each.get("properties", ())]
    near = get_close_matches(name, beside, n=1)
    close = [*elsewhere, *(f"{above}.{one}".lstrip(".") for one in near)]
    hint = f"The closest is {close[0]}" if close else "Perhaps a newer Truss knows it"
    kept = any(each.get("additionalProperties") for each in sections)
    does = "refuses" if kept else "drops"
    return UNKNOWN.of(key, hint=hint, does=does, known=key.partition("[")[0])


def _dotted(taken: Schema, depth: int = 3) -> Iterator[str]:
    for each in schema.options(taken) if depth else ():
        for name, below in each.get("properties", {}).items():
            yield name
            yield from (f"{name}.{one}" for one in _dotted(below, depth - 1))


def refusals(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for each thing for which Truss would refuse config.yaml."""
    for fault in faults(schema.whole(), config, ""):
        key = fault.key.partition("[")[0]
        remedy = (
            f"Set what is missing with %truss_config {key}.KEY=VALUE, or take it back "
            f"with %truss_config --remove {key}"
            if key
            else "Take one back with %truss_config --remove KEY"
        )
        yield REFUSED.of(fault.key or "config.yaml", why=fault.why, remedy=remedy)
