"""Plan every file of the folder, before the disk is touched.

All that can stand in the way is collected here and refused at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import PurePosixPath

from truss_nb.capture import reasons
from truss_nb.capture.binding import Binding, Closure
from truss_nb.contents.contents import Captured
from truss_nb.credentials.giving import begin, magics
from truss_nb.credentials.vocabulary import kind_of
from truss_nb.errors import ExportError, Problem
from truss_nb.export.called import changed_by_calls
from truss_nb.export.code.model_py import model_py
from truss_nb.export.code.module import class_name, definitions_py
from truss_nb.export.config_yaml import READABLE, config_yaml, is_too_long, to_yaml
from truss_nb.export.folder.writer import Payload, Plan
from truss_nb.export.gathering import Gathered
from truss_nb.export.local import Modules, find_modules
from truss_nb.export.named import modules_named
from truss_nb.export.programs import Programs, find_programs
from truss_nb.export.requirements.distributions import Distributions
from truss_nb.export.requirements.evidence import Askers, explain, find_askers
from truss_nb.export.requirements.imported import imported
from truss_nb.export.requirements.lock import lock
from truss_nb.export.requirements.requirements import Requirements, find_requirements
from truss_nb.export.values import Saving
from truss_nb.export.weights import beside, told
from truss_nb.formats.rehome import HOME
from truss_nb.objects.kinds import is_a
from truss_nb.requirement import untried
from truss_nb.truss.config_keys import refusals, unknown_keys
from truss_nb.truss.defaults import CONFIG, EXAMPLES, MODEL, PACKAGES
from truss_nb.truss.serving import ROUTES


@dataclass(frozen=True)
class Planned:
    """The folder that a bundle becomes.

    Args:
        contents: relative path → content, but for config.yaml.
        code: model.py.
        requirements: what config.yaml pins.
        notes: what a person should know before they rely on it.
        trusted: the files that can run code when they are read.
        variables: environment variables that the code reads → where.
        askers: what asks for modules.
        asked: the user's own requirement lines.
        installed: where the requirements were found.
        config: makes config.yaml with these requirements, and Debian packages.
        lock: adds what the requirements bring along, if that is wanted.
        find_programs: finds what the image lacks, with what a proof asked the system
            for.
        heard: modules that only a proof showed to be needed, each with how.
        started: the programs and libraries that a proof asked the system for.
    """

    contents: Plan
    code: str
    requirements: Requirements
    notes: tuple[str, ...]
    trusted: tuple[str, ...]
    variables: Mapping[str, tuple[str, ...]]
    askers: Askers
    asked: tuple[str, ...]
    installed: Distributions
    config: Callable[[Requirements, Iterable[str]], bytes]
    lock: Callable[[Requirements], Requirements]
    find_programs: Callable[[Iterable[str]], Programs]
    heard: Mapping[str, str] = field(default_factory=dict)
    started: tuple[str, ...] = ()

    @property
    def programs(self) -> Programs:
        """What the image lacks of what is started."""
        return self.find_programs(self.started)

    @property
    def yaml(self) -> bytes:
        """Return config.yaml."""
        return self.config(self.requirements, self.programs.packages)

    @property
    def files(self) -> Plan:
        """Relative path → content."""
        return {**self.contents, CONFIG: self.yaml}

    @property
    def evidence(self) -> Mapping[str, tuple[str, ...]]:
        """For each requirement why it is there."""
        return explain(self.requirements, self.askers, self.heard)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know, of requirements and programs too."""
        pinned = map(str, self.requirements.warnings)
        return (*self.notes, *pinned, *self.programs.notes)

    def hearing(self, heard: Mapping[str, str], started: tuple[str, ...]) -> Planned:
        """Return the plan with what only a proof shows to be needed.

        Args:
            heard: modules, each with a sentence that says how it showed.
            started: what it asked the system for.
        """
        if not heard and not started:
            return self
        wanted = {*chain(*self.requirements.evidence.values()), *heard}
        found = self.lock(find_requirements(wanted, self.asked, self.installed))
        return replace(self, requirements=found, heard=heard, started=started)


def plan(gathered: Gathered, name: str, *, locked: bool = False) -> Planned:
    """Plan the folder of a bundle.

    Args:
        gathered: what it takes along.
        name: the model's name in config.yaml.
        locked: pin what the requirements bring along, too.

    Raises:
        ExportError: something can't be captured or saved; it lists every reason.
    """
    captured, closure = gathered.captured, gathered.closure
    brought, saving = gathered.brought, gathered.saving
    _refuse(
        name,
        captured.gaps(),
        refusals(captured.config),
        closure.problems,
        saving.problems,
        brought.problems,
        _credentials(captured, closure),
    )
    code = _code(gathered, name)
    modules = {m for text in code.values() for m in imported(text)}
    modules = modules.union(*saving.modules.values())
    wanted = {m for m in modules if m.partition(".")[0] != HOME}
    installed = Distributions.installed()
    found = find_modules(
        wanted,
        captured.requirements,
        installed,
        lambda texts: modules_named((*code.values(), *texts), captured, closure),
    )
    _refuse(name, found.problems)
    kept = partial(lock, installed=installed) if locked else lambda found: found
    found = replace(found, requirements=kept(found.requirements))
    askers = find_askers(code, saving.modules, found.texts)
    variables = _variables(closure, found)
    settings = closure.parameters.settings
    mounted = beside(captured, brought.mounted, saving.weights.mounted)
    config = config_yaml(captured, settings, name, class_name(closure), mounted)
    return Planned(
        contents={**_files(captured, code, saving), **brought.payloads, **found.files},
        code=code[MODEL],
        requirements=found.requirements,
        notes=(
            *_notes(gathered, found, code[MODEL]),
            *told(mounted["weights"]),
            *_unset(captured, variables, closure),
        ),
        trusted=tuple(saving.trusted),
        variables=variables,
        askers=askers,
        asked=tuple(captured.requirements),
        installed=installed,
        config=config,
        lock=kept,
        find_programs=partial(find_programs, captured, closure.bindings),
    )


def _code(gathered: Gathered, name: str) -> dict[str, str]:
    """Return the files of code that the bundle makes, by their place in the folder."""
    closure, title = gathered.closure, f"Truss model {name}."
    loadings, leading = gathered.saving.loadings, gathered.brought.variables
    given = gathered.captured, closure, loadings, title, gathered.data, leading
    code = {MODEL: model_py(*given)}
    if closure.pickled:
        title = f"What the files in data/ of {name} refer to by name."
        code[f"{PACKAGES}/{HOME}.py"] = definitions_py(closure, title)
    return code


def _refuse(name: str, *problems: Iterable[Problem]) -> None:
    if all_ := [problem for some in problems for problem in some]:
        raise ExportError(f"{name} can't be exported:", all_)


def _variables(closure: Closure, found: Modules) -> dict[str, tuple[str, ...]]:
    """Return the environment variables that the code reads, each with where."""
    variables = dict(closure.variables)
    for name, file in found.variables:
        variables[name] = (*variables.get(name, ()), file)
    return dict(sorted(variables.items()))


def _credentials(captured: Captured, closure: Closure) -> list[Problem]:
    """Return a problem for each credential that config.yaml or an example holds."""
    written = {
        "%truss_config": captured.config,
        "%truss_parameter": closure.parameters.settings,
        "%truss_example": {e.name: e.input for e in captured.examples.values()},
    }
    return [
        reasons.CREDENTIAL.of(place, (magic,), place=place)
        for magic, values in written.items()
        for place in closure.credentials.places(values)
        if place not in captured.harmless
    ]


def _files(
    captured: Captured, code: Mapping[str, str], saving: Saving
) -> dict[str, bytes | Payload]:
    return {
        EXAMPLES: to_yaml(
            [{"name": e.name, "input": e.input} for e in captured.examples.values()]
        ),
        str(PurePosixPath(MODEL).with_name("__init__.py")): b"",
        **{path: text.encode() for path, text in code.items()},
        **saving.files,
    }


def _notes(gathered: Gathered, modules: Modules, code: str) -> Iterator[str]:
    """Yield what a person should know of what was captured, and of what it needs."""
    captured, saving = gathered.captured, gathered.saving
    yield from (*gathered.closure.warnings, *gathered.brought.notes)
    written = [o for o in captured.requirements if o in modules.requirements.lines]
    yield from map(str, filter(None, map(untried, written)))
    yield from map(str, unknown_keys(captured.config))
    for module in modules.missing:
        yield (
            f"{module}: no installed distribution holds this module, so it isn't "
            "required; name its requirement with %truss_require"
        )
    yield from saving.notes
    yield from filter(None, [_idle(modules)])
    if saving.trusted:
        yield (
            "read only if you trust who wrote the bundle, as these can run code when "
            f"they are loaded: {', '.join(saving.trusted)}"
        )
    if captured.examples and all(map(is_too_long, captured.examples.values())):
        yield (
            f"no example has less than {READABLE} characters, so config.yaml shows "
            f"none (all are in {EXAMPLES}): keep a smaller input with %truss_example"
        )
    yield from _unasked(captured)
    yield from changed_by_calls(modules.texts, captured.notebook, code)


def _unasked(captured: Captured) -> list[str]:
    """Return a note on each endpoint that no example is sent to."""
    asked = {each.endpoint for each in captured.examples.values()}
    others = captured.endpoints if asked else captured.endpoints[1:]
    return [
        f"no example is sent to {each}, so that nothing tried it: keep one with "
        "%truss_example" + f" … --endpoint {each}" * (each in ROUTES)
        for each in others
        if each not in asked
    ]


def _idle(modules: Modules) -> str | None:
    """Return a note on files that nothing imports, if they would need more."""
    top = {path.split("/")[1].removesuffix(".py") for path in modules.files}
    known = {*top, *sys.stdlib_module_names}
    alone = {
        path: {m.partition(".")[0] for m in imported} - known
        for path, imported in modules.idle.items()
    }
    files = sorted(path for path, needed in alone.items() if needed)
    if not files:
        return None
    needed = ", ".join(sorted(set().union(*alone.values())))
    return (
        f"nothing imports {', '.join(files)}, so these aren't required: {needed}; if "
        "your code loads such a file by its name, add them with %truss_require"
    )


def _as_secret(names: Iterable[str], bindings: Mapping[str, Binding]) -> str:
    """Return how a secret gives what these names have from the environment."""
    texts = [name for name in names if is_a(bindings[name].value, str)]
    if texts:
        return f"let a secret give it: {magics(texts)}"
    return "give it a name of its own, and let a secret give that: %truss_secret NAME"


def _unset(
    captured: Captured, variables: Mapping[str, tuple[str, ...]], closure: Closure
) -> list[str]:
    """Return notes on the environment variables that config.yaml doesn't set."""
    given = captured.config.get("environment_variables") or {}
    read_there, bindings = closure.read_there, closure.bindings
    unset = sorted(variables.keys() - {*given, *captured.secrets, *read_there})
    secret = [name for name in unset if kind_of(name)]  # by their names no settings
    setting = [name for name in unset if name not in secret]

    def read(name: str) -> str:
        return f"{name} (by {', '.join(variables[name])})"

    remedies = (
        (setting, "Set it with %truss_config environment_variables.NAME=VALUE"),
        (secret, f"Let a secret give it: {begin(*secret)}"),
    )
    needed = [
        f"{', '.join(names)}: model.py reads {variable} from the environment, which "
        f"the server needs, as the proof did; or {_as_secret(names, bindings)}"
        for variable, names in sorted(read_there.items())
    ]
    return needed + [
        "read from the environment, which config.yaml doesn't set: "
        f"{'; '.join(map(read, names))}. {remedy}, "
        "unless the server has it or the code does without"
        for names, remedy in remedies
        if names
    ]
