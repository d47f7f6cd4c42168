"""Read any file for credentials, by what is in it, without running or loading it.

Text is read whole. Of tables those columns count whose head says that they hold
credentials; of pickles and archives the texts in them; of arrays none that are numbers.
"""

from __future__ import annotations

import csv
import gc
import gzip
import io
import json
import pickletools
import re
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, Final

from truss_nb.credentials.credentials import Credentials, Found, placed
from truss_nb.credentials.named import is_credential
from truss_nb.credentials.vocabulary import kind_of
from truss_nb.objects.texts import texts_of_array

MODELS: Final = frozenset(
    {".bin", ".cbm", ".ckpt", ".engine", ".gguf", ".h5", ".keras", ".mlmodel"}
    | {".onnx", ".pb", ".pbtxt", ".spm", ".tflite", ".ubj"}
)
"""Formats of models alone, whose numbers and words aren't read."""

_SETTINGS = frozenset(
    {"", ".cfg", ".conf", ".env", ".ini", ".json", ".netrc", ".properties", ".toml"}
    | {".yaml", ".yml"}
)
_LARGEST_PART = 2**28  # of an archive
_DEEPEST = 3  # archives in archives


def read_file(file: Path, known: Credentials) -> tuple[Found, ...]:
    """Return each credential in a file, which is neither run nor loaded."""
    if file.suffix.lower() in MODELS or _is_of_numbers(file):
        return ()
    is_swept = gc.isenabled()
    gc.disable()  # a tree has many parts to look at, and no cycle
    try:
        return tuple(read(file.name, file.read_bytes(), known))
    finally:
        if is_swept:
            gc.enable()


def _is_of_numbers(file: Path) -> bool:
    with file.open("rb") as opened:
        return _NUMBERS.match(opened.read(64)) is not None


_NUMBERS = re.compile(rb"\x93NUMPY.{4,8}\{'descr': '[<>|=][biufc]", re.DOTALL)


def read(
    name: str, content: bytes, known: Credentials, deep: int = 0
) -> Iterator[Found]:
    """Yield each credential in what a file holds.

    Args:
        name: the file's, which says what it is.
        content: all of it.
        known: knows credentials.
        deep: how many archives it is in.
    """
    if name.lower().endswith(".safetensors"):
        yield from _in_text("head.json", _head(content), known)
    elif content.startswith(b"\x1f\x8b"):
        yield from _in_gzip(name, content, known, deep)
    elif content.startswith(b"PK\x03\x04"):
        yield from _in_archive(content, known, deep)
    elif reading := next(
        (how for begin, how in _READINGS.items() if content.startswith(begin)), None
    ):
        yield from reading(content, known)
    elif b"\0" in content[:8192]:
        yield from _in_binary(content, known)
    else:
        yield from _in_text(name, content.decode("utf-8", "replace"), known)


def _in_text(name: str, text: str, known: Credentials) -> Iterator[Found]:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in (".py", ".pyi"):
        with suppress(SyntaxError, ValueError, RecursionError):
            yield from known.in_source(text)
            return
    if suffix in (".json", ".ipynb"):
        with suppress(ValueError, RecursionError):
            yield from _in_json(json.loads(text), known)
    if suffix in (".csv", ".tsv"):
        yield from _in_columns(text, "\t" if suffix == ".tsv" else ",")
    yield from known.in_text(text, is_settings=suffix in _SETTINGS)


def _in_json(value: Any, known: Credentials, name: str = "") -> Iterator[Found]:
    """Yield what the keys of JSON name; its lists are what their keys say."""
    if isinstance(value, dict):
        if value.get("cell_type") == "code":
            with suppress(SyntaxError, TypeError):
                yield from known.in_source("".join(value["source"]))
        for key, each in value.items():
            yield from _in_json(each, known, key)
    elif isinstance(value, list):
        for each in value:
            yield from _in_json(each, known, name)
    elif isinstance(value, str) and kind_of(name) and known.holds(value, name):
        yield Found(placed(name, value), value)


def _in_columns(text: str, sign: str) -> Iterator[Found]:
    rows = csv.reader(io.StringIO(text), delimiter=sign)
    with suppress(csv.Error):
        head = next(rows, [])
        named = {place: each for place, each in enumerate(head) if kind_of(each)}
        for row in rows:
            cells = [(named[n], row[n]) for n in named if n < len(row)]
            if len(row) == 2 and not row[1].strip().replace(".", "").isdigit():
                cells.append((row[0], row[1]))
            yield from (Found(placed(n, t), t) for n, t in cells if is_credential(n, t))


def _in_pickle(content: bytes, known: Credentials) -> Iterator[Found]:
    """Yield the credentials among a pickle's texts; one right before names another."""
    pairs = list[tuple[str, str]]()
    last, memory = "", dict[int, str]()
    try:
        for op, given, _ in pickletools.genops(content):
            if op.name in ("MEMOIZE", "BINPUT", "LONG_BINPUT"):
                memory[len(memory) if given is None else given] = last
                continue
            text: Any = memory.get(given or 0, "") if op.name in _GETS else given
            if isinstance(text, bytes) and len(text) <= _LONGEST_KEY:
                text = text.decode("latin-1")
            if isinstance(text, str) and op.name not in ("GLOBAL", "FRAME"):
                pairs.append((last, text))
                last = text
            else:
                last = ""
    except (ValueError, OverflowError):  # arrays between, as joblib writes them
        yield from _in_binary(content, known)
    yield from _in_pairs(pairs, known)


_LONGEST_KEY = 2**16  # bytes that are more are an array, a picture or a sound
_GETS = frozenset({"BINGET", "LONG_BINGET"})


def _in_pairs(pairs: Iterable[tuple[str, str]], known: Credentials) -> Iterator[Found]:
    """Yield the credentials among texts, looked at together, which is faster."""
    pairs = list(pairs)
    yield from known.in_text("\n".join(text for _, text in pairs))
    named = ((n, t) for n, t in pairs if is_credential(n, t))
    yield from (Found(placed(n, t), t) for n, t in named)


def _in_array(content: bytes, known: Credentials) -> Iterator[Found]:
    import numpy as np  # noqa: PLC0415 - there is an array

    with suppress(ValueError):
        array = np.load(io.BytesIO(content), allow_pickle=False)
        yield from _in_pairs(texts_of_array(array), known)
        return
    start = content.find(b"\x80", 10)  # an array of objects is a pickle
    yield from _in_pickle(content[start:], known) if start > 0 else ()


def _in_table(content: bytes, known: Credentials) -> Iterator[Found]:
    try:
        import pyarrow.feather  # noqa: PLC0415 - if it's installed
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        yield from _in_binary(content, known)
        return
    is_parquet = content.startswith(b"PAR1")
    try:
        load = pyarrow.parquet.read_table if is_parquet else pyarrow.feather.read_table
        table = load(io.BytesIO(content))
    except (pyarrow.ArrowException, OSError):
        yield from _in_binary(content, known)
        return
    told = dict(table.schema.metadata or {})
    for field in table.schema:
        told |= field.metadata or {}
    for key, value in told.items():
        name, text = key.decode("latin-1"), value.decode("utf-8", "replace")
        yield from _in_text(f"{name}.json", text, known)
        yield from _in_pairs([(name, text)], known)
    yield from _in_pairs((("", name) for name in table.column_names), known)
    for name, column in zip(table.column_names, table.columns, strict=True):
        if re.search("string|binary|dictionary|list|struct", str(column.type)):
            parts = [column.to_pylist()]
            if str(column.type).startswith("dictionary"):
                parts += [chunk.dictionary.to_pylist() for chunk in column.chunks]
            listed = [(name, t) for t in _texts(parts)]
            yield from _in_pairs(listed, known)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str | bytes):
        yield value if isinstance(value, str) else value.decode("latin-1")
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from (f"{key}={text}" for text in _texts(each))


def _in_archive(content: bytes, known: Credentials, deep: int) -> Iterator[Found]:
    broken = zipfile.BadZipFile, RuntimeError, NotImplementedError
    with suppress(*broken), zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = [each for each in packed.infolist() if each.file_size <= _LARGEST_PART]
        is_torchs = any(each.filename.endswith("data.pkl") for each in parts)
        for part in parts if deep < _DEEPEST else ():
            name = PurePosixPath(part.filename)
            if not is_torchs or name.suffix:  # its arrays of numbers have none
                inner = read(part.filename, packed.read(part), known, deep + 1)
                yield from (Found(f"{name.name}:{at}", text) for at, text in inner)


def _in_gzip(
    name: str, content: bytes, known: Credentials, deep: int
) -> Iterator[Found]:
    with suppress(OSError, EOFError), gzip.open(io.BytesIO(content)) as packed:
        inner = packed.read(_LARGEST_PART)
        if deep < _DEEPEST:
            yield from read(name.removesuffix(".gz"), inner, known, deep + 1)


_RUN = re.compile(rb"[\x20-\x7e\t\r\n]{6,}")


def _in_binary(content: bytes, known: Credentials) -> Iterator[Found]:
    """Yield what stands in plain letters in a file of whatever else."""
    runs = (run.decode("ascii") for run in _RUN.findall(content))
    yield from known.in_text("\n".join(runs))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield from known.in_text(content.decode("utf-16", "replace"))


def _head(content: bytes) -> str:
    """Return the JSON that a safetensors file begins with."""
    if len(content) < 8:
        return ""
    (size,) = struct.unpack("<Q", content[:8])
    return content[8 : 8 + size].decode("utf-8", "replace")


_READINGS: Final[dict[bytes, Callable[[bytes, Credentials], Iterator[Found]]]] = {
    b"\x93NUMPY": _in_array,
    b"PAR1": _in_table,
    b"ARROW1": _in_table,
    **{b"\x80" + bytes([each]): _in_pickle for each in (2, 3, 4, 5)},
}
"""How a file is read, by what it begins with."""
