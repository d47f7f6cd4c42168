"""What lives in the notebook's process alone is refused, wherever it is held."""

import _multiprocessing
import asyncio
import concurrent.futures
import ftplib
import http.client
import imaplib
import importlib.util
import io
import mmap
import multiprocessing.connection
import multiprocessing.managers
import multiprocessing.pool
import multiprocessing.queues
import multiprocessing.synchronize
import queue
import smtplib
import socket
import sqlite3
import ssl
import subprocess
import tarfile
import tempfile
import threading
import types
import zipfile
from pathlib import Path

import pytest
import requests
import urllib3

from truss_nb.errors import ExportError
from truss_nb.objects.audit import audit
from truss_nb.objects.tied import called, why_tied, why_unpicklable

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
        "is a pool of processes",
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


@pytest.mark.parametrize(("made", "reason", "ended"), THINGS.values(), ids=THINGS)
def test_it_is_refused(tmp_path: Path, monkeypatch, made, reason, ended) -> None:
    if "sqlalchemy" in made and importlib.util.find_spec("sqlalchemy") is None:
        pytest.skip("SQLAlchemy isn't installed")
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    exec(made, names)

    refused = audit(names["thing"]).refusal
    exec(ended, names)

    assert reason in f"{refused.path} {refused.reason}"


# Types of packages that are seldom installed together, by the name that each has.
ELSEWHERE = [
    ("aiohttp.client", "ClientSession", "is a client of a service"),
    ("anthropic._base_client", "BaseClient", "is a client of a service"),
    ("boto3.resources.base", "ServiceResource", "is a client of a service"),
    ("boto3.session", "Session", "is a client of a service"),
    ("botocore.client", "BaseClient", "is a client of a service"),
    ("botocore.session", "Session", "is a client of a service"),
    ("google.cloud.client", "Client", "is a client of a service"),
    ("grpc", "Channel", "is a client of a service"),
    ("httpx", "AsyncClient", "is a client of a service"),
    ("httpx", "Client", "is a client of a service"),
    ("httpx._client", "BaseClient", "is a client of a service"),
    ("openai._base_client", "BaseClient", "is a client of a service"),
    ("_duckdb", "DuckDBPyConnection", "is an open database connection"),
    ("duckdb", "DuckDBPyConnection", "is an open database connection"),
    ("h5py._hl.files", "File", "is an open file"),
    ("pymongo.mongo_client", "MongoClient", "is an open database connection"),
    (
        "pymongo.synchronous.mongo_client",
        "MongoClient",
        "is an open database connection",
    ),
    ("redis.client", "Redis", "is an open database connection"),
    ("sqlalchemy.engine.base", "Connection", "is an open database connection"),
    ("sqlalchemy.engine.base", "Engine", "is an open database connection"),
    ("sqlalchemy.orm.session", "Session", "is an open database connection"),
]


@pytest.mark.parametrize(("module", "name", "reason"), ELSEWHERE)
def test_a_type_of_another_package_is_known_by_its_name(module, name, reason) -> None:
    base = type(name, (), {"__module__": module, "__qualname__": name})
    assert why_tied(base) == reason
    assert why_tied(type("Own", (base,), {})) == reason
    assert why_tied(type(name, (), {"__module__": "mine"})) is None


BUILT_IN = [
    (io.BufferedRWPair, "is an open file"),
    (io.BufferedRandom, "is an open file"),
    (io.BufferedReader, "is an open file"),
    (io.BufferedWriter, "is an open file"),
    (io.FileIO, "is an open file"),
    (io.TextIOWrapper, "is an open file"),
    (tarfile.TarFile, "is an open file"),
    (zipfile.ZipFile, "is an open file"),
    (tempfile._TemporaryFileWrapper, "is an open file"),
    (mmap.mmap, "is a file mapped into memory"),
    (socket.socket, "is an open socket"),
    (ssl.SSLSocket, "is an open socket"),
    (ssl.SSLContext, "is a TLS context"),
    (type(threading.Lock()), "is a lock"),
    (type(threading.RLock()), "is a lock"),
    (threading.Condition, "is a lock"),
    (threading.BoundedSemaphore, "is a lock"),
    (threading.Barrier, "is a lock"),
    (threading.Event, "is an event between threads"),
    (threading.local, "is a store of one thread"),
    (threading.Timer, "is a thread"),
    (_multiprocessing.SemLock, "is a lock"),
    (multiprocessing.synchronize.Lock, "is a lock"),
    (multiprocessing.queues.Queue, "is a queue between threads"),
    (multiprocessing.queues.SimpleQueue, "is a queue between threads"),
    (multiprocessing.pool.ThreadPool, "is a pool of threads"),
    (multiprocessing.managers.SyncManager, "is a running process"),
    (multiprocessing.Process, "is a running process"),
    (multiprocessing.connection.Connection, "is a pipe between processes"),
    (queue.PriorityQueue, "is a queue between threads"),
    (queue.SimpleQueue, "is a queue between threads"),
    (concurrent.futures.Executor, "is a pool of processes"),
    (concurrent.futures.Future, "is the answer of a running task"),
    (subprocess.Popen, "is a running process"),
    (asyncio.Future, "is a task of an event loop"),
    (asyncio.Task, "is a task of an event loop"),
    (asyncio.futures._PyFuture, "is a task of an event loop"),
    (asyncio.BaseEventLoop, "is an event loop"),
    (types.AsyncGeneratorType, "is a half-run generator"),
    (types.CoroutineType, "is a coroutine"),
    (types.GeneratorType, "is a half-run generator"),
    (types.ModuleType, "is a module"),
    (sqlite3.Connection, "is an open database connection"),
    (sqlite3.Cursor, "is an open database connection"),
    (ftplib.FTP_TLS, "is a client of a service"),
    (http.client.HTTPSConnection, "is a client of a service"),
    (imaplib.IMAP4_SSL, "is a client of a service"),
    (smtplib.SMTP_SSL, "is a client of a service"),
    (requests.Session, "is a client of a service"),
    (urllib3.HTTPConnectionPool, "is a client of a service"),
    (urllib3.PoolManager, "is a client of a service"),
    (io.BytesIO, None),
    (io.StringIO, None),
    (Path, None),
    (dict, None),
    (object, None),
]


@pytest.mark.parametrize(("kind", "reason"), BUILT_IN)
def test_a_type_of_python_is_known(kind, reason) -> None:
    assert why_tied(kind) == reason


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (sqlite3.Connection, "sqlite3.Connection"),
        (dict, "dict"),
        (types.GeneratorType, "generator"),
        (multiprocessing.pool.Pool, "multiprocessing.pool.Pool"),
    ],
)
def test_a_type_is_called_as_a_user_knows_it(kind, name) -> None:
    assert called(kind) == name


def with_methods(*names: str) -> object:
    return type("Thing", (), dict.fromkeys(names, print))()


UNPICKLABLE = [
    (with_methods("cursor", "commit", "close"), "is an open database connection"),
    (with_methods("execute", "fetchone", "close"), "is an open database connection"),
    (with_methods("cursor", "commit"), "can't be pickled (no)"),
    (with_methods("execute", "close"), "can't be pickled (no)"),
    (with_methods("fetchone", "close"), "can't be pickled (no)"),
    (with_methods("commit", "close"), "can't be pickled (no)"),
    (with_methods("execute", "fetchone"), "can't be pickled (no)"),
    (with_methods("cursor", "close"), "can't be pickled (no)"),
]


@pytest.mark.parametrize(("thing", "reason"), UNPICKLABLE)
def test_a_driver_is_known_by_its_methods(thing, reason) -> None:
    assert why_unpicklable(thing, TypeError("no")) == reason


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


@pytest.mark.parametrize("maker", ["[threading.Lock()]", "queue.Queue()"])
def test_the_line_that_is_told_makes_it_on_the_server(
    notebook, tmp_path: Path, maker: str
) -> None:
    told = refusal(
        notebook,
        tmp_path / "out",
        f"import queue, threading\nfor thing in [{maker}]: pass",
        "def preprocess(x): return thing is not None",
    )

    line = told[told.index("def load") : told.index(", with the")]
    bundle = notebook(line.replace("...", maker))
    bundle.example(2)

    assert bundle.export(tmp_path / "out").proof.passed


@pytest.mark.parametrize(
    "made", ["a listening socket", "a generator", "a session of requests"]
)
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
    assert "%%truss_load cell: def load(): global held; held = ..., with" in told
    assert reason in told
    assert f"held{place}" in told or not place
