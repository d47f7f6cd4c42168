"""The command line, ``truss-nb``: builds, proves and serves bundles.

Each command answers on stdout and says on stderr what went wrong; with ``--json`` the
answer says so, too. The exit code is 0 when all is well or drawn at random, 1 when
the notebook, the export or the proof failed, and 2 when the command was misread.
"""

# ruff: noqa: T201  # what a command answers is printed

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from truss_nb.errors import TrussNBError

T = TypeVar("T")

DEMO = Path("digits-truss")
"""Where the quickstart exports to, as seen from the current folder."""

NEXT_STEPS = f"""
Next:
  1. Read what was written:     {DEMO}/model/model.py
  2. Prove it again, any time:  truss-nb prove {DEMO}
  3. Deploy it:                 pip install truss && truss push {DEMO}"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Args:
        argv: the words after ``truss-nb``; those of this process if None.
    """
    asked = _parser().parse_args(argv)
    try:
        return int(asked.command(asked))
    except TrussNBError as error:
        _complain(str(error))
        if getattr(asked, "json", False):
            print(json.dumps(_failed(error), indent=2))
        return 1
    except KeyboardInterrupt:
        _complain("stopped")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="truss-nb",
        description="From a notebook to a Truss that is proven to answer the same.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, add, command, told in (
        ("demo", _add_demo, _demo, "run the quickstart in this folder"),
        ("build", _add_build, _build, "execute a notebook, export its bundle"),
        ("prove", _add_prove, _prove, "run a bundle's examples elsewhere"),
        ("serve", _add_serve, _serve, "keep a bundle on the real Truss server"),
    ):
        added = commands.add_parser(name, help=told)
        added.set_defaults(command=command)
        add(added)
    return parser


def _add_demo(parser: argparse.ArgumentParser) -> None:
    _add_flag(parser, "--lab", "open it in JupyterLab instead")
    _add_flag(parser, "--overwrite", "replace what is there")


def _add_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("notebook", type=_file, metavar="NOTEBOOK")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--name", help="the model's name (else the folder's)")
    told = "a value for a name of the cell tagged parameters; again for another"
    parser.add_argument(
        *("-p", "--parameter"),
        type=_parameter,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=told,
    )
    _add_flag(parser, "--overwrite", "replace what is there")
    _add_flag(parser, "--json", "answer as JSON")


def _add_prove(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=_folder, metavar="FOLDER")
    _add_flag(parser, "--json", "answer as JSON")
    told = "seconds (%(default)s)"
    parser.add_argument(
        "--timeout", type=_seconds, default=600.0, metavar="S", help=told
    )
    made = "in a new virtual environment, made from config.yaml alone"
    _add_flag(parser, "--venv", made)
    _add_flag(parser, "--server", "on the real Truss server, in such an environment")
    told = "what is deployed there: a server's root, or an address that ends in predict"
    parser.add_argument("--url", type=_address, help=told)
    told = "sent there; again for another: 'Authorization: Api-Key ${NAME}'"
    parser.add_argument(
        "--header", type=_header, action="append", default=[], metavar="H", help=told
    )
    _add_python(parser)


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=_folder, metavar="FOLDER")
    parser.add_argument(
        "--port", type=_port, metavar="P", help="on 127.0.0.1 (else a free one)"
    )
    _add_python(parser)


def _add_flag(parser: argparse.ArgumentParser, name: str, told: str) -> None:
    parser.add_argument(name, action="store_true", help=told)


def _add_python(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--python",
        metavar="VERSION",
        help="another Python: a version as in 3.12, or the path of an interpreter",
    )


def _demo(asked: argparse.Namespace) -> int:
    from truss_nb.headless import QUICKSTART, build  # noqa: PLC0415  # --help is quick

    _need("sklearn", "The demo trains a model of scikit-learn.", "truss-nb[demo]")
    if asked.lab:
        return _open_lab(QUICKSTART)
    print("The quickstart: a classifier of scikit-learn's digits, cell by cell.\n")
    folder, overwrite = DEMO.absolute(), asked.overwrite
    with TemporaryDirectory() as place:  # its own %truss_export doesn't overwrite
        cwd = Path(place)
        built = build(QUICKSTART, folder, name="digits", overwrite=overwrite, cwd=cwd)
    print(built.text)
    print(NEXT_STEPS)
    return 0


def _open_lab(notebook: Path) -> int:
    """Open a copy, which the user may change, and stay until JupyterLab ends."""
    _need("jupyterlab", "--lab opens JupyterLab.", "jupyterlab")
    copy = Path(notebook.name)
    if not copy.exists():
        shutil.copyfile(notebook, copy)
    command = [sys.executable, "-m", "jupyter", "lab", str(copy)]
    return subprocess.run(command, check=False).returncode  # noqa: S603  # our own words


def _build(asked: argparse.Namespace) -> int:
    from truss_nb.headless import build  # noqa: PLC0415  # as above

    folder = asked.output.expanduser().absolute()
    built = build(
        asked.notebook,
        folder,
        name=asked.name,
        overwrite=asked.overwrite,
        given=dict(asked.parameter),
    )
    print(json.dumps(built.facts, indent=2) if asked.json else built.text)
    return 0


def _prove(asked: argparse.Namespace) -> int:
    from truss_nb.proof import prove  # noqa: PLC0415  # as above

    proof = prove(
        asked.folder,
        venv=asked.venv,
        server=asked.server,
        url=asked.url,
        headers=dict(asked.header),
        python=asked.python,
        timeout=asked.timeout,
    )
    print(json.dumps(proof.to_dict(), indent=2) if asked.json else proof)
    return 1 if proof.failed else 0


def _serve(asked: argparse.Namespace) -> int:
    from truss_nb.proof.keeping import keep  # noqa: PLC0415  # as above

    keep(asked.folder, port=asked.port, python=asked.python)
    print("The server has ended.")
    return 0


def _need(module: str, reason: str, requirement: str) -> None:
    if find_spec(module) is None:
        raise TrussNBError(f'{reason} Install it: pip install "{requirement}"')


def _file(text: str) -> Path:
    path = Path(text).expanduser()
    return _accepted(path, path.is_file(), f"{text} is no file")


def _folder(text: str) -> Path:
    path = Path(text).expanduser()
    return _accepted(path, path.is_dir(), f"{text} is no folder")


def _parameter(text: str) -> tuple[str, Any]:
    from truss_nb.document import value_of  # noqa: PLC0415  # as above

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


def _port(text: str) -> int:
    port = int(text)
    return _accepted(port, 0 < port < 65_536, "a port is a number from 1 to 65535")


def _seconds(text: str) -> float:
    seconds = float(text)
    return _accepted(seconds, seconds > 0, "it takes more than 0 seconds")


def _accepted(value: T, fits: bool, reason: str) -> T:
    if not fits:
        raise argparse.ArgumentTypeError(reason)
    return value


def _complain(message: str) -> None:
    """Say it on stderr; a traceback keeps its colours only where they show."""
    shown = message if sys.stderr.isatty() else _without_colours(message)
    print(f"truss-nb: {shown}", file=sys.stderr)


def _failed(error: TrussNBError) -> dict[str, Any]:
    """Return why there is no answer, as JSON values in the answer's own shape."""
    from truss_nb.document import NotebookError  # noqa: PLC0415  # as above
    from truss_nb.proof.compared import Failure  # noqa: PLC0415  # as above
    from truss_nb.proof.findings import Proof  # noqa: PLC0415  # as above

    what, _, details = _without_colours(str(error)).partition("\n")
    proof = Proof(error=Failure(what, details=details)).to_dict()
    problems = [asdict(problem) for problem in error.problems]
    if isinstance(error, NotebookError):
        return {"error": proof["error"], "problems": problems, **error.facts}
    return {**proof, "problems": problems}


def _without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


if __name__ == "__main__":
    sys.exit(main())
