"""A value without parts is written as a person would write it, or not at all."""

import builtins
import datetime as dt
import enum
import logging
import operator
import re
import sys
import uuid
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from truss_nb.capture.constants.leaves import NotPlainError, leaf

ZURICH = ZoneInfo("Europe/Zurich")
DAY = dt.datetime(2020, 1, 2, 3, 4)
DT, RE, NP = "import datetime as dt", "import re", "import numpy as np"
PATH, PD = "from pathlib import Path", "import pandas as pd"

# A value, its expression, and the imports that this needs.
WRITTEN = [
    (None, "None", ""),
    (..., "Ellipsis", ""),
    (True, "True", ""),
    (1, "1", ""),
    (1.0, "1.0", ""),
    (-0.0, "-0.0", ""),
    (1e300, "1e+300", ""),
    (float("inf"), 'float("inf")', ""),
    (float("-inf"), 'float("-inf")', ""),
    (float("nan"), 'float("nan")', ""),
    ("it's", '"it\'s"', ""),
    (b"a'b", 'b"a\'b"', ""),
    (range(1, 9, 2), "range(1, 9, 2)", ""),
    (1j, "1j", ""),
    (1 + 2j, "(1+2j)", ""),
    (complex(-0.0, 1), "complex(-0.0, 1.0)", ""),
    (complex(1, -0.0), "complex(1.0, -0.0)", ""),
    (complex(float("inf"), 0), 'complex(float("inf"), 0.0)', ""),
    (Path("a b/c"), 'Path("a b/c")', PATH),
    (PurePosixPath("a"), 'PurePosixPath("a")', "from pathlib import PurePosixPath"),
    (
        PureWindowsPath("a\\b"),
        'PureWindowsPath("a\\\\b")',
        "from pathlib import PureWindowsPath",
    ),
    (re.compile("a+"), 're.compile("a+")', RE),
    (re.compile(r"\d"), 're.compile(r"\\d")', RE),
    (re.compile(b"\\d"), "re.compile(b'\\\\d')", RE),
    (re.compile('\\d"'), "re.compile('\\\\d\"')", RE),
    (re.compile("\\d\n"), 're.compile("\\\\d\\n")', RE),
    (re.compile("a\\\\"), 're.compile("a\\\\\\\\")', RE),
    (
        re.compile("a", re.IGNORECASE | re.MULTILINE),
        're.compile("a", re.IGNORECASE | re.MULTILINE)',
        RE,
    ),
    (re.compile("a", re.ASCII), 're.compile("a", re.ASCII)', RE),
    (re.compile("(?x)a # b"), 're.compile("(?x)a # b", re.VERBOSE)', RE),
    (Decimal("1.50"), 'Decimal("1.50")', "from decimal import Decimal"),
    (Fraction(-1, 2), "Fraction(-1, 2)", "from fractions import Fraction"),
    (
        uuid.UUID(int=1),
        'UUID("00000000-0000-0000-0000-000000000001")',
        "from uuid import UUID",
    ),
    (dt.date(2020, 1, 2), "dt.date(2020, 1, 2)", DT),
    (DAY, "dt.datetime(2020, 1, 2, 3, 4)", DT),
    (DAY.replace(fold=1), "dt.datetime(2020, 1, 2, 3, 4, fold=1)", DT),
    (dt.time(3, 4, 5, 6), "dt.time(3, 4, 5, 6)", DT),
    (
        DAY.replace(tzinfo=dt.timezone.utc),
        "dt.datetime(2020, 1, 2, 3, 4, tzinfo=dt.timezone.utc)",
        DT,
    ),
    (
        DAY.replace(tzinfo=ZURICH),
        'dt.datetime(2020, 1, 2, 3, 4, tzinfo=ZoneInfo("Europe/Zurich"))',
        f"{DT}; from zoneinfo import ZoneInfo",
    ),
    (dt.timedelta(), "dt.timedelta()", DT),
    (
        dt.timedelta(-1, 2, 3),
        "dt.timedelta(days=-1, seconds=2, microseconds=3)",
        DT,
    ),
    (dt.timedelta(seconds=2), "dt.timedelta(seconds=2)", DT),
    (
        dt.timezone(dt.timedelta(hours=1)),
        "dt.timezone(dt.timedelta(seconds=3600))",
        DT,
    ),
    (
        dt.timezone(dt.timedelta(hours=1), "here"),
        'dt.timezone(dt.timedelta(seconds=3600), "here")',
        DT,
    ),
    (ZURICH, 'ZoneInfo("Europe/Zurich")', "from zoneinfo import ZoneInfo"),
    (logging.getLogger("a.b"), 'logging.getLogger("a.b")', "import logging"),
    (operator.itemgetter(1), "itemgetter(1)", "from operator import itemgetter"),
    (
        operator.itemgetter("a", Decimal(1)),
        'itemgetter("a", Decimal("1"))',
        "from operator import itemgetter; from decimal import Decimal",
    ),
    (
        operator.attrgetter("a.b"),
        'attrgetter("a.b")',
        "from operator import attrgetter",
    ),
    (
        operator.methodcaller("split", ","),
        'methodcaller("split", ",")',
        "from operator import methodcaller",
    ),
    (np.float32(0.5), "np.float32(0.5)", NP),
    (np.float64(-0.0), "np.float64(-0.0)", NP),
    (np.int8(-3), "np.int8(-3)", NP),
    (np.bool_(1), f"np.{np.bool_.__name__}(True)", NP),
    (np.dtype("f4"), 'np.dtype("<f4")', NP),
    (np.dtype(">f4"), 'np.dtype(">f4")', NP),
    (np.dtype("M8[ns]"), 'np.dtype("<M8[ns]")', NP),
    (np.dtype(object), 'np.dtype("|O")', NP),
    (pd.Timestamp("2020-01-31 00:00:00"), 'pd.Timestamp("2020-01-31 00:00:00")', PD),
    (
        pd.Timestamp("2024-10-27 01:30+00:00").tz_convert(ZURICH),
        'pd.Timestamp("2024-10-27 02:30:00+01:00", tz=ZoneInfo("Europe/Zurich"))',
        f"{PD}; from zoneinfo import ZoneInfo",
    ),
    (pd.Timedelta(days=3), 'pd.Timedelta("3 days 00:00:00")', PD),
]


@pytest.mark.parametrize(("value", "text", "imports"), WRITTEN, ids=repr)
def test_a_value_is_written_and_read_back(value, text, imports) -> None:
    assert leaf(value) == (text, frozenset(filter(None, imports.split("; "))))
    names: dict[str, object] = {}
    exec(imports, names)
    again = eval(text, names)
    assert type(again) is type(value)
    assert again is value or repr(again) == repr(value)
    assert getattr(again, "unit", None) == getattr(value, "unit", None)


class Text(str):
    __slots__ = ()


class Number(enum.IntEnum):
    ONE = 1


class Zone(dt.tzinfo):
    pass


REFUSED = [
    object(),
    Text("a"),
    Number.ONE,
    10**5_000,
    [],
    len,
    int,
    DAY.replace(tzinfo=Zone()),
    ZoneInfo.no_cache("Europe/Zurich"),
    logging.getLogger(),
    operator.methodcaller("split", sep=","),
    operator.itemgetter(slice(1)),
    np.float32("nan"),
    np.float64("inf"),
    np.complex64(1),
    np.longdouble(1),
    np.timedelta64(1, "ns"),
    np.datetime64(1, "ns"),
    np.str_("a"),
    np.zeros(1),
    np.dtype([("a", "i4")]),
    np.dtype("f4", metadata={"a": 1}),
    bytearray(b"a"),
    builtins,
]


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: str(type(value)))
def test_what_no_person_would_write_is_refused(value) -> None:
    with pytest.raises(NotPlainError):
        leaf(value)


def test_a_zone_from_a_file_is_refused() -> None:
    tzdata = pytest.importorskip("tzdata")
    with (files(tzdata) / "zoneinfo/Europe/Zurich").open("rb") as file:
        zone = ZoneInfo.from_file(file)
    with pytest.raises(NotPlainError):
        leaf(zone)


@pytest.mark.skipif(not hasattr(np, "dtypes"), reason="an old NumPy")
def test_a_text_of_numpys_own_is_refused() -> None:
    if not hasattr(np.dtypes, "StringDType"):
        pytest.skip("an old NumPy")
    with pytest.raises(NotPlainError):
        leaf(np.dtypes.StringDType())


class Device(SimpleNamespace):
    def __str__(self) -> str:
        return self.name


class Dtype:
    def __str__(self) -> str:
        return "torch.float32"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Device(name="cpu", type="cpu"), 'torch.device("cpu")'),
        (
            Device(name="cuda:1", type="cuda"),
            'torch.device("cuda:1" if torch.cuda.is_available() else "cpu")',
        ),
        (Dtype(), "torch.float32"),
    ],
)
def test_a_gpu_is_asked_for_only_where_there_is_one(monkeypatch, value, text) -> None:
    stand_in = SimpleNamespace(device=Device, dtype=Dtype)
    monkeypatch.setitem(sys.modules, "torch", stand_in)
    assert leaf(value) == (text, {"import torch"})
    with pytest.raises(NotPlainError):
        leaf(object())


def test_a_process_without_numpy_and_torch_writes_values(monkeypatch) -> None:
    for name in ("numpy", "torch"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert leaf(PurePath("a"))[0].endswith('Path("a")')
    with pytest.raises(NotPlainError):
        leaf(object())
    with pytest.raises(NotPlainError):
        leaf(np.float32(1))
