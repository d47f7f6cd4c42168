"""What lives in the notebook's process alone is refused, wherever it is held."""

import importlib.util
from pathlib import Path

import pytest

from truss_nb.errors import ExportError

# What makes the thing, why it can't travel, and what ends it after the test.
THINGS = {
    "a file": ("thing = open('log', 'w')", "is an open file", "thing.close()"),
    "a temporary file": (
        "import tempfile\nthing = tempfile.NamedTemporaryFile()",
        "is an open file",
        "thing.close()",
    ),
    "an archive": (
        "import zipfile\nthing = zipfile.ZipFile('a.zip', 'w')",
        "is an open file",
        "thing.close()",
    ),
    "a mapped file": (
        "import mmap\nthing = mmap.mmap(-1, 8)",
        "is a file mapped into memory",
        "thing.close()",
    ),
    "a listening socket": (
        "import socket\nthing = socket.create_server(('127.0.0.1', 0))",
        "is an open socket",
        "thing.close()",
    ),
    "a connected socket": (
        "import socket\nthing, other = socket.socketpair()",
        "is an open socket",
        "thing.close(), other.close()",
    ),
    "a TLS socket": (
        "import socket, ssl\nthing, other = socket.socketpair()\n"
        "thing = ssl.create_default_context().wrap_socket("
        "thing, server_hostname='x', do_handshake_on_connect=False)",
        "is an open socket",
        "thing.close(), other.close()",
    ),
    "a TLS context": (
        "import ssl\nthing = ssl.create_default_context()",
        "is a TLS context",
        "",
    ),
    "a lock": ("import threading\nthing = threading.Lock()", "is a lock", ""),
    "a reentrant lock": (
        "import threading\nthing = threading.RLock()",
        "is a lock",
        "",
    ),
    "a condition": ("import threading\nthing = threading.Condition()", "is a lock", ""),
    "a semaphore": ("import threading\nthing = threading.Semaphore()", "is a lock", ""),
    "a barrier": ("import threading\nthing = threading.Barrier(2)", "is a lock", ""),
    "an event": (
        "import threading\nthing = threading.Event()",
        "is an event between threads",
        "",
    ),
    "a store of one thread": (
        "import threading\nthing = threading.local()",
        "is a store of one thread",
        "",
    ),
    "a queue": ("import queue\nthing = queue.Queue()", "is a queue between", ""),
    "a simple queue": (
        "import queue\nthing = queue.SimpleQueue()",
        "is a queue between",
        "",
    ),
    "a lock between processes": (
        "import multiprocessing\nthing = multiprocessing.Lock()",
        "is a lock",
        "",
    ),
    "a pipe": (
        "import multiprocessing\nthing, other = multiprocessing.Pipe()",
        "is a pipe between processes",
        "thing.close(), other.close()",
    ),
    "a thread": (
        "import threading\nthing = threading.Thread(target=print)",
        "is a thread",
        "",
    ),
    "a thread of the notebook's class": (
        "import threading\nclass Worker(threading.Thread): pass\nthing = Worker()",
        "is a thread",
        "",
    ),
    "a pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "thing = ThreadPoolExecutor(1)",
        "is a pool of threads",
        "thing.shutdown()",
    ),
    "a pool of processes": (
        "from concurrent.futures import ProcessPoolExecutor\n"
        "thing = ProcessPoolExecutor(1)",
        "is a pool of threads or processes",
        "thing.shutdown()",
    ),
    "the answer of a pool's task": (
        "from concurrent.futures import Future\nthing = Future()",
        "is the answer of a running task",
        "",
    ),
    "a subprocess": (
        "import subprocess, sys\nthing = subprocess.Popen([sys.executable, '-V'], "
        "stdout=subprocess.DEVNULL)",
        "is a running process",
        "thing.wait()",
    ),
    "an event loop": (
        "import asyncio\nthing = asyncio.new_event_loop()",
        "is an event loop",
        "thing.close()",
    ),
    "a future of an event loop": (
        "import asyncio\nloop = asyncio.new_event_loop()\nthing = loop.create_future()",
        "is a task of an event loop",
        "loop.close()",
    ),
    "a task": (
        "import asyncio\nloop = asyncio.new_event_loop()\n"
        "async def work(): pass\nthing = loop.create_task(work())",
        "is a task of an event loop",
        "loop.run_until_complete(thing), loop.close()",
    ),
    "a database connection": (
        "import sqlite3\nthing = sqlite3.connect(':memory:')",
        "is an open database connection",
        "thing.close()",
    ),
    "a cursor": (
        "import sqlite3\nconnection = sqlite3.connect(':memory:')\n"
        "thing = connection.cursor()",
        "is an open database connection",
        "connection.close()",
    ),
    "an engine of SQLAlchemy": (
        "import sqlalchemy\nthing = sqlalchemy.create_engine('sqlite://')",
        "is an open database connection",
        "thing.dispose()",
    ),
    "another driver's connection": (
        "class Connection:\n    def __reduce__(self): raise TypeError('no')\n"
        "    def cursor(self): ...\n    def commit(self): ...\n"
        "    def close(self): ...\nthing = Connection()",
        "is an open database connection",
        "",
    ),
    "a generator": (
        "thing = (n for n in range(3))",
        "is a half-run generator",
        "",
    ),
    "a coroutine": (
        "async def work(): pass\nthing = work()",
        "is a coroutine",
        "thing.close()",
    ),
    "an async generator": (
        "async def work(): yield 1\nthing = work()",
        "is a half-run generator",
        "",
    ),
    "a session of requests": (
        "import requests\nthing = requests.Session()",
        "is a client of a service",
        "thing.close()",
    ),
    "an HTTP connection": (
        "import http.client\nthing = http.client.HTTPSConnection('example.com')",
        "is a client of a service",
        "",
    ),
    "a pool of HTTP connections": (
        "import urllib3\nthing = urllib3.PoolManager()",
        "is a client of a service",
        "",
    ),
    "a client that holds a session": (
        "import requests\nclass Client:\n"
        "    def __init__(self): self.http = requests.Session()\nthing = Client()",
        ".http is a client of a service",
        "thing.http.close()",
    ),
}

# How the name that the stage uses holds the thing, and where in it that is.
HOLDERS = {
    "directly": ("", "thing", ""),
    "in a list": ("", "[1, thing]", "[1]"),
    "in a dict": ("", "{'a': {'b': thing}}", "['a']['b']"),
    "in an attribute": (
        "class Box:\n    def __init__(self, inner): self.inner = inner",
        "Box([thing])",
        ".inner[0]",
    ),
    "in a slot": (
        "class Box:\n    __slots__ = ('inner',)\n"
        "    def __init__(self, inner): self.inner = inner",
        "Box(thing)",
        ".inner",
    ),
    "in a partial": ("from functools import partial", "partial(print, thing)", ".args"),
}


def refusal(notebook, out: Path, *cells: str) -> str:
    bundle = notebook(*cells)
    with pytest.raises(ExportError) as refused:
        bundle.export(out)
    assert not out.exists()
    (problem,) = refused.value.problems
    return str(problem)


def end(notebook, statement: str) -> None:
    notebook(statement or "pass")


@pytest.mark.parametrize(("made", "reason", "ended"), THINGS.values(), ids=THINGS)
def test_it_is_refused(notebook, tmp_path: Path, made, reason, ended) -> None:
    if "sqlalchemy" in made and importlib.util.find_spec("sqlalchemy") is None:
        pytest.skip("SQLAlchemy isn't installed")

    told = refusal(
        notebook,
        tmp_path / "out",
        made,
        "def use(): return thing",
        "def preprocess(x): return use()",
    )
    end(notebook, ended)

    assert told.startswith("preprocess → use → thing (cell 1): can't be saved: ")
    assert reason in told
    assert "%%truss_load cell: def load(): global thing; thing = ..., where" in told


@pytest.mark.parametrize("maker", ["[threading.Lock()]", "queue.Queue()"])
def test_the_line_that_is_told_makes_it_on_the_server(
    notebook, tmp_path: Path, maker: str
) -> None:
    told = refusal(
        notebook,
        tmp_path / "out",
        f"import queue, threading\nthing = {maker}",
        "def preprocess(x): return thing is not None",
    )

    line = told[told.index("def load") : told.index(", where")]
    bundle = notebook(line.replace("...", maker))
    bundle.example(2)

    assert bundle.export(tmp_path / "out").proof.passed


@pytest.mark.parametrize("made", ["a lock", "a generator", "a session of requests"])
@pytest.mark.parametrize(("before", "held", "place"), HOLDERS.values(), ids=HOLDERS)
def test_the_way_to_it_is_told(
    notebook, tmp_path: Path, *, made, before, held, place
) -> None:
    cell, reason, ended = THINGS[made]

    told = refusal(
        notebook,
        tmp_path / "out",
        cell,
        f"{before}\nheld = {held}",
        "def preprocess(x): return held",
    )
    end(notebook, ended)

    assert told.startswith("preprocess → held (cell 2)")
    assert reason in told
    assert f"held{place}" in told or not place
