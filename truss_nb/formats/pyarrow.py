"""Arrow tables, as Arrow IPC files, which are memory-mapped when they are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from truss_nb.formats.format import Format, OwnForm, Saved


class Table(OwnForm):
    """A table of Arrow's own types, with the metadata of its schema."""

    name = "Arrow table"
    suffix = ".arrow"
    modules = ("pyarrow",)
    loading = Saved(
        ("import pyarrow as pa",),
        "pa.ipc.open_file(pa.memory_map(str({path}))).read_all()",
    )

    def fits(self, value: Any, /) -> bool:
        """Take tables without types that another package made."""
        return type(value) is pa.Table and _is_arrows_own(value.schema)

    def write(self, value: Any, path: Path, /) -> None:
        """Write its batches; a dictionary that differs among them becomes one."""
        options = pa.ipc.IpcWriteOptions(unify_dictionaries=True)
        with pa.ipc.new_file(str(path), value.schema, options=options) as file:
            file.write(value)


class Batch(Table):
    """A record batch, as a file of one batch."""

    name = "Arrow record batch"
    loading = Saved(
        Table.loading.imports,
        "pa.ipc.open_file(pa.memory_map(str({path}))).get_batch(0)",
    )

    def fits(self, value: Any, /) -> bool:
        """Take batches without types that another package made."""
        return type(value) is pa.RecordBatch and _is_arrows_own(value.schema)


FORMATS: Final[tuple[Format, ...]] = (Table(), Batch())


def _is_arrows_own(schema: Any) -> bool:
    return all(
        type(kind).__module__.startswith("pyarrow.")
        for field in schema
        for kind in _types(field.type)
    )


def _types(kind: Any) -> Iterator[Any]:
    """Yield a type and those inside it: of a list, a struct, a map, a dictionary."""
    yield kind
    if isinstance(kind, pa.DictionaryType):
        yield from _types(kind.value_type)
    for place in range(kind.num_fields):
        yield from _types(kind.field(place).type)
