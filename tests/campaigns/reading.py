"""Whether a text is in a file, however the file holds it."""

from __future__ import annotations

import base64
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

RUN = re.compile(rb"[A-Za-z0-9+/_-]{24,}")
LONGEST = 20  # of an end
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")


def seen(needle: str, text: str) -> bool:
    """Return whether a text shows a credential, or half of it."""
    return _has(text.encode(errors="replace"), wanted(needle))


def wanted(needle: str) -> list[bytes]:
    """Return what gives a credential away: either end, as each encoding has it."""
    length = min(max(8, len(needle) // 2), LONGEST)
    ends = {
        end
        for text in (needle, quote(needle))
        for end in (text[:length], text[-length:])
    }
    return [end.encode(encoding) for end in ends for encoding in ENCODINGS]


def holding(folder: Path, needle: str) -> Iterator[str]:
    """Yield each file, by its path in the folder, whose name or content shows it."""
    ends = wanted(needle)
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if seen(needle, path) or (file.is_file() and _has(file.read_bytes(), ends)):
            yield path


def _has(content: bytes, ends: Iterable[bytes]) -> bool:
    return any(end in view for view in _views(content) for end in ends)


def _views(content: bytes) -> Iterator[bytes]:
    """Yield the content, and what is packed in it."""
    yield content
    for unpack in (gzip.decompress, zlib.decompress):
        with suppress(OSError, zlib.error, EOFError):
            yield unpack(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield packed.read(name)
    if content.startswith((b"PAR1", b"ARROW1")):
        yield _table(content).encode()
    for run in RUN.findall(content):
        for start in range(4):
            part = run[start:].translate(bytes.maketrans(b"-_", b"+/"))
            yield base64.b64decode(part[: len(part) // 4 * 4])


def _table(content: bytes) -> str:
    import pyarrow.feather
    import pyarrow.parquet

    parquet = content.startswith(b"PAR1")
    read = pyarrow.parquet.read_table if parquet else pyarrow.feather.read_table
    table = read(io.BytesIO(content))
    return f"{table.schema.metadata} {table.schema} {table.to_pydict()}"
