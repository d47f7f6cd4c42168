"""Transformers: models, tokenizers, processors and pipelines, as folders."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, ClassVar, Final

import transformers

from truss_nb.formats.format import Format, Saved
from truss_nb.formats.hosted import (
    PretrainedFolder,
    modules_unlike,
    settings_unlike,
    texts,
)
from truss_nb.objects.audit import NOTEBOOK, Audit, Refusal
from truss_nb.objects.kinds import attributes, is_a
from truss_nb.text.quoting import written


class Pretrained(PretrainedFolder):
    """What ``save_pretrained`` writes and ``from_pretrained`` reads."""

    name = "Transformers folder"
    modules: ClassVar[tuple[str, ...]] = ("transformers",)
    kinds: ClassVar[tuple[type, ...]] = (
        transformers.PreTrainedTokenizerBase,
        transformers.FeatureExtractionMixin,
        transformers.ImageProcessingMixin,
        transformers.ProcessorMixin,
    )

    def fits(self, value: object, /) -> bool:
        """Take objects of the package's own classes."""
        kind = type(value)
        is_own = getattr(transformers, kind.__name__, None) is kind
        return is_own and super().fits(value)

    def saved(self, value: Any, /) -> Saved:
        """Return the line of the documentation."""
        return self._read(value, {})

    def origin(self, value: Any, /) -> tuple[str, str | None]:
        """Return what a tokenizer says of itself; a processor has one."""
        return getattr(getattr(value, "tokenizer", value), "name_or_path", ""), None

    def saved_from(self, value: Any, hubs: Any, /) -> Saved:
        """Return the line of the documentation, with the arguments that it had."""
        given = {} if hubs is None else self._arguments(value, hubs)
        return self._read(value, {n: v for n, v in given.items() if _is_plain(v)})

    def unlike(self, value: Any, hubs: Any, /) -> str | None:
        """Compare what the two save."""
        others = settings_unlike(texts(value), texts(hubs))
        return f"its {others[0]} is another" if others else None

    def _read(self, value: Any, given: Mapping[str, Any]) -> Saved:
        kind = type(value).__name__
        imports = (f"from transformers import {kind}",)
        return Saved(imports, f"{kind}.from_pretrained({{path}}{_listed(given)})")

    def _arguments(self, value: Any, hubs: Any) -> dict[str, Any]:
        """Return the settings that differ, where nothing else does."""
        mine, theirs = texts(value), texts(hubs)
        if settings_unlike(mine, theirs) != [_SETTINGS]:
            return {}
        names = settings_unlike(mine[_SETTINGS], theirs[_SETTINGS])
        return {name: mine[_SETTINGS].get(name) for name in names}


class Model(Pretrained):
    """A model, in the precision and the mode that it has."""

    name = "Transformers model"
    modules = ("transformers", "torch")
    kinds = (transformers.PreTrainedModel,)

    def saved(self, value: Any, /) -> Saved:
        """Return the line of the documentation; what is read is in evaluation mode."""
        import torch  # noqa: PLC0415 - a tokenizer comes without it

        is_usual = value.dtype is torch.float32
        return self._read(value, {} if is_usual else {"dtype": "auto"})

    def origin(self, value: Any, /) -> tuple[str, str | None]:
        """Return what the configuration says; newer versions keep no commit."""
        return value.name_or_path, getattr(value.config, "_commit_hash", None)

    def saved_from(self, value: Any, hubs: Any, /) -> Saved:
        """Return that line, and those that set what generating reads."""
        found = super().saved_from(value, hubs)
        lines = [] if hubs is None else list(_later(value, hubs))
        return replace(found, then=(*lines, *found.then))

    def unlike(self, value: Any, hubs: Any, /) -> str | None:
        """Compare the configurations, and the weights."""
        others = settings_unlike(_configured(value), _configured(hubs))
        why = f"its config has another {others[0]}" if others else None
        return why or modules_unlike(value, hubs)

    def _read(self, value: Any, given: Mapping[str, Any]) -> Saved:
        from truss_nb.formats.torch import to_gpu  # noqa: PLC0415 - loads torch

        then = ("{value}.train()",) if value.training else ()
        return replace(super()._read(value, given), then=(*then, *to_gpu(value)))

    def _arguments(self, value: Any, hubs: Any) -> dict[str, Any]:
        mine, theirs = _configured(value), _configured(hubs)
        found = settings_unlike(mine, theirs)
        return {name: mine.get(name) for name in found if name not in _LATER}


class Pipeline(Pretrained):
    """A pipeline: its model, and what prepares its inputs, in one folder."""

    name = "Transformers pipeline"
    modules = ("transformers", "torch")
    kinds = (transformers.Pipeline,)

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Refuse one that was given what no text says."""
        found, given = super().audit(value, notebook), _given(value)
        if isinstance(given, dict):
            return found
        reason = f"was given {given}, which a pipeline's folder doesn't hold"
        return replace(found, refusal=Refusal("", type(value).__name__, reason))

    def origin(self, value: Any, /) -> tuple[str, str | None]:
        """Return what its model says."""
        return _MODEL.origin(value.model)

    def unlike(self, value: Any, hubs: Any, /) -> str | None:
        """Compare the models, and then what prepares their inputs."""
        if why := _MODEL.unlike(value.model, hubs.model):
            return why
        for name in ("tokenizer", "feature_extractor", "image_processor", "processor"):
            one, other = getattr(value, name, None), getattr(hubs, name, None)
            if type(one) is not type(other):
                return f"its {name} is another"
            if one is not None and (why := super().unlike(one, other)):
                return f"of its {name} {why}"
        return None

    def _read(self, value: Any, given: Mapping[str, Any]) -> Saved:
        own = _given(value)
        whole = dict(sorted(own.items())) if isinstance(own, dict) else {}
        whole |= {"model_kwargs": dict(given)} if given else {}
        line = f'transformers.pipeline("{value.task}", model={{path}}{_listed(whole)})'
        return Saved(("import transformers",), line)

    def _arguments(self, value: Any, hubs: Any) -> dict[str, Any]:
        return _MODEL._arguments(value.model, hubs.model)


_MODEL: Final = Model()
_SETTINGS, _GENERATION = "tokenizer_config.json", "generation_config"
_LATER: Final = (_GENERATION, "bos_token_id", "eos_token_id", "pad_token_id")
"""What is set once a model is there: as arguments these would set each other."""

FORMATS: Final[tuple[Format, ...]] = (Pretrained(), _MODEL, Pipeline())

_ATOMS: Final = (str, int, float, bool, type(None))
_NOTHING: Final = object()
_Made = dict[tuple[int, str], Any]


def _given(pipeline: Any) -> dict[str, Any] | str:
    """Return the arguments that a pipeline was given, or the name of what has no text.

    It keeps what it made of them, perhaps under other names: those are looked for that
    it makes the same of.
    """
    own = attributes(pipeline)
    whole = {name: own.get(f"_{name}") for name in ("batch_size", "num_workers")}
    whole["assistant_model"] = own.get("assistant_model")
    whole = {name: each for name, each in whole.items() if each is not None}
    whole |= own.get("_generate_kwargs", {})
    for name, each in whole.items():
        if not _is_plain(each):
            return name
    parts = ("_preprocess_params", "_forward_params", "_postprocess_params")
    kept, found = _numbered(own[part] for part in parts), dict[str, Any]()
    while left := _unlike(kept, _made(pipeline, found)):
        choices = [found | each for each in _choices(pipeline, kept)]
        tried = [(len(_unlike(kept, _made(pipeline, c))), c) for c in choices]
        rest, found = min(tried, key=lambda each: each[0], default=(len(left), found))
        if rest >= len(left):
            return next(name for _, name in left)
    return whole | found


def _choices(pipeline: Any, kept: _Made) -> Iterator[dict[str, Any]]:
    """Yield each argument that may have made some of what is kept."""
    known = inspect.signature(pipeline._sanitize_parameters).parameters
    inner = [v for each in kept.values() if is_a(each, dict) for v in each.values()]
    values = [v for v in map(_plain, [*kept.values(), *inner]) if _is_plain(v)]
    yield from ({name: _plain(each)} for (_, name), each in kept.items())
    yield from ({name: each} for name in known for each in (True, False, *values))


def _made(pipeline: Any, given: Mapping[str, Any]) -> _Made:
    """Return what a pipeline makes of arguments; nothing if it refuses them."""
    if not all(map(_is_plain, given.values())):
        return {}
    try:
        return _numbered(pipeline._sanitize_parameters(**given))
    except Exception:  # noqa: BLE001 - each kind of pipeline has words of its own
        return {}


def _unlike(kept: _Made, made: _Made) -> list[tuple[int, str]]:
    """Return what two pipelines have that isn't the same."""
    names = dict.fromkeys([*kept, *made])
    return [n for n in names if not _same(kept.get(n, _NOTHING), made.get(n, _NOTHING))]


def _numbered(parts: Iterable[Mapping[str, Any]]) -> _Made:
    return {(i, name): v for i, part in enumerate(parts) for name, v in part.items()}


def _same(left: Any, right: Any) -> bool:
    """Return whether two settings are equal; some are arrays."""
    if left is right or type(left) is not type(right):
        return left is right
    return pickle.dumps(left) == pickle.dumps(right)


def _plain(value: Any) -> Any:
    return value.value if is_a(value, Enum) else value


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind in (list, tuple, dict):
        parts = [*value, *value.values()] if kind is dict else value
        return all(map(_is_plain, parts))
    return kind in _ATOMS or (
        kind is transformers.GenerationConfig and _is_plain(_settings(value))
    )


def _settings(config: Any) -> dict[str, Any]:
    found = config.to_diff_dict().items()
    return {name: each for name, each in found if name != "transformers_version"}


def _configured(model: Any) -> dict[str, Any]:
    """Return all that a model's configuration says."""
    said: dict[str, Any]
    said, generation = model.config.to_dict(), getattr(model, _GENERATION, None)
    chosen = getattr(model.config, "_attn_implementation", None)
    attention = {"attn_implementation": chosen}
    return said | attention | {_GENERATION: generation and _settings(generation)}


def _later(model: Any, hubs: Any) -> Iterator[str]:
    """Yield the assignments after which a model generates as another does."""
    mine, theirs = _configured(model), _configured(hubs)
    names = [name for name in settings_unlike(mine, theirs) if name in _LATER[1:]]
    changed = settings_unlike(mine[_GENERATION] or {}, theirs[_GENERATION] or {})
    for part, of, found in (
        ("config", model.config, names),
        (_GENERATION, getattr(model, _GENERATION, None), changed),
    ):
        values = ((name, getattr(of, name, None)) for name in found)
        plain = [(name, value) for name, value in values if _is_plain(value)]
        yield from (f"{{value}}.{part}.{n} = {_text(value)}" for n, value in plain)


def _listed(given: Mapping[str, Any]) -> str:
    """Return arguments as they follow the first one of a call."""
    return "".join(f", {name}={_text(each)}" for name, each in given.items())


def _text(value: Any) -> str:
    return written(value, _called)


def _called(value: Any) -> str:
    """Return what is neither a text, a list nor a dict, as a person writes it."""
    if type(value) is transformers.GenerationConfig:
        return f"transformers.GenerationConfig({_listed(_settings(value))[2:]})"
    return repr(value)
