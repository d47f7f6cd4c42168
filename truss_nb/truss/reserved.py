"""Names that the image and its server reserve, so that a bundle can't use them."""

from __future__ import annotations

MODULES = frozenset(
    {
        # in /app, and there before packages/
        *("_truss_common", "_truss_shared", "data", "main", "model", "model_wrapper"),
        "truss_server",
        # of other releases and other servers
        *("common", "extensions", "shared"),
    }
)
"""The server's own modules, which would hide one of the user's."""

VARIABLES = frozenset({"HOSTNAME", "PORT"})
"""Environment variables that the server sets itself:
K8S_RESERVED_ENVIRONMENT_VARIABLES of ``truss/base/truss_config.py``."""
