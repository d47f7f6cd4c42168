"""Models of sentence-transformers, as folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import sentence_transformers

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.audit import NOTEBOOK, Audit, audit


class Model(OwnForm):
    """A bi-encoder, a cross-encoder or a sparse one, of the package's own class."""

    name = "sentence-transformers model"
    suffix = ""
    modules = ("sentence_transformers", "torch")

    def fits(self, value: object, /) -> bool:
        """Take models whose every module is the package's own."""
        kind = type(value)
        return getattr(sentence_transformers, kind.__name__, None) is kind and hasattr(
            value, "save_pretrained"
        )

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Walk it: it may share parts with another value."""
        return Audit(audit(value, notebook).objects, modules=frozenset(self.modules))

    def saved(self, value: Any, /) -> Saved:
        """Return the line of the documentation."""
        kind = type(value).__name__
        imports = (f"from sentence_transformers import {kind}",)
        return Saved(imports, f"{kind}(str({{path}}))")

    def write(self, value: Any, path: Path, /) -> None:
        """Write the folder, without the page that describes the model."""
        value.save_pretrained(str(path), create_model_card=False)


FORMATS: Final[tuple[Format, ...]] = (Model(),)
