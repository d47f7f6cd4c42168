"""One line about a value or a stage, for people.

The line says what the value is and how large, and never calls its ``repr``: of a
network or a large table that takes seconds and fills the page. No library is
imported: what a value is, is told by its class's name and the attributes it has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from truss_nb.contents.stage import Stage, label
from truss_nb.credentials.credentials import HIDDEN, hide, is_credential

if TYPE_CHECKING:
    from truss_nb.contents.contents import Argument

_SHOWN = 3  # entries of a container
_LETTERS = 40  # of a text
_SEARCHED = 2_000  # of them, for a credential that mustn't be shown
_ELEMENTS = 10_000_000  # an array with more isn't searched for its range


def describe(value: Any, name: str = "") -> str:
    """Return one line that says what ``value`` is; it never raises.

    A credential is left out, known by its own shape or by the ``name`` it goes by.
    """
    if isinstance(value, str) and is_credential(name, value):
        return f"{_kind(value)}, {HIDDEN}"
    try:
        return _describe(value)
    except Exception:  # noqa: BLE001  # an attribute of the user's class may do anything
        return _kind(value)


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


def _describe(value: Any) -> str:
    if value is None or isinstance(value, (bool, int, float, complex)):
        return _number(value)
    if isinstance(value, str):
        return f"{_kind(value)}, {_count(len(value), 'character')}: {_cut(value)}"
    if isinstance(value, (bytes, bytearray)):
        return f"{_kind(value)}, {_count(len(value), 'byte')}"
    if isinstance(value, dict):
        return _container(value, (_cut(k, bare=True) for k in value))
    if isinstance(value, (list, tuple, set, frozenset)):
        return _container(value, (_entry(item) for item in value))
    return _described_by_attributes(value)


def _described_by_attributes(value: Any) -> str:
    package = type(value).__module__.partition(".")[0]
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
    if type(value).__name__ != "ndarray" or value.dtype.kind not in "iuf":
        return ""
    if not 0 < value.size <= _ELEMENTS:
        return ""
    low, high = value.min(), value.max()
    if low != low:  # noqa: PLR0124  # only NaN differs from itself
        return ", with NaN"
    return f", {_short(low)} … {_short(high)}"


def _number(value: complex | None) -> str:
    if isinstance(value, int) and value.bit_length() > 64:
        return f"int of {value.bit_length():,} bits"
    return str(value).replace("-", "−")  # noqa: RUF001  # a minus, as in print


def _short(number: Any) -> str:
    return f"{float(number):.3g}".replace("-", "−")  # noqa: RUF001  # a minus


def _container(value: Collection[Any], entries: Iterable[str]) -> str:
    shown = list(islice(entries, _SHOWN))
    more = ["…"] if len(value) > len(shown) else []
    title = f"{_kind(value)} of {len(value):,}"
    return f"{title}: {', '.join(shown + more)}" if shown else f"empty {_kind(value)}"


def _entry(item: Any) -> str:
    if item is None or isinstance(item, (bool, int, float, complex)):
        return _number(item)
    return _cut(item) if isinstance(item, str) else _kind(item)


def _cut(value: Any, *, bare: bool = False) -> str:
    if not isinstance(value, str):
        return _entry(value)
    shown = hide(value[:_SEARCHED])
    text = shown if len(shown) <= _LETTERS else f"{shown[:_LETTERS]}…"
    quoted = repr(text)
    return quoted[1:-1] if bare else quoted


def _kind(value: Any) -> str:
    return type(value).__name__


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
