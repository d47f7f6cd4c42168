"""Read requirement lines as pip does: the project, and whether it was tried here."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

from packaging.requirements import InvalidRequirement, Requirement

from truss_nb.errors import Problem, Reason, SettingError

_OPTIONS = {
    *("-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links"),
    *("-r", "--requirement", "-c", "--constraint", "-e", "--editable", "--pre"),
    *("--no-binary", "--only-binary", "--prefer-binary", "--require-hashes"),
    *("--trusted-host", "--use-feature"),
}
"""What may stand at the start of a line, by pip's Requirements File Format."""

_ADDRESS = re.compile(r"[a-z][a-z+]*://\S+|file:\S+|[./]\S*|\S+\.(whl|zip|tar\.gz)")
"""A URL, a link of a version control system, a path or an archive."""


def canonical(project: str) -> str:
    """Return a project's name as an index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", project).lower()


def project_of(line: str) -> str | None:
    """Return the canonical project of a requirement line; None of a bare URL."""
    named = re.match(r"\s*([A-Za-z0-9][\w.-]*)\s*(?=$|[\[(<>=!~;@#])", line)
    return canonical(named[1]) if named else None


def replaces(line: str, other: str) -> bool:
    """Return whether a line replaces another: one project, on the same machines."""
    return project_of(line) is not None and _where(line) == _where(other)


def _where(line: str) -> tuple[str | None, str]:
    marker = line.partition(";")[2]
    return project_of(line), re.sub(r"\s", "", marker).replace("'", '"')


def check_requirement(line: str) -> None:
    """Refuse what pip couldn't read.

    Raises:
        SettingError: it says what can be written.
    """
    if re.split(r"[\s=]", line)[0] in _OPTIONS or _ADDRESS.fullmatch(_bare(line)):
        return
    try:
        Requirement(_bare(line))
    except InvalidRequirement as error:
        why = str(error).partition("\n")[0]
        raise SettingError(
            f"{line!r} is no requirement that pip could read ({why}). Name what is "
            "required, such as: pyarrow==17.0.0, or: NAME @ https://…"
        ) from error


_TRY = "truss_nb.prove(FOLDER, venv=True) tries what config.yaml asks for"

ABSENT = Reason(
    "S104",
    'isn\'t installed here, so nothing has tried the requirement "{line}"',
    f"Check how it is spelt; {_TRY}",
)
EXCLUDED = Reason(
    "S105",
    'is {here} here, which the requirement "{line}" excludes, so nothing has tried it',
    f"Install what it asks for, and export again; {_TRY}",
)


def untried(line: str) -> Problem | None:
    """Return why no run in this environment can have tried a requirement, if so."""
    try:
        asked = Requirement(_bare(line))
    except InvalidRequirement:  # an option or an address, which says no version
        return None
    if asked.marker is not None and not asked.marker.evaluate():
        return None
    try:
        here = version(asked.name)
    except PackageNotFoundError:
        return ABSENT.of(asked.name, line=line)
    if asked.specifier.contains(here, prereleases=True):
        return None
    return EXCLUDED.of(asked.name, here=here, line=line)


def _bare(line: str) -> str:
    """Return the line without a comment, and without options such as its hashes."""
    return re.split(r"\s+(?:#|--)", line)[0].strip()
