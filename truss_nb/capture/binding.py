"""What capture finds: for each name, what rebuilds its object elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from truss_nb.contents.parameters import Parameters
from truss_nb.credentials.credentials import Credentials
from truss_nb.errors import Problem
from truss_nb.formats.format import Format
from truss_nb.formats.pickled import PICKLE
from truss_nb.objects.audit import Audit
from truss_nb.text.names import Needs, needs
from truss_nb.text.quoted import Quoted, quoted


class Kind(Enum):
    """What a name becomes in the exported source."""

    IMPORT = "import"
    DEFINITION = "definition"
    CONSTANT = "constant"
    LINE = "line"
    VALUE = "value"
    ASSEMBLED = "assembled"
    SETTING = "setting"
    SECRET = "secret"  # noqa: S105  # what it is called, not what it is


LOADED: Final = (Kind.VALUE, Kind.ASSEMBLED)
"""What is there once the files are read, and not while definitions run."""


@dataclass(frozen=True)
class Binding:
    """A name of the notebook, and what rebuilds it elsewhere.

    Its methods return changed copies: a text and what that needs can't disagree.

    Args:
        name: the name.
        kind: how it travels.
        path: the names that lead to it, from the stage.
        text: the statement that binds it; empty for a value that a format loads. Where
            that completes what the notebook's expression makes, the text has this; that
            of what is assembled stands after those that load its parts.
        imports: import statements that ``text`` relies on.
        needs: the names that ``text`` takes from the module around it.
        names: the names of objects in what ``text`` makes that have one, by ``id``.
        value: the object it is bound to now.
        cell: the cell that holds its definition.
        form: the format that saves a value.
        audit: what saving a value involves; of what is assembled, all but its parts.
        narrowed: what of the object is used alone, as a clause: the value is what
            stands for it then; empty if the value is the object itself.
        lines: expressions in ``text`` that a proof is to try, each as a line.
    """

    name: str
    kind: Kind
    path: tuple[str, ...]
    text: str = ""
    imports: frozenset[str] = frozenset()
    needs: Needs = field(default_factory=Needs)
    names: Mapping[int, str] = field(default_factory=dict)
    value: Any = field(default=None, repr=False)
    cell: str | None = None
    form: Format = field(default=PICKLE, repr=False)
    audit: Audit = field(default_factory=Audit, repr=False)
    narrowed: str = ""
    lines: tuple[Binding, ...] = ()

    @property
    def way(self) -> str:
        """The names that lead to it and its own: ``preprocess → read``."""
        return " → ".join((*self.path, self.name))

    def retold(self, text: str) -> Binding:
        """Return it with another text, and what that needs."""
        known = self.needs.all
        found = needs_beside(text, self.imports, lambda each: each.name in known)
        return replace(self, text=text, needs=found)

    def as_alias(self, other: Binding) -> Binding:
        """Return it as a second name for the object that another name is bound to."""
        kind = Kind.ASSEMBLED if other.kind in LOADED else Kind.CONSTANT
        alone = replace(self, kind=kind, imports=frozenset(), audit=Audit())
        return alone.retold(f"{self.name} = {other.name}")

    def as_value(self) -> Binding:
        """Return it as a value that is saved."""
        named = Needs(late=frozenset(self.audit.named))
        return replace(self, kind=Kind.VALUE, text="", needs=named)

    def needing(self, name: str) -> Binding:
        """Return it with one more name that must be there when it is bound."""
        early = self.needs.early | {name}
        return replace(self, needs=replace(self.needs, early=early))

    def as_late(self) -> Binding:
        """Return it as what is made once all of the module is there."""
        late = replace(self.needs, early=frozenset(), late=self.needs.all)
        return replace(self, needs=late)

    def importing(self, lines: Iterable[str]) -> Binding:
        """Return it with more import statements."""
        return replace(self, imports=self.imports.union(lines))


def needs_beside(
    text: str, imports: Iterable[str], is_meant: Callable[[Quoted], bool]
) -> Needs:
    """Return what a text needs, besides what some import statements bind.

    Args:
        text: statements.
        imports: import statements, of one name each.
        is_meant: whether a name that a text in them has is a name of the notebook.
    """
    found, bound = needs(text), {line.rpartition(" ")[2] for line in imports}
    meant = [each for each in quoted(text) if is_meant(each)]
    early = found.early.union(each.name for each in meant if each.is_early)
    late = found.late.union(each.name for each in meant if not each.is_early)
    return replace(found, early=early - bound, late=late - bound)


@dataclass(frozen=True)
class Closure:
    """All that a bundle needs from its notebook.

    Args:
        bindings: by name.
        functions: the stage's name → the name of its function.
        references: ``"model"`` or a parameter's name → the name of its object.
        early: the names that are needed while definitions run.
        pickled: definitions that saved values refer to, so that they must be
            importable from a module, with all that they need.
        injected: values and secrets that those need by name, once they are called.
        addresses: what a pickle calls each definition that it refers to, by ``id``.
        parameters: which extra parameters config.yaml holds; the others are in code.
        variables: environment variables that the code reads → where.
        credentials: what must not leave the notebook.
        read_there: variables that lines have credentials from → what these bind.
        problems: what can't travel.
        warnings: sentences on what can't be seen from here.
        moved: networks and tensors → the name of the device that they go to.
        mains: what a pickle that a stage reads has from ``__main__``.
        methods: functions that a stage calls as methods of ``self``.
    """

    bindings: Mapping[str, Binding]
    functions: Mapping[str, str]
    references: Mapping[str, str]
    early: frozenset[str]
    pickled: frozenset[str]
    injected: frozenset[str]
    addresses: Mapping[int, str]
    parameters: Parameters
    variables: Mapping[str, tuple[str, ...]]
    credentials: Credentials = field(repr=False)
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    read_there: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    mains: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()

    @property
    def unnamed_model(self) -> str | None:
        """The model's name, if no code has it: ``Model`` may keep the model itself."""
        name = self.references.get("model")
        others = [n for role, n in self.references.items() if role != "model"]
        named = {n for each in self.bindings.values() for n in each.needs.all}
        return None if name in named.union(others, self.injected) else name


def needed_to_define(
    names: Iterable[str], bindings: Mapping[str, Binding]
) -> frozenset[str]:
    """Return all that must be there before the statements of ``names`` run.

    A decorator, a base class or a default runs code while the module is imported, and
    what that code calls is needed then too: from there on, late needs are early ones.
    """
    first = {need for name in names for need in bindings[name].needs.early}
    return _reached(first, bindings, lambda needs: needs.all)


def reach(name: str, bindings: Mapping[str, Binding]) -> frozenset[str]:
    """Return a name and all that its text needs, in the end."""
    return _reached([name], bindings, lambda needs: needs.all)


def defined_before(name: str, bindings: Mapping[str, Binding]) -> frozenset[str]:
    """Return what stands above a name in any case: its bases, and theirs."""
    first = bindings[name].needs.early
    return _reached(first, bindings, lambda needs: needs.early)


def circles(bindings: Mapping[str, Binding]) -> list[str]:
    """Return the names that stand in a circle of needs while they are defined."""
    return [name for name in bindings if name in defined_before(name, bindings)]


def _reached(
    names: Iterable[str],
    bindings: Mapping[str, Binding],
    onward: Callable[[Needs], Iterable[str]],
) -> frozenset[str]:
    """Return the names that some names lead to, themselves included."""
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name in bindings and name not in found:
            found.add(name)
            waiting += onward(bindings[name].needs)
    return frozenset(found)
