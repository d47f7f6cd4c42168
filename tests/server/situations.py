"""Situations in which a plain process and the Truss server may answer otherwise.

Each is a bundle as small as can be: its cells, its examples, its settings, and the
files beside the notebook. The functions that are named as stages are its stages.

They were written before their author had read how a proof works. When they first ran,
the two proofs agreed in 32 of 40: 18 passed, 12 failed, 2 were refused by the export.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Situation:
    """A bundle: source whose cells ``#%%`` divides, and what it is asked."""

    cells: str
    examples: tuple[Any, ...] = (1, 2)
    settings: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


THREADS = {
    "load sets a signal's handler": Situation("""
import signal
def load(self):
    signal.signal(signal.SIGALRM, lambda *_: None)
def predict(self, x):
    return x + 1
"""),
    "an async stage gives its loop a signal's handler": Situation("""
import asyncio, signal, sys
async def predict(x):
    if "IPython" not in sys.modules:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR2, print)
        loop.remove_signal_handler(signal.SIGUSR2)
    return x + 1
"""),
    "a stage that isn't async asks for the thread's event loop": Situation("""
import asyncio
async def double(x):
    return x * 2
#%%
def preprocess(x):
    loop = asyncio.get_event_loop_policy().get_event_loop()
    return loop.run_until_complete(double(x))
def predict(x):
    return x
"""),
    "load stores in a thread's own place": Situation("""
import threading
def load(self):
    self.local = threading.local()
    self.local.factor = 3
def predict(self, x):
    return x * self.local.factor
"""),
    "a context variable is set by preprocess and read by postprocess": Situation("""
from contextvars import ContextVar
def load(self):
    self.size = ContextVar("size", default=0)
def preprocess(self, x):
    self.size.set(x)
    return x
def predict(self, x):
    return x * 2
def postprocess(self, y):
    return [y, self.size.get()]
"""),
    "a context variable is set by an async stage and read by the next": Situation("""
from contextvars import ContextVar
def load(self):
    self.size = ContextVar("size", default=0)
async def preprocess(self, x):
    self.size.set(x)
    return x
async def predict(self, x):
    return [x, self.size.get()]
"""),
    "load sets how NumPy prints": Situation(
        """
import numpy as np
def load(self):
    np.set_printoptions(precision=2)
def predict(self, x):
    return str(np.array(x) / 3)
""",
        ([1, 2], [3]),
    ),
    "predict stores on self, and runs four times at once": Situation(
        """
import time
def predict(self, x):
    self.last = x
    time.sleep(0.01)
    return self.last
""",
        settings={"runtime.predict_concurrency": 4},
    ),
    "a stream keeps a connection that only its thread may use": Situation("""
import sqlite3
def predict(x):
    connection = sqlite3.connect(":memory:")
    for number in range(3):
        yield str(connection.execute("select ? + ?", (x, number)).fetchone()[0])
    connection.close()
"""),
    "the first request starts a task that later ones need": Situation("""
import asyncio
async def work(queue):
    while True:
        number, answer = await queue.get()
        answer.set_result(number * 2)
#%%
def load(self):
    self.queue = None
async def predict(self, x):
    if self.queue is None:
        self.queue = asyncio.Queue()
        self.task = asyncio.create_task(work(self.queue))
    answer = asyncio.get_running_loop().create_future()
    await self.queue.put((x, answer))
    return await asyncio.wait_for(answer, 5)
"""),
    "a stage tells the address that it was asked at": Situation("""
from starlette.requests import Request
def predict(x, request: Request):
    return [x, request.method, request.url.path, request.headers["content-type"]]
"""),
    "predict isn't async, and returns a coroutine": Situation("""
async def double(x):
    return x * 2
#%%
def predict(x):
    return double(x)
"""),
}

PROCESS = {
    "load reads the command line": Situation("""
import argparse
def load(self):
    parser = argparse.ArgumentParser()
    parser.add_argument("--factor", type=int, default=2)
    self.factor = parser.parse_args().factor
def predict(self, x):
    return x * self.factor
"""),
    "load writes below data, and asks whether it did before": Situation("""
def load(self):
    mark = self._data_dir / "mark.txt"
    self.was_there = mark.exists()
    mark.parent.mkdir(exist_ok=True)
    mark.write_text("here")
def predict(self, x):
    return [x, self.was_there]
"""),
    "a stage pickles an object of a class of its own": Situation("""
import pickle
class Point:
    def __init__(self, x):
        self.x = x
#%%
def predict(x):
    return pickle.loads(pickle.dumps(Point(x))).x
"""),
    "a stage asks a pool of new processes": Situation("""
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from operator import neg
def predict(x):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(neg, x).result()
"""),
    "a stage asks whether a package of the server is there": Situation("""
from importlib.util import find_spec
def predict(x):
    return [x, find_spec("starlette") is not None]
"""),
    "a module beside the notebook is called main": Situation(
        """
from main import double
def predict(x):
    return double(x)
""",
        files={"main.py": "def double(x):\n    return x * 2\n"},
    ),
    "a package beside the notebook has a folder lib": Situation(
        """
from shop.lib import double
def predict(x):
    return double(x)
""",
        files={
            "shop/__init__.py": "",
            "shop/lib/__init__.py": "def double(x):\n    return x * 2\n",
        },
    ),
    "the texts of variables": Situation(
        """
import os
def predict(x):
    return [os.environ[name] for name in ("FLAG", "SEVEN", "RATE", "WIDE", "QUOTED")]
""",
        settings={
            "environment_variables.FLAG": "true",
            "environment_variables.SEVEN": "007",
            "environment_variables.RATE": "1e3",
            "environment_variables.WIDE": "  a  b ",
            "environment_variables.QUOTED": '{"a": "b\\\\c"}',
        },
    ),
    "a variable that names another": Situation(
        """
import os
def predict(x):
    return os.environ["CACHE"]
""",
        settings={
            "environment_variables.CACHE": "$NOWHERE/cache",
        },
    ),
    "variables that a process may have and a server hasn't": Situation("""
import os
NAMES = ("TZ", "LC_ALL", "PYTHONHASHSEED", "PYTHONWARNINGS", "VIRTUAL_ENV")
#%%
def load(self):
    self.set = [name for name in NAMES if name in os.environ]
def predict(self, x):
    return self.set
"""),
    "a stage prints half a character": Situation(r"""
def predict(x):
    print("half \udc80")
    return x
"""),
    "a stage asks whether INFO is logged": Situation("""
import logging
def predict(x):
    return [x, logging.getLogger("shop").isEnabledFor(logging.INFO)]
"""),
    "load fails the first time": Situation("""
import builtins
builtins.truss_was_tried = True
#%%
import builtins
def load(self):
    if not hasattr(builtins, "truss_was_tried"):
        builtins.truss_was_tried = True
        raise ConnectionError("not yet")
def predict(self, x):
    return x
"""),
    "load starts a thread that never ends": Situation("""
import sys, threading
def load(self):
    wait = threading.Event().wait
    self.thread = threading.Thread(target=wait, daemon="IPython" in sys.modules)
    self.thread.start()
def predict(self, x):
    return x
"""),
    "load starts a program that goes on": Situation("""
import subprocess
def load(self):
    self.program = subprocess.Popen(["sleep", "30"])
def predict(self, x):
    return x
"""),
    "a stage writes bytes to the output, and closes it": Situation("""
import os, sys
def predict(x):
    if "IPython" not in sys.modules and sys.stdout is not None:
        os.write(1, b"\\xff\\x00{}\\n")
        os.close(1)
        sys.stdout = None
    return x
"""),
    "a stage ends the process, and says that all is well": Situation("""
import os, sys
def predict(x):
    if "IPython" not in sys.modules:
        os._exit(0)
    return x
"""),
}

VALUES = {
    "an answer holds a number that has no room in 64 bits": Situation("""
def predict(x):
    return x * 2**70
"""),
    "an answer holds half a character": Situation(r"""
def predict(x):
    return f"{x} \udc80"
"""),
    "an answer holds an array of dates": Situation("""
import numpy as np
def predict(x):
    return {"day": np.array(["2024-01-01"], dtype="datetime64[D]") + x}
"""),
    "an input has numbers as keys": Situation(
        """
def predict(x):
    return sorted(type(key).__name__ for key in x)
""",
        ({1: "a"}, {2: "b"}),
    ),
    "an input looks as an array that was packed": Situation(
        """
def predict(x):
    return sorted(x)
""",
        ({"nd": True, "type": "<f4", "shape": [1], "data": "abcd"}, {"nd": 0}),
    ),
    "an answer is a map, and no list": Situation("""
def predict(x):
    return map(str, range(x))
"""),
    "a stage counts the requests": Situation("""
def load(self):
    self.count = 0
def predict(self, x):
    self.count += 1
    return [x, self.count > 2]
"""),
    "a secret that nobody named is looked for": Situation("""
def load(self):
    try:
        self.key = self._secrets["shop_key"]
    except Exception:
        self.key = "none"
def predict(self, x):
    return [x, self.key]
"""),
    "what the config holds": Situation(
        """
def predict(self, x):
    return [repr(value) for value in self._config["model_metadata"]["shop"].values()]
""",
        settings={
            "model_metadata.shop": {
                "rate": 1e-05,
                "text": "1e-05",
                "on": "on",
                "time": "1:30",
                "day": "2024-01-01",
            }
        },
    ),
    "a Response has a status that allows no body": Situation("""
from starlette.responses import Response
def predict(x):
    return Response(b"none", status_code=204)
"""),
    "a stream of dicts": Situation("""
def predict(x):
    for number in range(x):
        yield {"number": number}
"""),
}

SITUATIONS = {**THREADS, **PROCESS, **VALUES}
