from __future__ import annotations

import pytest

from truss_nb import formats

pa = pytest.importorskip("pyarrow")

TABLE = pa.table(
    {
        "n": pa.array([1, None], pa.int16()),
        "text": ["Zürich", None],
        "kind": pa.array(["b", "a"]).dictionary_encode(),
        "zone": pa.array([0, 1], pa.timestamp("s", "Europe/Zurich")),
        "price": pa.array([None, None], pa.decimal128(10, 2)),
        "lists": [[{"x": 1}], []],
        "vectors": pa.array([[1, 2], [3, 4]], pa.list_(pa.int8(), 2)),
        "map": pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int8())),
    }
).replace_schema_metadata({"source": "survey"})


class Celsius(pa.ExtensionType):
    def __init__(self):
        super().__init__(pa.float32(), "celsius")

    def __arrow_ext_serialize__(self):
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, *_):
        return cls()


def test_tables_come_back_with_types_and_metadata(round_trip):
    values = {
        "table": TABLE,
        "slice": TABLE.slice(1),
        "empty": TABLE.slice(0, 0),
        "no columns": pa.table({}),
        "batch": TABLE.to_batches()[0],
    }
    assert {formats.find(v).suffix for v in values.values()} == {".arrow"}
    back = round_trip(values)
    for name, value in values.items():
        assert type(back[name]) is type(value)
        assert back[name].schema.equals(value.schema, check_metadata=True), name
        assert back[name].equals(value), name


def test_dictionaries_that_differ_from_chunk_to_chunk_become_one(round_trip):
    chunks = [pa.array([each]).dictionary_encode() for each in "ab"]
    table = pa.table({"kind": pa.chunked_array(chunks)})
    back = round_trip({"table": table})["table"]
    assert back.to_pydict() == table.to_pydict()
    assert back.schema == table.schema


@pytest.mark.parametrize("wrap", [lambda t: t, pa.list_, lambda t: pa.struct({"a": t})])
def test_a_type_of_another_package_is_pickled(wrap):
    table = pa.table({"a": pa.nulls(1, wrap(Celsius()))})
    assert formats.find(table).suffix == ".pickle"


def test_a_table_is_not_read_before_it_is_used(tmp_path, elsewhere):
    table = pa.table({"a": pa.nulls(1 << 22, pa.int64())})
    formats.find(table).write(table, tmp_path / "table.arrow")
    answer = elsewhere("""
import pyarrow as pa
table = pa.ipc.open_file(pa.memory_map("table.arrow")).read_all()
answer = table.nbytes, pa.total_allocated_bytes()
""")
    assert answer[0] > 32 << 20
    assert answer[1] < 1 << 20
