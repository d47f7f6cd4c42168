"""spaCy pipelines, as the folder of ``to_disk``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from spacy.language import Language

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.audit import NOTEBOOK, Audit, opaque
from truss_nb.objects.kinds import module_of


class Pipeline(OwnForm):
    """A pipeline: a folder says which factory makes each component, and of what."""

    name = "spaCy pipeline"
    suffix = ""
    modules = ("spacy",)
    kinds = (Language,)
    loading = Saved(("import spacy",), "spacy.load({path})")

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Name the packages of its components; a cell registers the notebook's."""
        # A component may be a plain function: its own module counts, not its type's.
        parts = [part for _, part in value.pipeline]
        homes = {module_of(part) or module_of(type(part)) for part in parts}
        return opaque(value, *self.modules, *(homes - {notebook}))

    def write(self, value: Any, path: Path, /) -> None:
        """Write the folder."""
        value.to_disk(path)


FORMATS: Final[tuple[Format, ...]] = (Pipeline(),)
