"""Bundle → plan: every file of the folder, before the disk is touched.

All that can stand in the way is collected here and told at once.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copyfile
from typing import Any

import yaml

from truss_nb.capture import reasons
from truss_nb.capture.binding import Closure
from truss_nb.capture.closure import close_over
from truss_nb.capture.leaks import credentials_of
from truss_nb.capture.names import needs
from truss_nb.captured import Captured
from truss_nb.errors import ExportError, Problem
from truss_nb.export.local import Modules, gather
from truss_nb.export.model_py import model_py
from truss_nb.export.module import HOME, definitions_py
from truss_nb.export.parameters import config_parameters
from truss_nb.export.paths import silently_dropped
from truss_nb.export.requirements import Requirements
from truss_nb.export.values import Saving, save
from truss_nb.export.writer import Payload, Plan

_CLASS_NAME = "Model"


@dataclass(frozen=True)
class Planned:
    """The folder that a bundle becomes.

    Args:
        files: relative path → content.
        requirements: what config.yaml pins, and by which evidence.
        warnings: what a person should know before they rely on it.
        trusted: the files that can run code when they are read.
    """

    files: Plan
    requirements: Requirements
    warnings: tuple[str, ...]
    trusted: tuple[str, ...]


def plan(captured: Captured, name: str) -> Planned:
    """Plan the folder of a bundle.

    Args:
        captured: the bundle.
        name: the model's name in config.yaml.

    Raises:
        ExportError: something can't be captured or saved; it lists every reason.
    """
    closure = close_over(captured)
    saving = save(closure.bindings)
    problems = [
        *captured.gaps(),
        *closure.problems,
        *saving.problems,
        *_clashes(closure),
        *_missing_files(captured),
        *_credentials(captured),
    ]
    if problems:
        raise ExportError(f"{name} can't be exported:", problems)
    text = model_py(captured, closure, saving.loadings, f"Truss model {name}.")
    packages = _packages(closure, name)
    modules = {
        module for code in (text, *packages.values()) for module in needs(code).modules
    }
    modules = {m for m in modules | saving.modules if m.partition(".")[0] != HOME}
    found = gather(modules, captured.requirements)
    if found.problems:
        raise ExportError(f"{name} can't be exported:", found.problems)
    files = _files(captured, name, text, saving, found.requirements)
    files |= {path: code.encode() for path, code in packages.items()}
    return Planned(
        files=files | found.files,
        requirements=found.requirements,
        warnings=(*closure.warnings, *_warnings(captured, saving, found)),
        trusted=saving.trusted,
    )


def _packages(closure: Closure, name: str) -> dict[str, str]:
    if not closure.pickled:
        return {}
    title = f"What the files in data/ of {name} refer to by name."
    return {f"packages/{HOME}.py": definitions_py(closure, title)}


def _clashes(closure: Closure) -> list[Problem]:
    if _CLASS_NAME not in closure.bindings:
        return []
    binding = closure.bindings[_CLASS_NAME]
    return [
        Problem(
            _CLASS_NAME,
            "is the name of the class that the Truss server looks for in model.py",
            "Give yours another name",
            binding.path,
            binding.cell,
        )
    ]


def _credentials(captured: Captured) -> list[Problem]:
    """Return a problem for each credential that config.yaml or an example holds."""
    written = {
        "%truss_config": captured.config,
        "%truss_parameter": config_parameters(captured),
        "%truss_example": {e.name: e.input for e in captured.examples.values()},
    }
    return [
        Problem(place, *reasons.CREDENTIAL, (magic,))
        for magic, values in written.items()
        for place in credentials_of(captured).places(values)
    ]


def _missing_files(captured: Captured) -> list[Problem]:
    return [
        Problem(file, "is no file", "Check the path given to %truss_file")
        for file in captured.files
        if not Path(file).is_file()
    ]


def _files(
    captured: Captured, name: str, text: str, saving: Saving, pinned: Requirements
) -> dict[str, bytes | Payload]:
    files: dict[str, bytes | Payload] = {
        "config.yaml": _yaml(_config(captured, name, pinned)),
        "examples.yaml": _yaml(
            [{"name": e.name, "input": e.input} for e in captured.examples.values()]
        ),
        "model/__init__.py": b"",
        "model/model.py": text.encode(),
        **saving.files,
    }
    for file in captured.files:
        source = Path(file).resolve()
        files[f"data/{source.name}"] = Payload(partial(_copy, source))
    return files


def _copy(source: Path, path: Path) -> None:
    copyfile(source, path)


def _config(captured: Captured, name: str, pinned: Requirements) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if captured.examples:
        first = next(iter(captured.examples.values()))
        if not _holds_bytes(first.input):
            metadata["example_model_input"] = first.input
    parameters = config_parameters(captured)
    if parameters:
        metadata["parameters"] = dict(sorted(parameters.items()))
    config: dict[str, Any] = {
        "model_name": name,
        "python_version": f"py{sys.version_info.major}{sys.version_info.minor}",
        "requirements": list(pinned.lines),
    }
    if pinned.system_packages:
        config["system_packages"] = list(pinned.system_packages)
    if captured.secrets:
        config["secrets"] = dict.fromkeys(sorted(captured.secrets))
    if metadata:
        config["model_metadata"] = metadata
    return _merged(config, captured.config)


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
    """Writes each value in full: an alias would surprise whoever edits the file."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml's signature
        return True


def _yaml(content: Any) -> bytes:
    text: str = yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=88
    )
    return text.encode()


def _warnings(captured: Captured, saving: Saving, modules: Modules) -> list[str]:
    found = [str(problem) for problem in modules.requirements.warnings]
    found += [
        f"{module}: no installed distribution holds this module, so it isn't required; "
        "name its requirement with %truss_require"
        for module in modules.missing
    ]
    if saving.trusted:
        found.append(
            "read only if you trust who wrote the bundle, as these can run code when "
            f"they are loaded: {', '.join(saving.trusted)}"
        )
    if not captured.examples:
        found.append(
            "there is no example, so the proof compared no answer; "
            "keep an input with %truss_example"
        )
    found += [
        f"data/{Path(file).name} is dropped by a Truss push for its name; rename it"
        for file in captured.files
        if silently_dropped(f"data/{Path(file).name}")
    ]
    return found
