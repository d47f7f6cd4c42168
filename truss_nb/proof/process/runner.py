"""The fresh process: loads a bundle as the Truss server does, and runs its examples.

Started by its path as a script, in an interpreter that may lack this package and
whatever the bundle doesn't require. The folder it stands in is laid out like the
server's ``/app``. From its standard input it reads a request, a pickle that the parent
wrote; to its standard output it writes events, one line of JSON each. Both lead nowhere
before the bundle's code runs: what that prints can't mix with the events, and when the
process dies, what was under way is known.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import pickle
import site
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

BEFORE = frozenset(sys.modules)
"""What every Python process has loaded: no witness of what the bundle needs."""


def main() -> NoReturn:
    """Do what the request says, and report it."""
    ask, tell = _standard_pipes()
    with open(ask, "rb") as pipe:  # noqa: PTH123  # by its number
        request = pickle.load(pipe)  # noqa: S301  # the parent's
    beside = Path(__file__).parent
    beats = _import_file(beside / "beats.py").Beats
    report = _import_file(beside / "reporting.py").Report(request, tell, beats)
    report.tell("begin", python=sys.version.split()[0])
    hide = _import_file(beside / "hiding.py").Hiding
    hiding = _resemble_the_server(request, hide)
    heard = _Heard(request)
    run = _import_file(beside / "running.py").Run(request, report, _import_file)
    # The server loads the model in a thread, too.
    thread = threading.Thread(target=run.load)
    thread.start()
    thread.join()
    task = Path(f"/proc/self/task/{thread.native_id}")
    while task.exists():  # it ends a moment later, and its identity is the next one's
        time.sleep(0.001)
    if run.model is not None:
        asyncio.run(run.run_examples())
    missed = {
        "refused": list(hiding[0].refused),
        "unlisted": sorted(set[str]().union(*(each.unlisted for each in hiding))),
    }
    told = {"imported": _imported(), **missed, **heard.told()}
    report.tell("end", **told, at_once=run.at_once)
    sys.stdout.flush()
    sys.stderr.flush()
    # A thread that the bundle left running would keep the process alive for ever.
    os._exit(0)


class _Heard:
    """What the bundle opens and starts; what no server has isn't there for it."""

    def __init__(self, request: dict[str, Any]) -> None:
        beside, package = Path(__file__).parent, Path(__file__).resolve().parents[2]
        opened = _import_file(package / "opened.py")
        # Before that is withheld: it looks at what is there.
        libc = _import_file(package / "system" / "libc.py").libc()
        self.watch = _import_file(beside / "watch.py").Watch(request["here"], libc)
        kept = [request["folder"], str(Path.cwd().parent), *request["homes"]]
        kept += [each for each in request["site"] if each not in request["absent"]]
        withhold = _import_file(beside / "withheld.py").withhold
        withhold(opened, request["absent"], kept, request["temporary"])
        self.asked = _import_file(package / "started.py").asked
        self.read, self.started = set[str](), set[str]()
        places = [*request["homes"], *request["here"]]
        opened.overhear(places, self.read, self._start)

    def _start(self, *event: Any) -> None:
        self.started.update(self.asked(*event))

    def told(self) -> dict[str, list[str]]:
        """Return it for the report."""
        heard = {"read": sorted(self.read), "started": sorted(self.started)}
        # Where libraries are looked up, Python tells of those that are read there, too.
        return {**heard, "opened": sorted(self.watch.opened() - self.read)}


def _standard_pipes() -> list[int]:
    """Return what leads to the parent in place of the standard input and output."""
    pipes = [os.dup(each) for each in (0, 1)]
    nowhere = os.open(os.devnull, os.O_RDWR)
    for each in (0, 1):
        os.dup2(nowhere, each)
    os.close(nowhere)
    return pipes


def _resemble_the_server(request: dict[str, Any], hide: Any) -> list[Any]:
    for folder in request["site"]:
        site.addsitedir(folder)
    hiding = [hide(finder, *request["hidden"]) for finder in sys.meta_path]
    sys.meta_path[:] = hiding
    os.environ.update(request["variables"])
    shows_debug = request["config"]["runtime"].get("enable_debug_logs")
    logging.basicConfig(level=logging.DEBUG if shows_debug else logging.INFO)
    own = Path(__file__).resolve().parent
    others = [each for each in sys.path if Path(each).resolve() != own]
    sys.path[:] = [str(Path.cwd()), *others]
    sys.path.append(request["packages"])
    return hiding


def _import_file(path: Path) -> Any:
    name = f"_proof_{(path.parent if path.stem == '__init__' else path).stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} can't be imported")
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _imported() -> list[str]:
    names = set(sys.modules) - BEFORE
    return sorted(name for name in names if not name.startswith("_proof_"))


if __name__ == "__main__":
    main()
