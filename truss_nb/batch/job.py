"""The process of a job.

It is a process of its own, so that a script or a notebook needn't be written for the
processes that Dask starts, and so that it can be one of another environment's. It is
talked to as a proof's process is: a request comes by its standard input, events go by
its standard output, both of which lead nowhere before any other code runs.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
from typing import Any


def main() -> None:
    """Do what the request says, and report it."""
    pipes = [os.dup(each) for each in (0, 1)]
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)  # what the folder's code prints
    with open(pipes[0], "rb") as stream:  # noqa: PTH123  # by its number
        request = pickle.load(stream)  # noqa: S301  # the parent's
    sys.path[:] = [each for each in sys.path if each]  # not where somebody stands
    mark = request.pop("mark")
    with open(pipes[1], "w", encoding="ascii") as report:  # noqa: PTH123  # as above

        def tell(event: str, **facts: Any) -> None:
            report.write(f"{mark}{json.dumps({'event': event, **facts})}\n")
            report.flush()

        tell("begin")
        _work(request, tell)


def _work(request: dict[str, Any], tell: Any) -> None:
    from truss_nb.batch.asked import Asked  # noqa: PLC0415  # what's missing is told
    from truss_nb.errors import TrussNBError  # noqa: PLC0415  # as above
    from truss_nb.temporary import temporary  # noqa: PLC0415  # as above

    def doing(text: str) -> None:
        tell("beat", doing=text)

    try:
        from truss_nb.batch.work import Work  # noqa: PLC0415  # as above

        with temporary("batch") as scratch:
            told = Work(Asked(**request), scratch, doing).run()
    except ModuleNotFoundError as error:
        tell("failed", message="", missing=error.name)
    except TrussNBError as error:
        tell("failed", message=str(error), missing=None)
    else:
        tell("end", **told)
