"""Copy the user's own modules, which no package index has, to ``packages/``."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePath

from truss_nb.capture.obstacles.variables import variables
from truss_nb.capture.sites import of_site
from truss_nb.errors import Problem, Reason
from truss_nb.export.folder.writer import Payload
from truss_nb.export.requirements.distributions import Distributions
from truss_nb.export.requirements.imported import imported, reached
from truss_nb.export.requirements.requirements import Requirements, find_requirements
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
MARKED = Reason(
    "E104",
    "imports truss_nb, which the server hasn't",
    "Take that out of the module, and mark its functions in the notebook or script: "
    "import {module}, then truss_nb.predict({module}.FUNCTION)",
)
_OURS = __name__.partition(".")[0]


@dataclass(frozen=True)
class Modules:
    """Where the modules of a bundle come from.

    Args:
        requirements: those that a package index has.
        files: those that travel: path in the folder → what copies it.
        missing: those that neither has, an optional import for example.
        idle: own files that nothing imports → modules that only such files import.
        texts: own files that something imports → their text.
        problems: those that can't travel, or whose names the server has taken.
        variables: each environment variable that those that travel read, and the file.
    """

    requirements: Requirements
    files: dict[str, Payload]
    missing: tuple[str, ...]
    idle: Mapping[str, frozenset[str]]
    texts: Mapping[str, str]
    problems: tuple[Problem, ...]
    variables: tuple[tuple[str, str], ...]


def find_modules(
    modules: Iterable[str],
    extra: Iterable[str],
    installed: Distributions,
    by_name: Callable[[Iterable[str]], Iterable[str]],
) -> Modules:
    """Find what the modules need, and what those that travel need in turn.

    Args:
        modules: dotted names, as the exported code imports them.
        extra: requirement lines of the user.
        installed: where to look for distributions.
        by_name: finds more that a bundle imports, given the texts of those that travel.
    """
    wanted = {each for each in modules if of_site(each) is None}
    copied, texts = dict[str, Path](), dict[str, str]()
    while True:
        found = find_requirements(wanted, extra, installed)
        tops = {m.partition(".")[0] for m in (*found.local, *found.unknown)}
        new = {top: _source(top) for top in tops if top not in copied}
        located = {top: path for top, path in new.items() if path is not None}
        copied |= located
        texts |= dict(_modules(located))
        run = {path: texts[path] for path in sorted(reached(texts, wanted))}
        more = {m for text in run.values() for m in imported(text)}
        more.update(by_name(run.values()))
        more = {each for each in more if each.partition(".")[0] != _OURS}
        if more <= wanted:
            break
        wanted |= more
    stuck = {m.partition(".")[0] for m in found.local} - set(copied)
    missing = tuple(sorted(tops - set(copied) - stuck))
    problems = (
        *(SERVERS_MODULE.of(top) for top in sorted(reserved.MODULES & set(copied))),
        *(STUCK.of(top, reason="is compiled code") for top in sorted(stuck)),
        *_left_behind(copied),
        *_marked(run),
    )
    kept = {place: f for place, f in _files(copied) if not silently_dropped(place)}
    copies = {
        f"{PACKAGES}/{place}": Payload.copying(file) for place, file in kept.items()
    }
    read_by = ((name, path) for path, t in run.items() for name in variables(t, {}))
    idle = {p: imported(texts[p]) - wanted for p in sorted(texts.keys() - run)}
    return Modules(found, copies, missing, idle, run, problems, tuple(read_by))


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


def _modules(sources: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Yield the path in the folder of each module that compiles here, and its text."""
    for place, file in _files(sources):
        if file.suffix == ".py":
            # A template, another Python's module, a wrong encoding or a null byte.
            with suppress(SyntaxError, ValueError), tokenize.open(file) as opened:
                text = opened.read()
                tree_of(text)
                yield f"{PACKAGES}/{place}", text


def _marked(texts: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each module that would need this package."""
    for path, text in texts.items():
        if any(each.partition(".")[0] == _OURS for each in imported(text)):
            module = PurePath(path).relative_to(PACKAGES).with_suffix("")
            yield MARKED.of(f"{module}.py", module=".".join(module.parts))


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
            place = file.relative_to(source.parent)
            if file.is_file() and _is_of_package(place):
                yield place.as_posix(), file


def _is_of_package(place: PurePath) -> bool:
    """Return whether code can need a file beside it: no notebook, nor hidden files."""
    is_hidden = any(part.startswith(".") for part in place.parts)
    is_key = re.match(r"id_(?:rsa|dsa|ecdsa|ed25519)", place.name) is not None
    return not is_hidden and not is_key and place.suffix != ".ipynb"
