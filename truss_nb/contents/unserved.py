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
    for place, values in _NOT_BY_HTTP.items():
        value, key = _at(config, *place), ".".join(place)
        if value in values:
            yield UNSERVED.of(f"{key}={value}", key=key, why=_NO_HTTP)


_NOT_BY_HTTP: Mapping[tuple[str, ...], tuple[object, ...]] = {
    ("runtime", "transport", "kind"): ("websocket", "grpc"),
    ("runtime", "is_websocket_endpoint"): (True,),  # its older name
}


def _at(config: Any, *keys: str) -> Any:
    for key in keys:
        config = config.get(key) if isinstance(config, Mapping) else None
    return config
