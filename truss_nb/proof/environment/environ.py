"""Choose the environment variables that a proof's process gets.

Only what any machine has in some way: a variable that the notebook set, or that was
set for it, is on no server.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

KEPT = frozenset(
    {"HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "REQUESTS_CA_BUNDLE", "TMPDIR"}
)
KEPT_BEGINNINGS = ("CUDA", "LC_", "NVIDIA", "SSL_CERT")
KEPT_ENDINGS = ("_proxy", "_PROXY")


def scrubbed(configured: Mapping[str, Any]) -> dict[str, str]:
    """Return the machine's own variables, and those that config.yaml sets."""
    names = {n for n in os.environ if n.startswith(KEPT_BEGINNINGS)} | KEPT
    names |= {n for n in os.environ if n.endswith(KEPT_ENDINGS)}
    kept = {name: value for name, value in os.environ.items() if name in names}
    return {**kept, **{name: str(value) for name, value in configured.items()}}
