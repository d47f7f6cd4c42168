"""What a stage can't take along, or hardly meant to, told as soon as its cell ran.

An export follows the source and saves what it meets; this looks at code objects and
types alone, so that a cell takes no longer for it. What it says can't come along, an
export refuses. It doesn't find all: a name that isn't bound yet may be bound later.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from types import CodeType, FunctionType, ModuleType
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.definitions.line import find_line
from truss_nb.capture.leftovers import leftovers
from truss_nb.capture.obstacles.between import left_between
from truss_nb.capture.obstacles.clients import Clients
from truss_nb.capture.obstacles.variables import given
from truss_nb.capture.sites import Sites, imported_of_site, of_site
from truss_nb.capture.used.used import may_narrow
from truss_nb.contents.contents import Captured
from truss_nb.credentials.credentials import Credentials, placed
from truss_nb.errors import Problem
from truss_nb.objects.audit import looking
from truss_nb.objects.inside import inside
from truss_nb.objects.kinds import attribute, attributes, closure_cells, function_of
from truss_nb.objects.tied import called, reaches_out, why_tied
from truss_nb.startup_environ import is_notebooks
from truss_nb.text import code_objects

Words = Callable[[CodeType], frozenset[str]]

_LONGEST = 10_000
"""The longest text, in characters, that is searched for a credential."""


def hints(captured: Captured, stage: str) -> list[str]:
    """Return a line on each thing that a stage, or the model, shouldn't need.

    Args:
        captured: the bundle.
        stage: the stage's name, or ``"model"``.
    """
    passed = {*captured.secrets, *_made_by_load(captured)}
    return [
        *(f"can't come along: {each}" for each in _refused(captured, stage, passed)),
        *(f"comes along: {each}" for each in leftovers(captured, stage, passed)),
        *left_between(captured, stage),
    ]


def _refused(
    captured: Captured, stage: str, passed: Collection[str]
) -> Iterator[Problem]:
    # The words of the code are names and attributes. Separating the two takes far
    # longer than looking at both, so it waits until something was found.
    words = code_objects.mentioned
    if _Looking(captured, passed, words, words).begin(stage):
        label = captured.notebook.cells.label_of
        names, read = code_objects.names_read, code_objects.attributes_read
        for problem in _Looking(captured, passed, names, read).begin(stage):
            yield replace(problem, cell=label(problem.name.partition(".")[0]))


class _Looking:
    """One walk from function to function."""

    def __init__(
        self, captured: Captured, passed: Collection[str], names: Words, read: Words
    ) -> None:
        self.captured, self.notebook = captured, captured.notebook
        self.passed, self.names, self.attributes = passed, names, read
        self.sites = Sites(self.notebook)
        self.found: list[Problem] = []
        self.seen: set[int] = set()

    def begin(self, stage: str) -> list[Problem]:
        """Return what is wrong with what a stage, or the model, needs."""
        stages, model = self.captured.stages, self.captured.middle
        with suppress(RecursionError):  # functions that hold functions, a thousand deep
            if stage in stages:
                self.look(stages[stage].function, (), stage)
            elif stage == "model" and model and not model.reference.is_lost:
                obj = model.reference.get()
                name = model.reference.name or self.notebook.name_of(obj) or "model"
                self.look(obj, ("%truss_model",), name)
        return self.found

    def look(
        self,
        obj: Any,
        path: tuple[str, ...],
        name: str,
        asked: frozenset[str] = frozenset(),
    ) -> None:
        """Judge what a name is bound to, and what that needs.

        Args:
            obj: what it is bound to.
            path: the names that lead to it.
            name: the name.
            asked: words by which the code may ask for a part of it alone.
        """
        if id(obj) in self.seen:
            return
        self.seen.add(id(obj))
        kind = type(obj)  # isinstance() would ask a proxy, which may do anything
        if kind is FunctionType:
            if self.notebook.owns(obj):
                self._look_into(obj, (*path, name))
        elif issubclass(kind, type):
            self._look_into_class(obj, (*path, name))
        elif kind is str:
            self._look_at_text(obj, path, name)
        elif not issubclass(kind, ModuleType):
            self._judge(obj, path, name, asked)

    def _look_into(self, function: FunctionType, path: tuple[str, ...]) -> None:
        code = function.__code__
        asked = self.attributes(code) | code_objects.texts(code)
        module = imported_of_site(code_objects.imported(code))
        if why := of_site(module):
            self.found.append(why.reason.of(module, path, **why.facts))
        for name in sorted(self.names(code)):
            obj = self.notebook.names.get(name)
            if name not in self.passed and (why := self.sites.of(name)):
                self.found.append(why.reason.of(name, path, **why.facts))
            elif self.notebook.is_shells_own(name):
                is_spared = name in code.co_consts or code_objects.catches(code)
                if name != "open" and not is_spared:
                    self.found.append(reasons.NOTEBOOK_ONLY.of(name, path))
            elif name == "input" and name not in self.notebook.names:
                self.found.append(reasons.ASKS.of(name, path))
            elif obj is not None and issubclass(type(obj), ModuleType):
                self._look_at_module(name, obj, code, path)
            elif name in self.notebook.names and name not in self.passed:
                self.look(obj, path, name, asked)
        for free, cell in closure_cells(function).items():
            self.look(cell.cell_contents, path, free)

    def _look_into_class(self, cls: type, path: tuple[str, ...]) -> None:
        if not self.notebook.owns(cls):
            return
        for member in list(vars(cls).values()):
            function = function_of(member)
            if type(function) is FunctionType and self.notebook.owns(function):
                self._look_into(function, path)

    def _look_at_module(
        self, name: str, module: ModuleType, code: CodeType, path: tuple[str, ...]
    ) -> None:
        members, asked = attributes(module), self.attributes(code)
        for used in asked & members.keys():
            if self.notebook.owns(members[used]):
                self.found.append(reasons.PATCHED.of(f"{name}.{used}", path))
        if module is os and not asked.isdisjoint({"environ", "getenv"}):
            texts = (text for text in code.co_consts if isinstance(text, str))
            for text in filter(is_notebooks, texts):
                self.found.append(reasons.VARIABLE.of(text, path))

    def _look_at_text(self, text: str, path: tuple[str, ...], name: str) -> None:
        if len(text) <= _LONGEST and Credentials().holds(text, name):
            is_global = self.notebook.names.get(name) is text
            reason = reasons.credential(text if is_global else None)
            place = f"{name}:{placed(name, text)}"
            if place not in self.captured.harmless and not self._is_read(name, text):
                self.found.append(reason.of(name, path, place=place))

    def _is_read(self, name: str, text: str) -> bool:
        """Return whether a text has from the environment what its line reads there."""
        line = find_line(name, text, self.notebook)
        read = given(line.text, self.notebook.names) if line else ()
        return any(each in text for each in read)

    def _judge(
        self, value: Any, path: tuple[str, ...], name: str, asked: frozenset[str]
    ) -> None:
        for place, inner in inside(value):
            reason = why_tied(type(inner))
            if reason is not None and _is_pickled(value):
                known = Clients(self.captured, self.captured.credentials())
                made = known.problem(name, value, path)
                if (
                    made is None
                    and not reaches_out(reason)
                    and find_line(name, value, self.notebook) is not None
                ):
                    return  # an export tries it
                if made is None and may_narrow(value, asked):
                    return  # it may be that nothing else of it is used
                where = f"{name}{place}" if place else "it"
                about = {"place": where, "fault": reason, "type": called(type(inner))}
                problem = reasons.cant_be_saved(value).of(name, path, **about)
                self.found.append(made or problem)
                return
        if self.notebook.owns(type(value)):
            self.look(type(value), (*path, name), type(value).__name__)


def _made_by_load(captured: Captured) -> frozenset[str]:
    stage = captured.stages.get("load")
    code = attribute(function_of(stage.function), "__code__") if stage else None
    return code_objects.names_stored(code) if type(code) is CodeType else frozenset()


def _is_pickled(value: Any) -> bool:
    """Return whether a value has no form of its own, which leaves such things out."""
    from truss_nb.formats import find  # noqa: PLC0415  # rarely needed
    from truss_nb.formats.pickled import PICKLE  # noqa: PLC0415  # as above

    with looking():
        return find(value) is PICKLE
