"""Turn the stages' extra parameters into settings in config.yaml.

``def postprocess(model_output, k=5)`` becomes ``model_metadata.parameters.k: 5``, so
that ``k`` changes without touching code. What YAML can't give back as it was (a tuple,
an array, an encoder) stays in the code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from truss_nb.contents.contents import Argument, Captured
from truss_nb.contents.model import Reference
from truss_nb.truss.wire import is_json


@dataclass(frozen=True)
class Parameters:
    """The extra parameters of all stages, and which of them are settings.

    Args:
        keyed: those of each stage, each with its key in config.yaml, if any.
        settings: ``model_metadata.parameters``: each key and its value.
    """

    keyed: Mapping[str, Sequence[tuple[Argument, str | None]]]
    settings: Mapping[str, Any]

    @classmethod
    def of(cls, captured: Captured) -> Parameters:
        """Decide what becomes of each parameter, as the bundle is now."""
        given = captured.taken()
        all_ = [argument for arguments in given.values() for argument in arguments]
        keyed = {
            name: [(argument, _key(name, argument, all_)) for argument in arguments]
            for name, arguments in given.items()
        }
        pairs = [pair for each in keyed.values() for pair in each]
        return cls(keyed, {key: a.value for a, key in pairs if key is not None})

    def in_code(self) -> Iterator[tuple[str, Reference]]:
        """Yield those that were set to what YAML can't give back, by their names."""
        for each in self.keyed.values():
            for argument, key in each:
                if key is None and argument.reference is not None:
                    yield argument.extra.name, argument.reference


def _key(stage: str, argument: Argument, others: Sequence[Argument]) -> str | None:
    """Return the key of a parameter in config.yaml, if it goes there.

    The key is the parameter's name. Where two stages give one name different
    defaults, it says which stage: ``preprocess.threshold``.
    """
    if argument.is_missing or argument.is_lost or not is_json(argument.value):
        return None
    name = argument.extra.name
    return f"{stage}.{name}" if _is_ambiguous(argument, others) else name


def _is_ambiguous(argument: Argument, others: Sequence[Argument]) -> bool:
    return any(
        other.extra.name == argument.extra.name
        and not other.is_lost
        and (type(other.value), other.value) != (type(argument.value), argument.value)
        for other in others
    )
