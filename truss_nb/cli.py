"""The command line, ``truss-nb``: builds, proves and serves bundles.

Each command answers on stdout and says on stderr what went wrong; with ``--json`` the
answer says so, too. The exit code is 0 when all is well or drawn at random, 1 when
the notebook, the export or the proof failed, and 2 when the command was misread.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NoReturn

from truss_nb import __version__, arguments
from truss_nb.completion import SHELLS, Completion
from truss_nb.errors import TrussNBError
from truss_nb.report import plain, say

if TYPE_CHECKING:
    from truss_nb.facts import Factual
    from truss_nb.headless import Told
    from truss_nb.proof import Proof
    from truss_nb.proof.keeping import Kept

DEMO = Path("digits-truss")
"""Where the quickstart exports to, as seen from the current folder."""
GUIDE = Path(__file__).with_name("guide")
"""The guide's pages, as links to those in ``notebooks/``."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Args:
        argv: the words after ``truss-nb``; those of this process if None.
    """
    words = sys.argv[1:] if argv is None else argv
    try:
        asked = _parser().parse_args(argv)
        return int(asked.command(asked))
    except MisreadError as error:
        say(plain(error.shown), file=sys.stderr)
        sys.exit(_fail(error, 2, words))
    except TrussNBError as error:
        _complain(str(error), keeps_colours=hasattr(error, "where"))
        return _fail(error, 1, words)
    except KeyboardInterrupt as error:
        _complain(str(error) or "stopped")
        return _fail(error, 130, words)
    except Exception as error:  # a fault of ours: who mends it needs the traceback
        _fail(error, 1, words)
        raise


def _fail(error: BaseException, status: int, words: Sequence[str]) -> int:
    if "--json" in words:
        from truss_nb.facts import Failed  # noqa: PLC0415  # --help is quick

        _print_json(Failed.of(error).to_dict())
    return status


def _print_json(facts: Mapping[str, Any]) -> None:
    say(json.dumps(facts, indent=2), flush=True)


def _print(told: Factual, asked: argparse.Namespace) -> None:
    _print_json(told.to_dict()) if asked.json else say(str(told))


class _Parser(argparse.ArgumentParser):
    """Raises what it misread, for an answer in JSON."""

    def error(self, message: str) -> NoReturn:
        """Raise it, with what argparse would print."""
        raise MisreadError(f"{message}\n{self.format_usage().rstrip()}", self.prog)


class MisreadError(TrussNBError):
    """The words of a command can't be read.

    Args:
        message: why; and, on more lines if any, how it is used.
        command: the words before.
    """

    def __init__(self, message: str, command: str) -> None:
        super().__init__(message)
        why, _, usage = message.partition("\n")
        told = f"{command}: error: {why}"
        self.shown = f"{usage}\n{told}" if usage else told


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="truss-nb",
        description="From a notebook to a Truss that is proven to answer the same.",
        epilog="It ends with 0 when all is well, with 1 when a notebook, an export or "
        "a proof failed, and with 2 when its words were misread.",
    )
    version = f"%(prog)s {__version__}"
    parser.add_argument("--version", action="version", version=version)
    told = "print what a shell completes these commands by"
    parser.add_argument("--completion", action=Completion, choices=SHELLS, help=told)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, add, command, told in (
        ("demo", _add_demo, _demo, "run the quickstart in this folder"),
        ("guide", _add_guide, _guide, "copy the guide's pages to a new folder"),
        ("build", _add_build, _build, "execute a notebook, export its bundle"),
        ("status", _add_status, _status, "execute a notebook, tell what is refused"),
        ("prove", _add_prove, _prove, f"run a bundle's examples elsewhere{_RUNS}"),
        ("serve", _add_serve, _serve, f"keep a bundle on the real Truss server{_RUNS}"),
        ("push", _add_push, _push, "deploy a bundle with truss, and prove it there"),
        ("profile", _add_profile, _profile, "measure a bundle on the Truss server"),
        ("batch", _add_batch, _batch, f"answer the rows of files{_RUNS}"),
    ):
        sentence = f"{told[0].upper()}{told[1:]}."
        line = f"example: {arguments.EXAMPLES[name]}"
        added = commands.add_parser(name, help=told, description=sentence, epilog=line)
        added.set_defaults(command=command)
        add(added)
        arguments.add_flag(added, "--json", "answer as JSON")
    return parser


_RIGHTS = ", with your rights"
_RUNS = f"; its code is executed{_RIGHTS}"


def _add_demo(parser: argparse.ArgumentParser) -> None:
    arguments.add_flag(parser, "--lab", "open it in JupyterLab instead")
    arguments.add_flag(parser, "--overwrite", "replace what you edited there")


def _add_guide(parser: argparse.ArgumentParser) -> None:
    told = "where they go (%(default)s)"
    parser.add_argument(
        "folder",
        nargs="?",
        type=arguments.new_folder,
        default="truss-nb-guide",
        metavar="FOLDER",
        help=told,
    )


def _add_build(parser: argparse.ArgumentParser) -> None:
    arguments.add_notebook(parser)
    parser.add_argument(
        *("-o", "--output"),
        type=arguments.new_folder,
        required=True,
        metavar="FOLDER",
        help="where to write the bundle",
    )
    for name, option in arguments.EXPORT.items():
        parser.add_argument(name, **option)


def _add_status(parser: argparse.ArgumentParser) -> None:
    arguments.add_notebook(parser)


def _add_prove(parser: argparse.ArgumentParser) -> None:
    arguments.add_folder(parser)
    arguments.add_seconds(parser, "--timeout", 600.0, "seconds")
    made = "in a new virtual environment, made from config.yaml alone"
    arguments.add_flag(parser, "--venv", made)
    arguments.add_flag(
        parser, "--server", "on the real Truss server, in such an environment"
    )
    arguments.add_url(parser)
    arguments.add_python(parser)


def _add_push(parser: argparse.ArgumentParser) -> None:
    arguments.add_folder(parser)
    parser.add_argument("--remote", help="one of .trussrc, if there are several")
    parser.add_argument("--environment", help="the environment that it is for")


def _add_profile(parser: argparse.ArgumentParser) -> None:
    arguments.add_folder(parser)
    told = "how long each number of clients asks"
    arguments.add_seconds(parser, "--seconds", 5.0, told)
    told = "the most clients at once (%(default)s)"
    parser.add_argument(
        "--most", type=arguments.count, default=16, metavar="N", help=told
    )
    told = "seconds for the model to load, and for each answer"
    arguments.add_seconds(parser, "--timeout", 600.0, told)
    arguments.add_url(parser)
    arguments.add_python(parser)


def _add_batch(parser: argparse.ArgumentParser) -> None:
    arguments.add_folder(parser)
    told = "a file or a folder of Parquet, CSV, JSON lines or Feather, or its URL"
    parser.add_argument("source", metavar="INPUT", nargs="?", help=told)
    told = "the folder of the answers, or its URL"
    parser.add_argument("-o", "--output", metavar="OUTPUT", help=told)
    told = "instead, write a class for Dask, Daft, Ray Data and Spark"
    parser.add_argument("--emit", type=Path, metavar="FILE", help=told)
    parser.set_defaults(misread=parser.error)
    for name, option in arguments.BATCH.items():
        parser.add_argument(name, **option)
    parser.add_argument("--format", choices=("parquet", "csv", "jsonl"))
    arguments.add_flag(parser, "--resume", "go on where an earlier job ended")
    arguments.add_flag(parser, "--allow-errors", "exit with 0 though rows failed")
    arguments.add_python(parser)


def _add_serve(parser: argparse.ArgumentParser) -> None:
    arguments.add_folder(parser)
    parser.add_argument(
        "--port",
        type=arguments.port,
        metavar="P",
        help="on 127.0.0.1 (else a free one)",
    )
    arguments.add_seconds(parser, "--timeout", 300.0, "seconds for the model to load")
    arguments.add_python(parser)


def _demo(asked: argparse.Namespace) -> int:
    from truss_nb.headless import QUICKSTART, build  # noqa: PLC0415  # --help is quick

    if asked.lab and asked.json:
        raise MisreadError(
            "--lab opens JupyterLab, which answers nothing: leave out --json",
            "truss-nb demo",
        )
    _need("sklearn", "The demo trains a model of scikit-learn.", "truss-nb[demo]")
    if asked.lab:
        return _open_lab(QUICKSTART)
    if not asked.json:
        say("The quickstart: a classifier of scikit-learn's digits, cell by cell.\n")
    folder, overwrite = DEMO.absolute(), asked.overwrite
    own = "%truss_export"  # it doesn't overwrite, and once is enough
    with TemporaryDirectory() as place:
        options = {"name": "digits", "overwrite": overwrite, "before": own}
        built = build(QUICKSTART, folder, cwd=Path(place), **options)
    code = _told(built, asked)
    if code == 0 and not asked.json:
        say(f"\nNext: truss-nb serve {DEMO}, or the notebook: truss-nb demo --lab")
    return code


def _told(told: Told, asked: argparse.Namespace) -> int:
    _print_json(told.facts) if asked.json else say(told.text)
    return 1 if told.facts["verdict"] == "refused" else 0


def _open_lab(notebook: Path) -> int:
    """Open a copy, which the user may change, and stay until JupyterLab ends."""
    _need("jupyterlab", "--lab opens JupyterLab.", "jupyterlab")
    copy = Path(notebook.name)
    if not copy.exists():
        shutil.copyfile(notebook, copy)
    command = [sys.executable, "-m", "jupyter", "lab", str(copy)]
    return subprocess.run(command, check=False).returncode  # noqa: S603  # our own words


def _guide(asked: argparse.Namespace) -> int:
    folder = asked.folder
    if folder.exists():
        raise TrussNBError(f"{folder} is there already: name another, or delete it.")
    shutil.copytree(GUIDE, folder)
    pages = sorted(page.name for page in folder.iterdir())
    if asked.json:
        _print_json({"folder": str(folder), "pages": pages})
    else:
        say(f"{len(pages)} pages. The first is {folder / 'index.ipynb'}")
    return 0


def _build(asked: argparse.Namespace) -> int:
    from truss_nb.headless import build  # noqa: PLC0415  # as above

    folder = asked.output.absolute()
    options = _given(asked, *(each.strip("-") for each in arguments.EXPORT))
    if asked.ci is not None:  # as seen from here, like the folder
        options["ci"] = str(Path(asked.ci).expanduser().absolute())
    built = build(asked.notebook, folder, given=dict(asked.parameter), **options)
    return _told(built, asked)


def _status(asked: argparse.Namespace) -> int:
    from truss_nb.headless import inspect  # noqa: PLC0415  # as above

    return _told(inspect(asked.notebook, dict(asked.parameter)), asked)


def _prove(asked: argparse.Namespace) -> int:
    from truss_nb.proof import prove  # noqa: PLC0415  # as above

    if asked.url is None:
        _announce(asked.folder)
    options = _given(asked, "venv", "server", "url", "python", "timeout")
    return _answer(prove(asked.folder, headers=dict(asked.header), **options), asked)


def _announce(folder: Path) -> None:
    """Say that a folder is executed, the first time that it's seen here."""
    from truss_nb.proof.folder import read_folder, set_here  # noqa: PLC0415  # as above
    from truss_nb.proof.known import is_known, note  # noqa: PLC0415  # as above

    read = read_folder(folder)  # what can't be read is refused, and never executed
    if not is_known(folder):
        given = "".join(f", and with {name}" for name in set_here(read.variables))
        _complain(
            f"{folder} isn't as an export here wrote it. Its code is executed{_RIGHTS}"
            f"{given}."
        )
        note(folder)


def _answer(proof: Proof, asked: argparse.Namespace) -> int:
    _print(proof, asked)
    return 1 if proof.failed else 0


def _serve(asked: argparse.Namespace) -> int:
    from truss_nb.proof.keeping import keep  # noqa: PLC0415  # as above

    _announce(asked.folder)

    def tell(kept: Kept) -> None:
        _print(kept, asked)
        if not asked.json:
            say("Ctrl-C ends it.", flush=True)

    keep(asked.folder, **_given(asked, "port", "python", "timeout"), tell=tell)
    if not asked.json:
        say("The server has ended.")
    return 0


def _push(asked: argparse.Namespace) -> int:
    from truss_nb.pushing import push  # noqa: PLC0415  # as above

    return _answer(push(asked.folder, **_given(asked, "remote", "environment")), asked)


def _profile(asked: argparse.Namespace) -> int:
    from truss_nb.profiling import profile  # noqa: PLC0415  # as above

    options = _given(asked, "url", "python", "seconds", "most", "timeout")
    found = profile(asked.folder, headers=dict(asked.header), **options)
    _print(found, asked)
    return 0


def _batch(asked: argparse.Namespace) -> int:
    from truss_nb.batch import run_batch  # noqa: PLC0415  # as above

    if asked.emit:
        return _emit(asked)
    if not (asked.source and asked.output):
        asked.misread("INPUT and -o OUTPUT are needed, or --emit FILE alone")
    _announce(asked.folder)
    names = [each.strip("-").replace("-", "_") for each in arguments.BATCH]
    options = _given(asked, *names, "resume", "python", "allow_errors")
    form = asked.format or "parquet"
    done = run_batch(asked.folder, asked.source, asked.output, format=form, **options)
    _print(done, asked)
    return 1 if done.errors and not asked.allow_errors else 0


def _emit(asked: argparse.Namespace) -> int:
    from truss_nb.batch.emit import emit  # noqa: PLC0415  # as above

    if asked.source or asked.output or asked.json:
        asked.misread("--emit FILE answers no rows: leave out INPUT, -o and --json")
    say(f"Written: {emit(asked.folder, asked.emit, asked.input)}")
    return 0


def _given(asked: argparse.Namespace, *options: str) -> dict[str, Any]:
    """Return the options that a command passes on under the same names."""
    return {name: getattr(asked, name) for name in options}


def _need(module: str, reason: str, requirement: str) -> None:
    if find_spec(module) is None:
        raise TrussNBError(f'{reason} Install it: pip install "{requirement}"')


def _complain(message: str, *, keeps_colours: bool = False) -> None:
    """Say it on stderr; a traceback keeps its colours only where they show."""
    parts = _COLOURS.split(message) if keeps_colours and _has_colours() else ()
    shown = "".join(part if _COLOURS.match(part) else plain(part) for part in parts)
    say(f"truss-nb: {shown or plain(message)}", file=sys.stderr)


def _has_colours() -> bool:
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stderr.isatty() and not is_plain


_COLOURS = re.compile(r"(\x1b\[[0-9;]*m)")
