"""spaCy pipelines, as the folder of ``to_disk``."""

from __future__ import annotations

from pathlib import Path
from types import FunctionType
from typing import Any, Final

from spacy.language import Language

from truss_nb.formats.format import Format, OwnForm, Saved
from truss_nb.objects.audit import NOTEBOOK, Audit, Refusal, opaque
from truss_nb.objects.kinds import is_a


class Pipeline(OwnForm):
    """A pipeline whose components are spaCy's, or an installed package's."""

    name = "spaCy pipeline"
    suffix = ""
    modules = ("spacy",)
    kinds = (Language,)
    loading = Saved(("import spacy",), "spacy.load({path})")

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Refuse a component of the notebook; name the packages of the others."""
        # A component may be a plain function: its own module counts, not its type's.
        homes = {name: str(part.__module__) for name, part in value.pipeline}
        refusal = None
        own = {name for name, home in homes.items() if home == notebook}
        # What holds something must be able to write that; a function is registered.
        kept = [n for n in sorted(own) if not is_a(value.get_pipe(n), FunctionType)]
        if kept:
            name = kept[0]
            kind = type(value.get_pipe(name)).__qualname__
            refusal = Refusal(f".get_pipe({name!r})", kind, _CODE)
        homes = {name: home for name, home in homes.items() if name not in own}
        return opaque(value, *self.modules, *homes.values(), refusal=refusal)

    def write(self, value: Any, path: Path, /) -> None:
        """Write the folder."""
        value.to_disk(path)


FORMATS: Final[tuple[Format, ...]] = (Pipeline(),)

_CODE: Final = "is a component of Python code, which spaCy's folder doesn't hold"
