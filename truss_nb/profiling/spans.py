"""Read how long each stage took, from the traces that the Truss server can write.

Its own tracing says when a request entered and left a stage. A stream lasts until its
last part was made, and waiting for predict's turn is no part of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truss_nb.truss.packing import moment

STAGES = {
    "call-pre": "preprocess",
    "call-predict": "predict",
    "call-post": "postprocess",
}
"""The name of each span, and of the stage that it is."""

Times = Mapping[str, tuple[float, ...]]
"""The seconds that each stage took, by request, in the order of the stages."""


@dataclass
class Traces:
    """The file that the server writes, read bit by bit.

    Args:
        path: where it is.
        begin: how much of it was read.
    """

    path: Path
    begin: int = 0

    @property
    def settings(self) -> dict[str, dict[str, Any]]:
        """The settings with which a server writes it."""
        return {
            "runtime": {"enable_tracing_data": True},
            "environment_variables": {"OTEL_TRACING_NDJSON_FILE": str(self.path)},
        }

    def read_new(self) -> Times:
        """Return what was written since the last time."""
        with self.path.open("rb") as file:
            file.seek(self.begin)
            lines = file.read().rpartition(b"\n")[0]
        self.begin += len(lines) + 1 if lines else 0
        found = [each for line in lines.splitlines() for each in _stages(line)]
        return {
            stage: taken
            for stage in STAGES.values()
            if (taken := tuple(seconds for name, seconds in found if name == stage))
        }


def _stages(line: bytes) -> Iterator[tuple[str, float]]:
    span = json.loads(line)
    stage = STAGES.get(span["name"])
    began = [e for e in span["events"] if e["name"] == f"start: {stage}"]
    if stage is not None and began:
        first = moment(began[0]["timestamp"])
        yield stage, (moment(span["end_time"]) - first).total_seconds()
