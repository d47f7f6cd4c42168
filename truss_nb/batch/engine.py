"""Dask: where slices are answered, in processes here or on a cluster.

Only this file knows Dask. A worker that dies takes the slices with it that it had
begun: they are given back, for somebody to find out which row it was.
"""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import cloudpickle
import dask
from distributed import Client, KilledWorker, LocalCluster, as_completed
from distributed.diagnostics.plugin import PipInstall, UploadDirectory

from truss_nb.batch import sent
from truss_nb.batch.worker import SENT, Job
from truss_nb.errors import BatchError
from truss_nb.proof.folder import Folder
from truss_nb.temporary import temporary
from truss_nb.values.summary import describe_size

AHEAD = 2
"""How many slices a worker has at once: one that it answers, and the next."""

LARGEST = 10**9
"""The most bytes of a folder that is sent to a cluster."""

_PATIENCE = 20.0
"""The seconds in which a cluster must have a worker."""


class Engine:
    """The workers of a job.

    Args:
        client: Dask's.
        upload: the folder in each worker's own that holds what was sent; "" if none.
        folder: the exported folder, as the workers see it; "" if it was sent.
    """

    def __init__(self, client: Client, upload: str, folder: str) -> None:
        self._client, self._upload, self._folder = client, upload, folder
        self.deaths = set[str]()
        """The addresses of workers that ended."""

    @property
    def workers(self) -> list[str]:
        """The addresses of those that are there."""
        return [*self._client.scheduler_info(n_workers=-1)["workers"]]

    @property
    def dashboard(self) -> str:
        """Where Dask shows what is done."""
        return str(self._client.dashboard_link)

    def begin(self, job: Job) -> list[dict[str, Any]]:
        """Let each worker load the folder, and return what each told."""
        asked = [self._ask("begin", job, workers=[each]) for each in self.workers]
        try:
            return list(self._client.gather(asked))
        except KilledWorker as error:
            raise BatchError(
                "A worker ended while it loaded the folder, or asked its examples: "
                "truss-nb prove tells more; it may lack the memory for them."
            ) from error

    def answer(
        self, job: Job, slices: Iterable[tuple[int, Any]]
    ) -> Iterator[tuple[int, dict[str, Any] | None]]:
        """Yield the number of each slice with what came of it; None if a worker died.

        As many are under way as the workers can do with: a result that is kept by
        Dask would be made again when its worker ends.
        """
        left, numbers = iter(slices), dict[str, int]()
        running = as_completed()

        def more(count: int) -> None:
            for number, pieces in islice(left, count):
                future = self._ask("answer", job, number, pieces)
                numbers[future.key] = number
                running.add(future)

        more(AHEAD * len(self.workers))
        for future in running:
            number = numbers.pop(future.key)
            told = None
            try:
                told = future.result()
            except KilledWorker as error:
                self.deaths.add(str(error.last_worker.address))
            yield number, told
            more(1)

    def _ask(self, function: str, job: Job, *given: Any, **options: Any) -> Any:
        return self._client.submit(
            *(_ByValue(), function, self._upload, {**job, "folder": self._folder}),
            *given,
            pure=False,
            **options,
        )


class _ByValue:
    """``sent.ask``, pickled with its code: Dask would name its module alone."""

    def __call__(self, *_: Any) -> Any:
        raise NotImplementedError  # Dask wants something to call

    def __reduce__(self) -> Any:
        cloudpickle.register_pickle_by_value(sent)
        return pickle.loads, (cloudpickle.dumps(sent.ask),)


@contextmanager
def here(folder: Path, workers: int, scratch: Path) -> Iterator[Engine]:
    """Give processes of this machine, each with one thread.

    Args:
        folder: what they are to answer with.
        workers: how many.
        scratch: where they keep what they need for as long.
    """
    settings: Mapping[str, Any] = {
        "distributed.scheduler.allowed-failures": 0,
        "distributed.logging.distributed": "error",
        "distributed.admin.log-format": "%(message)s",
    }
    with ExitStack() as running:
        running.enter_context(dask.config.set(settings))
        made = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            local_directory=str(scratch),
        )
        client = Client(running.enter_context(made))
        yield Engine(running.enter_context(client), "", str(folder))


@contextmanager
def there(address: str, folder: Folder, name: str) -> Iterator[Engine]:
    """Give the workers of a Dask cluster, with the folder and its requirements.

    Args:
        address: of its scheduler.
        folder: what they are to answer with.
        name: of what is sent, which no other folder has.

    Raises:
        BatchError: it isn't there, has no worker that can be sent anything, or the
            folder is too large.
    """
    with ExitStack() as running:
        try:
            client = Client(address, timeout=_PATIENCE)
            running.enter_context(client)
            client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, ValueError) as error:
            raise BatchError(f"No cluster answers at {address}: {error}.") from error
        known = client.scheduler_info(n_workers=-1)["workers"]
        alone = [each for each, facts in known.items() if not facts["nanny"]]
        if alone:
            raise BatchError(
                f"The worker {alone[0]} has no nanny, which would bring it the folder: "
                "start it as dask worker does without --no-nanny."
            )
        is_shared = _send(client, folder, name)
        yield Engine(client, name, str(folder.path) if is_shared else "")


def _send(client: Client, folder: Folder, name: str) -> bool:
    """Send this package and the folder; return whether that was too large to be sent.

    Then all workers must see it where it is.
    """
    files = (each for each in folder.path.rglob("*") if each.is_file())
    is_large = sum(each.stat().st_size for each in files) > LARGEST
    seen = client.run(os.path.isdir, str(folder.path)) if is_large else {}
    if not all(seen.values()):
        raise BatchError(
            f"{folder.path} has more than {describe_size(LARGEST)}, too much to be "
            "sent: put it where each worker sees it by that path."
        )
    package = Path(__file__).parents[1]
    with temporary("batch") as place:
        both = place / name
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(package, both / package.name, ignore=leave)
        if not is_large:
            shutil.copytree(folder.path, both / SENT)
        # Else it leaves out whatever lies below tests, docs or .git.
        whole: dict[str, Any] = {"skip_words": (), "skip": ()}
        client.register_plugin(UploadDirectory(str(both), **whole))
    lines = [str(line) for line in folder.config["requirements"]]
    if lines:
        client.register_plugin(PipInstall(lines))
    return is_large
