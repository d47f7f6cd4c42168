"""The versions that Truss' image accepts: a small table, with its source beside it.

The bounds are compared by release numbers (a pre-release counts as its release), which
is all that they use, so no third-party package has to read them.
"""

from __future__ import annotations

import re
from operator import eq, ge, lt

# What the image holds its packages to, also against a user's own pins:
# constraints.txt of the server.
_CONSTRAINTS = {
    "aiocontextvars": "==0.2.2",
    "aiofiles": ">=24.1.0",
    "aiohttp": ">=3.10.11",
    "cython": "==3.0.5",
    "fastapi": ">=0.114,<0.137.0",
    "joblib": ">=1.2.0",
    "loguru": ">=0.7.2",
    "msgpack": "==1.1.0",
    "msgpack-numpy": "==0.4.8",
    "numpy": ">=1.23.5,<3.0",
    "opentelemetry-api": ">=1.25.0",
    "opentelemetry-exporter-otlp": ">=1.25.0",
    "opentelemetry-sdk": ">=1.25.0",
    "prometheus-client": ">=0.21.1",
    "psutil": ">=5.9.4",
    "python-json-logger": ">=2.0.2",
    "pyyaml": ">=6.0.0",
    "requests": ">=2.31.0",
    "truss-transfer": ">=0.0.42,<0.0.47",
    "uvicorn": ">=0.24.0",
    "uvloop": ">=0.19.0",
    "websockets": ">=10.0",
}

# What the server's fastapi (0.114 up to 0.124, by its requirements.txt) brings along.
_BROUGHT = {"starlette": ">=0.37.2,<0.51.0"}


def find_bounds(project: str) -> str:
    """Return the versions of a project that the image accepts; "" if it has no say.

    Args:
        project: the canonical name.
    """
    return {**_CONSTRAINTS, **_BROUGHT}.get(project, "")


def of_server() -> frozenset[str]:
    """Return the canonical names of what the image's own server needs."""
    return frozenset(_CONSTRAINTS)


def admits(bounds: str, version: str) -> bool:
    """Return whether a version lies in bounds such as ``>=0.114,<0.137.0``."""
    number = _read_release(version)
    holds = {"==": eq, ">=": ge, "<": lt}
    found = re.findall(r"(==|>=|<)([\d.]+)", bounds)
    return all(holds[sign](number, _read_release(bound)) for sign, bound in found)


def _read_release(version: str) -> tuple[int, ...]:
    """Return a version's release numbers, so that 1.1 equals 1.1.0."""
    digits = re.match(r"v?(?:\d+!)?(\d+(?:\.\d+)*)", version)
    numbers = [int(part) for part in digits[1].split(".")] if digits else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
