"""Bundle → plan: every file of the folder, before the disk is touched.

All that can stand in the way is collected here and told at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from truss_nb.capture import reasons
from truss_nb.capture.binding import Closure
from truss_nb.capture.closure import close_over
from truss_nb.capture.leaks import credentials_of
from truss_nb.capture.variables import read_by
from truss_nb.captured import Captured
from truss_nb.errors import ExportError, Problem
from truss_nb.export.distributions import Distributions
from truss_nb.export.evidence import Sources, explain, find_sources
from truss_nb.export.files import Files, bring
from truss_nb.export.local import Modules, gather
from truss_nb.export.model_py import model_py
from truss_nb.export.module import data_name, definitions_py
from truss_nb.export.parameters import config_parameters
from truss_nb.export.requirements import Requirements, find_requirements
from truss_nb.export.values import Saving, save
from truss_nb.export.writer import Payload, Plan
from truss_nb.formats.rehome import HOME

_CLASS_NAME = "Model"


@dataclass(frozen=True)
class Planned:
    """The folder that a bundle becomes.

    Args:
        files: relative path → content.
        requirements: what config.yaml pins.
        evidence: for each line why it is there.
        warnings: what a person should know before they rely on it.
        trusted: the files that can run code when they are read.
        brought: the files that the code opens.
        variables: environment variables that the code reads → where.
        sources: what asks for modules.
        asked: the user's own requirement lines.
        installed: where the requirements were found.
        config: makes config.yaml with these requirements.
        heard: modules that only a proof showed to be needed, each with how.
    """

    files: Plan
    requirements: Requirements
    evidence: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...]
    trusted: tuple[str, ...]
    brought: Files
    variables: Mapping[str, tuple[str, ...]]
    sources: Sources
    asked: tuple[str, ...]
    installed: Distributions
    config: Callable[[Requirements], bytes]
    heard: Mapping[str, str] = field(default_factory=dict)

    def hearing(self, heard: Mapping[str, str]) -> Planned:
        """Return the plan with the requirements that only a proof shows.

        Args:
            heard: modules, each with a sentence that says how it showed.
        """
        if not heard:
            return self
        known, evidence = self.requirements, self.requirements.evidence
        modules = {module for modules in evidence.values() for module in modules}
        wanted = modules | heard.keys()
        found = find_requirements(wanted, self.asked, self.installed)
        new = [str(each) for each in found.warnings if each not in known.warnings]
        return replace(
            self,
            files={**self.files, "config.yaml": self.config(found)},
            requirements=found,
            evidence=explain(found, self.sources, heard),
            heard=heard,
            warnings=(*self.warnings, *new),
        )


def plan(captured: Captured, name: str, closure: Closure | None = None) -> Planned:
    """Plan the folder of a bundle.

    Args:
        captured: the bundle.
        name: the model's name in config.yaml.
        closure: what it needs; found anew if None.

    Raises:
        ExportError: something can't be captured or saved; it lists every reason.
    """
    closure = closure or close_over(captured)
    data = data_name(closure)
    brought = bring(captured, closure, data)
    closure = replace(closure, bindings=brought.bindings)
    saving = save(closure, brought.copies)
    problems = [
        *captured.gaps(),
        *closure.problems,
        *saving.problems,
        *_clashes(closure),
        *brought.problems,
        *_credentials(captured),
    ]
    if problems:
        raise ExportError(f"{name} can't be exported:", problems)
    title = f"Truss model {name}."
    text = model_py(captured, closure, saving.loadings, title, data)
    packages = _packages(closure, name)
    code = {"model/model.py": text, **packages}
    sources = find_sources(code, closure, saving.loadings)
    modules = saving.modules.union(*sources.values())
    wanted = {m for m in modules if m.partition(".")[0] != HOME}
    installed = Distributions.installed()
    found = gather(wanted, captured.requirements, installed)
    if found.problems:
        raise ExportError(f"{name} can't be exported:", found.problems)
    config, variables = _config(captured, name), read_by(closure.bindings)
    for variable, places in found.variables.items():
        variables[variable] = (*variables.get(variable, ()), *places)
    files = {**_files(captured, code, saving), **brought.copies}
    return Planned(
        files={**files, "config.yaml": config(found.requirements), **found.files},
        requirements=found.requirements,
        evidence=explain(found.requirements, sources, {}),
        warnings=(
            *closure.warnings,
            *brought.notes,
            *_warnings(captured, saving, found),
            *_unset(captured, variables),
        ),
        trusted=saving.trusted,
        brought=brought,
        variables=dict(sorted(variables.items())),
        sources=sources,
        asked=tuple(captured.requirements),
        installed=installed,
        config=config,
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


def _files(
    captured: Captured, code: Mapping[str, str], saving: Saving
) -> dict[str, bytes | Payload]:
    return {
        "examples.yaml": _yaml(
            [{"name": e.name, "input": e.input} for e in captured.examples.values()]
        ),
        "model/__init__.py": b"",
        **{path: text.encode() for path, text in code.items()},
        **saving.files,
    }


def _config(captured: Captured, name: str) -> Callable[[Requirements], bytes]:
    """Return what writes config.yaml, of the settings as they are now."""
    config = {
        "model_name": name,
        "python_version": f"py{sys.version_info.major}{sys.version_info.minor}",
        "requirements": [],
        "system_packages": [],
        "secrets": dict.fromkeys(sorted(captured.secrets)),
        "model_metadata": _metadata(captured),
    }
    settings = deepcopy(captured.config)

    def write(pinned: Requirements) -> bytes:
        lines = {
            "requirements": list(pinned.lines),
            "system_packages": list(pinned.system_packages),
        }
        filled = {**config, **lines}.items()
        kept = {key: value for key, value in filled if value or key == "requirements"}
        return _yaml(_merged(kept, settings))

    return write


def _metadata(captured: Captured) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if captured.examples:
        first = next(iter(captured.examples.values()))
        if not _holds_bytes(first.input):
            metadata["example_model_input"] = deepcopy(first.input)
    parameters = config_parameters(captured)
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
    return found


def _unset(captured: Captured, variables: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Tell which environment variables config.yaml leaves to the server."""
    given = captured.config.get("environment_variables") or {}
    return [
        f"the environment variable {name} is read by {', '.join(variables[name])}: "
        f"set it with %truss_config environment_variables.{name}=VALUE, unless the "
        "server has it"
        for name in sorted(variables.keys() - set(given))
    ]
