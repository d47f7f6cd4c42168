"""What only Colab and Kaggle have: their modules, and the secrets that they give."""

from __future__ import annotations

from collections.abc import Iterable
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


def at_site(name: str, notebook: Notebook) -> Why | None:
    """Return why what a name is bound to is a site's alone; None if it isn't."""
    obj = notebook.names.get(name)
    if type(obj) is str:
        gave = obj in given(notebook)
        return Why(reasons.SITE_GAVE, {}) if gave else None
    return of_site(name_of(obj) if is_a(obj, ModuleType) else module_of(obj))
