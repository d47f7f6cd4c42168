"""Modules of the user's own, beside the notebook: copied whole to ``packages/``."""

from __future__ import annotations

import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from truss_nb.capture.obstacles.variables import variables
from truss_nb.errors import Problem, Reason
from truss_nb.export.files.copy import copying
from truss_nb.export.folder.writer import Payload
from truss_nb.export.requirements.distributions import Distributions
from truss_nb.export.requirements.requirements import Requirements, find_requirements
from truss_nb.text.names import needs
from truss_nb.text.trees import tree_of
from truss_nb.truss import reserved
from truss_nb.truss.defaults import PACKAGES
from truss_nb.truss.dropped import silently_dropped

SERVERS_MODULE = Reason(
    "E102",
    "is the name of a module of the Truss server, which hides yours",
    "Give {name}.py another name",
)
STUCK = Reason(
    "E103",
    "is only on this machine, and {reason}",
    "Build a wheel of it, put that where the image can fetch it, and ask for it: "
    "%truss_require 'NAME @ https://…'",
)


@dataclass(frozen=True)
class Modules:
    """Where the modules of a bundle come from.

    Args:
        requirements: those that a package index has.
        files: those that travel: path in the folder → what copies it.
        missing: those that neither has, an optional import for example.
        problems: those that can't travel, or whose names the server has taken.
        variables: environment variables that those that travel read → their files.
    """

    requirements: Requirements
    files: dict[str, Payload]
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]
    variables: Mapping[str, tuple[str, ...]]


def find_modules(
    modules: Iterable[str], extra: Iterable[str], installed: Distributions
) -> Modules:
    """Find what the modules need, and what those that travel need in turn.

    Args:
        modules: dotted names, as the exported code imports them.
        extra: requirement lines of the user.
        installed: where to look for distributions.
    """
    wanted, copied = set(modules), dict[str, Path]()
    while True:
        found = find_requirements(wanted, extra, installed)
        tops = {m.partition(".")[0] for m in (*found.local, *found.unknown)}
        new = {top: _source(top) for top in tops if top not in copied}
        located = {top: path for top, path in new.items() if path is not None}
        if not located:
            stuck = {m.partition(".")[0] for m in found.local} - set(copied)
            missing = tuple(sorted(tops - set(copied) - stuck))
            problems = (
                *(
                    SERVERS_MODULE.of(top)
                    for top in sorted(reserved.MODULES & set(copied))
                ),
                *(STUCK.of(top, reason="is compiled code") for top in sorted(stuck)),
                *_left_behind(copied),
            )
            read = _variables(copied)
            return Modules(found, _copies(copied), missing, problems, read)
        copied |= located
        wanted |= {m for path in located.values() for m in _imports(path)}


def _source(top: str) -> Path | None:
    """Return the file or the folder of a module written in Python, if it has one."""
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if spec.origin is None:  # a folder without __init__.py
        folders = list(spec.submodule_search_locations or ())
        return Path(folders[0]) if len(folders) == 1 else None
    path = Path(spec.origin)
    if path.suffix != ".py":
        return None
    return path.parent if path.name == "__init__.py" else path


def _imports(path: Path) -> Iterator[str]:
    for _, text in _modules(path):
        yield from needs(text).modules


def _modules(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield each module that can be imported here, and its text."""
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        text = _read(file)
        if text is not None:
            yield file, text


def _read(file: Path) -> str | None:
    """Return the text of a module; None of a template, or of another Python's."""
    try:
        with tokenize.open(file) as opened:
            text = opened.read()
        tree_of(text)
    except (SyntaxError, ValueError):  # also of a wrong encoding, and of a null byte
        return None
    return text


def _variables(sources: Mapping[str, Path]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for source in sources.values():
        for file, text in _modules(source):
            place = f"{PACKAGES}/{file.relative_to(source.parent).as_posix()}"
            for name in variables(text, {}):
                found[name] = (*found.get(name, ()), place)
    return found


def _copies(sources: dict[str, Path]) -> dict[str, Payload]:
    return {
        f"{PACKAGES}/{place}": copying(file)
        for place, file in _files(sources)
        if not silently_dropped(place)
    }


def _left_behind(sources: dict[str, Path]) -> Iterator[Problem]:
    """Yield a problem for each module whose code a push would leave out."""
    for place, file in _files(sources):
        folders = place.split("/")[:-1]
        hidden = any(name == "__pycache__" or name[0] == "." for name in folders)
        code = file.suffix in {".py", ".pyd", ".so"} and not hidden
        if code and silently_dropped(place):
            reason = f"holds {place}, which a Truss push leaves out"
            yield STUCK.of(place.split("/")[0], reason=reason)


def _files(sources: dict[str, Path]) -> Iterator[tuple[str, Path]]:
    """Yield each file of the modules, after its place in ``packages/``."""
    for _, source in sorted(sources.items()):
        for file in sorted(source.rglob("*") if source.is_dir() else [source]):
            if file.is_file():
                yield file.relative_to(source.parent).as_posix(), file
