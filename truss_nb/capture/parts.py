"""Which parts of a container get a name, to stand for them in its expression.

Functions and classes do, as no file holds them. So do a booster beside its scaler, or
the models of an ensemble, where each then goes to a file in its own format.
"""

from __future__ import annotations

from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, Final

from truss_nb.capture.constants.literal import loose_ends, render
from truss_nb.formats import Format, has_form
from truss_nb.objects.audit import Audit
from truss_nb.objects.kinds import is_a
from truss_nb.objects.memory import groups
from truss_nb.objects.public import hidden_place

Part = tuple[str, Any]
"""Where a part stands, as the end of a name, and the part."""

MANY: Final = 50
"""More objects than that are easier to find in one file."""


def is_code(part: object) -> bool:
    """Return whether a part comes out as source or an import, and as no value."""
    is_plain = is_a(part, type, FunctionType, BuiltinFunctionType, ModuleType)
    return is_plain or hidden_place(part) is not None


def find_code(value: object) -> list[Part]:
    """Return the functions and classes in a container; none beside other objects."""
    loose = [each for each in loose_ends(value) if each[1] is not value]
    return loose if all(is_code(part) for _, part in loose) else []


def take_out(
    value: object, look_at: Callable[[Any], tuple[Format, Audit]]
) -> list[Part]:
    """Return the parts of a container that go to files of their own; none if one does.

    That's so where a part has a format of its own, and shares nothing with another;
    and of a bound method, whose object is most often one of the notebook's.

    Args:
        value: any object.
        look_at: returns how a part would be saved, and what that involves.
    """
    if has_form(value):
        return []
    found = {id(part): (at, part) for at, part in loose_ends(value, is_whole=_is_whole)}
    loose, names = [*found.values()], {key: f"_{at}" for key, (at, _) in found.items()}
    if id(value) in found or len(loose) > MANY or render(value, names=names) is None:
        return []
    values = {at: part for at, part in loose if not is_code(part)}
    audits = {at: look_at(part)[1] for at, part in values.items()}
    if any(audit.refusal for audit in audits.values()):
        return []
    alone = [at for group in groups(audits) if len(group) == 1 for at in group]
    is_split = any(has_form(values[at]) for at in alone)
    return loose if is_split or is_a(value, MethodType) else []


def _is_whole(value: object) -> bool:
    """Return whether a part that is made of others is saved as one."""
    return render(value) is None and has_form(value)
