"""What would leave the notebook with a value, found in one dry pickling pass.

Nothing is written and no array is copied. The pass walks the value as pickle does and
notes what the exporter must know before it touches the disk: which objects could be
shared with another value, which functions and classes the notebook defined (they
leave as source, never inside a pickle), which modules must be importable to read it
back, and the first thing in it that can't be saved at all.
"""

from __future__ import annotations

import copyreg
import pickle
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any, Final

from truss_nb.objects.inside import is_saved_as_it_is
from truss_nb.objects.kinds import (
    attributes,
    bases,
    contents,
    is_a,
    is_itself,
    is_librarys,
    kind_of,
    lineage,
    module_of,
    name_of,
    package_of,
    slots,
)
from truss_nb.objects.made import made
from truss_nb.objects.path import find_path
from truss_nb.objects.public import hidden_place
from truss_nb.objects.tied import called, why_tied, why_unpicklable

NOTEBOOK: Final = "__main__"


@dataclass(frozen=True)
class Refusal:
    """What can't be saved, and where it sits.

    Args:
        path: the way to it inside the value: ``".steps[1][1].lock"``; empty for the
            value itself, or where no attribute leads to it.
        type: its type as the user knows it: ``"_thread.lock"``.
        reason: why, as a clause ("is a lock").
    """

    path: str
    type: str
    reason: str


@dataclass(frozen=True)
class Audit:
    """What saving one value involves.

    Args:
        objects: the objects in it whose identity matters, by ``id``, kept alive.
        definitions: functions and classes of the notebook that it refers to, in the
            order met.
        kinds: the classes of what was taken apart.
        modules: dotted modules that reading it back imports.
        unordered: it holds a set, whose order in memory changes with the hash seed.
        refusal: the first thing in it that can't be saved.
        named: what reading it back looks up by name, around the line that reads it.
    """

    objects: Mapping[int, object] = field(default_factory=dict)
    definitions: tuple[Any, ...] = ()
    kinds: tuple[type, ...] = ()
    modules: frozenset[str] = frozenset()
    unordered: bool = False
    refusal: Refusal | None = None
    named: Mapping[str, Any] = field(default_factory=dict)


def audit(
    value: object, notebook: str = NOTEBOOK, apart: Collection[int] = ()
) -> Audit:
    """Return what pickling a value involves, without writing it.

    Args:
        value: any object.
        notebook: the ``__module__`` of what the notebook defined.
        apart: the ``id`` of each part that is saved for itself.
    """
    dry = DryPickler(notebook, apart)
    refused, refusal = dry.try_dump(value), None
    if refused and not dry.guessed:  # else it may be what its class leaves out
        obj, reason = refused
        path = find_path(value, obj) or ""
        refusal = Refusal(path, called(type(obj)), reason)
    return Audit(
        objects=dry.objects,
        definitions=tuple(dry.definitions.values()),
        kinds=tuple(dry.kinds.values()),
        modules=frozenset(dry.modules - {"builtins", notebook}),
        unordered=dry.unordered,
        refusal=refusal,
    )


_LOOKING: Final = ContextVar("looking", default=False)


@contextmanager
def looking() -> Iterator[None]:
    """Walk values without the code by which classes of the notebook are pickled.

    What such a class leaves out or puts in its place isn't known then: its attributes
    are taken for what would be saved. This is passed by the context, as every format
    asks for an audit.
    """
    token = _LOOKING.set(True)
    try:
        yield
    finally:
        _LOOKING.reset(token)


def is_looking() -> bool:
    """Return whether code of the notebook may not run, not even for pickle."""
    return _LOOKING.get()


def opaque(value: object, *modules: str, refusal: Refusal | None = None) -> Audit:
    """Return the audit of a value that its own format saves, as one whole."""
    return Audit({id(value): value}, modules=frozenset(modules), refusal=refusal)


def is_array(value: object) -> bool:
    """Return whether a value is a plain array of numbers, without importing numpy."""
    kind = type(value)
    named = module_of(kind) == "numpy" and name_of(kind) in {"ndarray", "memmap"}
    return named and not value.dtype.hasobject  # type: ignore[attr-defined]


def is_tensor(value: object) -> bool:
    """Return whether a value is a PyTorch tensor, without importing torch."""
    return "torch.Tensor" in lineage(type(value))


def is_growing(value: Any) -> bool:
    """Return whether another thread fits a tree of scikit-learn, and moves its memory.

    Its depth is set last, after its nodes have moved once more; one node has none.
    """
    kind = type(value)
    is_tree = (module_of(kind), name_of(kind)) == ("sklearn.tree._tree", "Tree")
    return is_tree and value.max_depth == 0 and value.capacity > 1


_CONTAINERS: Final = frozenset({list, dict, set, bytearray})
_UNNAMED_TYPES: Final = (type(None), type(...), type(NotImplemented))
_MADE_BY_CLASS: Final = (copyreg.__newobj__, copyreg.__newobj_ex__)  # type: ignore[attr-defined]
# Stands in for what is noted and not followed further.
_NOTHING: Final = (object, ())
_GROWS: Final = "is being fitted in another thread: wait for that"
_MADE_BY_A_CALL: Final = "was made by a call, and no module has it"


class _Nowhere:
    """A file that forgets what is written to it."""

    def write(self, data: Any) -> int:
        return len(data)


class DryPickler(pickle.Pickler):
    """Walks a value as pickle does, takes notes, and keeps no bytes."""

    def __init__(self, notebook: str, apart: Collection[int] = ()) -> None:
        # A buffer callback that returns nothing keeps array bytes out of the stream.
        super().__init__(_Nowhere(), protocol=5, buffer_callback=lambda _: None)
        self.notebook = notebook
        self.apart = apart
        self.objects: dict[int, object] = {}
        self.definitions: dict[int, object] = {}
        self.known: dict[CodeType, FunctionType] = {}
        self.modules: set[str] = set()
        self.kinds: dict[int, type] = {}  # a metaclass may hash
        self.unordered = False
        self.refused: tuple[object, str] | None = None
        self.guessed = False

    def try_dump(self, value: object) -> tuple[object, str] | None:
        """Walk the value; return the first object that pickle refuses, and why."""
        try:
            self.dump(value)
        except Exception as error:  # noqa: BLE001 - the user's __getstate__ may raise anything
            self._refuse(value, why_unpicklable(value, error))
        return self.refused

    def persistent_id(self, obj: Any) -> Any:
        """See every object, also those that ``reducer_override`` never gets."""
        if id(obj) in self.apart:
            return "apart"  # pickle doesn't look into what has such a name
        kind = kind_of(obj)
        if kind in _CONTAINERS:
            self.objects[id(obj)] = obj
        self.unordered |= kind is set or kind is frozenset
        return None

    def reducer_override(self, obj: Any) -> Any:
        """Note what pickle meets, and cut off what isn't followed further."""
        self.modules.update((hidden_place(obj) or ())[:1])
        reduced = None if self._has_name(obj) else made(obj, self.known)
        if reduced is not None:
            return reduced
        if is_a(obj, type, FunctionType):
            return self._note_global(obj, obj.__qualname__)
        if is_array(obj) or is_tensor(obj):
            return self._note_array(obj)
        if reason := why_tied(type(obj)) or (_GROWS if is_growing(obj) else ""):
            return self._refuse(obj, reason)
        if is_looking() and self._is_own(type(obj)):
            return self._look_into(obj)
        return self._take_apart(obj)

    def _has_name(self, obj: Any) -> bool:
        """Return whether the notebook has a name for a function, which stays one."""
        return (
            type(obj) is FunctionType
            and obj.__module__ == self.notebook
            and any(obj is each for each in obj.__globals__.values())
        )

    def _take_apart(self, obj: Any) -> Any:
        """Take an object apart as pickle would."""
        self.kinds[id(type(obj))] = type(obj)
        reducer = copyreg.dispatch_table.get(type(obj))
        try:
            reduced = reducer(obj) if reducer else obj.__reduce_ex__(5)
        except Exception as error:  # noqa: BLE001 - as above
            return self._refuse(obj, why_unpicklable(obj, error))
        if isinstance(reduced, str):
            return self._note_global(obj, reduced)
        if _has_identity(obj, reduced):
            self.objects[id(obj)] = obj
        if not is_a(obj, list, dict):
            return reduced
        ends = [each and _ending(each, len(contents(obj))) for each in reduced[3:5]]
        return (*reduced[:3], *ends, *reduced[5:])

    def _note_global(self, obj: Any, name: str) -> Any:
        if any(obj is kind for kind in _UNNAMED_TYPES):
            return NotImplemented
        if getattr(obj, "__module__", None) == self.notebook:
            self.definitions[id(obj)] = obj
            if is_a(obj, FunctionType):
                self.known.setdefault(obj.__code__, obj)
            return _NOTHING
        module = pickle.whichmodule(obj, name)  # type: ignore[attr-defined]
        if not _is_importable(obj, module, name):
            found = f"isn't what {module}.{name} gives when imported"
            return self._refuse(obj, found if module_of(obj) else _MADE_BY_A_CALL)
        self.modules.add(module)
        return NotImplemented

    def _is_own(self, kind: type) -> bool:
        """Return whether code of the notebook decides how an object is pickled."""
        reducer = copyreg.dispatch_table.get(kind)
        homes = [module_of(each) for each in (*bases(kind), reducer or kind)]
        return self.notebook in homes or not is_librarys(kind)

    def _look_into(self, obj: Any) -> tuple[Any, ...]:
        kind = type(obj)
        self.guessed |= not is_saved_as_it_is(kind)
        if is_itself(obj):
            self.objects[id(obj)] = obj
        # The state is followed after the object itself is known: it may hold it.
        return object, (), (kind, attributes(obj), [*slots(obj)], contents(obj))

    def _note_array(self, array: Any) -> tuple[Any, ...]:
        kind = type(array)
        self.objects[id(array)] = array
        self.modules.add("torch" if is_tensor(array) else "numpy")
        if package_of(kind) not in ("numpy", "torch"):
            self._note_global(kind, kind.__qualname__)  # a tensor's own class
        return _NOTHING

    def _refuse(self, obj: object, reason: str) -> tuple[Any, ...]:
        self.refused = self.refused or (obj, reason)
        return _NOTHING


def _ending(items: Iterator[Any], held: int) -> Iterator[Any]:
    """Yield the items that a container gives to pickle, which may go on for ever.

    Raises:
        PicklingError: they are ten thousand more than it holds.
    """
    for count, item in enumerate(items):
        if count > held + 10_000:
            raise pickle.PicklingError("goes on without end")
        yield item


def _has_identity(obj: Any, reduced: tuple[Any, ...]) -> bool:
    """Return whether two copies of an object would differ from one that is shared.

    Not so for what is hashed by value (a dtype, a date, a compiled pattern), nor for
    what rebuilds itself from arguments alone (a ZoneInfo finds its cached self).
    """
    hashed_by: Any = type(obj).__hash__
    if hashed_by is not object.__hash__:
        return hashed_by is None
    return reduced[0] in _MADE_BY_CLASS or any(p is not None for p in reduced[2:])


def _is_importable(obj: object, module: str, name: str) -> bool:
    """Return whether importing the module and following the name gives this object."""
    try:
        found: Any = __import__(module, fromlist=["*"])
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return False
    return found is obj
