"""What is tied to this process, so that no file can hold it.

Types are known by their names, so that nothing is imported to know them. Some of them
pickle lets through, and shouldn't: a session comes back without what it is logged in
to, and a connection that isn't open yet has its address baked in.
"""

from __future__ import annotations

from typing import Any, Final

from truss_nb.objects.kinds import lineage, member

_TIED: Final = {
    "is an open file": (
        "_io.BufferedRWPair _io.BufferedRandom _io.BufferedReader _io.BufferedWriter "
        "_io.FileIO _io.TextIOWrapper h5py._hl.files.File tarfile.TarFile "
        "tempfile._TemporaryFileWrapper zipfile.ZipFile"
    ),
    "is a file mapped into memory": "mmap.mmap",
    "is an open socket": "_socket.socket",
    "is a TLS context": "_ssl._SSLContext",
    "is a lock": (
        "_multiprocessing.SemLock _thread.RLock _thread.lock "
        "multiprocessing.synchronize.SemLock threading.Barrier threading.Condition "
        "threading.Semaphore"
    ),
    "is a store of one thread": "_thread._local",
    "is an event between threads": "threading.Event",
    "is a thread": "threading.Thread",
    "is a queue between threads": (
        "_queue.SimpleQueue multiprocessing.queues.Queue "
        "multiprocessing.queues.SimpleQueue queue.Queue"
    ),
    "is a pool of threads": (
        "concurrent.futures.thread.ThreadPoolExecutor multiprocessing.pool.ThreadPool"
    ),
    "is a pool of processes": (
        "concurrent.futures._base.Executor multiprocessing.pool.Pool"
    ),
    "is the answer of a running task": "concurrent.futures._base.Future",
    "is a pipe between processes": "multiprocessing.connection._ConnectionBase",
    "is a running process": (
        "multiprocessing.managers.BaseManager multiprocessing.process.BaseProcess "
        "subprocess.Popen"
    ),
    "is a task of an event loop": "_asyncio.Future asyncio.futures.Future",
    "is an event loop": "asyncio.events.AbstractEventLoop",
    "is a half-run generator": "builtins.async_generator builtins.generator",
    "is a coroutine": "builtins.coroutine",
    "is a module": "builtins.module",
    "is an open database connection": (
        "_duckdb.DuckDBPyConnection duckdb.DuckDBPyConnection "
        "pymongo.mongo_client.MongoClient "
        "pymongo.synchronous.mongo_client.MongoClient redis.client.Redis "
        "sqlalchemy.engine.base.Connection sqlalchemy.engine.base.Engine "
        "sqlalchemy.orm.session.Session sqlite3.Connection sqlite3.Cursor"
    ),
    "is a client of a service": (
        "aiohttp.client.ClientSession anthropic._base_client.BaseClient "
        "boto3.resources.base.ServiceResource boto3.session.Session "
        "botocore.client.BaseClient botocore.session.Session ftplib.FTP "
        "google.cloud.client.Client grpc.Channel http.client.HTTPConnection "
        "httpx.AsyncClient httpx.Client httpx._client.BaseClient imaplib.IMAP4 "
        "openai._base_client.BaseClient requests.sessions.Session smtplib.SMTP "
        "urllib3.connectionpool.ConnectionPool urllib3.poolmanager.PoolManager"
    ),
}
_MEMORY: Final = frozenset(
    {
        "is a lock",
        "is a module",
        "is a pool of threads",
        "is a store of one thread",
        "is an event between threads",
        "is a queue between threads",
    }
)
_REASONS: Final = {
    name: reason for reason, names in _TIED.items() for name in names.split()
}


def why_tied(kind: type) -> str | None:
    """Return why no file can hold an object of this type, as a clause, or None."""
    return next((_REASONS[n] for n in lineage(kind) if n in _REASONS), None)


def reaches_out(reason: str) -> bool:
    """Return whether what is tied for a reason is more than memory of this process."""
    return reason in _TIED.keys() - _MEMORY


def called(kind: type) -> str:
    """Return a type as a user knows it: ``"sqlite3.Connection"``."""
    return lineage(kind)[0].removeprefix("builtins.")


def why_unpicklable(obj: Any, error: Exception) -> str:
    """Return why pickle refused an object, as a clause.

    A database's own connections and cursors have the methods that Python's database
    interface (PEP 249) asks of them, whatever driver they're from.
    """
    kind = type(obj)
    if any(all(member(kind, m) for m in methods) for methods in _DATABASE_METHODS):
        return "is an open database connection"
    return f"can't be pickled ({error})"


_DATABASE_METHODS: Final = (
    ("cursor", "commit", "close"),
    ("execute", "fetchone", "close"),
)
