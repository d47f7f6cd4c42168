"""The files that a Truss build or push silently leaves out, because of their names."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable
from itertools import pairwise

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
"""What a push leaves out: ``truss/util/.truss_ignore``."""


def silently_dropped(path: str) -> bool:
    """Return whether a Truss push would leave this file out, without a word.

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
