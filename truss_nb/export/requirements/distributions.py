"""Find the installed distribution that a module comes from.

The name of a module doesn't say (``yaml`` is PyYAML's, ``google.protobuf`` isn't
google-cloud-storage's), so the distributions' own lists of files are asked. Only the
first part of each path is indexed, and kept for the next export: of two hundred
installed distributions one asks for a dozen modules. Names, versions and origins are
read for the owners alone.

The deepest path wins, as in an import: ``google/cloud/storage/__init__.py`` answers
for ``google.cloud.storage.blob``, and a folder without an ``__init__`` (a namespace
that several distributions fill) only if nothing better does. Distributions that put a
folder or a finder on the path with a ``.pth`` file, as editable installs do, are asked
by what that file names.
"""

from __future__ import annotations

import functools
import importlib.metadata
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from pathlib import Path

from truss_nb.export.requirements.dependencies import dependencies
from truss_nb.export.requirements.linked import Linked, linked
from truss_nb.export.requirements.origin import Origin, parse_origin
from truss_nb.proof.process.uninstalled import Uninstalled
from truss_nb.requirement import canonical, project_of


@dataclass(frozen=True)
class Distribution:
    """An installed distribution, named and versioned as its metadata does.

    Args:
        name: the project.
        version: what is installed of it.
        origin: where from, if not from an index.
        requires: the canonical names of the projects that it always needs.
        site: the folder that it is installed in.
        since: when it was, in seconds since the epoch.
    """

    name: str
    version: str
    origin: Origin | None = None
    requires: frozenset[str] = frozenset()
    site: str = field(default="", compare=False)
    since: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Distributions:
    """The distributions that are installed on a path, searched once.

    >>> owner = Distributions.installed().owner("yaml")
    >>> owner.name if owner else None
    'PyYAML'
    """

    _by_first_part: Mapping[str, tuple[_Installed, ...]]
    _with_pth: tuple[_Installed, ...]

    @classmethod
    def installed(cls, path: Iterable[str | Path] | None = None) -> Distributions:
        """Read what each installed distribution lists as its files.

        Args:
            path: folders to search, in the order of import; ``sys.path`` if None.
        """
        index: dict[str, list[_Installed]] = {}
        with_pth = []
        for found in _find_installed(sys.path if path is None else path):
            for part in found.parts:
                index.setdefault(part, []).append(found)
            if found.has_pth:
                with_pth.append(found)
        return cls({part: tuple(all_) for part, all_ in index.items()}, tuple(with_pth))

    @property
    def projects(self) -> frozenset[str]:
        """The canonical names of all of them."""
        return frozenset(self._by_project)

    def named(self, project: str) -> Distribution | None:
        """Return the distribution of a project, by its canonical name."""
        found = self._by_project.get(project)
        return found.distribution if found else None

    @functools.cached_property
    def _by_project(self) -> Mapping[str, _Installed]:
        holders = [one for all_ in self._by_first_part.values() for one in all_]
        return {one.project: one for one in reversed(holders)}  # the first that's found

    def all_but(self, projects: Collection[str]) -> Uninstalled:
        """Return the modules that none of some projects holds, at their shortest.

        Args:
            projects: canonical names.
        """
        modules: set[str] = set()
        for part, holders in self._by_first_part.items():
            kept = [one for one in holders if one.project in projects]
            if part in sys.stdlib_module_names:
                continue
            if not kept:
                modules.add(part)
            elif len(kept) < len(holders):  # a namespace that several fill
                nodes = {node for one in kept for node in one.nodes(part)}
                others = (n for one in holders for n in one.nodes(part))
                modules |= {n for n in others if n not in nodes}
        return Uninstalled(frozenset(modules), self.projects - frozenset(projects))

    def libraries(self, lines: Iterable[str]) -> frozenset[str]:
        """Return the libraries that what some requirements install needs of the system.

        What a project itself brings, or one that it requires, isn't needed.
        """
        known = self._by_project
        asked = [(known.get(project_of(line) or ""), line) for line in lines]
        projects = {p for one, line in asked if one for p in _brought(one, line)}
        compiled = [known[project] for project in projects & known.keys()]
        found: set[str] = set()
        for one in (each for each in compiled if each.linked.needs):
            others = map(known.get, _brought(one, one.project))
            found |= one.linked.needs.difference(
                *(o.linked.brings for o in others if o)
            )
        return frozenset(found)

    def owner(self, module: str) -> Distribution | None:
        """Return the distribution that a dotted module name comes from, if any does."""
        return next(iter(self.owners(module)), None)

    def owners(self, module: str) -> tuple[Distribution, ...]:
        """Return the distributions that hold this module in the same place.

        More than one hold the very same file (opencv-python and
        opencv-python-headless both write ``cv2``), and the first by the alphabet is
        the owner. A namespace that several distributions fill is nobody's.
        """
        parts = tuple(module.split("."))
        candidates = self._by_first_part.get(parts[0], ())
        depths = [(one.depth_of(parts), one) for one in candidates]
        depths += [(one.depth_by_pth(parts), one) for one in self._with_pth]
        deepest = max((depth for depth, _ in depths), default=0)
        if deepest == 0:
            portions = [o for o in candidates if f"\n{'/'.join(parts)}/" in o.files]
            return (portions[0].distribution,) if len(portions) == 1 else ()
        best = [one for depth, one in depths if depth == deepest]
        first = best[0].site  # what comes later on the path is shadowed
        owners = {one.distribution for one in best if one.site == first}
        return tuple(sorted(owners, key=lambda one: (canonical(one.name), one.version)))


@dataclass(frozen=True, eq=False)
class _Installed:
    """A distribution, by its metadata folder; what was read of it is kept."""

    folder: Path

    @functools.cached_property
    def files(self) -> str:
        """Its files: a newline before each path, a comma behind it."""
        return _read_files(self.folder)

    @functools.cached_property
    def tops(self) -> frozenset[str]:
        """The files and folders that it puts beside its metadata folder."""
        # The whole text isn't kept: two hundred distributions are asked this alone.
        return frozenset(re.findall(r"\n([^/,\n]+)", _read_files(self.folder)))

    @functools.cached_property
    def parts(self) -> frozenset[str]:
        """The first parts of the modules that these are."""
        return frozenset(top.partition(".")[0] for top in self.tops)

    @functools.cached_property
    def has_pth(self) -> bool:
        """Whether one of these is a ``.pth`` file."""
        return any(top.endswith(".pth") for top in self.tops)

    @property
    def site(self) -> Path:
        return self.folder.parent

    @functools.cached_property
    def linked(self) -> Linked:
        """What its compiled files need and bring."""
        paths = re.findall(r"\n([^,\n]+\.so[.\w]*),", self.files)
        return linked([self.site / path for path in paths])

    @functools.cached_property
    def project(self) -> str:
        """The canonical name, as the metadata folder has it."""
        return canonical(self.folder.name.rpartition(".")[0].partition("-")[0])

    def nodes(self, part: str) -> Iterator[str]:
        """Yield the dotted names of the modules and packages below a first part."""
        files = re.findall(
            rf"\n({re.escape(part)}/[^,\n]+)\.(?:pyc?|so|pyd),", self.files
        )
        for file in files:
            names = file.partition(".")[0].removesuffix("/__init__").split("/")
            yield from (".".join(names[:depth]) for depth in range(1, len(names) + 1))

    def depth_of(self, parts: tuple[str, ...]) -> int:
        """Return how many leading parts of a dotted name its files define."""
        ending = r"(?:/__init__)?(?:\.pyc?|(?:\.[^/,\n]+)?\.(?:so|pyd)),"
        for depth in range(len(parts), 0, -1):
            path = re.escape("/".join(parts[:depth]))
            if re.search(f"\n{path}{ending}", self.files):
                return depth
        return 0

    def depth_by_pth(self, parts: tuple[str, ...]) -> int:
        """Return how many leading parts its ``.pth`` files make importable."""
        depth = 0
        for pth in re.findall(r"\n([^/,\n]+\.pth),", self.files):
            for line in _read_lines(self.site / pth):
                depth = max(depth, self._depth_by_line(line, parts))
        return depth

    def _depth_by_line(self, line: str, parts: tuple[str, ...]) -> int:
        if not line.startswith(("import ", "import\t")):
            return _depth_in_folder(self.site / line, parts)
        # The finder of an editable install, whichever tool wrote it, names what it
        # finds in quotes: MAPPING = {'shop': ...}, map_module('shop', ...).
        finder = self.site / (re.split(r"[\s;,]+", line)[1] + ".py")
        quoted = set(re.findall(r"['\"]([\w.]+)['\"]", "\n".join(_read_lines(finder))))
        depths = range(len(parts), 0, -1)
        return next((n for n in depths if ".".join(parts[:n]) in quoted), 0)

    @functools.cached_property
    def distribution(self) -> Distribution:
        """The name, the version, the origin and what it requires."""
        found = importlib.metadata.Distribution.at(self.folder)
        lines = [line for line in found.requires or () if "extra ==" not in line]
        needed = frozenset(filter(None, map(project_of, lines)))
        name, origin = found.metadata["Name"], self._origin()
        here = str(self.site), _stamp(str(self.folder))[0] / 1e9
        return Distribution(name, found.version, origin, needed, *here)

    def _origin(self) -> Origin | None:
        if _is_source_tree(self.folder):
            return Origin(self.site.resolve().as_uri(), editable=True)
        # In a package of conda it names a folder of the machine that built it.
        if "conda" in _read_lines(self.folder / "INSTALLER"):
            return None
        lines = _read_lines(self.folder / "direct_url.json")
        return parse_origin("\n".join(lines)) if lines else None


def _find_installed(path: Iterable[str | Path]) -> Iterator[_Installed]:
    for site in map(Path, path):
        # What lies inside a package (setuptools puts its _vendor on the path) is its.
        if not site.is_dir() or (site.parent / "__init__.py").exists():
            continue
        with os.scandir(site) as entries:
            # pip leaves "~umpy-1.26.4.dist-info" where an uninstall was cut short.
            found = [each.path for each in entries if each.name[0] != "~"]
        for folder in sorted(found):
            if folder.endswith((".dist-info", ".egg-info")):
                yield _installed(folder, _stamp(folder))


@functools.lru_cache(maxsize=1024)
def _brought(_by: _Installed, line: str) -> frozenset[str]:
    """Return the projects that a line brings, as long as its own isn't reinstalled."""
    return dependencies([line])


@functools.cache
def _installed(folder: str, _stamp: tuple[int, int]) -> _Installed:
    return _Installed(Path(folder))


def _stamp(folder: str) -> tuple[int, int]:
    """Return what changes when a distribution is reinstalled in the same folder."""
    try:  # paths as text: hundreds are asked at each export
        state = os.stat(f"{folder}/RECORD")  # noqa: PTH116
    except OSError:
        state = os.stat(folder)  # noqa: PTH116
    return state.st_mtime_ns, state.st_size


def _read_files(folder: Path) -> str:
    """Return a distribution's files: a newline before each path, a comma behind it."""
    record = folder / "RECORD"
    if record.is_file():
        return "\n" + record.read_text("utf-8", errors="replace")
    # Older installers, and Debian's, keep less than a RECORD.
    paths = [
        line.removeprefix("../") for line in _read_lines(folder / "installed-files.txt")
    ] or [f"{top}/__init__.py" for top in _read_lines(folder / "top_level.txt")]
    return "".join(f"\n{path}," for path in paths)


def _read_lines(file: Path) -> list[str]:
    """Return a file's stripped lines; none where there is no such file."""
    if not file.is_file():
        return []
    lines = file.read_text("utf-8", errors="replace").splitlines()
    return [line.strip() for line in lines if line.strip()]


def _is_source_tree(metadata: Path) -> bool:
    """Whether this is what a build left in a project's own folder."""
    return (
        metadata.suffix == ".egg-info"
        and metadata.parent.name not in {"site-packages", "dist-packages"}
        and not (metadata / "installed-files.txt").is_file()
    )


def _depth_in_folder(folder: Path, parts: tuple[str, ...]) -> int:
    for depth in range(len(parts), 0, -1):
        parent = folder.joinpath(*parts[: depth - 1])
        spec = PathFinder.find_spec(parts[depth - 1], [str(parent)])
        if spec and spec.has_location:
            return depth
    return 0
