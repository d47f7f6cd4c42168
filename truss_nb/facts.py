"""What a report tells a program: JSON values, as ``facts.schema.json`` has them.

They stand beside text and HTML in a notebook's output, and a command with ``--json``
prints the same.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from truss_nb.credentials.hiding import hide_by_shape
from truss_nb.errors import Failure
from truss_nb.report import Report, Table, plain

MIME = "application/vnd.truss-nb.v1+json"
"""Bare ``application/json`` would be drawn in place of the HTML."""


class Factual(Report):
    """A report that a program reads, too."""

    __slots__ = ()
    kind: ClassVar[str]
    """Which of the schema's reports it is."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values; a credential in it is hidden."""
        facts: dict[str, Any] = _as_json(self)
        return facts

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {MIME: self.to_dict()}

    def _facts(self) -> Mapping[str, Any]:
        """Return what it tells, of dataclasses and containers."""
        return fields(self)


@dataclasses.dataclass(frozen=True, repr=False)
class Failed(Factual):
    """Why there is no answer.

    Args:
        error: what ended it.
        problems: what stands in the way, each a ``Problem`` or its facts.
        export: what was written all the same, an ``Export`` or its facts.
    """

    error: Failure
    problems: Sequence[Any] = ()
    export: Any = None
    kind = "error"
    verdict = "failed"

    @classmethod
    def of(cls, error: BaseException) -> Failed:
        """Return what an error says; one of a notebook's cell stands for another."""
        what, _, details = plain(str(error)).partition("\n")
        kind = getattr(error, "kind", type(error).__name__)
        where, export = getattr(error, "where", None), getattr(error, "export", None)
        failure = Failure(what, where, None, details, kind)
        return cls(failure, getattr(error, "problems", ()), export)

    def _parts(self) -> Iterator[Report]:
        yield Table(f"{self.error}")


def fields(value: Any) -> dict[str, Any]:
    """Return what a dataclass tells: its fields, and what it concludes.

    Those that its repr leaves out are for us alone. Beside a remedy stand the lines to
    type that it names.
    """
    names = [name for name in _CONCLUDED if hasattr(value, name)]
    names += [each.name for each in dataclasses.fields(value) if each.repr]
    facts = {name: getattr(value, name) for name in names}
    if "remedy" in facts:
        facts["to_type"] = to_type(facts["remedy"] or "")
    return facts


_CONCLUDED = ("verdict", "passed", "told", "stable", "stale")


def _as_json(value: Any) -> Any:
    if isinstance(value, str):
        return hide_by_shape(plain(value))
    if isinstance(value, Factual):
        value = {"report": value.kind, "problems": (), **value._facts()}
    elif dataclasses.is_dataclass(value):
        value = fields(value)
    elif hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {_as_json(key): _as_json(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_as_json(each) for each in value]
    return value


def because(reasons: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Return lines as what has each a name, and why it's there."""
    return [{"line": line, "because": why} for line, why in reasons.items()]


def to_type(remedy: str) -> list[str]:
    """Return what a remedy says to type, each line alone.

    >>> to_type("Let the server give it: %truss_secret KEY; or take it out")
    ['%truss_secret KEY']
    """
    return [line.rstrip(".") for line in _LINE.findall(remedy)]


_WORD = r"""(?:"[^"]*"|'[^']*'|\[[^\]]*\]|[^\s,;"'\[\])])+"""
_LINE = re.compile(
    rf"(?<!%)%truss_\w+(?: --\w+)? {_WORD}(?: --remove)?"
    rf"|truss_nb\.\w+\([^)]*\)(?:\.\w+\([^)]*\))?|(?:%?pip install|hf download) {_WORD}"
)
