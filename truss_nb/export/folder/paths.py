"""Which paths a folder can have: what every disk holds and no push drops."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from pathlib import PurePosixPath

from truss_nb.errors import Problem, WriteError

MANIFEST = ".truss-nb/manifest.json"
"""Where a written folder keeps the XXH3 hash of each of its files."""

DROPPED = """
    __pycache__/ *.py[cod] *$py.class *.so .Python build/ develop-eggs/ dist/
    downloads/ eggs/ .eggs/ lib/ lib64/ parts/ sdist/ var/ wheels/
    share/python-wheels/ *.egg-info/ .installed.cfg *.egg MANIFEST .DS_Store
    *.manifest *.spec pip-log.txt pip-delete-this-directory.txt htmlcov/ .tox/ .nox/
    .coverage .coverage.* .cache nosetests.xml coverage.xml *.cover *.py,cover
    .hypothesis/ .pytest_cache/ cover/ *.mo *.pot *.log local_settings.py db.sqlite3
    db.sqlite3-journal instance/ .webassets-cache .scrapy docs/_build/ .pybuilder/
    target/ .ipynb_checkpoints profile_default/ ipython_config.py .pdm.toml
    __pypackages__/ celerybeat-schedule celerybeat.pid *.sage.py .env .venv env/
    venv/ ENV/ env.bak/ venv.bak/ .spyderproject .spyproject .ropeproject
    .mypy_cache/ .dmypy.json dmypy.json .ruff_cache/ .pyre/ .pytype/ cython_debug/
    .git *.tmp *.swp
"""
"""What a Truss push leaves out: ``truss/util/.truss_ignore`` of truss 0.18.36."""


def silently_dropped(path: str) -> bool:
    """Tell whether a Truss push would leave this file out, without a word.

    Truss copies the folder, then again some folders in it: a pattern of two names
    (``docs/_build/``) is therefore taken to match at any depth.
    """
    *folders, file = path.split("/")
    pairs = ["/".join(pair) for pair in pairwise(folders)]
    return any(map(_is_dropped, (file, *folders))) or any(
        map(_is_dropped_folder, (*folders, *pairs))
    )


def _matches_any(patterns: Iterable[str]) -> Callable[[str], object]:
    return re.compile("|".join(map(fnmatch.translate, patterns))).match


_is_dropped = _matches_any(p for p in DROPPED.split() if not p.endswith("/"))
_is_dropped_folder = _matches_any(p[:-1] for p in DROPPED.split() if p.endswith("/"))


def check_paths(paths: Iterable[str]) -> None:
    """Refuse what some disk can't hold or a push would drop, all of it at once."""
    files = sorted(paths)
    spelled: dict[str, str] = {}  # as some disks read it → as it was first written
    for node in (node for path in files for node in nodes(path)):
        spelled.setdefault(node.casefold(), node)
    problems = [
        Problem(path, objection, "Give it another name")
        for path in files
        if (objection := _objection(path, spelled, frozenset(files)))
    ]
    if problems:
        raise WriteError("These files can't be in a Truss folder:", problems)


def nodes(path: str) -> list[str]:
    """Return the path and the folders that hold it, the nearest first."""
    pure = PurePosixPath(path)
    return [str(node) for node in (pure, *pure.parents[:-1])]


def _objection(path: str, spelled: Mapping[str, str], files: frozenset[str]) -> str:
    above = nodes(path)
    if above[0] != path or path == "." or path[0] == "/" or ".." in path.split("/"):
        return "isn't a plain relative path"
    for node in above:
        if (first := spelled[node.casefold()]) != node:
            return f"is spelled unlike {first}, which some disks take for the same"
    if inside := files.intersection(above[1:]):
        return f"is inside {min(inside)}, which is a file"
    if path == MANIFEST:
        return "is where the manifest goes"
    return "would be left out by a Truss push" if silently_dropped(path) else ""
