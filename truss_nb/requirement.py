"""A line that an installer reads, and the project that it's about."""

from __future__ import annotations

import re


def canonical(project: str) -> str:
    """Return a project's name as an index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", project).lower()


def project_of(line: str) -> str | None:
    """Return the canonical project of a requirement line; None of a bare URL."""
    named = re.match(r"\s*([A-Za-z0-9][\w.-]*)\s*(?=$|[\[(<>=!~;@#])", line)
    return canonical(named[1]) if named else None
