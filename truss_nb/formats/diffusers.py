"""Diffusers: pipelines, models and schedulers, as folders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import diffusers
import torch

from truss_nb.formats.format import Format, Saved
from truss_nb.formats.hosted import (
    PretrainedFolder,
    modules_unlike,
    settings_unlike,
    texts,
)
from truss_nb.formats.torch import to_gpu
from truss_nb.objects.kinds import is_a, package_of


class Pretrained(PretrainedFolder):
    """What ``save_pretrained`` writes and ``from_pretrained`` reads."""

    name = "Diffusers folder"
    kinds: ClassVar[tuple[type, ...]] = (
        diffusers.DiffusionPipeline,
        diffusers.ModelMixin,
        diffusers.SchedulerMixin,
    )

    def fits(self, value: object, /) -> bool:
        """Take what is made of the package's own classes, and Transformers'."""
        kind = type(value)
        is_own = getattr(diffusers, kind.__name__, None) is kind
        return is_own and super().fits(value) and _packages(value) <= _KNOWN

    def needed(self, value: Any, /) -> set[str]:
        """Return the packages of its parts."""
        return _packages(value) | {"torch"}

    def saved(self, value: Any, /) -> Saved:
        """Return the line of the documentation."""
        return self._read(
            value, {} if _dtype(value) is torch.float32 else _given(value)
        )

    def origin(self, value: Any, /) -> tuple[str, str | None]:
        """Return what the configuration says, which keeps no commit."""
        return value.config.get("_name_or_path") or "", None

    def saved_from(self, value: Any, hubs: Any, /) -> Saved:
        """Return the line of the documentation, with the arguments that it had."""
        given: dict[str, str] = {}
        if hubs is not None:
            given = _given(value) if _dtype(value) is not _dtype(hubs) else {}
            left = (n for n, each in _parts(value).items() if each is None)
            given |= {name: "None" for name in left if _parts(hubs).get(name)}
        return self._read(value, given)

    def unlike(self, value: Any, hubs: Any, /) -> str | None:
        """Compare part by part."""
        others = _parts(hubs)
        for name, part in _parts(value).items():
            if type(part) is not type(others.get(name)):
                return f"its {name} is another"
            if why := _part_unlike(part, others[name]):
                return f"of its {name} {why}"
        return None

    def _read(self, value: Any, given: Mapping[str, str]) -> Saved:
        kind = type(value).__name__
        listed = "".join(f", {name}={text}" for name, text in given.items())
        imports = [f"from diffusers import {kind}"]
        imports += ["import torch"] if _DTYPE in given else []
        modules = [each for each in _parts(value).values() if _is_module(each)]
        then = ["{value}.train()"] if _is_module(value) and value.training else []
        then += dict.fromkeys(line for each in modules for line in to_gpu(each))
        line = f"{kind}.from_pretrained({{path}}{listed})"
        return Saved(tuple(imports), line, tuple(then))


FORMATS: Final[tuple[Format, ...]] = (Pretrained(),)

_KNOWN: Final = frozenset({"diffusers", "transformers"})

_IS_NEWER: Final = hasattr(diffusers.utils.deprecation_utils, "_resolve_dtype")
_DTYPE: Final = "dtype" if _IS_NEWER else "torch_dtype"
"""What the argument is called since the older name is deprecated."""


def _parts(value: Any) -> dict[str, Any]:
    """Return what a pipeline is made of, by name; anything else is one whole."""
    is_pipeline = is_a(value, diffusers.DiffusionPipeline)
    return dict(value.components) if is_pipeline else {type(value).__name__: value}


def _packages(value: Any) -> set[str]:
    parts = (each for each in _parts(value).values() if each is not None)
    return {package_of(type(each)) for each in (value, *parts)}


def _is_module(part: Any) -> bool:
    return is_a(part, torch.nn.Module)


def _dtype(value: Any) -> Any:
    """Return the precision of what has one; a scheduler has none."""
    return getattr(value, "dtype", torch.float32)


def _given(value: Any) -> dict[str, str]:
    return {_DTYPE: str(_dtype(value))}


def _part_unlike(one: Any, other: Any) -> str | None:
    if _is_module(one):
        found = settings_unlike(_configured(one), _configured(other))
        return (
            f"the config has another {found[0]}"
            if found
            else modules_unlike(one, other)
        )
    if hasattr(one, "save_pretrained"):
        found = settings_unlike(texts(one), texts(other))
        return f"the {found[0]} is another" if found else None
    return None if one == other else "the value is another"


def _configured(part: Any) -> dict[str, Any]:
    config = part.config
    return dict(config.to_dict() if hasattr(config, "to_dict") else config)
