"""Models of sentence-transformers, as folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import sentence_transformers

from truss_nb.formats.format import Format, Saved
from truss_nb.formats.hosted import (
    PretrainedFolder,
    modules_unlike,
    settings_unlike,
    texts,
)
from truss_nb.text.quoting import written


class Model(PretrainedFolder):
    """A bi-encoder, a cross-encoder or a sparse one, of the package's own class."""

    name = "sentence-transformers model"
    modules = ("sentence_transformers", "torch")

    def fits(self, value: object, /) -> bool:
        """Take models whose every module is the package's own."""
        kind = type(value)
        return getattr(sentence_transformers, kind.__name__, None) is kind and hasattr(
            value, "save_pretrained"
        )

    def saved(self, value: Any, /) -> Saved:
        """Return the line of the documentation."""
        kind = type(value).__name__
        imports = (f"from sentence_transformers import {kind}",)
        return Saved(imports, f"{kind}(str({{path}}))")

    def write(self, value: Any, path: Path, /) -> None:
        """Write the folder, without the page that describes the model."""
        value.save_pretrained(str(path), create_model_card=False)

    def origin(self, value: Any, /) -> tuple[str, str | None]:
        """Return what the card of the model says, or else the network in it."""
        card = value.model_card_data
        named = (getattr(each, "name_or_path", "") for each in value.modules())
        name = card.base_model or next(filter(None, named), "")
        return name, card.base_model_revision

    def saved_from(self, value: Any, hubs: Any, /) -> Saved:
        """Return the line of the documentation, with the arguments that it had."""
        saved, given = self.saved(value), dict[str, Any]()
        if hubs is not None:
            mine, theirs = _settings(value), _settings(hubs)
            given = {n: mine[n] for n in _ARGUMENTS if mine[n] != theirs[n]}
            if value.dtype != hubs.dtype:
                given["model_kwargs"] = {"dtype": str(value.dtype).rpartition(".")[2]}
        listed = "".join(f", {name}={written(each)}" for name, each in given.items())
        line = f"{saved.expression[:-1]}{listed})"
        return Saved(saved.imports, line, _limited(value, hubs))

    def unlike(self, value: Any, hubs: Any, /) -> str | None:
        """Compare the settings, what reads the texts, and the weights."""
        others = settings_unlike(_settings(value), _settings(hubs))
        why = f"it has another {others[0]}" if others else None
        return why or modules_unlike(value, hubs)


def _limited(model: Any, hubs: Any) -> tuple[str, ...]:
    """Return what sets the longest text that a model reads, if that was set."""
    longest = getattr(model, _LONGEST, None)
    is_set = hubs is not None and longest != getattr(hubs, _LONGEST, None)
    return (f"{{value}}.{_LONGEST} = {longest}",) if is_set else ()


def _settings(model: Any) -> dict[str, Any]:
    """Return all that a model's folder says, but for the weights."""
    found = {name: getattr(model, name, None) for name in _NAMED}
    for name, part in model.named_children():
        kind, configured = type(part).__name__, getattr(part, "get_config_dict", dict)
        reader = getattr(part, "processor", None) or getattr(part, "tokenizer", None)
        found[f"{kind} ({name})"] = kind, configured()
        if hasattr(reader, "save_pretrained"):
            found |= texts(reader)
    return found


_ARGUMENTS: Final = (
    *("default_prompt_name", "prompts", "similarity_fn_name", "truncate_dim"),
)

_LONGEST: Final = "max_seq_length"
_NAMED: Final = (*_ARGUMENTS, _LONGEST)

FORMATS: Final[tuple[Format, ...]] = (Model(),)
