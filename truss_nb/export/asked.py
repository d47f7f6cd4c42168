"""Ask the truss that is installed beside the notebook whether it takes config.yaml.

It's asked in a process of its own, which runs while the examples do: importing truss
takes longer than most of an export, and the notebook shouldn't hold it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from truss_nb.errors import Problem, Reason
from truss_nb.proof.environment.supervised import supervised

REFUSED = Reason(
    "T103",
    "truss {version}, which is installed here, refuses it: {why}",
    "Set it right with %truss_config KEY=VALUE, or take it back with %truss_config "
    "--remove KEY",
)

_SCRIPT = """
import json, logging, pathlib, sys, tempfile, warnings
config = sys.stdin.buffer.read()
sys.path += json.loads(sys.argv[1])
warnings.simplefilter("ignore")
logging.disable()
from importlib.metadata import version
from truss.base.truss_config import TrussConfig
with tempfile.TemporaryDirectory() as place:
    file = pathlib.Path(place, "config.yaml")
    file.write_bytes(config)
    try:
        TrussConfig.from_yaml(file)
        found = []
    except Exception as error:
        errors = getattr(error, "errors", None)
        told = errors() if callable(errors) else [{"loc": (), "msg": str(error)}]
        found = [[".".join(map(str, each["loc"])), each["msg"]] for each in told]
print(json.dumps([version("truss"), found]))
"""


@contextmanager
def asked(
    settings: Mapping[str, Any], config: bytes
) -> Iterator[Callable[[], list[Problem]]]:
    """Let the installed truss read config.yaml meanwhile, if there is one.

    Yields what waits for its answer: a problem for each reason to refuse the file.

    Args:
        settings: what a person set in it. The rest is ours, and nothing to ask about.
        config: the file.
    """
    if not settings or find_spec("truss") is None:
        yield list
        return
    with supervised(
        [sys.executable, "-I", "-c", _SCRIPT, json.dumps(sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Of a trt_llm it looks up the checkpoint, and waits long where no hub is.
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    ) as process:
        process.stdin.write(config)
        process.stdin.close()
        yield lambda: [*_problems(process.stdout.read())]


def _problems(printed: bytes) -> Iterator[Problem]:
    if not printed:  # a truss that can't be imported has no say
        return
    version, found = json.loads(printed)
    for key, why in found:
        place = f"config.yaml, {key}" if key else "config.yaml"
        yield REFUSED.of(place, version=version, why=" ".join(why.split()).rstrip("."))
