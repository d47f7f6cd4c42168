"""A script for the server's interpreter: lays out the image, and starts the server.

Started by its path as a script, in an interpreter with truss and the requirements of
Truss' own server, where this package may be missing. Docker isn't needed: truss brings
an emulator of its Dockerfile, which puts the server, the model and its files under a
folder as the image has them under ``/``.
"""

from __future__ import annotations

import json
import runpy
import socket
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

REFUSED = 3
"""The exit status when truss refuses config.yaml; why is on the standard output."""

ENVIRONMENT = "etc/b10_dynamic_config/environment"
"""Where the service says which environment the server runs in, below the root."""

PRIVATE = ("environment_variables", "secrets")
"""Whose values aren't shown."""


def main() -> None:
    """Do one command on the image at a root: its name, the root, its argument."""
    command, root, argument = sys.argv[1:]
    del sys.argv[1:]
    # In place of this file's folder: the server's imports must not find our modules.
    sys.path[0] = str(Path(root, "app"))
    commands: dict[str, Callable[[str, str], None]]
    commands = {"lay_out": lay_out, "start": start}
    commands[command](root, argument)


def lay_out(root: str, folder: str) -> None:
    """Put the folder's files under ``root``, as the image that truss builds has them.

    Stops with truss' own sentences when it refuses the configuration; unknown keys
    are refused too, as ``truss push`` does.
    """
    truss, pydantic = import_module("truss"), import_module("pydantic")
    emulator = import_module("truss.contexts.local_loader.docker_build_emulator")
    try:
        handle = truss.load(folder)
        handle.spec.config.validate_forbid_extra()
    except pydantic.ValidationError as error:
        # Not the error's own text, which quotes the values, secrets among them.
        sys.stdout.write("\n".join(_sentence(refusal) for refusal in error.errors()))
        sys.exit(REFUSED)
    with tempfile.TemporaryDirectory() as place:
        context = Path(place)
        handle.docker_build_setup(context)
        emulator.DockerBuildEmulator(context / "Dockerfile", context).run(Path(root))


def start(root: str, listening: str) -> None:
    """Run the server's ``main.py`` as the image's entry point does.

    Args:
        root: the image.
        listening: the file descriptor of the socket that the server is to listen on.
    """
    sys.meta_path.insert(0, WithoutTheNotebook())
    # The server appends "/packages", which is outside of what we lay out.
    sys.path.append(str(Path(root, "packages")))
    if (place := Path(root, ENVIRONMENT)).exists():
        told: Any = import_module("_truss_shared.dynamic_config_resolver")
        told.DYNAMIC_CONFIG_MOUNT_DIR = str(place.parent)
    _listen_on(socket.socket(fileno=int(listening)))
    runpy.run_path("main.py", run_name="__main__")


class WithoutTheNotebook(MetaPathFinder):
    """Hides truss_nb, which no image has, where this interpreter has it."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Refuse the package, and leave all others to the next finder."""
        if fullname.partition(".")[0] == "truss_nb":
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def _listen_on(listening: socket.socket) -> None:
    """Make uvicorn use this socket: the server asks for all addresses otherwise."""
    uvicorn = import_module("uvicorn")
    serve = uvicorn.Server.serve
    uvicorn.Server.serve = lambda server: serve(server, sockets=[listening])


def _sentence(refusal: dict[str, Any]) -> str:
    place, given = refusal["loc"], refusal["input"]
    why = refusal["msg"].removeprefix("Value error, ")
    if not place:
        return f"config.yaml: Truss refuses it: {why}"
    is_shown = place[0] not in PRIVATE and not isinstance(given, (dict, list))
    value = f": {json.dumps(given, default=str, ensure_ascii=False)}" * is_shown
    return f"config.yaml: Truss refuses {'.'.join(map(str, place))}{value} ({why})"


if __name__ == "__main__":
    main()
