"""The rows of a job: where they are, how many, and which of them are a slice.

pyarrow finds the files and reads them. Parquet can be read from the middle; what can't
is written beside the answers as Parquet first, in one pass, so that what is wrong with
it is known before the first row is answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from truss_nb.batch.spool import spool, unite
from truss_nb.errors import BatchError

AT_ONCE, BYTES_AT_ONCE = 1024, 2**25
"""The most rows, and bytes of them, that are read and answered at once."""

_SPOOL = "_input.parquet"
_PACKED = {".gz", ".bz2", ".zst", ".lz4", ".br"}
_KINDS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".feather": "feather",
    ".arrow": "feather",
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "lines",
    ".ndjson": "lines",
}


@dataclass(frozen=True)
class Place:
    """A file or a folder, here or in an object store.

    Args:
        files: the file system that it is in.
        path: where it is there.
    """

    files: pafs.FileSystem
    path: str

    @classmethod
    def of(cls, named: str | Path) -> Place:
        """Find what is named, by a path or by a URL that pyarrow or fsspec knows."""
        if "://" not in str(named):
            path = Path(named).expanduser().absolute()
            return cls(pafs.LocalFileSystem(), path.as_posix())
        try:
            return cls(*pafs.FileSystem.from_uri(str(named)))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            from fsspec.core import url_to_fs  # noqa: PLC0415  # for what is rare

        try:
            found, path = url_to_fs(str(named))
        except (ImportError, ValueError) as error:
            raise BatchError(f"{named} can't be reached: {error}.") from error
        return cls(pafs.PyFileSystem(pafs.FSSpecHandler(found)), path)

    def __truediv__(self, name: str) -> Place:
        return Place(self.files, f"{self.path.rstrip('/')}/{name}")

    def listed(self) -> list[pafs.FileInfo]:
        """Return the file, or those in the folder that no name hides; in order."""
        info = self.files.get_file_info(self.path)
        if info.type == pafs.FileType.NotFound:
            raise BatchError(f"{self.path} isn't there.")
        if info.type == pafs.FileType.File:
            return [info]
        inside = self.files.get_file_info(pafs.FileSelector(self.path, recursive=True))
        shown = (each for each in inside if each.is_file and not self._hides(each))
        return sorted(shown, key=lambda each: each.path)

    def _hides(self, info: pafs.FileInfo) -> bool:
        inside = PurePosixPath(info.path).relative_to(PurePosixPath(self.path))
        return any(part.startswith(("_", ".")) for part in inside.parts)

    @contextmanager
    def written(self, name: str) -> Iterator[Any]:
        """Give a stream for a file that is there whole, or not at all."""
        hidden, whole = self / f"_{name}.part", self / name
        try:
            with self.files.open_output_stream(hidden.path) as stream:
                yield stream
        except BaseException:
            self.files.delete_file(hidden.path)
            raise
        self.files.move(hidden.path, whole.path)


@dataclass(frozen=True)
class Piece:
    """Some rows of a row group of a Parquet file, by where they begin there."""

    path: str
    group: int
    first: int
    count: int


@dataclass(frozen=True)
class Rows:
    """All rows of a job, in order.

    Args:
        files: the file system that they are in.
        schema: of them all; a column that a file lacks is null there.
        groups: the row groups of each Parquet file, one after another.
        notes: what to know of them.
    """

    files: pafs.FileSystem
    schema: pa.Schema
    groups: tuple[Piece, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(group.count for group in self.groups)

    def slices(self, size: int, limit: int | None = None) -> list[list[Piece]]:
        """Cut them into as many rows at a time, the last with fewer."""
        cut, room = list[list[Piece]](), 0
        left = self.count if limit is None else min(limit, self.count)
        for group in self.groups:
            first = 0
            while left and first < group.count:
                if not room:
                    cut.append([])
                    room = min(size, left)
                count = min(room, group.count - first)
                cut[-1].append(Piece(group.path, group.group, first, count))
                first, room, left = first + count, room - count, left - count
        return cut

    def read(
        self, pieces: Iterable[Piece], columns: Sequence[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Yield some of them, so many at once that they fit into memory."""
        names = self.schema.names if columns is None else list(columns)
        for piece in pieces:
            fragment = ds.ParquetFileFormat().make_fragment(
                piece.path, self.files, row_groups=[piece.group]
            )
            batches = fragment.to_batches(
                schema=self.schema,
                columns=names,
                batch_size=_at_once(fragment),
                batch_readahead=1,
                use_threads=False,
            )
            yield from _some(batches, piece.first, piece.count)


def _at_once(fragment: ds.ParquetFileFragment) -> int:
    """Return how many rows of a row group are read at once."""
    (group,) = fragment.row_groups
    each = int(group.total_byte_size) // max(1, group.num_rows)
    return max(1, min(AT_ONCE, int(BYTES_AT_ONCE / max(1, each))))


def _some(
    batches: Iterable[pa.RecordBatch], first: int, count: int
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        part = batch.slice(first, count)
        first, count = max(0, first - len(batch)), count - len(part)
        if len(part):
            yield part
        if not count:
            return


def find(source: Place, beside: Place) -> Rows:
    """Find the rows of a file, or of all files of a folder.

    Args:
        source: where they are.
        beside: a folder for what isn't Parquet, to be written as Parquet.

    Raises:
        BatchError: they can't be read, or their columns don't go together.
    """
    found = source.listed()
    if not found:
        raise BatchError(f"{source.path} holds no file of rows.")
    kinds = Counter(_kind(each.path) for each in found)
    if len(kinds) > 1:
        told = ", ".join(f"{count} of {kind}" for kind, count in kinds.items())
        raise BatchError(f"{source.path} holds files of several kinds: {told}.")
    (kind,) = kinds
    paths = [each.path for each in found]
    try:
        if kind == "parquet":
            rows = _parquet(source.files, paths)
            return replace(rows, notes=(*rows.notes, *_named(source, paths)))
        paths = [each.path for each in found if each.size]  # nothing is no rows
        whole = (beside / _SPOOL).path
        if not beside.files.get_file_info(whole).is_file:
            beside.files.create_dir(beside.path, recursive=True)
            with beside.written(_SPOOL) as stream:
                spool(source.files, paths, kind, stream)
        rows = _parquet(beside.files, [whole])
        return replace(rows, notes=tuple(_named(source, paths)))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BatchError(f"{source.path} can't be read: {error}.") from error


def _named(source: Place, paths: Sequence[str]) -> Iterator[str]:
    """Tell what folders are named for, as in day=1: that is in no row."""
    inside = (PurePosixPath(path).relative_to(source.path).parts for path in paths)
    names = {part.partition("=")[0] for p in inside for part in p[:-1] if "=" in part}
    for name in sorted(names):
        yield f"{name!r} stands in names of folders, and in no row"


def forget(beside: Place) -> None:
    """Remove what was written of rows that aren't Parquet."""
    whole = (beside / _SPOOL).path
    if beside.files.get_file_info(whole).is_file:
        beside.files.delete_file(whole)


def _kind(path: str) -> str:
    *_, before, last = ["", "", *PurePosixPath(path.lower()).suffixes]
    kind = _KINDS.get(before if last in _PACKED else last)
    if kind is None:
        known = ", ".join(_KINDS)
        raise BatchError(f"{path} is no file of rows that can be read: {known}.")
    return kind


def _parquet(files: pafs.FileSystem, paths: Sequence[str]) -> Rows:
    schemas, groups = list[pa.Schema](), list[Piece]()
    for path in paths:
        with pq.ParquetFile(path, filesystem=files) as file:
            schemas.append(file.schema_arrow.remove_metadata())
            for number in range(file.num_row_groups):
                count = file.metadata.row_group(number).num_rows
                groups.append(Piece(path, number, 0, count))
    schema, notes = _united(schemas)
    return Rows(files, schema, tuple(groups), notes)


def _united(schemas: Sequence[pa.Schema]) -> tuple[pa.Schema, tuple[str, ...]]:
    """Return the schema of all files, and which columns some of them lack."""
    united = unite(schemas)
    lacking = Counter(n for s in schemas for n in united.names if n not in s.names)
    whole = len(schemas)
    notes = (f"{n!r} is null in {k} of {whole} files" for n, k in lacking.items())
    return united, tuple(notes)
