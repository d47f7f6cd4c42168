"""Prove a folder on the real Truss server, which is started here for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from truss_nb.credentials.credentials import Credentials
from truss_nb.errors import Failure, Problem, ProofError
from truss_nb.proof.environment.interpreter import Environment
from truss_nb.proof.environment.missing import remedy
from truss_nb.proof.environment.venv import Tell
from truss_nb.proof.findings import Proof
from truss_nb.proof.folder import Folder, set_here
from truss_nb.proof.server.container import Container
from truss_nb.proof.server.endpoint import Answer
from truss_nb.proof.server.exchange import exchange, unlike
from truss_nb.proof.server.health import check_errors, check_health
from truss_nb.proof.server.server import serve
from truss_nb.truss.serving import SECRET_PREFIX


def run_online(
    folder: Folder,
    environment: Environment,
    secrets: Mapping[str, str],
    *,
    timeout: float,
    tell: Tell,
) -> Proof:
    """Run the examples of a folder on the real Truss server, and compare.

    Args:
        folder: the exported folder; it isn't changed.
        environment: what was made for it, and for the server.
        secrets: the values of the secrets that config.yaml names.
        timeout: the seconds that the model may take to load, and then each answer.
        tell: called with what is being done.
    """
    names = folder.config["secrets"]
    given = set_here([*(f"{SECRET_PREFIX}{name}" for name in names), *folder.variables])
    credentials = Credentials.of({}, [*given.values(), *secrets.values()])
    try:
        tell("start the Truss server")
        own = environment.interpreter.path
        with serve(folder.path, python=own, secrets=secrets, timeout=timeout) as server:
            why = _WhyHere(credentials, environment, server.container)
            found = exchange(server, folder, why, tell)
            tell("health and errors")
            checks = check_errors(server), check_health(server)
        proof = Proof(found.compared(folder), checks=checks, mounted=folder.mounted)
    except ProofError as error:
        proof = Proof(error=_no_answer(error, credentials, environment))
    where, python = "on the Truss server", environment.python
    return replace(proof, python=python, environment=environment, where=where)


def _no_answer(
    error: ProofError, credentials: Credentials, environment: Environment
) -> Failure:
    """Return why the server never came up, or died."""
    told = credentials.hide(str(error)).splitlines()
    lines = [line for line in told if not line.startswith("  • ")]
    what, details = lines[0].rstrip(" ."), "\n".join(lines[1:])
    remedy = _remedy(error.problems, environment)
    return Failure(what, remedy=remedy, details=details)


def _remedy(missing: Sequence[Problem], environment: Environment) -> str | None:
    return remedy(missing[0].name, environment) if missing else None


@dataclass(frozen=True)
class _WhyHere:
    """Says why an answer is an error, by what the server just logged."""

    credentials: Credentials
    environment: Environment
    container: Container

    def status(self, answer: Answer, wanted: int) -> Failure:
        trace = self.container.log.last_trace() if answer.status >= 500 else ""
        told = self.container.log.logged_error() if trace else answer.text
        missing = self.container.find_missing(told or "", "")
        return Failure(
            self.credentials.hide(unlike(answer, wanted, told)).rstrip(" ."),
            remedy=_remedy(missing, self.environment),
            details=self.credentials.hide(trace),
        )
