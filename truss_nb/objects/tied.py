"""What is tied to this process, so that no file can hold it.

Types are known by their names, so that nothing is imported to know them. Some of them
pickle lets through, and shouldn't: a session comes back without what it is logged in
to, and a connection that isn't open yet has its address baked in.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from truss_nb.objects.kinds import member

_FILE = "is an open file"
_LOCK = "is a lock"
_DATABASE = "is an open database connection"
_CLIENT = "is a client of a service"
_GENERATOR = "is a half-run generator"
_TASK = "is a task of an event loop"
_THREADS = "is a pool of threads or processes"
_QUEUE = "is a queue between threads"
_PROCESS = "is a running process"

_REASONS: Final = MappingProxyType(
    {
        "_io.BufferedRWPair": _FILE,
        "_io.BufferedRandom": _FILE,
        "_io.BufferedReader": _FILE,
        "_io.BufferedWriter": _FILE,
        "_io.FileIO": _FILE,
        "_io.TextIOWrapper": _FILE,
        "h5py._hl.files.File": _FILE,
        "mmap.mmap": "is a file mapped into memory",
        "tarfile.TarFile": _FILE,
        "tempfile._TemporaryFileWrapper": _FILE,
        "zipfile.ZipFile": _FILE,
        "_socket.socket": "is an open socket",
        "_ssl._SSLContext": "is a TLS context",
        "_multiprocessing.SemLock": _LOCK,
        "_thread.RLock": _LOCK,
        "_thread._local": "is a store of one thread",
        "_thread.lock": _LOCK,
        "multiprocessing.synchronize.SemLock": _LOCK,
        "threading.Barrier": _LOCK,
        "threading.Condition": _LOCK,
        "threading.Event": "is an event between threads",
        "threading.Semaphore": _LOCK,
        "threading.Thread": "is a thread",
        "_queue.SimpleQueue": _QUEUE,
        "multiprocessing.queues.Queue": _QUEUE,
        "multiprocessing.queues.SimpleQueue": _QUEUE,
        "queue.Queue": _QUEUE,
        "concurrent.futures._base.Executor": _THREADS,
        "concurrent.futures._base.Future": "is the answer of a running task",
        "multiprocessing.pool.Pool": _THREADS,
        "multiprocessing.connection._ConnectionBase": "is a pipe between processes",
        "multiprocessing.managers.BaseManager": _PROCESS,
        "multiprocessing.process.BaseProcess": _PROCESS,
        "subprocess.Popen": _PROCESS,
        "_asyncio.Future": _TASK,
        "asyncio.events.AbstractEventLoop": "is an event loop",
        "asyncio.futures.Future": _TASK,
        "builtins.async_generator": _GENERATOR,
        "builtins.coroutine": "is a coroutine",
        "builtins.generator": _GENERATOR,
        "builtins.module": "is a module",
        "_duckdb.DuckDBPyConnection": _DATABASE,
        "duckdb.DuckDBPyConnection": _DATABASE,
        "pymongo.mongo_client.MongoClient": _DATABASE,
        "pymongo.synchronous.mongo_client.MongoClient": _DATABASE,
        "redis.client.Redis": _DATABASE,
        "sqlalchemy.engine.base.Connection": _DATABASE,
        "sqlalchemy.engine.base.Engine": _DATABASE,
        "sqlalchemy.orm.session.Session": _DATABASE,
        "sqlite3.Connection": _DATABASE,
        "sqlite3.Cursor": _DATABASE,
        "aiohttp.client.ClientSession": _CLIENT,
        "anthropic._base_client.BaseClient": _CLIENT,
        "boto3.resources.base.ServiceResource": _CLIENT,
        "boto3.session.Session": _CLIENT,
        "botocore.client.BaseClient": _CLIENT,
        "botocore.session.Session": _CLIENT,
        "ftplib.FTP": _CLIENT,
        "google.cloud.client.Client": _CLIENT,
        "grpc.Channel": _CLIENT,
        "http.client.HTTPConnection": _CLIENT,
        "httpx.AsyncClient": _CLIENT,
        "httpx.Client": _CLIENT,
        "httpx._client.BaseClient": _CLIENT,
        "imaplib.IMAP4": _CLIENT,
        "openai._base_client.BaseClient": _CLIENT,
        "requests.sessions.Session": _CLIENT,
        "smtplib.SMTP": _CLIENT,
        "urllib3.connectionpool.ConnectionPool": _CLIENT,
        "urllib3.poolmanager.PoolManager": _CLIENT,
    }
)


def why_tied(kind: type) -> str | None:
    """Return why no file can hold an object of this type, as a clause, or None."""
    names = (f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__)
    return next((_REASONS[name] for name in names if name in _REASONS), None)


def called(kind: type) -> str:
    """Return a type as a user knows it: ``"sqlite3.Connection"``."""
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"


def why_unpicklable(obj: Any, error: Exception) -> str:
    """Return why pickle refused an object, as a clause.

    A database's own connections and cursors have the methods that Python's database
    interface (PEP 249) asks of them, whatever driver they're from.
    """
    kind = type(obj)
    if any(all(member(kind, m) for m in methods) for methods in _DATABASE_METHODS):
        return _DATABASE
    return f"can't be pickled ({error})"


_DATABASE_METHODS: Final = (
    ("cursor", "commit", "close"),
    ("execute", "fetchone", "close"),
)
