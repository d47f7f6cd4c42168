"""A fresh interpreter that answers for exported folders, each in a process of its own.

python -I answering.py reads a line of JSON, ``[folder, [inputs]]``, forks, and prints a
line: the answers, or what was raised. It knows nothing of the notebook.
"""

import asyncio
import importlib.util
import inspect
import json
import os
import sys
import traceback
from pathlib import Path

# Forked with each process, rather than imported anew; model.py imports them itself.
import numpy as np  # noqa: F401


def load(folder):
    sys.path.insert(0, str(folder / "packages"))
    file = folder / "model" / "model.py"
    spec = importlib.util.spec_from_file_location("model.model", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["model.model"] = module
    spec.loader.exec_module(module)
    known = {"config": {}, "data_dir": folder / "data", "secrets": {}}
    wanted = inspect.signature(module.Model).parameters
    model = module.Model(**{name: known[name] for name in wanted if name in known})
    if hasattr(model, "load"):
        model.load()
    return model


def ask(model, value):
    for stage in ("preprocess", "predict", "postprocess"):
        if hasattr(model, stage):
            value = getattr(model, stage)(value)
            if inspect.isawaitable(value):
                value = asyncio.run(finish(value))
    return value


async def finish(awaitable):
    return await awaitable


def answer(folder, inputs):
    try:
        model = load(Path(folder))
        return [ask(model, value) for value in inputs]
    except BaseException:  # noqa: BLE001  # whatever it is, the test tells it
        return traceback.format_exc()


def main():
    for line in sys.stdin:
        folder, inputs = json.loads(line)
        child = os.fork()
        if child == 0:
            sys.stdout.write(json.dumps(answer(folder, inputs)) + "\n")
            sys.stdout.flush()
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
