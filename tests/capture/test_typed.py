"""All of typing travels, on every Python, and so do classes that types describe."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

CASES = {
    "many types in one": (
        "from typing import TypeVarTuple, Unpack" * (sys.version_info >= (3, 11)),
        "from typing_extensions import TypeVarTuple, Unpack"
        * (sys.version_info < (3, 11)),
        "Ts = TypeVarTuple('Ts')",
        "def rest(first: int, *more: Unpack[Ts]) -> tuple[Unpack[Ts]]: return more",
        "def preprocess(x): return list(rest(x, x, 1))",
    ),
    "a generic protocol": (
        "from typing import Protocol, TypeVar, runtime_checkable",
        "T_co = TypeVar('T_co', covariant=True)",
        "@runtime_checkable\nclass Source(Protocol[T_co]):\n"
        "    def get(self) -> T_co: ...",
        "class Fixed:\n    def get(self) -> int: return 3",
        "def preprocess(x): return isinstance(Fixed(), Source) and x",
    ),
    "typed dicts, in both forms": (
        "from typing import TypedDict",
        "class Row(TypedDict, total=False):\n    n: int",
        "class More(Row):\n    m: str",
        "Old = TypedDict('Old', {'a-b': int})",
        "def preprocess(x): return [Row(n=x), More(m='a'), Old(**{'a-b': x}),\n"
        "    sorted(More.__optional_keys__)]",
    ),
    "annotated and literal": (
        "from typing import Annotated, Final, Literal, get_args, get_type_hints",
        "Size = Annotated[int, 'pixels']\nMode = Literal['a', 'b']\nTOP: Final = 3",
        "def scale(x: Size, mode: Mode = 'a') -> int: return x",
        "def preprocess(x):\n    hints = get_type_hints(scale, include_extras=True)\n"
        "    return [get_args(hints['x'])[1], get_args(Mode), scale(x), TOP]",
    ),
    "overloads": (
        "from typing import overload",
        "@overload\ndef double(x: int) -> int: ...\n"
        "@overload\ndef double(x: str) -> str: ...\n"
        "def double(x): return x * 2",
        "def preprocess(x): return double(x)",
    ),
    "a type guard, and a class that returns itself": (
        "from typing import Any, ClassVar, TypeGuard\n"
        "from typing_extensions import Self",
        "def is_text(x: Any) -> TypeGuard[str]: return isinstance(x, str)",
        "class Chain:\n    made: ClassVar[int] = 4\n"
        "    def add(self) -> Self: return self",
        "def preprocess(x): return [is_text(x), Chain().add().made]",
    ),
    "a named tuple, in both forms": (
        "from typing import NamedTuple",
        "Old = NamedTuple('Old', [('a', int)])",
        "class P(NamedTuple):\n    a: int\n    b: str = 'x'\n"
        "    def both(self): return [self.a, self.b]",
        "def preprocess(x): return [Old(x).a, P(x).both()]",
    ),
    "types that are only checked": (
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from nowhere import Table\n"
        "def size(t: Table) -> Table: return t\n",
        "def preprocess(x): return size(x)",
    ),
    "a callable with parameters": (
        "from typing import Callable, Concatenate, ParamSpec, TypeVar",
        "P, R = ParamSpec('P'), TypeVar('R')",
        "def given(f: Callable[Concatenate[int, P], R]) -> Callable[P, R]:\n"
        "    def inner(*a: P.args, **k: P.kwargs) -> R: return f(1, *a, **k)\n"
        "    return inner",
        "@given\ndef add(x, y): return x + y",
        "def preprocess(x): return add(x)",
    ),
    "kinds of typing_extensions": (
        "from typing_extensions import NotRequired, Required, TypedDict, override",
        "class Row(TypedDict):\n    a: Required[int]\n    b: NotRequired[int]",
        "class Base:\n    def go(self, x): return x\n"
        "class Child(Base):\n    @override\n    def go(self, x): return x + 1",
        "def preprocess(x): return [Child().go(x), Row(a=x)]",
    ),
    "all of a dataclass": (
        "from dataclasses import InitVar, dataclass, field",
        "START = [1]\nSTART.append(2)",
        "@dataclass(slots=True, kw_only=True, order=True)\nclass Box:\n    a: int\n"
        "    b: list = field(default_factory=lambda: list(START))\n"
        "    c: InitVar[int] = 0\n    d: int = field(init=False, repr=False)\n"
        "    def __post_init__(self, c): self.d = self.a + c",
        "box = Box(a=1, c=2)",
        "def preprocess(x): return [box.d, Box(a=x).b, repr(Box(a=x))]",
    ),
    "classes of attrs": (
        "import attr\nfrom attrs import define, field, validators",
        "@define\nclass Point:\n    x: int = field(validator=validators.ge(0))\n"
        "    tags: list = field(factory=list)\n"
        "    @x.validator\n    def small(self, attribute, value): assert value < 9",
        "@attr.s(auto_attribs=True, frozen=True)\nclass Old:\n    a: int = 1",
        "p = Point(3)",
        "def preprocess(x): return [Point(x).x, p.x, Old().a, p.tags]",
    ),
    "models of pydantic": (
        "from pydantic import BaseModel, Field, computed_field, field_validator",
        "LIMIT = [1]\nLIMIT.append(5)",
        "class Inner(BaseModel):\n    a: int = Field(default=1, ge=0)",
        "class Outer(BaseModel):\n    inner: Inner = Field(default_factory=Inner)\n"
        "    n: int\n    @field_validator('n')\n    @classmethod\n"
        "    def low(cls, v):\n        assert v < LIMIT[1]\n        return v\n"
        "    @computed_field\n    @property\n"
        "    def twice(self) -> int: return 2 * self.n",
        "made = Outer(n=2)",
        "def preprocess(x): return [Outer(n=x).model_dump(), made.twice]",
    ),
    "the type statement": (
        "type Number = int | float\ntype Pair[T] = tuple[T, T]",
        "def preprocess(x: Number) -> Pair[Number]: return [x, str(Number)]",
    ),
    "types in brackets": (
        "class Box[T]:\n    def __init__(self, v: T): self.v = v",
        "def first[T](xs: list[T]) -> T: return xs[0]",
        "def preprocess(x): return [Box[int](x).v, first([x])]",
    ),
}
NEW = {"the type statement", "types in brackets"} if sys.version_info < (3, 12) else {}
NEEDS = {"models of pydantic": "pydantic", "classes of attrs": "attrs"}
HERE = {
    name: [cell for cell in cells if cell]
    for name, cells in CASES.items()
    if name not in NEW and find_spec(NEEDS.get(name, "typing"))
}


@pytest.mark.parametrize("cells", HERE.values(), ids=HERE)
def test_it_answers_as_it_did_live(notebook, tmp_path: Path, cells) -> None:
    bundle = notebook(*cells)
    bundle.example(2)
    assert bundle.export(tmp_path / "out").proof.passed
