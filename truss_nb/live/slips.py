"""What only the bundle knows of a stage that failed: one sentence on what it was given.

Python and the libraries say what they couldn't do. That an input comes from a client as
plain JSON, what the stage before returned and what the notebook has, is said here. A
rule is a function that returns its sentence, or "" if it has none; the first counts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from traceback import walk_tb
from types import CodeType
from typing import Any

from truss_nb.contents.contents import Captured
from truss_nb.contents.stage import REQUESTED, handed
from truss_nb.errors import TrussNBError, meant
from truss_nb.live.served import Self
from truss_nb.live.told import what_of
from truss_nb.objects.kinds import attribute, function_of, name_of
from truss_nb.truss.serving.refusals import refusal
from truss_nb.values.summary import describe, describe_entries


@dataclass(frozen=True)
class Failed:
    """A stage that raised.

    Args:
        stage: its name.
        error: what it raised.
        given: what it was given; it may have changed that since.
        before: the stage that had returned it; "" of what a client sends.
        captured: the bundle.
    """

    stage: str
    error: Exception
    given: Any
    before: str
    captured: Captured

    @property
    def input(self) -> str:
        """What the user calls what the stage is given."""
        stage = self.captured.stages.get(self.stage)
        if stage is None or not stage.takes_input:
            return handed(self.stage)
        return stage.parameters[stage.takes_self]

    @property
    def giver(self) -> str:
        """Who has given it: ``preprocess``, ``The model``; "" if a client."""
        is_model = self.before == "predict" and self.captured.middle is not None
        return "The model" if is_model else self.before

    @property
    def caller(self) -> str:
        """Which line of the user's stands for the stage, where none is in it."""
        middle = self.captured.middle
        if middle is None or self.stage != "predict":
            return self.stage
        kept = middle.reference.kept
        name = middle.reference.name or name_of(kept) or name_of(type(kept))
        method = f".{middle.method}" if middle.method else ""
        return f"predict, which is {name}{method}({handed('predict')})"

    @property
    def text(self) -> str:
        """What the exception says."""
        return what_of(self.error).partition(": ")[2]


def sentence(failed: Failed) -> str:
    """Return what to say of it, "" if it says all itself; it never raises."""
    if isinstance(failed.error, TrussNBError) or refusal(failed.error):
        return ""
    try:
        found = (rule(failed) for rule in (*_RULES, _last))
        return next(filter(None, found), "")
    except Exception:  # noqa: BLE001  # a key of the user's class may do anything
        return ""


def _last(failed: Failed) -> str:
    """Return what a stage was given, and its parameters that aren't as by default."""
    return " ".join((_given(failed), *(told for _, told in _set(failed)))).strip()


def _given(failed: Failed) -> str:
    """Return what a request's stage was given, as a sentence."""
    if failed.stage not in REQUESTED:
        return ""
    verb = "returned" if failed.giver else "is"
    return f"{failed.giver or 'The input'} {verb} {_form(failed.given)}."


def _form(value: Any) -> str:
    if type(value) is dict and 0 < len(value) <= _FEW:
        return describe_entries(value)
    told = describe(value)
    if not told[0].isalpha() or told in ("None", "True", "False"):
        return told
    return f"{'an' if told.startswith(_VOWELS) else 'a'} {told}"


_VOWELS = ("a", "e", "i", "o", "u", "ndarray")
_FEW = 3  # entries of a dict that are shown with their values


def _nothing(failed: Failed) -> str:
    if failed.given is not None or failed.stage not in REQUESTED:
        return ""
    if failed.giver:
        return f"{failed.giver} returned None: is its return missing?"
    return "The input is None, which is what a client's null becomes."


def _key(failed: Failed) -> str:
    """Of a key that isn't there: what is."""
    error, given = failed.error, failed.given
    if not isinstance(error, KeyError):
        return ""
    if _module_of(error) == "os" and error.args:
        return _VARIABLE.format(name=error.args[0])
    if isinstance(given, list) and given and all(type(each) is dict for each in given):
        given = given[0]  # rows
    if type(given) is not dict or len(error.args) != 1 or _is_in(error.args[0], given):
        return ""
    wanted = error.args[0]
    if str(wanted) in given:
        return f"JSON's keys are texts: write {failed.input}[{str(wanted)!r}]."
    if failed.giver:
        return _ended(_given(failed)[:-1], wanted, given)
    names = ", ".join(map(str, list(given)[:_MANY])) or "nothing"
    more = ", …" * (len(given) > _MANY)
    asked = f" The code asks for: {wanted}." * (len(str(wanted)) <= _WORD)
    return f"The input has: {names}{more}.{asked}"


_MANY = 12  # keys that are named
_WORD = 30  # characters; more are a library's sentence
_VARIABLE = (
    "{name} is no environment variable, here or on the server. If it is a secret, "
    '%truss_secret {name} and self._secrets["{name}"] in the stage give it; any other '
    "is set with %truss_config environment_variables.{name}=VALUE"
)


def _is_in(key: Any, given: dict[Any, Any]) -> bool:
    try:
        return key in given
    except TypeError:  # as a slice, which can't be hashed before Python 3.12
        return False


def _ended(told: str, wanted: object, known: Iterable[object], other: str = "") -> str:
    """Return a sentence with what was meant, or else with its other end."""
    names = [each for each in known if isinstance(each, str)]
    return told + meant(str(wanted), names, f"{other}.", near=0.75)


def _parameter(failed: Failed) -> str:
    """Of a parameter that was set: that nothing takes it, or its type is another."""
    taken = re.search(r"unexpected keyword argument '(\w+)'", failed.text)
    if taken and failed.stage == "predict" and taken[1] in failed.captured.parameters:
        remove = f"%truss_parameter --remove {taken[1]}"
        return f"{taken[1]} was set, and the model takes no {taken[1]}: {remove}"
    others = (t for kinds, t in _set(failed) if len(kinds) > 1 and kinds - _NUMBERS)
    return next(others, "")


def _set(failed: Failed) -> Iterator[tuple[set[type], str]]:
    """Yield the types and a sentence of each parameter that isn't its plain default."""
    for each in failed.captured.taken().get(failed.stage, ()):
        name, default = each.extra.name, each.extra.default
        if type(default) in _PLAIN and not each.is_lost:
            shown = repr(each.value)
            told = f"{name} is {shown[:60]}, and its default is {default!r}."
            if shown != repr(default):
                yield {type(default), type(each.value)}, told


_NUMBERS = {bool, int, float}
_PLAIN = {*_NUMBERS, str}


def _attribute(failed: Failed) -> str:
    """Of what JSON has no kind for: what it comes as."""
    error, given = failed.error, failed.given
    obj, name = getattr(error, "obj", None), getattr(error, "name", None) or ""
    if type(obj) is Self:
        return _on_self(failed, obj, name)
    if not isinstance(error, AttributeError) or obj is not given:
        return ""
    if type(given) is dict and name in given:
        return f'A dict has no attributes: write {failed.input}["{name}"].'
    if failed.giver or type(given) not in (list, dict):
        return ""
    if type(given) is dict or name in _OF_TABLES:
        return f"{_given(failed)} A table comes so: pd.DataFrame({failed.input})."
    return f"A client's JSON has no arrays, but lists: np.array({failed.input})."


_OF_TABLES = frozenset({"columns", "iloc", "loc", "fillna", "drop", "assign", "apply"})


def _on_self(failed: Failed, obj: Self, name: str) -> str:
    kept = [each for each in vars(obj) if not each.startswith("_")]
    if kept:
        return _ended(f"self has: {', '.join(kept)}", name, kept)
    if "load" in failed.captured.stages:
        return f"load stored nothing on self: write self.{name} = … in it."
    return f"Nothing has stored self.{name}: do so in a %%truss_load cell."


def _name(failed: Failed) -> str:
    """Of a name that the notebook hasn't got."""
    error = failed.error
    if not isinstance(error, NameError) or isinstance(error, UnboundLocalError):
        return ""
    name, known = error.name or "", failed.captured.notebook.names
    load = failed.captured.stages.get("load")
    code = attribute(function_of(load.function), "__code__") if load else None
    if type(code) is CodeType and name in code.co_varnames:
        return (
            f"load binds {name} for itself alone: write self.{name} there, and here, "
            f"in def {failed.stage}(self, {failed.input})."
        )
    first = ": run the cell that makes it first"
    return _ended(f"The notebook has no {name}", name, known, first)


def _module(failed: Failed) -> str:
    if not isinstance(failed.error, ModuleNotFoundError):
        return ""
    return (
        f"Nothing that is installed here has {failed.error.name}: install it, in a "
        "cell, with %pip install PACKAGE."
    )


def _file(failed: Failed) -> str:
    error = failed.error
    if not isinstance(error, FileNotFoundError) or "take it along" in str(error):
        return ""
    path = error.filename
    if not isinstance(path, str):
        return ""
    place = Path.cwd() / path
    folder, name = place.parent, place.name
    if not folder.is_dir():
        return f"There is no folder {folder}."
    return _ended(
        f"{folder} has no {name}", name, [each.name for each in folder.iterdir()]
    )


def _sent(failed: Failed) -> str:
    """Of a text that stands for what a file holds, or has more than its base64."""
    if failed.giver or failed.stage not in REQUESTED:
        return ""
    given = failed.given
    for key, value in given.items() if type(given) is dict else [("", given)]:
        named = f"The input's {key}" if key else "The input"
        text = value if type(value) is str else ""
        if os.path.isfile(text):  # noqa: PTH113 - raises never
            return f"{named} is {text!r}, and not what the file of that name holds."
        if prefix := _URL.match(text):
            return f"{named} begins with {prefix[0]!r}: its base64 follows that."
    return ""


_URL = re.compile(r"data:[^,]{,99};base64,")


def _wording(failed: Failed) -> str:
    """Of what is known by its words alone: Python's own, or a library's."""
    kind = name_of(type(failed.error))
    for named, pattern, told in _WORDINGS:
        if kind in named and re.search(pattern, failed.text):
            return told.format(given=_given(failed)).strip()
    return ""


_TYPES = ("TypeError", "AttributeError")
_WORDINGS: Sequence[tuple[Sequence[str], str, str]] = (
    (
        _TYPES,
        r"'coroutine'|coroutine object",
        "A call of an async function gives a coroutine: write await before it, in an "
        "async def.",
    ),
    (
        ("TypeError",),
        r"^the JSON object must be str",
        "{given} The server has read the JSON already.",
    ),
    (
        ("NotFittedError",),
        "",
        "Its fit hasn't run here: run the cell that calls it first.",
    ),
    (
        ("ValueError",),
        r"^Expected 2D array, got",
        "{given} A model takes rows: return [row] for a single one.",
    ),
    (
        ("TypeError",),
        r"must be (a )?Tensor, not",
        "{given} Make it a tensor before: torch.tensor(…).",
    ),
)


def _module_of(error: Exception) -> str:
    """Return the name of the module in which it was raised."""
    *_, (frame, _) = [(None, 0), *walk_tb(error.__traceback__)]
    return str(frame.f_globals.get("__name__")) if frame else ""


_RULES: Sequence[Callable[[Failed], str]] = (
    _nothing,
    _parameter,
    _key,
    _attribute,
    _name,
    _module,
    _file,
    _wording,
    _sent,
)
