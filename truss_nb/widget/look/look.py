"""One value → HTML: the first way to look at it that fits.

Nothing of a library is imported: a value is known by its classes' names. What
a class of the user's does when it is looked at may fail; then a note says so, and the
run goes on.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from html import escape
from itertools import islice
from typing import Any

from truss_nb.credentials.credentials import Credentials
from truss_nb.credentials.hiding import HIDDEN
from truss_nb.live.trace import Chunks
from truss_nb.objects.kinds import (
    contents,
    is_a,
    kind_of,
    package_of,
)
from truss_nb.truss.wire import classes_of
from truss_nb.values.summary import describe, describe_size
from truss_nb.widget.look import tables
from truss_nb.widget.look.encoded import encoded_image, image, image_kind
from truss_nb.widget.look.held import as_held, is_as_held
from truss_nb.widget.look.plots import bars, line_plot
from truss_nb.widget.look.scores import FEWEST, MOST, numbers, pair, scores

_TEXT = 100_000  # characters of a text that are kept on the page
_SHORT = 1_000  # of them, what is shown unfolded
_ENTRIES = 100  # of a container
_OPEN = 20  # of a container that is shown unfolded
_NODES = 1_500  # of a tree
_DEEPEST = 30
_ROOM = 1_500_000  # characters of HTML, over which one table may go


TREE = '<details class="truss-tree"'
"""How a folding tree begins; its first line says what it is."""


class Look:
    """Looks at values, and shows no credential.

    Args:
        credentials: what must not be shown.
    """

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._left = self._depth = self._room = 0

    def at(self, value: Any) -> str:
        """Return ``value`` as HTML."""
        self._left, self._depth, self._room = _NODES, 0, _ROOM
        try:
            return self._look(value, "")
        except Exception as error:  # noqa: BLE001  # of the user's class, told below
            told = escape(self._credentials.hide(f"{type(error).__name__}: {error}"))
            return f'<div class="truss-note">It can\'t be looked at: {told}</div>'

    def text(self, value: Any, name: str = "") -> str:
        """Return one line for ``value``, escaped."""
        return escape(self._line(value, name))

    def _line(self, value: Any, name: str) -> str:
        if is_a(value, str):
            whole = str.__str__(value)
            shown = whole if len(whole) <= 200 else f"{whole[:200]}…"
            return HIDDEN if self._credentials.holds(whole[:_TEXT], name) else shown
        if value is None or is_a(value, int, float):
            return _number(value)
        return describe(value, name, self._credentials.hide)

    def _look(self, value: Any, name: str) -> str:
        """Return one value as HTML, and take what it fills from the room there is."""
        self._left -= 1
        before = self._room
        shown = self._painted(value, name) if before > 0 else _CROWDED
        self._room = min(self._room, before - len(shown))
        return shown

    def _painted(self, value: Any, name: str) -> str:
        if value is not None and not is_a(value, int, float):
            plain = _PLAIN.get(kind_of(value))
            ways = (plain,) if plain else (way for fits, way in _WAYS if fits(value))
            for paint in ways:
                if shown := paint(self, value, name):
                    return shown
        return f"<code>{self.text(value, name)}</code>"

    def _string(self, value: str, name: str) -> str:
        value = str.__str__(value)  # its class may have an escaping of its own
        if self._credentials.holds(value[:_TEXT], name):  # what is shown of it
            return f"<code>{HIDDEN}</code>"
        if kind := encoded_image(value):
            return self._image(kind, "".join(value.split()))
        if len(value) <= _SHORT:
            return f'<pre class="truss-text">{escape(value)}</pre>'
        note, kept = f"{len(value):,} characters", min(_TEXT, self._room // 6)
        if len(value) > kept:
            note += f", the first {kept:,} of them here"
        return (
            f"<details><summary>{escape(value[:80])}… ({note})</summary>"
            f'<pre class="truss-text">{escape(value[:kept])}</pre></details>'
        )

    def _image(self, kind: str, content: bytes | str) -> str:
        """Return a picture as HTML; text is in base64 already."""
        size = len(content) if isinstance(content, str) else len(content) * 4 // 3
        if size > self._room:
            told = f"an image ({kind}) of {describe_size(size * 3 // 4)}"
            return f'<div class="truss-note">{told} is too large for the page</div>'
        return image(kind, content)

    def _bytes(self, value: bytes, _name: str) -> str:
        value = bytes(memoryview(value))
        if kind := image_kind(value):
            return self._image(kind, value)
        head = value[:64].hex(" ")
        more = " …" if len(value) > 64 else ""
        return f'<pre class="truss-text">{head}{more}</pre>'

    def _stream(self, value: Chunks, name: str) -> str:
        if value and all(isinstance(chunk, str) for chunk in value):
            return self._string("".join(value), name)
        return self._tree(value, name)

    def _pillow(self, value: Any, _name: str) -> str:
        small = value.copy()
        small.thumbnail((512, 512))
        if small.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
            small = small.convert("RGB")
        file = io.BytesIO()
        small.save(file, "PNG")
        return self._image("png", file.getvalue())

    def _array(self, value: Any, _name: str) -> str:
        import numpy as np  # noqa: PLC0415  # only where arrays are

        from truss_nb.widget.look.images import as_images  # noqa: PLC0415
        from truss_nb.widget.look.png import as_png  # noqa: PLC0415

        if hasattr(value, "detach"):  # torch: from its device, off its graph
            value = value.detach().cpu()
        array = np.asarray(value)
        if images := as_images(array):
            return "".join(self._image("png", as_png(image)) for image in images)
        if array.dtype.kind not in "buifUSO" or array.ndim * array.size == 0:
            return ""
        if array.ndim == 2 and min(array.shape) > 1:
            return tables.table_html(tables.of_matrix(array), self.text)
        flat = array.reshape(-1)
        if (
            array.dtype.kind in "buif"
            and max(array.shape or (0,)) == array.size >= FEWEST
        ):
            return line_plot(flat.tolist())
        if array.size <= _ENTRIES:
            return self._tree(array.tolist(), "")
        return ""

    def _frame(self, value: Any, _name: str) -> str:
        return tables.table_html(_FRAMES[package_of(type(value))](value), self.text)

    def _column(self, value: Any, name: str) -> str:
        return self._array(value.to_numpy(), name)

    def _dict(self, value: dict[Any, Any], name: str) -> str:
        value = as_held(value)
        if found := scores(list(value.items())):
            return bars([(self.text(label), score) for label, score in found])
        return self._tree(value, name)

    def _items(self, value: Sequence[Any], name: str) -> str:
        value = as_held(value)
        if not all(map(is_as_held, set(map(type, value)))):
            return self._tree(value, name)
        first = value[0] if value else None
        if isinstance(first, (dict, list, tuple)):
            if found := scores([pair(item) for item in value[: MOST + 1]]):
                return bars([(self.text(label), score) for label, score in found])
            if tables.are_records(value):
                return tables.table_html(tables.of_records(value), self.text)
        if (array := numbers(value)) is not None:
            return self._array(array, name)
        return self._tree(value, name)

    def _tree(self, value: Any, name: str) -> str:
        """Return a container as a folding tree, open where it is small."""
        if not value or self._depth > _DEEPEST:
            return f"<code>{self.text(value, name)}</code>"
        if isinstance(value, dict) and len(value) <= _OPEN:
            return self._facts(value)
        if len(value) <= _ENTRIES and all(is_a(v, int, float) for v in value):
            return f"<code>{', '.join(map(self.text, value))}</code>"
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        rows = []
        self._depth += 1
        for key, item in islice(entries, _ENTRIES):
            if self._left <= 0:
                break
            shown = self._look(item, str(key))
            rows.append(f"<li><b>{self.text(key)}</b>: {shown}</li>")
        self._depth -= 1
        left = len(value) - len(rows)
        more = f"<li>… and {left:,} more</li>" if left else ""
        is_open = " open" if len(value) <= _OPEN else ""
        title = f"{escape(type(value).__name__)} of {len(value):,}"
        return (
            f"{TREE}{is_open}><summary>{title}</summary>"
            f"<ul>{''.join(rows)}{more}</ul></details>"
        )

    def _facts(self, value: dict[Any, Any]) -> str:
        """Return a small dict as a list of its keys, each with its value."""
        rows = ""
        self._depth += 1
        for key, item in value.items():
            shown = self._look(item, str(key)) if self._left > 0 else _CROWDED
            rows += f'<tr><th scope="row">{self.text(key)}</th><td>{shown}</td></tr>'
        self._depth -= 1
        return f'<table class="truss-facts">{rows}</table>'


def _number(value: Any) -> str:
    """Return a number as its kind writes it, whatever its own class does."""
    if is_a(value, float):
        return float.__format__(value, ".6g")
    if value is None or is_a(value, bool):
        return repr(value)  # neither can have a class of its own
    bits = int.bit_length(value)
    return int.__repr__(value) if bits <= _BITS else f"int of {bits:,} bits"


_BITS = 1_000  # of a number that is shown in full
_CROWDED = "<code>…</code>"


def _is(*names: str) -> Callable[[Any], bool]:
    return lambda value: not set(names).isdisjoint(classes_of(value))


_FRAMES: dict[str, Callable[[Any], tables.Rows]] = {
    "pandas": tables.of_pandas,
    "polars": tables.of_polars,
    "pyarrow": tables.of_arrow,
}

_Way = Callable[[Look, Any, str], str]

# The only way for most values, found without asking for all others.
_PLAIN: dict[type, _Way] = {
    str: Look._string,
    bytes: Look._bytes,
    dict: Look._dict,
    list: Look._items,
    tuple: Look._items,
}

_WAYS: tuple[tuple[Callable[[Any], bool], _Way], ...] = (
    (lambda v: isinstance(v, str), Look._string),
    (lambda v: isinstance(v, (bytes, bytearray)), Look._bytes),
    (lambda v: isinstance(v, Chunks), Look._stream),
    (lambda v: isinstance(v, dict), Look._dict),
    (lambda v: isinstance(v, (list, tuple)), Look._items),
    (
        lambda v: isinstance(v, (set, frozenset)),
        lambda s, v, n: s._tree(contents(v), n),
    ),
    (_is("PIL.Image"), Look._pillow),
    (_is("pandas.DataFrame", "polars.DataFrame", "pyarrow.Table"), Look._frame),
    (_is("pandas.Series", "polars.Series"), Look._column),
    (lambda v: hasattr(type(v), "__array__"), Look._array),
)
