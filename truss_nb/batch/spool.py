"""Rows of files that can't be read from the middle, written as Parquet in one file.

What a cell of CSV is, a whole column says: numbers where each cell is one that is
written as JSON writes it, else text, as a client would send it. So 00123 and dates stay
what they are, and no type is found on the first rows alone. An empty cell is null.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.dataset as ds
import pyarrow.fs as pafs
import pyarrow.parquet as pq

LINE = "line"
"""The column that holds a line of a file of JSON lines."""

_LINES_AT_ONCE, _BYTES_AT_ONCE = 10_000, 2**24

_NULLS = ["", "NA", "N/A", "#N/A", "n/a", "null", "NULL", "None", "nan", "NaN"]
_NULL = "|".join(_NULLS)
_PATTERNS = {
    pa.null(): "",
    pa.bool_(): f"{_NULL}|true|True|TRUE|false|False|FALSE",
    pa.int64(): rf"{_NULL}|-?(0|[1-9]\d{{0,17}})",
    pa.float64(): (
        rf"{_NULL}|-?((0|[1-9]\d{{0,14}})(\.\d*)?|\.\d+)([eE][-+]?\d+)?|-?inf"
    ),
}
"""How all cells of a column are written that has this type."""


def spool(files: pafs.FileSystem, paths: Sequence[str], kind: str, stream: Any) -> None:
    """Write the rows of some files as Parquet.

    Args:
        files: the file system that they are in.
        paths: where they are there.
        kind: ``"lines"`` of JSON, ``"csv"``, ``"tsv"`` or ``"feather"``.
        stream: what to write to.

    Raises:
        ArrowException: they can't be read.
    """
    batches: Iterable[pa.RecordBatch]
    if kind == "lines":
        schema = pa.schema([(LINE, pa.large_binary())])
        batches = (batch for path in paths for batch in _lines(files, path))
    elif not paths:
        schema, batches = pa.schema([]), ()
    else:
        find = partial(ds.dataset, list(paths), format=_form(kind), filesystem=files)
        schema = unite([each.physical_schema for each in find().get_fragments()])
        if kind != "feather":
            schema = _typed(find(schema=_texts(schema)))
        batches = _read(find(schema=schema))
        if kind != "feather":
            batches = map(_without_empty, batches)
    with pq.ParquetWriter(stream, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def unite(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """Return the schema of all files.

    Raises:
        ValueError: one has two columns of the same name.
    """
    for schema in schemas:
        twice = next((n for n in schema.names if schema.names.count(n) > 1), None)
        if twice is not None:
            raise ValueError(f"it has two columns {twice!r}")
    return pa.unify_schemas(list(schemas), promote_options="permissive")


def _form(kind: str) -> Any:
    if kind == "feather":
        return kind
    delimiter = "\t" if kind == "tsv" else ","
    return ds.CsvFileFormat(
        pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(check_utf8=False, null_values=_NULLS),
    )


def _read(rows: ds.Dataset) -> Iterator[pa.RecordBatch]:
    batches: Iterator[pa.RecordBatch] = rows.to_batches(
        batch_readahead=2, fragment_readahead=1
    )
    return batches


def _without_empty(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows whose empty cells are null, in columns of text too."""
    columns = [
        pc.if_else(pc.equal(each, ""), None, each) if each.type == pa.string() else each
        for each in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _texts(schema: pa.Schema) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in schema.names])


def _typed(cells: ds.Dataset) -> pa.Schema:
    """Return the type of each column, of which all cells are texts here."""
    left = {name: list(_PATTERNS) for name in cells.schema.names}
    for batch in _read(cells):
        for name, kinds in left.items():
            column = batch.column(name)
            left[name] = [kind for kind in kinds if _are(column, _PATTERNS[kind])]
    return pa.schema([(n, next(iter(kinds), pa.string())) for n, kinds in left.items()])


def _are(column: pa.Array, pattern: str) -> bool:
    matched = pc.match_substring_regex(column, f"^({pattern})$")
    return bool(pc.all(matched, min_count=0).as_py())


def _lines(files: pafs.FileSystem, path: str) -> Iterator[pa.RecordBatch]:
    with io.BufferedReader(files.open_input_stream(path)) as stream:
        while lines := list(_few(stream)):
            array = pa.array(lines, pa.large_binary())
            yield pa.record_batch([array], [LINE])


def _few(stream: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for line in islice(stream, _LINES_AT_ONCE):
        if text := line.strip():
            yield text
            size += len(text)
        if size > _BYTES_AT_ONCE:
            return
