"""Serve an exported folder on the real Truss server until someone stops it.

The command line waits for that; a notebook goes on beside it.
"""

from __future__ import annotations

import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from truss_nb.errors import ProofError
from truss_nb.facts import Factual
from truss_nb.proof.folder import Folder, read_folder
from truss_nb.proof.proving import prepare, progress
from truss_nb.proof.server.server import Server, bind, serve
from truss_nb.report import Report, Table, say
from truss_nb.truss.serving import ADDRESSES, OK, PREDICT
from truss_nb.truss.wire import input_json

LONGEST = 1_000
"""How many characters of an input a command line holds; a file holds a longer one."""


def keep(  # noqa: PLR0913 - what the command offers
    path: str | Path,
    *,
    port: int | None = None,
    python: str | Path | None = None,
    timeout: float = 300.0,
    tell: Callable[[Kept], None],
    log: TextIO = sys.stderr,
) -> None:
    """Serve an exported folder on this machine until Ctrl-C, or a signal to end.

    Args:
        path: the exported folder; it isn't changed.
        port: where to listen on 127.0.0.1; a free one if None.
        python: the Python to make the server's environment with, as for a proof.
        timeout: the seconds that the model may take to load.
        tell: called with where the server is, and how to ask it.
        log: where the output of the server and the model goes.

    Raises:
        ProofError: the server can't be started, or ended by itself.
    """
    with _until_ended(), ExitStack() as stack:
        kept = start(path, port=port, python=python, timeout=timeout)
        stack.callback(kept.end)
        tell(kept)
        _follow(kept.server, log)
        raise ProofError(
            f"The server of {kept.folder.path.name} has ended by itself.\n"
            f"{kept.server.container.log.ending()}"
        )


@dataclass(frozen=True, repr=False)
class Kept(Factual):
    """A server that is kept up until it is ended, or this process is.

    Args:
        folder: what it serves.
        server: what runs.
        end: ends it, and all that it started.
    """

    folder: Folder
    server: Server
    end: Callable[[], None]
    kind = "server"

    @property
    def url(self) -> str | None:
        """Where it is; None once it has ended."""
        return self.server.url if self.server.process.poll() is None else None

    def __str__(self) -> str:
        return "{}\n{}:\n  {}".format(self._told, *self._line)

    @property
    def _told(self) -> str:
        return (
            f"{self.folder.path.name} is on {self.server.url}, for this machine only."
        )

    @property
    def _line(self) -> tuple[str, str]:
        """What a line sends, and the line."""
        status = self.folder.status
        answered = [e for e in self.folder.examples if status(str(e["name"])) == OK]
        return _command(self.server, self.folder, answered)

    def _facts(self) -> Mapping[str, Any]:
        what, line = self._line
        ask = [{"told": what, "line": line}]
        return {"verdict": "ready", "url": self.server.url, "next": ask}

    def _parts(self) -> Iterator[Report]:
        what, line = self._line
        yield Table(self._told, (what,), [(line,)])


def start(
    path: str | Path,
    *,
    port: int | None = None,
    python: str | Path | None = None,
    timeout: float = 300.0,
) -> Kept:
    """Serve an exported folder on this machine; the arguments are those of ``keep``.

    Raises:
        ProofError: the server can't be started.
    """
    folder = read_folder(path)
    bind(port).close()  # a port that is taken is told before anything is installed
    with progress() as tell, ExitStack() as stack:
        environment = prepare(folder, python, tell, with_server=True)
        tell("start the server")
        own = environment.interpreter.path
        served = serve(folder.path, python=own, port=port, timeout=timeout)
        server = stack.enter_context(served)
        return Kept(folder, server, stack.pop_all().close)


@contextmanager
def _until_ended() -> Iterator[None]:
    """Leave the block on Ctrl-C, and when the terminal or a supervisor ends it."""
    stop, names = signal.default_int_handler, ("SIGTERM", "SIGHUP", "SIGBREAK")
    signals = [getattr(signal, each) for each in names if hasattr(signal, each)]
    before = {each: signal.signal(each, stop) for each in signals}
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _command(
    server: Server, folder: Folder, examples: Sequence[Mapping[str, Any]]
) -> tuple[str, str]:
    """Return what can be sent, an example that JSON holds, and the command."""
    for example in examples:
        path = ADDRESSES[folder.endpoint(str(example["name"]))]
        curl = _CURL.format(server.url, path)
        text = input_json(example["input"])
        if text is None:  # only msgpack carries it
            continue
        told = f"The example {example['name']!r}"
        if len(text) <= LONGEST:
            return told, f"{curl} {shlex.quote(text)}"
        file = server.container.place / "example.json"
        file.write_text(text)
        return told, f"{curl} @{shlex.quote(str(file))}"
    curl = _CURL.format(server.url, PREDICT)
    return "With your input, as JSON, in place of INPUT", f"{curl} INPUT"


_CURL = "curl {}{} -H 'Content-Type: application/json' -d"


def _follow(server: Server, log: TextIO) -> None:
    """Show what the server prints, until it ends."""
    printed, begun = server.container.log, ""
    with printed.path.open(encoding="utf-8", errors="replace") as lines:
        is_alive = True
        while is_alive:
            is_alive = server.process.poll() is None
            for line in lines:
                begun += line
                if begun.endswith("\n"):
                    say(printed.as_text(begun.rstrip("\n")), file=log, flush=True)
                    begun = ""
            time.sleep(0.1)
