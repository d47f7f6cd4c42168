"""One line about a value or a stage, for people.

The line says what the value is and how large, and never calls its ``repr``: of a
network or a large table that takes seconds and fills the page. No library is
imported: a value is known by its class's name and the attributes it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from truss_nb.contents.stage import Stage, label
from truss_nb.credentials.hiding import HIDDEN, hide_by_shape
from truss_nb.credentials.named import is_credential
from truss_nb.objects.kinds import is_a, is_librarys, name_of, package_of

if TYPE_CHECKING:
    from truss_nb.contents.contents import Argument

Hide = Callable[[str], str]

_SHOWN = 3  # entries of a container
_LETTERS = 40  # of a text
_SEARCHED = 2_000  # of them, for a credential that mustn't be shown
_ELEMENTS = 10_000_000  # an array with more isn't searched for its range


def describe(value: Any, name: str = "", hide: Hide = hide_by_shape) -> str:
    """Return one line that says what ``value`` is; it never raises.

    A credential is left out, known by the ``name`` it goes by or to ``hide``.
    """
    if is_a(value, str) and is_credential(name, str.__str__(value)):
        return f"{_kind(value)}, {HIDDEN}"
    try:
        return _describe(value, hide)
    except Exception:  # noqa: BLE001  # an attribute of the user's class may do anything
        return _kind(value)


def describe_entries(value: dict[Any, Any], hide: Hide = hide_by_shape) -> str:
    """Return a dict with what each of its values is: ``{'text': 'a', 'k': 3}``."""
    entries = [
        f"{_cut(key, hide)}: {describe(each, key if type(key) is str else '', hide)}"
        for key, each in dict.items(value)
    ]
    return f"{{{', '.join(entries)}}}"


def describe_stage(stage: Stage, arguments: Sequence[Argument]) -> str:
    """Return how a stage is called: ``clean(model_input)  ·  parameters: k=5``."""
    extras = {argument.extra.name for argument in arguments}
    given = [name for name in stage.parameters if name not in extras]
    title = f"{label(stage.function)}({', '.join(given)})"
    set_to = ", ".join(map(describe_setting, arguments))
    return f"{title}  ·  parameters: {set_to}" if set_to else title


def describe_time(seconds: float) -> str:
    """Return a time in the unit that reads best: ``45 µs``, ``12.3 ms``, ``1.2 s``."""
    if seconds < 0.9995e-3:  # what three digits round up to one more is the next unit
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 0.9995:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 999.5 else f"{seconds:.0f} s"


def describe_size(count: int) -> str:
    """Return a number of bytes in the unit that reads best: ``812 B``, ``5 kB``."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def describe_setting(argument: Argument) -> str:
    """Return what an extra parameter is set to: ``k=5``, or how to set it."""
    name = argument.extra.name
    if argument.is_missing or argument.is_lost:
        return f"{name} (set it: %truss_parameter {name}=VALUE)"
    return f"{name}={describe(argument.value, name)}"


def _describe(value: Any, hide: Hide) -> str:
    if value is None or is_a(value, *_NUMBERS):
        return _number(value)
    if is_a(value, str):
        size = _count(str.__len__(value), "character")
        return f"{_kind(value)}, {size}: {_cut(value, hide)}"
    for kind in (bytes, bytearray):
        if is_a(value, kind):
            return f"{_kind(value)}, {_count(kind.__len__(value), 'byte')}"
    if is_a(value, dict):
        keys = (_cut(key, hide, bare=True) for key in dict.__iter__(value))
        return _container(value, dict, keys)
    for base in _COLLECTIONS:
        if is_a(value, base):
            items = (_entry(item, hide) for item in base.__iter__(value))
            return _container(value, base, items)
    return _described_by_attributes(value) if is_librarys(type(value)) else _kind(value)


_NUMBERS: Final = (bool, int, float, complex)
_COLLECTIONS: Final[tuple[Any, ...]] = (list, tuple, set, frozenset)


def _described_by_attributes(value: Any) -> str:
    package = package_of(type(value))
    if package == "PIL":
        width, height = value.size
        return f"{value.mode} {width}×{height}"  # noqa: RUF001  # times
    shape = getattr(value, "shape", None)
    if shape is None:
        return _kind(value)
    if hasattr(value, "columns"):
        rows, columns = shape
        size = f"{_count(rows, 'row')} × {_count(columns, 'column')}"  # noqa: RUF001
        return f"{_kind(value)} ({size})"
    return _array(value, tuple(shape))


def _array(value: Any, shape: tuple[Any, ...]) -> str:
    kind = getattr(value.dtype, "name", None) or str(value.dtype).rpartition(".")[2]
    if type(value).__name__ == kind:  # a scalar of numpy is named as its dtype
        return f"{kind} {value}"
    return f"{_kind(value)} {shape} {kind}{_range(value)}"


def _range(value: Any) -> str:
    are_numbers = type(value).__name__ == "ndarray" and value.dtype.kind in "iuf"
    if not are_numbers or not 0 < value.size <= _ELEMENTS:
        return ""
    low, high = value.min(), value.max()
    if low != low:  # noqa: PLR0124  # only NaN differs from itself
        return ", with NaN"
    return f", {_short(low)} … {_short(high)}"


def _number(value: complex | None) -> str:
    if is_a(value, int) and int.bit_length(value) > 64:
        return f"int of {int.bit_length(value):,} bits"
    base: Any = next((kind for kind in _NUMBERS if is_a(value, kind)), type(None))
    return str(base.__repr__(value)).replace("-", "−")  # noqa: RUF001  # a minus


def _short(number: Any) -> str:
    return f"{float(number):.3g}".replace("-", "−")  # noqa: RUF001  # a minus


def _container(value: Any, base: Any, entries: Iterable[str]) -> str:
    shown, size = list(islice(entries, _SHOWN)), base.__len__(value)
    more = ["…"] if size > len(shown) else []
    title = f"{_kind(value)} of {size:,}"
    return f"{title}: {', '.join(shown + more)}" if shown else f"empty {_kind(value)}"


def _entry(item: Any, hide: Hide) -> str:
    if item is None or is_a(item, *_NUMBERS):
        return _number(item)
    return _cut(item, hide) if is_a(item, str) else _kind(item)


def _cut(value: Any, hide: Hide, *, bare: bool = False) -> str:
    if not is_a(value, str):
        return _entry(value, hide)
    shown = hide(str.__str__(value)[:_SEARCHED])
    text = shown if len(shown) <= _LETTERS else f"{shown[:_LETTERS]}…"
    quoted = repr(text)
    return quoted[1:-1] if bare else quoted


def _kind(value: Any) -> str:
    return name_of(type(value))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
