"""What only Colab and Kaggle have: their modules, and the secrets that they give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import NamedTuple

from truss_nb.capture import reasons
from truss_nb.contents.sites import KEEPERS, given, site_of
from truss_nb.errors import Reason
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.kinds import is_a, module_of, name_of


class Why(NamedTuple):
    """Why something of a site's can't travel, and the facts of that sentence."""

    reason: Reason
    facts: dict[str, str]


def of_site(module: str) -> Why | None:
    """Return why a module of a site's can't travel, by its name; None of another."""
    site = site_of(module)
    if site is None:
        return None
    asks = next((a for k, a in KEEPERS.items() if f"{module}.".startswith(f"{k}.")), "")
    reason = reasons.SITES_SECRET if asks else reasons.AT_SITE
    return Why(reason, {"site": site, "asks": asks})


def imported_of_site(modules: Iterable[str]) -> str:
    """Return the one of imported modules that is a site's; "" if none is."""
    return max(filter(of_site, modules), default="")


@dataclass
class Sites:
    """Knows what of a notebook is a site's alone, while nothing else runs there."""

    notebook: Notebook

    def of(self, name: str) -> Why | None:
        """Return why what a name is bound to can't travel; None of no site's."""
        obj = self.notebook.names.get(name)
        if type(obj) is str:
            return Why(reasons.SITE_GAVE, {}) if obj in self._given else None
        return of_site(name_of(obj) if is_a(obj, ModuleType) else module_of(obj))

    @cached_property
    def _given(self) -> Mapping[str, str]:
        return given(self.notebook)
