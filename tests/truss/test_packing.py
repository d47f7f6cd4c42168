"""What is packed here, Truss' own code reads, and the other way round."""

import pickle
import subprocess
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import msgpack
import numpy as np
import pytest

from truss_nb.truss.packing import pack, unpack

CONVERT = """\
import pickle, sys, pathlib, truss
sys.path.insert(0, str(pathlib.Path(truss.__file__).parent / "templates/shared"))
from serialization import truss_msgpack_deserialize, truss_msgpack_serialize
values, packed = pickle.loads(sys.stdin.buffer.read())
packs = [truss_msgpack_serialize(value) for value in values]
reads = [truss_msgpack_deserialize(each) for each in packed]
sys.stdout.buffer.write(pickle.dumps((packs, reads), protocol=4))
"""

VALUES = [
    {"text": "é", "bytes": b"\xff", "list": [None, True, -1, 2**63, 0.1], "": {}},
    [datetime(2026, 1, 2, 3, 4, 5, 6), datetime(2026, 1, 2, tzinfo=timezone.utc)],
    [date(2026, 1, 2), time(3, 4, 5), timedelta(-1, 2, 3)],
    [Decimal("1.10"), UUID(int=7), 1 + 2j],
    [np.float32(0.1), np.int64(3), np.bool_(1)],
]
ARRAYS = [
    np.arange(6, dtype="float32").reshape(2, 3),
    np.zeros((0, 3)),
    np.array(5),
    np.arange(6).reshape(2, 3).T,
    np.array(["a", "bcd"]),
    np.array([(1, 2.5)], dtype=[("a", "<i4"), ("b", "<f8")]),
]


@pytest.fixture(scope="module")
def converted(server_python: str) -> tuple[list[bytes], list[object]]:
    given = [*VALUES, *ARRAYS]
    done = subprocess.run(
        [server_python, "-c", CONVERT],
        input=pickle.dumps((given, [pack(each) for each in given]), protocol=4),
        capture_output=True,
        check=True,
    )
    return pickle.loads(done.stdout)


def test_values_come_through_both_ways(converted) -> None:
    packs, reads = converted
    assert [unpack(each) for each in packs[: len(VALUES)]] == VALUES
    assert reads[: len(VALUES)] == VALUES
    assert [*map(type, unpack(packs[4]))] == [*map(type, VALUES[4])]


@pytest.mark.parametrize("i", range(len(ARRAYS)), ids=lambda i: str(ARRAYS[i].dtype))
def test_arrays_come_through_both_ways(converted, i: int) -> None:
    packs, reads = ([*each][len(VALUES) :] for each in converted)
    for found in (unpack(packs[i]), reads[i]):
        np.testing.assert_array_equal(found, ARRAYS[i], strict=True)


class Harmful:
    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self):
        return Path.touch, (self.place,)


@pytest.mark.parametrize("kind", [b"O", b""])
def test_an_array_of_objects_is_never_unpickled(tmp_path: Path, kind: bytes) -> None:
    data = pickle.dumps(Harmful(tmp_path / "touched"))
    array = {b"nd": True, b"type": "|O", b"kind": kind, b"shape": [1], b"data": data}
    with pytest.raises(ValueError, match="Truss sends"):
        unpack(msgpack.packb(array))
    assert not [*tmp_path.iterdir()]
    with pytest.raises(TypeError, match="can't carry ndarray"):
        pack(np.array([None]))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xc1",
        b"two words",
        msgpack.packb({b"__uuid__": True, b"data": 3}),
        msgpack.packb({b"__decimal__": True, b"data": "much"}),
        msgpack.packb({b"__dt_date_iso__": True}),
        msgpack.packb({b"nd": True, b"type": "?!", b"shape": [1], b"data": b"1"}),
    ],
)
def test_what_no_truss_server_sends_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="Truss sends"):
        unpack(content)
