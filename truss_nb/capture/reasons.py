"""Why a name can't travel, and what to do: each a reason and its remedy."""

from __future__ import annotations

UNBOUND = ("is bound to nothing", "Run the cell that defines it")
NO_SOURCE = (
    "is defined by a text that can't be found any more",
    "Define it in a cell and run the cell; if its file has changed, run it again",
)
NOTEBOOK_ONLY = (
    "exists only inside a notebook",
    "Take it out of the function: the server has no notebook to show it in",
)
MOVED_ON = (
    "means another object by now than the one captured under this name",
    "Run the cell that captured it again",
)
RAN_APART = (
    "was run by %run in globals of its own, where {name} is another object than here",
    "Run its file with %run -i, or import it",
)
SHARES_AND_CALLS = (
    "holds functions, and shares a part with another value",
    "Give the shared part a name of its own",
)
SECRET_IN_PICKLE = (
    "is a secret that the code of a saved object needs before the server gives it",
    "Use it inside a function, not in a default, a decorator or a class body",
)
VALUE_IN_PICKLE = (
    "is a value that the code of a saved object needs while it is defined",
    "Use it inside a function, not in a default, a decorator or a class body",
)
CIRCLE = (
    "needs itself while it is defined, by way of what it holds",
    "Fill the container in %%truss_load, or in a function",
)
SPLIT = (
    "is bound anew by code, and code of saved objects and of the stages both use it",
    "Keep it as an attribute of an object, or as an item of a dict",
)
CREDENTIAL = (
    "holds text that looks like a credential, which must not leave the notebook",
    "Let the server give it: %truss_secret NAME, where NAME is the global that holds "
    "just that text",
)
"""See ``truss_nb.credentials.credentials``."""
SECRET_TOO_LATE = (
    "is a secret, which the server gives at load, and a definition needs it before",
    "Use it inside the function, not in a default, a decorator or a class body",
)
SECRET_NO_TEXT = (
    "is a secret's name, and what it names here is no text",
    "Name a global that holds just the secret's text",
)
IN_LOAD = (
    "Make it in a %%truss_load cell: def load(): global {name}; {name} = ..., where "
    "the dots stand for what made it here"
)
PATCHED = (
    "isn't the library's own: the notebook replaced it, and the server has the library",
    "Call your own function by its own name, or replace the attribute in %%truss_load",
)
VARIABLE = (
    "is an environment variable that only the notebook set",
    "Set it for the server: %truss_config environment_variables.{name}=VALUE; or, if "
    "it is a secret, %truss_secret {name}",
)
NO_DATA = (
    "can't be saved: {place} is on the device 'meta', which holds no data",
    "Load its weights, or make it on the CPU",
)


def fails_when_seen(name: str, error: Exception) -> tuple[str, str]:
    """Return why an object can't travel that raises whenever it's looked at."""
    kind = type(error).__name__
    return f"raises {kind} when it is looked at", IN_LOAD.format(name=name)


def credential(name: str, value: object) -> tuple[str, str]:
    """Return why a global can't travel that is or holds a credential."""
    if type(value) is not str:
        return CREDENTIAL
    return CREDENTIAL[0], f"Let the server give it: %truss_secret {name}"
