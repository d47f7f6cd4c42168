"""Tokenizers of Hugging Face's ``tokenizers``, as its JSON file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tokenizers import Tokenizer

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.audit import NOTEBOOK, Audit, Refusal, opaque


class Json(OwnForm):
    """A tokenizer with its vocabulary, padding and truncation."""

    name = "tokenizer"
    suffix = ".json"
    modules = ("tokenizers",)
    loading = Saved(
        ("from tokenizers import Tokenizer",), "Tokenizer.from_file(str({path}))"
    )

    def fits(self, value: object, /) -> bool:
        """Take tokenizers, not the parts that one is made of."""
        return type(value) is Tokenizer

    def audit(self, value: Any, _notebook: str = NOTEBOOK, /) -> Audit:
        """Refuse one with a part written in Python, which the file doesn't hold."""
        refusal = None
        try:
            value.to_str()
        except Exception as error:  # noqa: BLE001 - the library raises no narrower class
            reason = f"can't be written ({error})"
            refusal = Refusal("", "tokenizers.Tokenizer", reason)
        return opaque(value, *self.modules, refusal=refusal)

    def write(self, value: Any, path: Path, /) -> None:
        """Write it with its own writer."""
        value.save(str(path))


FORMATS: Final[tuple[Format, ...]] = (Json(),)
