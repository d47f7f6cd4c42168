"""Push a folder by truss's own command, and prove what answers there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from truss_nb.credentials.credentials import Credentials
from truss_nb.errors import PushError
from truss_nb.proof.findings import Proof
from truss_nb.proof.folder import read_folder
from truss_nb.proof.proving import progress
from truss_nb.proof.server.deployed import run_deployed
from truss_nb.proof.server.endpoint import read_address, read_json
from truss_nb.proof.server.headers import filled_in, secret_values
from truss_nb.proof.server.pushed import Pushed, fingerprint

KEY = {"Authorization": "Api-Key ${BASETEN_API_KEY}"}
"""What a deployment wants to see, from the environment."""


def push(
    path: str | Path,
    *,
    remote: str | None = None,
    environment: str | None = None,
    headers: Mapping[str, str] = KEY,
    timeout: float = 1800.0,
) -> Proof:
    """Push an exported folder with ``truss push``, and prove the deployment.

    truss asks nothing: it must know your account, by ``truss login`` or its variables.
    Which export went there is remembered, for later proofs of the same address.

    Args:
        path: the exported folder; it isn't changed.
        remote: one of your ``.trussrc``, if there are several.
        environment: the environment that the deployment is for.
        headers: sent to the deployment with each request; ``${NAME}`` is the
            environment's.
        timeout: the seconds that the deployment may take, and then each answer.

    Raises:
        PushError: there is no truss, or it failed; or nothing would be proven.
        ProofError: the folder can't be read, or the environment lacks a ``${NAME}``.

    Example:
        >>> truss_nb.push("digits-truss")  # doctest: +SKIP
    """
    folder = read_folder(path)
    if not folder.examples:
        raise PushError(
            f"{folder.path.name} has no example to prove it with: keep one with "
            "%truss_example, and export the bundle again."
        )
    filled_in(headers)  # refused before anything is pushed
    # Without a name truss would ask for one.
    name = None if folder.config["model_name"] else folder.path.name
    options = {"remote": remote, "environment": environment, "model-name": name}
    secrets = Credentials.of(os.environ, secret_values(headers))
    with progress() as tell:
        tell("truss push")
        export = fingerprint(folder.path)
        told = _truss_push(folder.path, options, timeout, secrets)
        url = read_address(told["predict_url"])
        Pushed(url, told["model_id"], told["model_version_id"], export).keep()
        return run_deployed(folder, url, headers, timeout=timeout, tell=tell)


def _truss_push(
    folder: Path, options: Mapping[str, str | None], timeout: float, hidden: Credentials
) -> dict[str, Any]:
    """Return what truss tells of the deployment, once it is up."""
    given = [word for n, v in options.items() if v for word in (f"--{n}", v)]
    command = [_find_truss(), "push", str(folder), *given, "--output", "json"]
    waiting = ["--non-interactive", "--wait", "--timeout-seconds", str(int(timeout))]
    done = subprocess.run(  # noqa: S603  # truss's own command
        [*command, *waiting],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    told = read_json(done.stdout)
    if done.returncode == 0 and isinstance(told, dict) and "predict_url" in told:
        return told
    if isinstance(told, dict) and "error" in told:
        raise PushError(hidden.hide(f"truss push failed: {told['error']['message']}"))
    raise PushError(
        "truss push failed, and could ask nothing here: try it in a terminal, after "
        f"truss login.\n{hidden.hide(done.stderr.strip()[-2_000:])}"
    )


def _find_truss() -> str:
    """Return truss's command: that of the shell, else the one beside this Python."""
    beside = Path(sys.executable).parent
    found = shutil.which("truss") or shutil.which("truss", path=beside)
    if found is None:
        raise PushError("There is no truss to push with. Install it: pip install truss")
    return found
