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
KEPT |= {"COMSPEC", "PATHEXT", "SYSTEMROOT", "USERPROFILE"}  # of Windows
KEPT_BEGINNINGS = ("CUDA", "NVIDIA", "SSL_CERT")
KEPT_ENDINGS = ("_proxy", "_PROXY")

INSTALLER = frozenset({"CURL_CA_BUNDLE", "LANG", "LANGUAGE", "NETRC", "TZ"})
INSTALLER |= {"APPDATA", "LOCALAPPDATA", "TEMP", "TMP"}  # of Windows
INSTALLER |= {"XDG_CACHE_HOME", "XDG_CONFIG_DIRS", "XDG_CONFIG_HOME", "XDG_DATA_HOME"}
INSTALLER_BEGINNINGS = ("LC_", "PIP_", "UV_")
"""What an installer gets too: how it is set up, and where that is written."""


HOMES = ("HOME", *({"USERPROFILE"} & os.environ.keys()))
"""The variables that name the user's home; Windows has one of its own."""

IMAGE = {"TZ": "UTC", "LANG": "C.UTF-8"}
"""What is set so in the server's image, as Debian and Python have it there."""


def scrubbed(configured: Mapping[str, str]) -> dict[str, str]:
    """Return the machine's own variables, the image's, and those of config.yaml."""
    return {**_kept(KEPT, KEPT_BEGINNINGS), **IMAGE, **configured}


def for_installers() -> dict[str, str]:
    """Return the machine's own variables, and those that set up pip and uv.

    A requirement may run code when it's built: what the notebook has is no business
    of its.
    """
    return _kept(KEPT | INSTALLER, KEPT_BEGINNINGS + INSTALLER_BEGINNINGS)


def _kept(names: frozenset[str], beginnings: tuple[str, ...]) -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in names or name.startswith(beginnings) or name.endswith(KEPT_ENDINGS)
    }


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
