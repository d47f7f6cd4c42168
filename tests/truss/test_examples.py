"""examples.yaml gives back what msgpack carries."""

import datetime as dt
import uuid
from decimal import Decimal

import numpy as np
import pytest
import yaml

from truss_nb.export.config_yaml import to_yaml
from truss_nb.truss.examples import Loader
from truss_nb.truss.packing import carried

UTC = dt.timezone.utc
KINDS = {
    "bytes": b"\x00\xff",
    "datetime": dt.datetime(2026, 2, 3, 4, 5, 6, 7),
    "datetime of UTC": dt.datetime(2026, 2, 3, 4, tzinfo=UTC),
    "datetime of a zone": dt.datetime(
        2026, 2, 3, tzinfo=dt.timezone(dt.timedelta(hours=2))
    ),
    "date": dt.date(2026, 2, 3),
    "time": dt.time(23, 59, 1, 5),
    "timedelta": dt.timedelta(days=-1, microseconds=3),
    "Decimal": Decimal("1.10"),
    "UUID": uuid.UUID(int=7),
    "complex": 1 + 2j,
    "NaN": float("nan"),
    "array": np.arange(6, dtype="f4").reshape(2, 3),
    "empty array": np.zeros((0, 3)),
    "array of a number": np.array(2.5),
    "array of dates": np.array(["2026-02-03"], "M8[D]"),
    "array of text": np.array(["a", "bc"]),
    "table": np.array([(1, 2.5)], [("n", "i4"), ("x", "f8")]),
    "float32": np.float32(0.1),
    "int64": np.int64(7),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_comes_back_as_it_was(kind):
    value = {"a": [carried(KINDS[kind])]}
    again = yaml.load(to_yaml(value), Loader)["a"][0]
    assert type(again) is type(value["a"][0])
    np.testing.assert_array_equal(again, value["a"][0])
    if isinstance(again, np.generic | np.ndarray):
        assert again.dtype == value["a"][0].dtype


def test_a_person_may_write_it():
    text = 'price: !decimal "1.10"\nat: !time "12:30"\nid: !uuid ' + str(
        uuid.UUID(int=7)
    )
    read = yaml.load(text, Loader)
    assert read == {
        "price": Decimal("1.10"),
        "at": dt.time(12, 30),
        "id": uuid.UUID(int=7),
    }
