"""Pin what a bundle's modules need, so that another machine installs the same.

Only the modules that are asked for are pinned, each to the version installed here;
what those distributions depend on is the installer's choice. What can't be installed
elsewhere just as it is here (an editable install, a local build) is a warning with its
remedy, and so is a version that Truss' image doesn't accept.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from truss_nb.errors import Problem, Reason
from truss_nb.export.requirements.distributions import Distribution, Distributions
from truss_nb.export.requirements.origin import Origin
from truss_nb.export.requirements.ran import version_that_ran
from truss_nb.requirement import canonical, project_of
from truss_nb.truss.constraints import admits, find_bounds
from truss_nb.truss.debian import missing

TWINS = Reason(
    "R101",
    "is held by {owners}, of which the first is written",
    "Uninstall all but one, or name the right one in the requirements",
)
FROM_FILE = Reason(
    "R102",
    "was installed from the file {file}, and the line {line} installs what an index "
    "has under that name",
    "Check that the index has this very release; if not, add to the requirements the "
    'address that has it: "{name} @ https://…"',
)
FROM_ADDRESS = Reason(
    "R103",
    "was installed from {address}, and the image must fetch it from there",
    "Check that the address answers without this machine's credentials, or install a "
    "release from an index and export again",
)
FROM_FOLDER = Reason(
    "R104",
    "is {how} {folder}, which only this machine has, so no line installs it",
    "Its source travels in packages/ as it is now; if an index or a repository has it, "
    "ask for that instead with %truss_require",
)
LOCAL_BUILD = Reason(
    "R105",
    "is the build {version}, which the usual index doesn't have, so the line is {line}",
    'If the build matters, add "{name}=={version}" and "--extra-index-url" with the '
    "index that has it to the requirements",
)
BOUNDED = Reason(
    "R106",
    "Truss' image accepts only {name}{bounds}, so this is written in place of {line}",
    "Install such a version here, run the notebook again and export",
)
CONTRADICTING = Reason(
    "R107",
    'the requirement "{line}" contradicts Truss\' image: {name}{bounds}',
    "Ask for a version that the image accepts",
)
NAMELESS = Reason(
    "R108",
    "names no project, so it replaces nothing that was found",
    'Write the name before it: "NAME @ {name}"',
)
REPLACED = Reason(
    "R109",
    "ran here as {ran}, and {installed} was installed since: the line is {line}, and a "
    "proof has the other",
    "Restart the kernel and run the notebook again, so that what runs is installed",
)


@dataclass(frozen=True)
class Requirements:
    """What to write in config.yaml for a set of modules, and why.

    Args:
        lines: the requirements, sorted.
        evidence: for each line the modules that need it.
        system_packages: Debian packages with the libraries that they need.
        warnings: what may not install elsewhere as it is here.
        local: modules that no index has: their source must travel with the bundle.
        unknown: modules that no installed distribution holds.
        brought: of a lock, the lines that others bring along, each with a project that
            does.
    """

    lines: tuple[str, ...]
    evidence: Mapping[str, tuple[str, ...]]
    system_packages: tuple[str, ...]
    warnings: tuple[Problem, ...]
    local: tuple[str, ...]
    unknown: tuple[str, ...]
    brought: Mapping[str, str] = field(default_factory=dict)


def find_requirements(
    modules: Iterable[str],
    extra: Iterable[str] = (),
    installed: Distributions | None = None,
) -> Requirements:
    """Return the pinned requirements of the modules that a bundle imports.

    Args:
        modules: dotted names, as imported; the standard library's need nothing.
        extra: the user's own lines, which replace what is found for their projects
            and decide between distributions that hold the same module.
        installed: where to look; what this process can import if None.
    """
    chosen = {line: project_of(line) or line for line in extra}
    named = frozenset(chosen.values())
    installed = installed or Distributions.installed()
    needs = _find_needs(modules, installed, named)
    pins = [
        pin(owner, modules)
        for owner, modules in needs.owned.items()
        if canonical(owner.name) not in named
    ]
    evidence = {line: needs.modules_of(project) for line, project in chosen.items()}
    evidence |= {each.line: needs.owned[each.owner] for each in pins if each.line}
    lines = sorted(evidence, key=lambda line: (line.lower(), line))
    local = [m for each in pins if not each.line for m in needs.owned[each.owner]]
    warnings = {*needs.warnings, *(one for each in pins for one in each.warnings)}
    warnings.update(one for line in chosen for one in _check_chosen(line))
    return Requirements(
        lines=tuple(lines),
        evidence={line: evidence[line] for line in lines},
        system_packages=missing(installed.libraries(lines)),
        warnings=tuple(sorted(warnings, key=lambda one: (one.name.lower(), str(one)))),
        local=tuple(sorted(local)),
        unknown=needs.unknown,
    )


@dataclass(frozen=True)
class _Needs:
    """Which modules come from which distribution."""

    owned: Mapping[Distribution, tuple[str, ...]]
    unknown: tuple[str, ...]
    warnings: tuple[Problem, ...]

    def modules_of(self, project: str) -> tuple[str, ...]:
        owners = (o for o in self.owned if canonical(o.name) == project)
        return tuple(sorted(module for o in owners for module in self.owned[o]))


def _find_needs(
    modules: Iterable[str], installed: Distributions, chosen: Collection[str]
) -> _Needs:
    owned: dict[Distribution, tuple[str, ...]] = {}
    unknown = []
    warnings = set()
    with_python = sys.stdlib_module_names | {"__main__", "__mp_main__"}
    imported = sorted({m for m in modules if m.partition(".")[0] not in with_python})
    for module in imported:
        found = installed.owners(module)
        # Of mlflow and mlflow-skinny, which the first requires, it is the latter's.
        parts = {name for owner in found for name in owner.requires}
        owners = [owner for owner in found if canonical(owner.name) not in parts]
        if not owners:
            # "google" is nobody's, and needs nothing beside "google.protobuf".
            if not any(one.startswith(module + ".") for one in imported):
                unknown.append(module)
            continue
        named = [one for one in owners if canonical(one.name) in chosen]
        owner = (*named, *owners)[0]
        owned[owner] = (*owned.get(owner, ()), module)
        if len(owners) > 1 and not named:
            held = " and by ".join(f"{one.name} {one.version}" for one in owners)
            warnings.add(TWINS.of(module.partition(".")[0], owners=held))
    return _Needs(_with_numpy(owned, installed), tuple(unknown), tuple(warnings))


def _with_numpy(
    owned: dict[Distribution, tuple[str, ...]], installed: Distributions
) -> Mapping[Distribution, tuple[str, ...]]:
    """Add numpy where a distribution uses it: the image has an older one otherwise."""
    # PyTorch is built for it, works without it, and doesn't list it.
    users = [o for o in owned if "numpy" in o.requires or canonical(o.name) == "torch"]
    numpy = installed.owner("numpy")
    if numpy is None or numpy in owned or not users:
        return owned
    return {**owned, numpy: tuple(m for owner in users for m in owned[owner])}


@dataclass(frozen=True)
class Pin:
    """The line of one distribution, None if nothing else can install it."""

    owner: Distribution
    line: str | None
    warnings: tuple[Problem, ...] = ()


def pin(owner: Distribution, modules: Collection[str]) -> Pin:
    """Return the line that installs a distribution as it is here.

    Args:
        owner: the distribution.
        modules: those of it that are needed, which may say that another version ran.
    """
    origin = owner.origin
    if origin is None:
        ran = version_that_ran(modules, owner.version, owner.site, owner.since)
        return _pin_replaced(owner, ran) if ran else _pin_release(owner)
    if origin.is_local and not origin.is_archive:
        how = "an editable install of" if origin.editable else "built from"
        warning = FROM_FOLDER.of(owner.name, how=how, folder=origin.url)
        return Pin(owner, None, (warning,))
    if origin.is_local:
        release = _pin_release(owner)
        warning = FROM_FILE.of(owner.name, file=origin.url, line=release.line)
        return Pin(owner, release.line, (*release.warnings, warning))
    return _pin_url(owner, origin)


def _pin_replaced(owner: Distribution, ran: str) -> Pin:
    """Pin the version that ran, which isn't installed any more."""
    release = _pin_release(replace(owner, version=ran))
    line = release.line
    told = REPLACED.of(owner.name, ran=ran, installed=owner.version, line=line)
    return Pin(owner, line, (*release.warnings, told))


def _pin_release(owner: Distribution) -> Pin:
    """Pin a version as an index has it: without the local part of 2.13.0+cpu."""
    release, plus, _ = owner.version.partition("+")
    line = f"{owner.name}=={release}"
    bounds = find_bounds(canonical(owner.name))
    if not admits(bounds, release):
        bounded = BOUNDED.of(owner.name, bounds=bounds, line=line)
        return Pin(owner, owner.name + bounds, (bounded,))
    build = LOCAL_BUILD.of(owner.name, version=owner.version, line=line)
    return Pin(owner, line, (build,) if plus else ())


def _pin_url(owner: Distribution, origin: Origin) -> Pin:
    vcs = f"{origin.vcs}+" if origin.vcs else ""
    commit = f"@{origin.commit}" if origin.commit else ""
    folder = f"#subdirectory={origin.subdirectory}" if origin.subdirectory else ""
    line = f"{owner.name} @ {vcs}{origin.url}{commit}{folder}"
    return Pin(owner, line, (FROM_ADDRESS.of(owner.name, address=origin.url),))


def _check_chosen(line: str) -> list[Problem]:
    """Return what is wrong with a line that the user wrote; it is kept as it is."""
    project = project_of(line)
    if line.lstrip().startswith("-"):
        return []
    if project is None:
        return [NAMELESS.of(line)]
    bounds = find_bounds(project)
    pinned = re.search(r"==\s*([^\s,;]+)", line)
    if not pinned or admits(bounds, pinned[1]):
        return []
    return [CONTRADICTING.of(project, line=line, bounds=bounds)]
