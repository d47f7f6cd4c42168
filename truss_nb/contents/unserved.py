"""Settings with which the server never calls the stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from truss_nb.errors import Problem, Reason

UNSERVED = Reason(
    "S109", "is set, and {why}", "Take it back with %truss_config {key} --remove"
)
_IN_PLACE = "the image runs that in place of the stages, so that no request meets them"
_NO_HTTP = "no HTTP request would reach predict, which answers nothing else"


def unserved(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what config.yaml says by which the stages would never be called."""
    for key in ("docker_server", "trt_llm"):
        if config.get(key):
            yield UNSERVED.of(key, key=key, why=_IN_PLACE)
    kind = _at(config, "runtime", "transport", "kind")
    if kind in ("websocket", "grpc"):
        key = "runtime.transport.kind"
        yield UNSERVED.of(f"{key}={kind}", key=key, why=_NO_HTTP)


def _at(config: Any, *keys: str) -> Any:
    for key in keys:
        config = config.get(key) if isinstance(config, Mapping) else None
    return config
