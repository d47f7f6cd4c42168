"""Prove a folder: on what is installed here, or in an environment made for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from truss_nb.errors import ProofError
from truss_nb.progress import shown
from truss_nb.proof.environment.interpreter import Environment, find_interpreter
from truss_nb.proof.environment.supervised import CAN_FORK
from truss_nb.proof.environment.venv import Tell, Wanted, make
from truss_nb.proof.findings import Proof
from truss_nb.proof.folder import Folder, read_folder
from truss_nb.proof.mounted import find_mounted
from truss_nb.proof.process.process import explain, run_examples
from truss_nb.proof.process.uninstalled import NOTHING, Uninstalled

NO_MOUNTS: Mapping[str, str] = MappingProxyType({})


def prove(  # noqa: PLR0913 - what a person may choose
    path: str | Path,
    *,
    venv: bool = False,
    server: bool = False,
    url: str | None = None,
    headers: Mapping[str, str] | None = None,
    python: str | Path | None = None,
    secrets: Mapping[str, str] | None = None,
    timeout: float = 600.0,
    absent: Sequence[str] = (),
    homes: Sequence[str] = (),
    here: Sequence[str] = (),
    uninstalled: Uninstalled = NOTHING,
    mounts: Mapping[str, str] = NO_MOUNTS,
    load_only: bool = False,
    with_causes: bool = True,
    hashing: int | None = None,
    tell: Tell | None = None,
) -> Proof:
    """Run the examples of the exported folder elsewhere, and compare.

    Each example runs twice in a fresh process, stage by stage, as the Truss server
    would run it; or on that server itself. If an answer isn't the live one, more fresh
    processes find out why; what is drawn anew each time is compared by type, shape,
    keys and range. The folder isn't changed.

    Args:
        path: the exported folder.
        venv: in a new virtual environment that has what config.yaml requires, and
            nothing else. It is kept for the next proof with the same requirements.
        server: on the real Truss server, in such an environment, over HTTP: as JSON
            and msgpack, one at a time and many at once; its health and its errors are
            looked at, too. What a stage returns to the next isn't seen there.
        url: where the folder is deployed: the root of a Truss server, or the whole
            address of a deployment, which ends in ``predict``. The examples are sent
            there in the same ways, and a cold start is waited for.
        headers: sent to ``url`` with each request, as in ``{"Authorization": "Api-Key
            ${NAME}"}``, where the environment's value stands for ``${NAME}``.
        python: another Python, by its version as in ``3.12`` or by its path. If None,
            the one that runs this; for an environment, the one config.yaml names.
        secrets: values for the secrets that config.yaml names. One that isn't here
            comes from the environment variable ``TRUSS_SECRET_`` + its name.
        timeout: the seconds that the examples may take together; on the server, those
            that the model may take to load or a cold start, and then each answer.
        absent: files and folders of this machine that no server has: what lies there
            can't be opened, unless it belongs to Python or to the exported folder. The
            real server isn't kept from it.
        homes: folders in which libraries keep data here. With them the process has
            this user's HOME, and the proof says what it read there; else it has none.
        here: how paths begin that lead somewhere on this machine alone. The proof fails
            if a file there is opened, by a library in C++ too (seen on Linux).
        uninstalled: packages that the process does without, though they are installed
            here; an environment that is made for the folder has none to hide.
        mounts: by a place on the server, a file here that stands for what is fetched
            there. For a snapshot of a hub it's the one in the cache.
        load_only: load the model, and run no example.
        with_causes: find out why an answer differs, unless it may for want of a
            package that is hidden.
        hashing: the process' PYTHONHASHSEED, so that the order of its sets is that of
            another proof; chosen by Python if None.
        tell: called with what is being done, again each half second; a line shows it
            if None.

    Raises:
        ProofError: the folder can't be read, ``python`` isn't installed, or a
            requirement can't be; a snapshot that is mounted isn't in the cache of the
            hub; what is deployed can't be asked so.

    Example:
        >>> truss_nb.prove("digits-truss", venv=True)  # doctest: +SKIP
    """
    folder = read_folder(path)
    folder = replace(folder, examples=()) if load_only else folder
    if url is not None or headers:
        from truss_nb.proof.server.deployed import run_deployed  # noqa: PLC0415  # loads requests

        there = address(url, is_elsewhere=not (venv or server or python))
        with progress() as say:
            given = headers or {}
            return run_deployed(folder, there, given, timeout=timeout, tell=say)
    mounted = find_mounted(folder.path, folder.config, mounts)
    folder = replace(folder, mounted=mounted)
    given = secrets or {}
    run = partial(run_examples, folder, secrets=given, timeout=timeout)
    run = partial(run, absent=absent, homes=homes, here=here)
    if not (venv or server):
        interpreter = find_interpreter(python)
        with progress(tell, "prove") as say:
            run = partial(run, uninstalled=uninstalled, hashing=hashing)
            return run(interpreter, with_causes=with_causes, tell=say)
    with progress(tell) as say:
        environment = prepare(folder, python, say, with_server=server)
        if server:
            from truss_nb.proof.server.online import run_online  # noqa: PLC0415  # as above

            proof = run_online(folder, environment, given, timeout=timeout, tell=say)
            say("find out what differs")
            return explain(proof, folder, environment, given, timeout=timeout)
        say("run the examples")
        return run(environment, tell=lambda doing: say(doing or "run the examples"))


def address(url: str | None, *, is_elsewhere: bool) -> str:
    """Return where a folder is deployed, and refuse what can't be done there.

    Args:
        url: where; None if only its headers are named.
        is_elsewhere: nothing is asked for that only a process here can have.
    """
    if url is None:
        raise ProofError("Headers are sent to a URL, and none is named: --url URL.")
    if not is_elsewhere:
        raise ProofError(
            "What is deployed runs where it is: a URL goes without venv, server and "
            "python."
        )
    return url


def prepare(
    folder: Folder,
    python: str | Path | None,
    tell: Tell,
    *,
    with_server: bool = False,
    beside: Sequence[str] = (),
) -> Environment:
    """Return the environment of a folder; it is made if need be.

    Args:
        folder: the exported folder.
        python: another Python than the one that config.yaml names.
        tell: called with what is being done.
        with_server: it also has what Truss' server needs.
        beside: other requirements that it has.

    Raises:
        ProofError: it can't be made, or no server can be started in it.
    """
    if with_server and not CAN_FORK:
        raise ProofError(NO_SERVER)
    base = find_interpreter(python or _named(folder))
    wanted = Wanted(_requirements(folder), base, with_server, tuple(beside))
    return make(wanted, tell)


NO_SERVER = (
    "The Truss server can't be started on this system, which hands no socket on to "
    "it. Prove without it, or on Linux (on Windows: in WSL)."
)


def _named(folder: Folder) -> str | None:
    """Return the version that config.yaml names as ``py311``."""
    found = re.fullmatch(r"py(\d)(\d+)", str(folder.config["python_version"]))
    return f"{found[1]}.{found[2]}" if found else None


def _requirements(folder: Folder) -> tuple[str, ...]:
    lines = [str(line) for line in folder.config["requirements"]]
    if named := folder.config["requirements_file"]:
        file = folder.path / str(named)
        if file.suffix != ".txt" or not file.is_file():
            raise ProofError(
                f"The requirements_file {named} isn't a .txt file in the folder, "
                "which is the only kind that an environment is made from here."
            )
        lines = file.read_text("utf-8").splitlines()
    bare = (re.sub(r"(^|\s)#.*", "", line).strip() for line in lines)
    return tuple(line for line in bare if line)


@contextmanager
def progress(tell: Tell | None = None, name: str = "") -> Iterator[Tell]:
    """Give what tells what is being done: a line shows it, and since when, if None.

    Args:
        tell: what tells it already.
        name: what the line calls all of it; else each part has its own time.
    """
    if tell is not None:
        yield tell
        return
    with shown() as ticker:
        if name:
            ticker.step(name)
        yield ticker.doing if name else ticker.step
