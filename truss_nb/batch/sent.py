"""What Dask sends to a worker in whole, since this package may not be there yet.

It is pickled by value, and so imports nothing of ours at its top.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def ask(function: str, upload: str, job: Mapping[str, Any], *given: Any) -> Any:
    """Call a function of the worker's.

    Args:
        function: its name.
        upload: the folder that holds what was sent to a cluster; "" if nothing was.
        job: what it's told; its folder is "" where that was sent, too.
        given: what else it's told.
    """
    from distributed import get_worker  # noqa: PLC0415  # the worker's own

    scratch = Path(get_worker().local_directory)
    place = scratch.parent / upload
    if upload and "truss_nb" not in sys.modules:
        sys.path.insert(0, str(place))
    from truss_nb.batch import worker  # noqa: PLC0415  # which may lie there

    folder = job["folder"] or str(place / worker.SENT)
    told = {**job, "folder": folder, "scratch": str(scratch)}
    return getattr(worker, function)(told, *given)
