"""Transformers: models, tokenizers, processors and pipelines, as folders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Final

import transformers

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects import audit as audits
from truss_nb.objects.audit import NOTEBOOK, Audit, Refusal


class Pretrained(OwnForm):
    """What ``save_pretrained`` writes and ``from_pretrained`` reads."""

    name = "Transformers folder"
    suffix = ""
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

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Walk it: it may share parts with another value."""
        found = audits.audit(value, notebook)
        return Audit(found.objects, modules=frozenset(self.modules))

    def saved(self, value: Any, /) -> Saved:
        """Return the line of the documentation."""
        kind = type(value).__name__
        imports = (f"from transformers import {kind}",)
        return Saved(imports, f"{kind}.from_pretrained({{path}})")

    def write(self, value: Any, path: Path, /) -> None:
        """Write the folder."""
        value.save_pretrained(path)


class Model(Pretrained):
    """A model, in the precision and the mode that it has."""

    name = "Transformers model"
    modules = ("transformers", "torch")
    kinds = (transformers.PreTrainedModel,)

    def saved(self, value: Any, /) -> Saved:
        """Return the line of the documentation; what is read is in evaluation mode."""
        import torch  # noqa: PLC0415 - a tokenizer comes without it

        from truss_nb.formats.torch import to_gpu  # noqa: PLC0415 - as above

        found = super().saved(value)
        if value.dtype is not torch.float32:
            line = found.expression.replace("{path})", '{path}, dtype="auto")')
            found = replace(found, expression=line)
        then = ("{value}.train()",) if value.training else ()
        return replace(found, then=(*then, *to_gpu(value)))


class Pipeline(Pretrained):
    """A pipeline: its model, and what prepares its inputs, in one folder."""

    name = "Transformers pipeline"
    modules = ("transformers", "torch")
    kinds = (transformers.Pipeline,)

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Refuse one with settings that a folder doesn't hold."""
        found = super().audit(value, notebook)
        if _settings(value) is not None:
            return found
        reason = "has settings of its own, which a pipeline's folder doesn't hold"
        return replace(found, refusal=Refusal("", type(value).__name__, reason))

    def saved(self, value: Any, /) -> Saved:
        """Return the line of the documentation."""
        settings = _settings(value) or {}
        given = "".join(f", {name}={each!r}" for name, each in settings.items())
        line = f'transformers.pipeline("{value.task}", model={{path}}{given})'
        return Saved(("import transformers",), line)


FORMATS: Final[tuple[Format, ...]] = (Pretrained(), Model(), Pipeline())


_PLAIN: Final = (str, int, float, bool, type(None))


def _settings(pipeline: Any) -> dict[str, Any] | None:
    """Return the arguments that give a pipeline its settings; None if none do."""
    kept = (
        pipeline._preprocess_params,
        pipeline._forward_params,
        pipeline._postprocess_params,
    )
    usual = pipeline._sanitize_parameters()
    given = {
        name: each
        for mine, default in zip(kept, usual, strict=True)
        for name, each in mine.items()
        if name not in default or default[name] != each
    }
    if not all(isinstance(each, _PLAIN) for each in given.values()):
        return None
    given = {name: each for name, each in given.items() if not name.startswith("_")}
    same = pipeline._sanitize_parameters(**given) == kept if given else usual == kept
    return given if same else None
