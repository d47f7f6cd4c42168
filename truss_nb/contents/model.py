"""The middle stage that is an object's method, and how an object is looked up.

It is found by its name each time, as a notebook's function would find it.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any

from truss_nb.contents.stage import REQUIRED, Extra
from truss_nb.errors import StageError, meant
from truss_nb.objects.kinds import (
    attribute,
    bases,
    is_a,
    is_librarys,
    member,
    name_of,
    space,
)


@dataclass(frozen=True)
class Reference:
    """An object of the notebook, looked up by name each time, or kept as it was given.

    A name is bound late, as a notebook's function would: after ``%truss_model model``
    and a new training run, the model is the new one.
    """

    kept: Any = None
    name: str | None = None
    namespace: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def to(cls, value: Any) -> Reference:
        """Return a reference to a value, which may be one already."""
        return value if type(value) is cls else cls(kept=value)

    @property
    def is_lost(self) -> bool:
        """Whether the name is gone from the notebook."""
        return self.name is not None and self.name not in self.namespace

    def get(self) -> Any:
        """Return the object as it is now.

        Raises:
            NameError: the name is gone from the notebook.
        """
        if self.name is None:
            return self.kept
        if self.name not in self.namespace:
            raise NameError(f"name {self.name!r} is not defined", name=self.name)
        return self.namespace[self.name]


UNKNOWN = ""
"""The method of an object that nobody has seen yet."""


@dataclass(frozen=True)
class Model:
    """The middle stage that is an object's method rather than a function of the user.

    Args:
        reference: the object.
        method: the name of the method, or None to call the object itself.
        raw: return what the method returns, rather than ``{"predictions": …}``.
    """

    reference: Reference
    method: str | None = "predict"
    raw: bool = False

    @classmethod
    def of(cls, reference: Reference, method: str | None, raw: bool) -> Model:
        """Find the method that predicts: the one asked for, else predict, else a call.

        That shows once ``load`` has run, where that makes the object.

        Raises:
            StageError: the object has no such method.
        """
        if reference.is_lost:
            return cls(reference, method or UNKNOWN, raw)
        return cls(reference, _find_method(reference.get(), method), raw)

    def of_load(self, loaded: Any) -> Model:
        """Return it with the object that ``load`` made, here or on ``self``."""
        if not self.reference.is_lost:
            found = self.reference
        else:
            found = Reference(kept=getattr(loaded, str(self.reference.name)))
        asked = None if self.method == UNKNOWN else self.method
        return replace(self, reference=found, method=_find_method(found.get(), asked))

    @property
    def function(self) -> FunctionType | None:
        """The function that is its method; None if none is known, or it is no def."""
        obj = None if self.reference.is_lost else self.reference.get()
        found = member(type(obj), self.method or "__call__")
        return found if type(found) is FunctionType else None

    def extras(self, given: Collection[str]) -> tuple[Extra, ...]:
        """Return what the method takes beyond its input.

        Args:
            given: parameters that are set: of a method that a library wrote, only
                those are a bundle's; of the notebook's own, all are.
        """
        function = self.function
        if function is None:
            return ()
        _, *rest = inspect.signature(function).parameters.values()
        named = [
            p for p in rest[1:] if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
        ]
        found = {p.name: Extra(p.name, p.default, positional=False) for p in named}
        if is_librarys(type(self.reference.get())):
            found = {name: each for name, each in found.items() if name in given}
        if any(p.kind is p.VAR_KEYWORD for p in rest):
            found |= {
                n: Extra(n, REQUIRED, positional=False) for n in given if n not in found
            }
        return tuple(found.values())


def _find_method(obj: Any, method: str | None) -> str | None:
    """Return the name of the method that predicts; None if ``obj`` itself is called."""
    kind = name_of(type(obj))
    if is_a(obj, type):
        raise StageError(f"{name_of(obj)} is a class: make an object of it first.")
    offers = _offers(obj, method or "predict")
    if method is not None and offers is False:
        from difflib import get_close_matches  # noqa: PLC0415  # %load_ext stays light

        known = {name for each in bases(type(obj)) for name in space(each)} - {method}
        close = get_close_matches(method, known, 9)
        end = meant(method, [each for each in close if _offers(obj, each)])
        raise StageError(f"The {kind} has no method {method!r}{end}")
    if method is not None or offers or (offers is None and not callable(obj)):
        return method or "predict"
    if callable(obj):
        return None
    raise StageError(
        f"The {kind} has no predict and can't be called. Name its method with --method "
        "(method=…), or write the middle stage yourself in %%truss_predict."
    )


def _offers(obj: Any, method: str) -> bool | None:
    """Return whether an object has a method; None where only its own code knows."""
    hooks = (kind for kind in bases(type(obj)) if not _HOOKS.isdisjoint(space(kind)))
    found = attribute(obj, method)
    if is_librarys(type(obj)) or (found is None and all(map(is_librarys, hooks))):
        with suppress(ReferenceError):  # of what a weak proxy stood for
            return callable(getattr(obj, method, None))
    if found is None:
        return None
    return callable(found) or member(type(found), "__get__") is not None  # a property


_HOOKS = frozenset({"__getattr__", "__getattribute__"})
