"""The messages about what can't be exported: why, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import CodeType

from truss_nb.errors import Reason
from truss_nb.objects.audit import NOTEBOOK
from truss_nb.objects.kinds import (
    attribute,
    function_of,
    lineage,
    member,
    package_of,
)

UNBOUND = Reason("C101", "is bound to nothing", "Run the cell that defines it")
NO_SOURCE = Reason(
    "C102",
    "is defined by a text that can't be found any more",
    "Define it in a cell and run the cell; if its file has changed, run it again",
)
_NO_TEXT = {
    "<stdin>": Reason(
        "C129",
        "was typed into Python or read from standard input, which keeps no text",
        "Write it to a file, and run that: python FILE.py",
    ),
    "<string>": Reason(
        "C130",
        "was made from a text, by python -c or exec(), which keeps none",
        "Write it to a file, and run or import that: python FILE.py",
    ),
}
_REWRITTEN = Reason(
    "C131",
    "holds an assert, and pytest has rewritten it: the text isn't what runs",
    "Define it in a module beside the test, and import it there; or run pytest "
    "--assert=plain",
)
_MARIMOS_OWN = Reason(
    "C132",
    "uses {other}, a name that marimo keeps to its cell and calls otherwise there",
    "Give {other} a name that doesn't begin with _",
)


def no_source(obj: object) -> tuple[Reason, dict[str, str]]:
    """Return why the text of a function or class isn't known, and facts for it."""
    code = attribute(function_of(obj), "__code__")
    if type(code) is not CodeType:
        return NO_SOURCE, {}
    if code.co_filename in _NO_TEXT:
        return _NO_TEXT[code.co_filename], {}
    words = {*code.co_names, *code.co_varnames}
    if any(each.startswith("@py") for each in words):
        return _REWRITTEN, {}
    own = sorted(filter(None, map(_kept_to_cell, words)))
    return (_MARIMOS_OWN, {"other": own[0]}) if own else (NO_SOURCE, {})


def unbound(name: str, names: Iterable[str]) -> tuple[Reason, dict[str, str]]:
    """Return why a name has no value among those that have one, and facts for it."""
    is_marimos = name in map(_kept_to_cell, names)
    return (_MARIMOS_OWN, {"other": name}) if is_marimos else (UNBOUND, {})


def _kept_to_cell(name: str) -> str | None:
    """Return how a name is written that marimo has made one of its cell's."""
    found = _OF_CELL.fullmatch(name)
    return found[1] if found else None


_OF_CELL = re.compile(r"_cell_[A-Za-z]{4}(_\w+)")

ASKS = Reason(
    "C133",
    "asks who sits at the notebook, and nobody sits at the server",
    "Let the client send the answer as part of the input, or make it a parameter of "
    "the stage",
)
NOTEBOOK_ONLY = Reason(
    "C103",
    "exists only inside a notebook",
    "Take it out of the function: the server has no notebook to show it in",
)
MOVED_ON = Reason(
    "C104",
    "was defined again after it was captured, and other code uses the new one",
    "Capture the new one: run its stage's cell again",
)
RAN_APART = Reason(
    "C105",
    "comes from a file that %run ran, where {other} is another object than in a cell",
    "Run the file with %run -i, so that it shares the notebook's names, or import it",
)
SHARES_AND_CALLS = Reason(
    "C106",
    "holds functions, and shares a part with another value",
    "Give the shared part a name of its own",
)
SECRET_IN_PICKLE = Reason(
    "C107",
    "is a secret that the code of a saved object needs before the server gives it",
    "Use it inside a function, not in a default, a decorator or a class body",
)
VALUE_IN_PICKLE = Reason(
    "C108",
    "is a value that the code of a saved object needs while it is defined",
    "Use it inside a function, not in a default, a decorator or a class body",
)
CIRCLE = Reason(
    "C109",
    "needs itself while it is defined, by way of what it holds",
    "Fill the container in %%truss_load, or in a function",
)
SPLIT = Reason(
    "C110",
    "is bound anew by code, and code of saved objects and of the stages both use it",
    "Keep it as an attribute of an object, or as an item of a dict",
)
CREDENTIAL = Reason(
    "C111",
    "holds text that looks like a credential, which must not leave the notebook",
    "Let the server give it: %truss_secret NAME, where NAME is the global that holds "
    "just that text; or, if it is none, declare that: %truss_harmless {place}",
)
"""See ``truss_nb.credentials.credentials``."""
SECRET_TOO_LATE = Reason(
    "C112",
    "is a secret, which the server gives at load, and a definition needs it before",
    "Use it inside the function, not in a default, a decorator or a class body",
)
SECRET_NO_TEXT = Reason(
    "C113",
    "is a secret's name, and what it names here is no text",
    "Name a global that holds just the secret's text",
)
IN_LOAD = (
    "Create it on the server, in a %%truss_load cell: def load(): global {name}; "
    "{name} = ..., with the code that creates it here in place of the dots"
)
CANT_BE_SAVED = Reason("C117", "can't be saved: {place} {fault} ({type})", IN_LOAD)
_WITH_WEIGHTS = (
    "Save its weights here, in a cell: {save}; and open them on the server, in a "
    "%%truss_load cell: def load(): global {name}; {name} = ...; {load}, with the code "
    "that creates it in place of the dots{more}"
)
_WEIGHTS = {
    "torch.nn.modules.module.Module": (
        'torch.save({name}.state_dict(), "{name}.pt")',
        '{name}.load_state_dict(torch.load("{name}.pt")); {name}.eval()',
        "",
    ),
    "keras.src.models.model.Model": (  # it has its weights from its first call on
        '{name}.save_weights("{name}.weights.h5"), then %truss_file {name}.weights.h5',
        '{name}(INPUT); {name}.load_weights("{name}.weights.h5")',
        ", and in place of INPUT what it is called on here",
    ),
}
_SAVES_ITSELF = (
    "Save it here, in a cell: {name}.{method}(FILE); and open that file on the server, "
    "in a %%truss_load cell: def load(): global {name}; {name} = ..., with what its "
    "library opens such a file with in place of the dots"
)
_SAVE = ("save_model", "save_index", "save")


def cant_be_saved(value: object, *, has_form: bool = False) -> Reason:
    """Return why a value can't be saved, and what to do; what it learned is kept.

    Args:
        value: it.
        has_form: whether it was tried in its library's own form already.
    """
    kind = type(value)
    found = (_WEIGHTS[each] for each in lineage(kind) if each in _WEIGHTS)
    facts = next(found, None)
    if facts is None:
        method = next((m for m in _SAVE if member(kind, m) is not None), None)
        if method is None or has_form or package_of(kind) == NOTEBOOK:
            return CANT_BE_SAVED
        remedy = _SAVES_ITSELF.replace("{method}", method)
        return Reason("C125", CANT_BE_SAVED.reason, remedy)
    remedy = _WITH_WEIGHTS
    for place, text in zip(("{save}", "{load}", "{more}"), facts, strict=True):
        remedy = remedy.replace(place, text)
    return Reason("C122", CANT_BE_SAVED.reason, remedy)


FAILS_WHEN_SEEN = Reason("C118", "raises {error} when it is looked at", IN_LOAD)
PATCHED = Reason(
    "C114",
    "isn't the library's own: the notebook replaced it, and the server has the library",
    "Call your own function by its own name, or replace the attribute in %%truss_load",
)
VARIABLE = Reason(
    "C115",
    "is an environment variable that only the notebook set",
    "Set it for the server: %truss_config environment_variables.{name}=VALUE; or, if "
    "it is a secret, %truss_secret {name}",
)
NO_DATA = Reason(
    "C116",
    "can't be saved: {place} is on the device 'meta', which holds no data",
    "Load its weights, or make it on the CPU",
)


FORMULA_MOVED = Reason(
    "C121",
    "is what a formula names, and no global of the notebook is that object",
    "Define {name} in a cell, outside of functions, and fit again",
)
OUT_OF_SIGHT = Reason(
    "C120",
    "is a table that a query names, and Polars looks for it only among the variables "
    "of functions that run, so the server wouldn't find it",
    "Give it to the query: pl.SQLContext({name}={name}).execute(QUERY)",
)

LEFT_OVER = Reason(
    "C123",
    "is the notebook's: {reader} can't see the local of that name in {caller}",
    "Hand that to {reader} as an argument; or, if the notebook's is meant, give one of "
    "the two another name",
)
"""It can come along, and is seldom what was meant."""

CREDENTIAL_ITSELF = Reason(
    "C119",
    CREDENTIAL.reason,
    "Let the server give it: %truss_secret {name}; or, if it is none, declare that: "
    "%truss_harmless {place}",
)


IN_CLIENT = Reason(
    "C124",
    "holds {held}, which must not leave the notebook",
    "Let the server give it, and create {name} there: {magics}; and a cell "
    "%%truss_load: def load(self): {body}",
)
"""A client of a service was made with what the notebook's environment has."""


def credential(value: object) -> Reason:
    """Return why a global can't travel that is or holds a credential."""
    return CREDENTIAL_ITSELF if type(value) is str else CREDENTIAL


AT_SITE = Reason(
    "C126",
    "exists only on {site}",
    "Take it out of the function, into a cell before the stage's",
)
SITES_SECRET = Reason(
    "C127",
    "gives a secret that only {site} has",
    "Take it out of the function: write KEY = {asks} in a cell before the stage's, use "
    "KEY in the function, and let the server give it: %truss_secret KEY",
)
SITE_GAVE = Reason(
    "C128",
    "is a secret that Colab or Kaggle gave, which must not leave the notebook",
    "Let the server give it: %truss_secret {name}",
)
