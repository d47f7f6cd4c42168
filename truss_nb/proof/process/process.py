"""Run an exported folder in a fresh process, and compare with what it made live.

The process gets a copy of the server's layout, a scrubbed environment, and nothing of
the notebook. What it reports is compared here.
"""

from __future__ import annotations

import os
import pickle
import site
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from truss_nb.credentials.credentials import Credentials
from truss_nb.errors import ProofError
from truss_nb.proof.environment.environ import HOMES, local, scrubbed
from truss_nb.proof.environment.interpreter import (
    Environment,
    Interpreter,
    find_interpreter,
)
from truss_nb.proof.environment.venv import Tell
from truss_nb.proof.findings import Proof
from truss_nb.proof.folder import Folder, set_here
from truss_nb.proof.layout import APP, lay_out
from truss_nb.proof.process.causes import Start, explained
from truss_nb.proof.process.exchange import converse
from truss_nb.proof.process.judgement import Ending, judge
from truss_nb.proof.process.sequence import Order
from truss_nb.proof.process.uninstalled import NOTHING, Uninstalled
from truss_nb.temporary import PREFIX, temporary
from truss_nb.truss.defaults import PACKAGES, served
from truss_nb.truss.serving import SECRET_PREFIX

RUNNER = Path(__file__).with_name("runner.py")

LAST_LINES = 15

PLACE = f"{PREFIX}proof-"
"""How the name of the folder begins that stands for the server's root."""


def quiet(_: str) -> None:
    """Tell nobody."""


HOME, TEMPORARY = "home", "tmp"
"""Folders of the process' own, in place of this machine's."""


def run_examples(  # noqa: PLR0913 - what a proof depends on
    folder: Folder,
    where: Interpreter | Environment,
    secrets: Mapping[str, str],
    *,
    timeout: float,
    absent: Sequence[str] = (),
    homes: Sequence[str] = (),
    here: Sequence[str] = (),
    uninstalled: Uninstalled = NOTHING,
    with_causes: bool = True,
    hashing: int | None = None,
    tell: Tell = quiet,
) -> Proof:
    """Run the examples of a folder in a fresh process, and compare.

    Each example runs twice, stage by stage, as the Truss server would run it.
    If an answer isn't the live one, more processes find out why.

    Args:
        folder: the exported folder; it isn't changed.
        where: what runs it: an environment made for it, or an interpreter.
        secrets: the values of the secrets that config.yaml names.
        timeout: the seconds after which the process is ended.
        absent: files and folders of this machine that the process can't open, beside
            the temporary ones.
        homes: folders of libraries' data here. With them the process has this user's
            HOME, and the proof says what it read in them; else HOME is empty.
        here: how paths begin that lead somewhere on this machine alone: a file there
            that is opened fails the proof.
        uninstalled: packages that it does without; the folder's own stay.
        with_causes: find out why an answer differs, unless it may for want of a
            package that is hidden.
        hashing: its PYTHONHASHSEED; chosen by Python if None.
        tell: called each half second with what the process does.
    """
    given = {"absent": absent, "hidden": _hidden(folder, uninstalled), "homes": homes}
    given["here"] = here
    run = partial(_run_from, folder, where, secrets, timeout=timeout, given=given)
    run = partial(run, tell=tell)
    first = run(Start(hashing))
    proof = judge(folder, first)
    is_last = uninstalled is NOTHING or proof.had_all
    return explained(proof, folder, run, first) if with_causes and is_last else proof


def ask_once(
    folder: Folder, secrets: Mapping[str, str], *, timeout: float, tell: Tell = quiet
) -> Ending:
    """Run the examples of a folder once each in a fresh process, as they stand.

    Args:
        folder: the exported folder, with what is to be asked for its examples.
        secrets: as for a proof.
        timeout: the seconds after which the process is ended.
        tell: called each half second with what the process does.

    Returns:
        What the process said, also where one of them ended it.
    """
    given = {"absent": (), "hidden": _hidden(folder, NOTHING), "once": True}
    here = find_interpreter(None)
    run = partial(_run_from, folder, here, secrets, timeout=timeout, given=given)
    return run(Start(), tell=tell)


def explain(
    proof: Proof,
    folder: Folder,
    where: Environment,
    secrets: Mapping[str, str],
    *,
    timeout: float,
) -> Proof:
    """Return a proof on a server that says why answers aren't the live ones.

    Args:
        proof: what the server answered, which can't be seeded.
        folder: the exported folder.
        where: the environment that the server ran in.
        secrets: as for the server.
        timeout: the seconds that the examples may take together.
    """
    if not any(example.differs or example.errors for example in proof.examples):
        return proof
    given = {"absent": (), "hidden": _hidden(folder, NOTHING)}
    run = partial(_run_from, folder, where, secrets, timeout=timeout, given=given)
    first = run(Start())
    refused = {e.name: e.refusals for e in judge(folder, first).examples}
    examples = tuple(e.refused(*refused.get(e.name, ())) for e in proof.examples)
    proof = replace(proof, examples=examples)
    return explained(proof, folder, run, first, is_seeded=False)


def _run_from(  # noqa: PLR0913 - as above
    folder: Folder,
    where: Interpreter | Environment,
    secrets: Mapping[str, str],
    start: Start,
    *,
    timeout: float,
    given: Mapping[str, Any],
    tell: Tell = quiet,
) -> Ending:
    """Run the examples in a fresh process, and return what it left behind."""
    interpreter = where if isinstance(where, Interpreter) else where.interpreter
    # Bytecode is kept only where all is ours: uv leaves it to the first import.
    options = ["-s", "-B"] if interpreter is where else ["-s"]
    with temporary("proof") as root:
        try:
            request = _prepare(folder, root, secrets)
        except OSError as error:  # it is full, or somebody emptied it
            why = f"{error.strerror or 'a file of it is gone'}: {root.parent}"
            raise ProofError(
                f"The folder can't be laid out for a proof. {why}."
            ) from error
        request |= {"homes": (), "here": (), "once": False, **given}
        request |= {
            "seed": start.seed,
            "thrice": start._replace(hashing=None) != Start(),
        }
        request["site"] = [*_other_site_packages()] if interpreter.is_own else []
        asked = request["endpoints"], request["values"], request["lines"]
        said = converse(
            [str(interpreter.path), *options, "-X", "faulthandler", str(RUNNER)],
            request,
            Order(*asked, turns=1 if request["once"] else 2),
            cwd=root / APP,
            environ=_environment(root, request, start),
            timeout=timeout,
            beat=tell,
        )
    known = *request["secrets"].values(), *request["variables"].values()
    hidden = Credentials.of({}, known)
    lines = said.stderr.decode(errors="replace").splitlines()[-LAST_LINES:]
    stderr = hidden.hide("\n".join(line[:200] for line in lines))
    return Ending(hidden.hide_all(said.events), said.cause, stderr, where)


def _other_site_packages() -> Iterator[str]:
    """Yield where else packages are installed: by ``--user``, or by ``--target``.

    The notebook finds them by its ``sys.path``.
    """
    own = {"", *site.getsitepackages()}
    for folder in dict.fromkeys(sys.path):
        if folder not in own and any(Path(folder).glob("*.dist-info")):
            yield folder


def _prepare(folder: Folder, root: Path, secrets: Mapping[str, str]) -> dict[str, Any]:
    """Lay out ``root`` as the server's image is, and return the runner's request."""
    config = folder.config
    for each in (root / HOME, root / TEMPORARY):
        each.mkdir()
    lay_out(folder, root)
    return {
        "folder": str(folder.path),
        "packages": str(root / PACKAGES),
        "config": served(config),
        "secrets": {
            name: secrets.get(name, os.environ.get(f"{SECRET_PREFIX}{name}", given))
            for name, given in config["secrets"].items()
        },
        "inputs": {e["name"]: pickle.dumps(e["input"], 4) for e in folder.examples},
        "packed": {e["name"] for e in folder.examples if folder.is_packed(e)},
        "endpoints": {e["name"]: folder.endpoint(e["name"]) for e in folder.examples},
        "environment": folder.environment,
        "variables": set_here(folder.variables),
        "lines": list(folder.lines),
        "values": folder.values,
        "temporary": tempfile.gettempdir(),
    }


def _hidden(folder: Folder, uninstalled: Uninstalled) -> tuple[set[str], set[str]]:
    """Return the modules and the projects that are hidden from the process.

    No server has truss_nb.
    """
    bundled = folder.path / folder.config["bundled_packages_dir"]
    own = {each.stem for each in bundled.glob("*")}
    modules = {m for m in uninstalled.modules if m.partition(".")[0] not in own}
    return {"truss_nb", *modules}, {"truss-nb", *uninstalled.projects}


def _environment(
    root: Path, request: Mapping[str, Any], start: Start
) -> dict[str, str]:
    """Return the process' variables: of this machine, what it is to start from."""
    own = {"TMPDIR": str(root / TEMPORARY)}
    own |= {} if request["homes"] else dict.fromkeys(HOMES, str(root / HOME))
    environ = scrubbed({**own, **request["config"]["environment_variables"]})
    environ = local(environ) if start.is_local else environ
    hashing = {} if start.hashing is None else {"PYTHONHASHSEED": str(start.hashing)}
    return {**hashing, **environ}  # config.yaml may set it, and then a server has it
