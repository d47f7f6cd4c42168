"""Measure a folder on the real Truss server, or where it is deployed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from truss_nb.errors import ProofError
from truss_nb.profiling.profile import Profile
from truss_nb.profiling.proposals import propose
from truss_nb.profiling.spans import Traces
from truss_nb.profiling.sweep import Clients, Level, Sweep, climb
from truss_nb.profiling.usage import watched
from truss_nb.proof.beside import REMEDY
from truss_nb.proof.environment.venv import Tell
from truss_nb.proof.folder import Folder, read_folder
from truss_nb.proof.proving import address, prepare, progress
from truss_nb.proof.server.deployed import Deployed
from truss_nb.proof.server.endpoint import read_address
from truss_nb.proof.server.exchange import read_sent
from truss_nb.proof.server.headers import filled_in
from truss_nb.proof.server.server import Server, serve
from truss_nb.temporary import temporary
from truss_nb.truss.defaults import merged
from truss_nb.truss.serving import OK

UNSEEN = "stages, cores and memory can't be seen from outside, so nothing is proposed"

HERE = (
    "predict ran as often at once as there were clients, which share this machine with "
    "the server; the proof of the folder doesn't try that: set predict_concurrency, "
    "export again, and prove it with --server"
)


def profile(  # noqa: PLR0913 - what a person may choose
    path: str | Path,
    *,
    url: str | None = None,
    headers: Mapping[str, str] | None = None,
    python: str | Path | None = None,
    secrets: Mapping[str, str] | None = None,
    seconds: float = 5.0,
    most: int = 16,
    timeout: float = 600.0,
) -> Profile:
    """Send a folder's examples by ever more clients at once, and tell the times.

    They go to the real Truss server, in an environment made from config.yaml, where
    predict may run as often at once as there are clients; or to where the folder is
    deployed, of which only the whole can be told.

    Args:
        path: the exported folder.
        url: where it is deployed, as for a proof.
        headers: sent there with each request, as for a proof.
        python: another Python for the environment, by its version or its path.
        secrets: values for the secrets that config.yaml names.
        seconds: how long each number of clients asks.
        most: the most clients; fewer, once more don't get more answers.
        timeout: the seconds that the model may take to load or a cold start, and then
            each answer.

    Raises:
        ProofError: the folder can't be read, or its examples aren't answered.

    Example:
        >>> truss_nb.profile("digits-truss")  # doctest: +SKIP
    """
    folder = read_folder(path)
    sent = tuple(one for one in read_sent(folder) if one.status == OK)
    if not sent:
        raise ProofError(
            f"{folder.path.name} has no example that is answered: keep one with "
            "%truss_example, and export the bundle again."
        )
    sweep = Sweep(sent, seconds, most)
    with progress() as tell:
        if url is not None or headers:
            there = read_address(address(url, is_elsewhere=python is None))
            filled = filled_in(headers or {})
            return profile_there(Deployed(there, timeout, headers=filled), sweep, tell)
        own = prepare(folder, python, tell, with_server=True).interpreter.path
        tell("start the Truss server")
        return profile_here(
            folder, own, sweep, tell, secrets=secrets or {}, timeout=timeout
        )


def profile_there(server: Deployed, sweep: Sweep, tell: Tell) -> Profile:
    """Measure what is deployed, by its answers alone."""
    clients = Clients.of(server, sweep)
    found = tuple(climb(clients.ask, sweep.most, tell))
    return Profile(f"at {server.url}", found, notes=(UNSEEN, *_notes(found)))


def profile_here(  # noqa: PLR0913 - as the server
    folder: Folder,
    python: str | Path,
    sweep: Sweep,
    tell: Tell,
    *,
    secrets: Mapping[str, str],
    timeout: float,
) -> Profile:
    """Measure a folder on a server that is started for it."""
    with temporary("profile") as place:
        traces = Traces(place / "traces")
        settings = {"runtime": {"predict_concurrency": sweep.most}}
        with (
            serve(
                folder.path,
                python=python,
                secrets=secrets,
                timeout=timeout,
                settings=merged(traces.settings, settings),
            ) as server,
            watched(server.process.pid) as usage,
        ):
            clients = Clients.of(server, sweep)
            traces.read_new()

            def ask(count: int) -> Level:
                before = usage.cpu()
                level = clients.ask(count)
                level = replace(level, stages=traces.read_new(), memory=usage.memory)
                if level.memory is None:  # this system doesn't tell
                    return level
                return replace(level, cores=(usage.cpu() - before) / level.seconds)

            found = tuple(climb(ask, sweep.most, tell))
            return Profile(
                f"of {folder.path.name} on the Truss server",
                found,
                propose(found, folder.config),
                (HERE, *_notes(found)),
                server.seconds,
                _load(server),
            )


def _load(server: Server) -> float | None:
    """Return the seconds that the model's load took, as the server logs them."""
    text = server.container.log.text()
    found = re.search(r"Completed model\.load\(\) execution in (\d+) ms", text)
    return int(found[1]) / 1000 if found else None


def _notes(found: Sequence[Level]) -> Iterator[str]:
    last, cores = found[-1], os.cpu_count() or 1
    if last.wrong:
        told = ", ".join(f"{what}: {n}" for what, n in last.wrong.items())
        yield f"with {last.clients} at a time some answers are wrong ({told}). {REMEDY}"
    if last.cores is not None and last.cores > 0.9 * cores - 0.1:
        yield f"all {cores} cores of this machine were busy: more may answer more"
