"""Extra parameters of the stages, as settings in config.yaml.

``def postprocess(model_output, k=5)`` becomes ``model_metadata.parameters.k: 5``, so
that ``k`` changes without touching code. What YAML can't give back as it was (a tuple,
an array, an encoder) stays in the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from truss_nb.contents.contents import Argument, Captured
from truss_nb.contents.stage import Stage
from truss_nb.truss.wire import is_json


def config_parameters(captured: Captured) -> dict[str, Any]:
    """Return ``model_metadata.parameters``: each key and its value."""
    return {
        key: argument.value
        for stage in captured.stages.values()
        for argument, key in keyed(captured, stage)
        if key is not None
    }


def keyed(captured: Captured, stage: Stage) -> Iterator[tuple[Argument, str | None]]:
    """Yield the extra parameters of a stage, each with its key in config.yaml, if any.

    The key is the parameter's name. Where two stages give one name different
    defaults, it says which stage: ``preprocess.threshold``.
    """
    for argument in captured.arguments(stage):
        if argument.is_missing or argument.is_lost or not is_json(argument.value):
            yield argument, None
        elif _is_ambiguous(captured, argument):
            yield argument, f"{stage.name}.{argument.extra.name}"
        else:
            yield argument, argument.extra.name


def _is_ambiguous(captured: Captured, argument: Argument) -> bool:
    return any(
        other.extra.name == argument.extra.name
        and not other.is_lost
        and (type(other.value), other.value) != (type(argument.value), argument.value)
        for stage in captured.stages.values()
        for other in captured.arguments(stage)
    )
