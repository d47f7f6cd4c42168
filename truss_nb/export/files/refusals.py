"""Why a file that the code opens can't come along, and what to do."""

from __future__ import annotations

from pathlib import Path

from truss_nb.capture import reasons
from truss_nb.credentials.credentials import Credentials
from truss_nb.credentials.reading import read_file
from truss_nb.errors import Reason

NO_FILE = Reason("F101", "is no file", "Check the path given to %truss_file")
GONE = Reason(
    "F102",
    "was opened in a run, and isn't there any more",
    "Put it back, or keep the example again",
)
LATE = Reason(
    "F103",
    "is opened now, and wasn't in any run before this export",
    "Export once more, now that it is known",
)
ELSEWHERE = Reason(
    "F104",
    "is opened, and lies outside the notebook's folder",
    "Take it along with %truss_file {word}",
)
DROPPED = Reason(
    "F105", "would be left out by a Truss push, for its name", "Give it another name"
)
TAKEN = Reason(
    "F106",
    "would take the place of another file of this name in data/",
    "Give one of them another name",
)
SECRET = Reason(
    "F107",
    "is opened, and " + reasons.CREDENTIAL.reason,
    "Let the server give it: %truss_secret NAME; or, if it holds none, take it along "
    "by name: %truss_file {word}",
)
PARAMETER = Reason(
    "F108",
    "is opened, and its path is a parameter, which config.yaml holds",
    "Write the path in the function or in a constant",
)
PICKLED = Reason(
    "F109",
    "is opened by the code of an object that is saved",
    "Read it where the object is made, or in %%truss_load",
)
GIVEN = Reason(
    "F110",
    "is opened, and its path comes with the input, where a client has no such file",
    "Let the client send what is in it",
)
COMPUTED = Reason(
    "F111",
    "is opened, and no literal in the code leads to it, so that nothing can be changed "
    "to find the copy",
    "Write its path in the function or in a constant, from this folder on",
)
HELD = Reason(
    "F112",
    "is a saved object that holds the path {place}, which leads nowhere on a server",
    reasons.IN_LOAD,
)


def holds_credential(file: Path, credentials: Credentials) -> bool:
    """Return whether a file holds a credential, by its shape or beside a name."""
    is_readable = file.stat().st_size <= _LARGEST
    return is_readable and bool(read_file(file, credentials))


_LARGEST = 2**24  # bytes; the gate reads what is more, once it is copied
