"""spaCy pipelines, as the folder of ``to_disk``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from spacy.language import Language

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.audit import NOTEBOOK, Audit, Refusal, opaque


class Pipeline(OwnForm):
    """A pipeline whose components are spaCy's, or an installed package's."""

    name = "spaCy pipeline"
    suffix = ""
    modules = ("spacy",)
    kinds = (Language,)
    loading = Saved(("import spacy",), "spacy.load({path})")

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Refuse a component of the notebook; name the packages of the others."""
        homes = {name: _home(part) for name, part in value.pipeline}
        refusal = next(
            (
                Refusal(f".get_pipe({name!r})", _type(value.get_pipe(name)), _CODE)
                for name, home in homes.items()
                if home == notebook
            ),
            None,
        )
        return opaque(value, *self.modules, *homes.values(), refusal=refusal)

    def write(self, value: Any, path: Path, /) -> None:
        """Write the folder."""
        value.to_disk(path)


FORMATS: Final[tuple[Format, ...]] = (Pipeline(),)

_CODE: Final = "is a component of Python code, which spaCy's folder doesn't hold"


def _home(component: Any) -> str:
    """Return the module of a component, which may be a plain function."""
    return str(component.__module__)


def _type(component: Any) -> str:
    return type(component).__qualname__
