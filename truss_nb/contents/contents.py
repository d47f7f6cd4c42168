"""A bundle's contents in memory: stages, model, parameters, examples, settings.

``Captured`` keeps the stages, the model, the parameters, the examples and the settings
of one bundle, and refuses what can't belong together. It runs nothing, resolves no
name, and touches neither the disk nor IPython.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from types import CodeType
from typing import Any, Final

from truss_nb.contents.asked import Asked, as_line
from truss_nb.contents.example import Example
from truss_nb.contents.model import Model, Reference
from truss_nb.contents.sites import given
from truss_nb.contents.stage import REQUIRED, SETUP, Extra, Stage
from truss_nb.contents.typed import Typed
from truss_nb.contents.unserved import unserved
from truss_nb.credentials.credentials import Credentials
from truss_nb.credentials.hiding import hide_by_shape
from truss_nb.errors import Problem, Reason, StageError, meant
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.kinds import (
    attribute,
    function_of,
)
from truss_nb.opened import Opened
from truss_nb.started import Started
from truss_nb.truss.serving import ROUTES, steps

NO_VALUE = Reason(
    "S101", "has no default and no value", "Set it: %truss_parameter {name}=VALUE"
)
NO_PREDICT = Reason(
    "S102",
    "is missing: the server calls it between the other stages",
    "Name a model with %truss_model, or mark a cell %%truss_predict",
)
EMPTY = Reason(
    "S121",
    "a restart of the kernel empties it, too",
    "Run the cells above that mark its stages or name its model (%truss_model)",
)
NO_MODEL = Reason(
    "S106",
    "is the model, and neither a cell nor load has made it",
    "Run the cell that makes it, or make it in a %%truss_load cell",
)
NOT_READ = Reason(
    "S107",
    "is what the first stage takes, and pydantic, by which the server reads an input, "
    "can't read that: {reason}",
    "Annotate it so that pydantic can, or leave its annotation out",
)
CHANGED = Reason(
    "S108",
    "is another class by now than the one that the first stage was written with",
    "Run the stage's cell again",
)
NOT_PARSED = Reason(
    "S120",
    "is what {route} takes, and the server parses an input by the annotation of the "
    "first stage alone, at every address",
    "{remedy}",
)
NO_STAGES = Reason(
    "S103",
    "is set as a parameter, and no stage has one of that name",
    "Run the stage's cell, or take the parameter back with "
    "%truss_parameter --remove {name}",
)


@dataclass(frozen=True)
class Argument:
    """What an extra parameter of a stage gets.

    Args:
        extra: the parameter.
        reference: what the user set it to, or None for its default.
    """

    extra: Extra
    reference: Reference | None

    @property
    def value(self) -> Any:
        """What it is now; ``REQUIRED`` if nothing gives it one."""
        return self.extra.default if self.reference is None else self.reference.get()

    @property
    def is_missing(self) -> bool:
        """Whether it has neither a default nor a value."""
        return self.reference is None and self.extra.default is REQUIRED

    @property
    def is_lost(self) -> bool:
        """Whether the name that it was set to is gone from the notebook."""
        return self.reference is not None and self.reference.is_lost


@dataclass(frozen=True)
class Tried:
    """What became of a line that stands in place of the value that it made.

    Args:
        is_right: whether it gave that again.
        seen: a snapshot of the value.
        code: ``model.py``, in which it was tried.
        is_slow: it took longer than a second, beside the imports.
    """

    is_right: bool
    seen: Any = None
    code: str = ""
    is_slow: bool = False


WEIGHTS: Final = ("reference", "copy")
"""How weights of a hub go: the server mounts them, or they come along."""


@dataclass
class Captured:
    """All that belongs to one bundle.

    Args:
        notebook: where they come from. Functions that live in it travel as source;
            anything else is imported, or saved as a value.
        opened: the files that the stages opened in live runs.
        started: the programs that the stages started there, and what they loaded.
        unpickled: what a pickle that a stage read there has from ``__main__`` → the
            stage.
        needed: files that no run was seen to open, without which a proof failed.
        lines: what a proof said of each line that binds a name, by the name, the line
            and the value's ``id``.
        rebuilt: by the same what the last export said of each expression that makes a
            value again, its numbers aside: the format that completes it, None for no.
        hosted: by a value's name and ``id``, what the last export found of its hub.
        weights: one of ``WEIGHTS``.
        harmless: the places where what looks like a credential was declared to be none.
        read: what was found in each file that was read for credentials.
        last: the input of the last run.
    """

    notebook: Notebook
    stages: dict[str, Stage] = field(default_factory=dict)
    middle: Model | None = None
    parameters: dict[str, Reference] = field(default_factory=dict)
    examples: dict[str, Example] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    requirements: list[str] = field(default_factory=list)
    opened: set[Opened] = field(default_factory=set)
    started: set[Started] = field(default_factory=set)
    unpickled: dict[str, str] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set, compare=False)
    lines: dict[tuple[str, str, int], Tried] = field(
        default_factory=dict, compare=False
    )
    rebuilt: dict[tuple[str, str, int], Any] = field(
        default_factory=dict, compare=False
    )
    hosted: dict[tuple[str, int], Any] = field(default_factory=dict, compare=False)
    weights: str = field(default=WEIGHTS[0], compare=False)
    harmless: list[str] = field(default_factory=list)
    read: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    revision: int = 0
    last: Asked | None = field(default=None, compare=False, repr=False)

    @property
    def line_to_keep(self) -> str:
        """The line that keeps the last run's input as an example."""
        return f"%truss_example {hide_by_shape(as_line(self.last))}"

    @property
    def is_empty(self) -> bool:
        """Whether nothing belongs to the bundle yet."""
        return self == Captured(self.notebook)

    def tried(self, name: str, line: str, value: Any) -> Tried | None:
        """Return what a proof said of a line that binds a name, if one tried it."""
        return self.lines.get((name, line, id(value)))

    def set_stage(self, stage: Stage) -> None:
        """Make ``stage`` the bundle's; ``predict`` takes the place of a model.

        Raises:
            StageError: it can't stand beside a stage that is there already.
        """
        stages = {**self.stages, stage.name: stage}
        if {"predict", "postprocess"} <= stages.keys() and stages["predict"].streams:
            raise StageError(
                "predict is a generator, and the Truss server refuses a streaming "
                "predict beside a postprocess: do the postprocessing inside predict, "
                "or collect the stream there and return it."
            )
        predict = stages.get("predict")
        if "preprocess" in stages and predict and not predict.takes_input:
            raise StageError(
                "predict takes the request alone, so that what preprocess returns "
                "would be lost, and the Truss server refuses that: write "
                "def predict(model_input, request: Request): …"
            )
        if predict and not predict.takes_input:
            for route in (r for r in ROUTES if r in stages and stages[r].takes_input):
                raise StageError(
                    "predict takes the request alone, so that the Truss server reads "
                    f"no input, and {route} would get None: write "
                    f"def {route}(request: Request): …, or "
                    "def predict(model_input, request: Request): …"
                )
        self.stages = stages
        if stage.name == "predict":
            self.middle = None
        self.revision += 1

    def set_model(self, model: Model) -> None:
        """Make a method of an object the middle stage, in place of a ``predict``."""
        self.middle = model
        self.stages = {n: s for n, s in self.stages.items() if n != "predict"}
        self.revision += 1

    def set_parameter(self, name: str, reference: Reference) -> None:
        """Give the extra parameter ``name`` its value, in every stage that has it."""
        self.parameters = {**self.parameters, name: reference}
        self.revision += 1

    def unset_parameter(self, name: str) -> None:
        """Leave the extra parameter ``name`` its default."""
        self.parameters = {n: r for n, r in self.parameters.items() if n != name}
        self.revision += 1

    def arguments(self, stage: Stage) -> list[Argument]:
        """Return what each extra parameter of ``stage`` gets."""
        given = self.parameters
        return [Argument(extra, given.get(extra.name)) for extra in stage.extras]

    def function(self, stage: str) -> Callable[..., Any] | None:
        """Return the function that is a stage, or the model's method; None if none."""
        if stage in self.stages:
            return self.stages[stage].function
        return self.middle.function if self.middle is not None else None

    def taken(self) -> dict[str, list[Argument]]:
        """Return what each extra parameter of each stage gets, of the model's too."""
        found = {name: self.arguments(stage) for name, stage in self.stages.items()}
        if self.middle is not None:
            others = {each.extra.name for each in chain(*found.values())}
            extras = self.middle.extras(self.parameters.keys() - others)
            given = self.parameters
            found["predict"] = [Argument(e, given.get(e.name)) for e in extras]
        return found

    def made_by_load(self) -> frozenset[str]:
        """Return the names in the code of ``load``: what it binds is among them."""
        load = self.stages.get("load")
        code = attribute(function_of(load.function), "__code__") if load else None
        return frozenset(code.co_names) if type(code) is CodeType else frozenset()

    def gaps(self) -> list[Problem]:
        """Return what is missing before the bundle can run at all."""
        if self.is_empty:
            return [EMPTY.of("the bundle is empty")]
        problems = [
            NO_VALUE.of(argument.extra.name, (name,))
            for name, arguments in self.taken().items()
            for argument in arguments
            if argument.is_missing
        ]
        of = self.middle.reference if self.middle is not None else Reference()
        if of.is_lost and of.name not in self.made_by_load():
            problems.append(NO_MODEL.of(str(of.name)))
        if "predict" not in self.answering():
            problems.append(NO_PREDICT.of("predict"))
        problems += [*self._not_read(), *self._not_parsed(), *unserved(self.config)]
        unused = sorted(self.parameters.keys() - self._extras())
        return [*problems, *map(NO_STAGES.of, unused)]

    def not_taken(self, name: str) -> str:
        """Return a sentence on a parameter that no stage has so far; "" if one has."""
        known = self._extras()
        if name in known:
            return ""
        back = f": run its cell, or take it back: %truss_parameter --remove {name}"
        return f"No stage has a parameter {name} yet{meant(name, known, back)}"

    def _extras(self) -> set[str]:
        return {each.extra.name for each in chain(*self.taken().values())}

    def typed(self) -> Typed | None:
        """Return what a client's input is parsed by, if the first stage says so."""
        first = self.stages.get(self.answering()[0]) if self.answering() else None
        return Typed.of(first) if first is not None else None

    def asked_as_text(self) -> Iterator[tuple[str, str]]:
        """Yield which stage has an annotation as text that the server must know."""
        typed = self.typed()
        if typed is not None and typed.text is not None:
            yield self.answering()[0], typed.text
        for name, stage in self.stages.items():
            if stage.request_as_text is not None:
                yield name, stage.request_as_text

    def _not_read(self) -> Iterator[Problem]:
        typed = self.typed()
        if typed is not None:
            yield from map(CHANGED.of, typed.changed)
            try:
                typed.model()
            except Exception as error:  # noqa: BLE001  # pydantic's, or code that it calls
                reason = str(error).strip().partition("\n")[0].rstrip(".")
                yield NOT_READ.of(typed.parameter, reason=reason)

    def _not_parsed(self) -> Iterator[Problem]:
        """Yield which address's own annotation the server doesn't parse by."""
        first = self.typed()
        for route in self.endpoints[1:]:
            own = Typed.of(self.stages[route])
            if own and not (first and first.annotation == own.annotation):
                like = f"Annotate {own.parameter} as {self.answering()[0]}'s input is"
                remedy = own.by_hand if first is None else like
                yield NOT_PARSED.of(own.name, (route,), route=route, remedy=remedy)

    @property
    def endpoints(self) -> list[str]:
        """The names of what examples can be sent to."""
        return ["predict", *(each for each in ROUTES if each in self.stages)]

    @property
    def environment(self) -> dict[str, str] | None:
        """The environment of the server in which the bundle is tried, if in any.

        Where there is none, the server never calls ``setup_environment``.
        """
        return {"name": "production"} if SETUP in self.stages else None

    def secret_values(self) -> dict[str, str]:
        """Return the values that secrets have here: a global's, or a variable's."""
        known = {**os.environ, **self.notebook.names}
        found = {name: known.get(name) for name in self.secrets}
        return {name: text for name, text in found.items() if isinstance(text, str)}

    def credentials(self) -> Credentials:
        """Return what must not be shown or written: secrets, the environment's."""
        secrets = *self.secret_values().values(), *given(self.notebook)
        return Credentials.of(os.environ, secrets)

    def answering(self, endpoint: str = "predict") -> list[str]:
        """Return the names of the stages that a request goes through, in order."""
        known = {*self.stages, *(["predict"] if self.middle is not None else [])}
        return [name for name in steps(endpoint) if name in known]
