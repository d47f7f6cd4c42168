"""Results of statsmodels, as its documentation saves them: a pickle.

One that was fitted with a formula evaluates the formula again when it's read, and
looks for the formula's names around the line that reads it. So that line is
statsmodels' own, and what the formula calls is imported beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any, Final

from statsmodels.base.wrapper import ResultsWrapper

from truss_nb.formats.format import Format, Saved
from truss_nb.formats.pickled import Pickle
from truss_nb.objects import audit as audits
from truss_nb.objects.kinds import attribute, is_a


class Results(Pickle):
    """The results of a fit, with the model and the data that they were made of."""

    name = "statsmodels results"
    kinds = (ResultsWrapper,)

    def audit(self, value: Any, notebook: str = audits.NOTEBOOK, /) -> audits.Audit:
        """Walk it as pickle does; what a formula names that no module has is named."""
        found = super().audit(value, notebook)
        names = _formula_names(value)
        homes = {home for _, home, _ in names if home}
        own = {name: obj for name, home, obj in names if not home}
        modules = found.modules | homes | {"statsmodels"}
        return replace(found, modules=modules, named=own)

    def saved(self, value: Any, /) -> Saved:
        """Load it with statsmodels, beside what its formula names."""
        imports = ["import statsmodels.api as sm"]
        for name, home, obj in _formula_names(value):
            if is_a(obj, ModuleType):
                imports.append(f"import {home}" + f" as {name}" * (name != home))
            elif home:
                imports.append(f"from {home} import {name}")
        return Saved(tuple(imports), "sm.load({path})")


FORMATS: Final[tuple[Format, ...]] = (Results(),)


def _formula_names(value: Any) -> list[tuple[str, str | None, Any]]:
    """Return what a formula takes from the notebook: ``np`` of ``np.log(x)``.

    Each name with the module that it's imported from, or is; None if there is none.
    """
    found = {
        name: obj
        for name, obj in _environment(value.model.data)
        if not str(attribute(obj, "__module__", "")).startswith("patsy.")
    }
    return [(name, _home(name, obj), obj) for name, obj in sorted(found.items())]


def _environment(data: Any) -> Iterator[tuple[str, Any]]:
    # "design_info" before statsmodels 0.15; formulas of another library than patsy
    # don't keep what they took.
    spec = vars(data).get("model_spec") or vars(data).get("design_info")
    for factor in getattr(spec, "factor_infos", {}).values():
        for names in factor.state["eval_env"]._namespaces:
            yield from ((n, obj) for n, obj in names.items() if n not in data.frame)


def _home(name: str, obj: Any) -> str | None:
    if is_a(obj, ModuleType):
        return str(obj.__name__)
    home: str | None = attribute(obj, "__module__")
    known = home != audits.NOTEBOOK and hasattr(sys.modules.get(str(home)), name)
    return home if known and getattr(sys.modules[str(home)], name) is obj else None
