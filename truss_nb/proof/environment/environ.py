"""Choose the environment variables that a proof's process gets.

Only what any machine has in some way: a variable that the notebook set, or that was
set for it, is on no server. Nor is this machine's time zone, or its language.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

KEPT = frozenset({"HOME", "LD_LIBRARY_PATH", "PATH", "REQUESTS_CA_BUNDLE", "TMPDIR"})
KEPT_BEGINNINGS = ("CUDA", "NVIDIA", "SSL_CERT")
KEPT_ENDINGS = ("_proxy", "_PROXY")


IMAGE = {"TZ": "UTC", "LANG": "C.UTF-8"}
"""What is set so in the server's image, as Debian and Python have it there."""


def scrubbed(configured: Mapping[str, str]) -> dict[str, str]:
    """Return the machine's own variables, the image's, and those of config.yaml."""
    names = {n for n in os.environ if n.startswith(KEPT_BEGINNINGS)} | KEPT
    names |= {n for n in os.environ if n.endswith(KEPT_ENDINGS)}
    kept = {name: value for name, value in os.environ.items() if name in names}
    return {**kept, **IMAGE, **configured}


def local(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with this machine's time zone and language instead."""
    others = {name: value for name, value in environ.items() if name not in IMAGE}
    own = {n: v for n, v in os.environ.items() if n in IMAGE or n.startswith("LC_")}
    return {**others, **own}


def zone() -> str:
    """Return the name of this machine's time zone; empty if it is UTC, as a server's.

    A name is one that TZ may have: ``Europe/Berlin``.
    """
    if not time.timezone and not time.daylight:
        return ""
    linked = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    return os.environ.get("TZ") or linked or time.tzname[0]
