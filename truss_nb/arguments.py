"""The words of a command line: what several commands take, and how each is read.

A word that can't be what it stands for is refused in a sentence, by argparse.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from truss_nb.errors import TrussNBError

T = TypeVar("T")


def names(text: str) -> tuple[str, ...]:
    """Return the names of a list, as in ``id,label``."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def above_zero(text: str) -> int:
    """Return a number of which there is at least one."""
    number = int(text) if text.isdecimal() else 0
    return _accepted(number, number > 0, f"{text} isn't a whole number from 1")


EXPORT: Mapping[str, Mapping[str, Any]] = {
    "--name": {"metavar": "MODEL_NAME", "help": "the model's name (else the folder's)"},
    "--overwrite": {"action": "store_true", "help": "replace what a person edited"},
    "--lock": {"action": "store_true", "help": "pin what packages bring along, too"},
    "--ci": {
        "metavar": "FILE",
        "help": "write a GitHub workflow, too, that proves and pushes",
    },
    "--weights": {
        "metavar": "reference|copy",
        "default": "reference",
        "help": "leave models of a hub there, or take them along (%(default)s)",
    },
    "--timeout": {
        "metavar": "SECONDS",
        "type": float,
        "default": 600.0,
        "help": "the most that each proof may take (%(default)s)",
    },
}
"""The options of an export, on a magic's line and on a command line."""

EXAMPLES: Mapping[str, str] = {
    "demo": "truss-nb demo --lab",
    "guide": "truss-nb guide pages",
    "build": "truss-nb build digits.ipynb -o digits-truss -p SIZE=8",
    "status": "truss-nb status digits.ipynb --json",
    "prove": "truss-nb prove digits-truss --server --python 3.12",
    "serve": "truss-nb serve digits-truss --port 8080",
    "push": "truss-nb push digits-truss --environment production",
    "profile": "truss-nb profile digits-truss --most 8 --seconds 10",
    "batch": "truss-nb batch digits-truss rows.parquet -o answers --workers 4",
}
"""A line of each command, as one types it."""


def add_flag(parser: argparse.ArgumentParser, name: str, told: str) -> None:
    """Add an option without a value."""
    parser.add_argument(name, action="store_true", help=told)


def add_python(parser: argparse.ArgumentParser) -> None:
    """Add ``--python``, for what runs in an environment."""
    parser.add_argument(
        "--python",
        metavar="VERSION",
        help="another Python: a version as in 3.12, or the path of an interpreter",
    )


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Add the exported folder."""
    told = "a folder that an export wrote"
    parser.add_argument("folder", type=folder, metavar="FOLDER", help=told)


def add_notebook(parser: argparse.ArgumentParser) -> None:
    """Add a notebook to execute, and values for its parameters."""
    told = "an .ipynb, or a Python file of cells"
    parser.add_argument("notebook", type=file, metavar="NOTEBOOK", help=told)
    told = "a value for a name of the cell tagged parameters; again for another"
    parser.add_argument(
        *("-p", "--parameter"),
        type=parameter,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=told,
    )


def add_seconds(
    parser: argparse.ArgumentParser, name: str, default: float, told: str
) -> None:
    """Add an option that is a number of seconds."""
    parser.add_argument(
        name, type=seconds, default=default, metavar="S", help=f"{told} (%(default)s)"
    )


def add_url(parser: argparse.ArgumentParser) -> None:
    """Add ``--url`` and ``--header``, for what is deployed."""
    told = "what is deployed there: a server's root, or an address that ends in predict"
    parser.add_argument("--url", type=_address, help=told)
    told = "sent there; again for another: 'Authorization: Api-Key ${NAME}'"
    parser.add_argument(
        "--header", type=_header, action="append", default=[], metavar="H", help=told
    )


def file(text: str) -> Path:
    """Return the path of a file that is there."""
    path = Path(text).expanduser()
    return _accepted(path, path.is_file(), f"{text} is no file")


def folder(text: str) -> Path:
    """Return the path of a folder that is there."""
    path = Path(text).expanduser()
    return _accepted(path, path.is_dir(), f"{text} is no folder")


def new_folder(text: str) -> Path:
    """Return the path of a folder that needn't be there yet."""
    return Path(text).expanduser()


def parameter(text: str) -> tuple[str, Any]:
    """Return the name and the value of NAME=VALUE."""
    from truss_nb.document import value_of  # noqa: PLC0415  # --help is quick

    name, sign, value = text.partition("=")
    is_right = bool(sign) and name.isidentifier()
    return _accepted((name, value_of(value)), is_right, f"{text} isn't NAME=VALUE")


def _address(text: str) -> str:
    from truss_nb.proof.server.endpoint import read_address  # noqa: PLC0415  # as above

    return _read(read_address, text)


def _header(text: str) -> tuple[str, str]:
    from truss_nb.proof.server.headers import read_header  # noqa: PLC0415  # as above

    return _read(read_header, text)


def _read(read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except TrussNBError as error:  # argparse would show the text, which may be secret
        raise argparse.ArgumentTypeError(str(error)) from None


def port(text: str) -> int:
    """Return the number of a port."""
    number = int(text)
    is_right = 0 < number < 65_536
    return _accepted(number, is_right, "a port is a number from 1 to 65535")


def count(text: str) -> int:
    """Return how many clients there are to be."""
    clients = int(text)
    return _accepted(clients, clients > 0, "it takes one client at least")


def seconds(text: str) -> float:
    """Return a time that isn't over at once."""
    time = float(text)
    return _accepted(time, time > 0, "it takes more than 0 seconds")


def _accepted(value: T, fits: bool, reason: str) -> T:
    if not fits:
        raise argparse.ArgumentTypeError(reason)
    return value


BATCH: Mapping[str, Mapping[str, Any]] = {
    "--input": {
        "metavar": "COLUMN",
        "help": "the column that holds what a client sends",
    },
    "--keep": {
        "metavar": "A,B",
        "type": names,
        "default": (),
        "help": "columns that come along",
    },
    "--keep-all": {"action": "store_true", "help": "all columns come along"},
    "--select": {
        "metavar": "A,B",
        "type": names,
        "default": (),
        "help": "keys of the answer that become columns",
    },
    "--workers": {
        "metavar": "N",
        "type": above_zero,
        "default": 1,
        "help": "processes that hold a loaded model (1)",
    },
    "--rows-per-call": {
        "metavar": "N",
        "type": above_zero,
        "help": "send N rows as one list",
    },
    "--scheduler": {"metavar": "ADDRESS", "help": "on a Dask cluster"},
    "--limit": {"metavar": "N", "type": above_zero, "help": "the first N rows alone"},
    "--venv": {"action": "store_true", "help": "in an environment of config.yaml's"},
    "--timeout": {
        "metavar": "S",
        "type": seconds,
        "help": "the seconds that a row may take (any)",
    },
    "--max-deaths": {
        "metavar": "N",
        "type": int,
        "default": 3,
        "help": "how often a worker may end (3)",
    },
    "--dashboard": {
        "action": "store_true",
        "help": "Dask shows what it does, on a page",
    },
}
"""The options of a batch, on a magic's line and on a command line."""
