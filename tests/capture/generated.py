"""Notebooks made of what real ones are made of, combined at random.

Each piece writes one or more cells and leaves a function of one integer, or something
that such a function uses. What a notebook answers isn't known here: the notebook is
run, and its export must answer the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[Any], Any]


@dataclass
class Book:
    """A notebook while it's being written.

    Args:
        draw: draws from a strategy.
        cells: before the stage's cell.
        later: definitions of functions that only have to be there before a call.
        functions: what a function may call.
        ready: those of them that are defined by now.
        numbers: names of integers.
        lists: names of lists of integers.
    """

    draw: Draw
    cells: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    ready: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    count: int = 0

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def pick(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def small(self) -> int:
        return self.draw(st.integers(1, 9))

    def number(self) -> str:
        """Return an expression of an integer that is there by now."""
        choices = [str(self.small()), *self.numbers]
        choices += [f"{name}[0]" for name in self.lists]
        choices += [f"len({name})" for name in self.lists]
        return self.pick(*choices)

    def call(self, argument: str) -> str:
        """Return an expression of an integer, which may call a function."""
        return self.pick(argument, *(f"{name}({argument})" for name in self.functions))

    def early(self) -> str:
        """Return a function that is there by now."""
        return self.pick("abs", *self.ready)

    def define(self, name: str, text: str, *, late: bool = True) -> None:
        """Write the cell of a function, here or after its first user."""
        if late and self.draw(st.booleans()):
            self.later.append(text)
        else:
            self.cells.append(text)
            self.ready.append(name)
        self.functions.append(name)


def constant(book: Book) -> None:
    name = book.name("LIMIT")
    book.cells.append(
        f"{name} = {book.pick(str(book.small()), f'sum(range({book.small()}))')}"
    )
    book.numbers.append(name)


def computed(book: Book) -> None:
    name = book.name("total")
    book.cells.append(f"{name} = {book.number()} + {book.early()}({book.small()})")
    book.numbers.append(name)


def sizes(book: Book) -> None:
    name = book.name("SIZES")
    made = book.pick(
        f"[{book.small()}, {book.number()}]", f"list(range({book.small()}))"
    )
    book.cells.append(f"{name} = {made} or [1]")
    book.lists.append(name)


def second_name(book: Book) -> None:
    if not book.lists:
        sizes(book)
    name, of = book.name("same"), book.pick(*book.lists)
    book.cells.append(f"{name} = {of}")
    book.cells.append(f"{of}.append({book.small()})")
    book.lists.append(name)


def holder(book: Book) -> None:
    if not book.lists:
        sizes(book)
    held, name, function = book.pick(*book.lists), book.name("state"), book.name("grow")
    book.cells.append(f"{name} = {{'sizes': {held}, 'n': {book.number()}}}")
    book.define(
        function,
        f"def {function}(x):\n    {held}.append(x)\n"
        f"    return len({name}['sizes']) + {name}['n']",
    )


def plain(book: Book) -> None:
    name = book.name("helper")
    book.define(
        name,
        f"# {name} of the notebook\ndef {name}(x):\n"
        f"    return {book.call('x')} + {book.number()}",
    )


def with_default(book: Book) -> None:
    name = book.name("shift")
    extra = book.pick(f"by={book.number()}", f"*, by={book.number()}")
    book.define(
        name, f"def {name}(x, {extra}):\n    return {book.call('x')} * by", late=False
    )


def lambdas(book: Book) -> None:
    one, two = book.name("double"), book.name("triple")
    body, other = f"x + {book.number()}", f"{book.call('x')} - {book.number()}"
    book.cells.append(f"{one}, {two} = lambda x: {body}, lambda x: {other}")
    book.functions += [one, two]
    book.ready += [one, two]


def table(book: Book) -> None:
    name, steps = book.name("dispatch"), book.name("STEPS")
    book.cells.append(
        f"{steps} = [{book.early()}, lambda x: x + {book.number()}]"
        if book.draw(st.booleans())
        else f"{steps} = {{0: {book.early()}, 1: lambda x: x * {book.number()}}}"
    )
    book.define(name, f"def {name}(x):\n    return {steps}[x % 2](x)")


def factory(book: Book) -> None:
    make, name = book.name("make_scaler"), book.name("scale")
    inner = (
        f"    def scale(x):\n        return x * by + {book.number()}\n    return scale"
        if book.draw(st.booleans())
        else f"    return lambda x: {book.call('x')} * by"
    )
    book.cells.append(f"def {make}(by):\n{inner}")
    book.cells.append(f"{name} = {make}({book.number()})")
    book.functions.append(name)
    book.ready.append(name)


def decorated(book: Book) -> None:
    deco, name = book.name("twice"), book.name("wrapped")
    wraps = book.pick("", "    @functools.wraps(function)\n")
    book.cells.append(
        f"import functools\ndef {deco}(function):\n{wraps}"
        f"    def wrapper(x):\n        return function(x) + {book.number()}\n"
        "    return wrapper"
    )
    book.define(
        name, f"@{deco}\ndef {name}(x):\n    return {book.call('x')}", late=False
    )


def decorated_with_arguments(book: Book) -> None:
    deco, name = book.name("plus"), book.name("raised")
    book.cells.append(
        f"from functools import wraps\ndef {deco}(by):\n    def decorate(function):\n"
        "        @wraps(function)\n        def wrapper(x):\n"
        "            return function(x) + by\n        return wrapper\n"
        "    return decorate"
    )
    book.define(
        name,
        f"@{deco}({book.number()})\ndef {name}(x):\n    return {book.call('x')}",
        late=False,
    )


def cached(book: Book) -> None:
    name = book.name("cached")
    book.define(
        name,
        f"from functools import lru_cache\n@lru_cache(maxsize=None)\n"
        f"def {name}(x):\n    return {book.call('x')} + {book.small()}",
        late=False,
    )


def counter(book: Book) -> None:
    name, seen = book.name("count"), book.name("seen")
    book.cells.append(f"{seen} = {book.number()}")
    book.define(
        name,
        f"def {name}(x):\n    global {seen}\n    {seen} += 1\n    return x + {seen}",
    )


def recursion(book: Book) -> None:
    even, odd = book.name("even"), book.name("odd")
    book.define(
        even, f"def {even}(n):\n    return 1 if n < 1 else {odd}(abs(n) % 50 - 1)"
    )
    book.define(
        odd, f"def {odd}(n):\n    return 0 if n < 1 else {even}(abs(n) % 50 - 1)"
    )
    book.ready = [name for name in book.ready if name not in (even, odd)]


def comprehension(book: Book) -> None:
    name = book.name("summed")
    over = book.pick("range(x % 5)", *book.lists)
    book.define(
        name, f"def {name}(x):\n    return sum({book.call('i')} for i in {over}) + x"
    )


def nested(book: Book) -> None:
    name = book.name("outer")
    book.define(
        name,
        f"def {name}(x):\n    def inner(y):\n        return {book.call('y')} + "
        f"{book.number()}\n    return inner(x) if (z := inner(x)) % 2 else z",
    )


def generator(book: Book) -> None:
    rows, name = book.name("rows"), book.name("collect")
    book.cells.append(
        f"def {rows}(n):\n    for i in range(n % 7):\n        yield {book.call('i')}"
    )
    book.define(name, f"def {name}(x):\n    return sum({rows}(x)) + len([*{rows}(x)])")


def instance(book: Book) -> None:
    cls, obj, name = book.name("Scaler"), book.name("scaler"), book.name("use")
    book.cells.append(
        f"class {cls}:\n    by = {book.number()}\n\n"
        f"    def __init__(self, shift):\n        self.shift = shift\n\n"
        f"    def __call__(self, x):\n        return {book.call('x')} * self.by"
        " + self.shift"
    )
    book.cells.append(f"{obj} = {cls}({book.number()})")
    book.functions.append(obj)
    book.ready.append(obj)
    book.define(name, f"def {name}(x):\n    return {obj}(x) + {cls}(x)(1)")


def inherited(book: Book) -> None:
    base, cls, name = book.name("Base"), book.name("Child"), book.name("ask")
    book.cells.append(
        f"class {base}:\n    def run(self, x):\n        return {book.call('x')}\n\n"
        f"    @staticmethod\n    def more(x):\n        return x + {book.number()}"
    )
    book.cells.append(
        f"class {cls}({base}):\n    @property\n    def by(self):\n"
        f"        return {book.number()}\n\n"
        "    def run(self, x):\n        return self.more(super().run(x)) + self.by"
    )
    book.define(name, f"def {name}(x):\n    return {cls}().run(x)")


def dataclass_(book: Book) -> None:
    cls, obj, name = book.name("Options"), book.name("options"), book.name("apply")
    book.cells.append(
        f"from dataclasses import dataclass, field\n@dataclass\nclass {cls}:\n"
        f"    size: int = {book.small()}\n"
        f"    parts: list = field(default_factory=list)"
    )
    held = book.pick("[]", *book.lists)
    book.cells.append(f"{obj} = {cls}({book.number()}, {held})")
    book.define(
        name,
        f"def {name}(x):\n    return x * {obj}.size + len({obj}.parts) + {cls}().size",
    )


def enum(book: Book) -> None:
    cls, kept, name = book.name("Mode"), book.name("mode"), book.name("by_mode")
    book.cells.append(
        f"from enum import Enum\nclass {cls}(Enum):\n    FAST = {book.small()}\n"
        f"    SLOW = {book.small() + 10}"
    )
    book.cells.append(f"{kept} = {cls}.FAST")
    book.define(
        name, f"def {name}(x):\n    return x + (1 if {kept} is {cls}.FAST else 2)"
    )


def named_tuple(book: Book) -> None:
    cls, kept, name = book.name("Point"), book.name("point"), book.name("move")
    book.cells.append(
        book.pick(
            f"from collections import namedtuple\n{cls} = namedtuple('{cls}', 'x y')",
            f"from typing import NamedTuple\nclass {cls}(NamedTuple):\n"
            "    x: int\n    y: int = 2",
        )
    )
    book.cells.append(f"{kept} = {cls}({book.number()}, {book.small()})")
    book.define(name, f"def {name}(x):\n    return x + {kept}.x - {cls}(1, x).y")


def partial(book: Book) -> None:
    name, base = book.name("bound"), book.name("add")
    book.cells.append(f"def {base}(n, x):\n    return n + {book.call('x')}")
    book.cells.append(
        f"from functools import partial\n{name} = partial({base}, {book.number()})"
    )
    book.functions.append(name)
    book.ready.append(name)


def bound_method(book: Book) -> None:
    cls, name = book.name("Shifter"), book.name("shifted")
    book.cells.append(
        f"class {cls}:\n    def __init__(self, by):\n        self.by = by\n\n"
        f"    def shift(self, x):\n        self.by += 1\n        return x + self.by"
    )
    book.cells.append(f"{name} = {cls}({book.number()}).shift")
    book.functions.append(name)
    book.ready.append(name)


def stars(book: Book) -> None:
    name = book.name("rounded")
    book.cells.append("from math import *")
    book.define(name, f"def {name}(x):\n    return int(floor(sqrt(abs(x)))) + int(pi)")


def imports(book: Book) -> None:
    name = book.name("joined")
    book.cells.append(
        book.pick(
            "import os.path",
            "import os.path as path\nimport os",
            "try:\n    import nowhere_at_all as os\nexcept ImportError:\n    import os",
        )
    )
    book.define(name, f"def {name}(x):\n    return len(os.path.join('a', str(x)))")


def arrays(book: Book) -> None:
    array, name = book.name("weights"), book.name("weigh")
    book.cells.append(f"import numpy as np\n{array} = np.arange({book.small()})")
    view, held = book.name("view"), book.name("held")
    book.cells.append(f"{view} = {array}[:2]\n{held} = [{array}, {book.number()}]")
    book.define(
        name,
        f"def {name}(x):\n    {view}[0] = x\n"
        f"    return int({array}.sum()) + int({held}[0][0]) + np.size({view})",
    )


def random_state(book: Book) -> None:
    state, name = book.name("rng"), book.name("noise")
    made = book.pick("np.random.default_rng", "random.Random")
    drawn = "integers(100)" if "numpy" in made or "np" in made else "randrange(100)"
    book.cells.append(
        f"import random\nimport numpy as np\n{state} = {made}({book.small()})"
    )
    book.define(name, f"def {name}(x):\n    return x + int({state}.{drawn})")


def shadowed(book: Book) -> None:
    name = book.name("shadow")
    book.cells.append(f"def round(x):\n    return x + {book.number()}")
    book.define(name, f"def {name}(x):\n    return round({book.call('x')})")


def context(book: Book) -> None:
    manager, name = book.name("scope"), book.name("within")
    book.cells.append(
        f"from contextlib import contextmanager\n@contextmanager\ndef {manager}(x):\n"
        f"    yield x + {book.number()}"
    )
    book.define(
        name,
        f"def {name}(x):\n    with {manager}(x) as y:\n        return {book.call('y')}",
    )


PIECES = (
    arrays, bound_method, cached, comprehension, computed, constant, context, counter,
    dataclass_, decorated, decorated_with_arguments, enum, factory, generator, holder,
    imports, inherited, instance, lambdas, named_tuple, nested, partial, plain,
    random_state, recursion, second_name, shadowed, sizes, stars, table, with_default,
)  # fmt: skip


def edits(book: Book) -> list[str]:
    """Return cells that bind again what is bound already, as a person does."""
    choices = [f"{name} = {book.small()}" for name in book.numbers]
    choices += [f"{name}.append({book.small()})" for name in book.lists]
    choices += [f"{name} = [{book.small()}]" for name in book.lists]
    for name in book.ready:
        kept = f"{name}_before"
        choices.append(f"def {name}(x):\n    return x + {book.number()}")
        choices.append(
            f"{kept} = {name}\ndef {name}(x):\n    return {kept}(x) + {book.small()}"
        )
        choices.append(f"{name} = lambda x: x - {book.number()}")
    picked = st.lists(st.sampled_from(choices), max_size=3, unique=True)
    return book.draw(picked) if choices else []


@st.composite
def notebooks(draw: Draw) -> list[str]:
    """Draw the cells of a notebook whose preprocess answers a list of integers."""
    book = Book(draw)
    for piece in draw(st.lists(st.sampled_from(PIECES), min_size=2, max_size=6)):
        piece(book)
    while not book.functions:
        plain(book)
    named = st.lists(st.sampled_from(book.functions), min_size=1, max_size=5)
    called = ", ".join(f"{name}(x)" for name in draw(named))
    stage = f"def preprocess(x):\n    return [int(n) for n in [{called}]]"
    ending = f"def postprocess(y):\n    return [sum(y), {book.call('y[0]')}, *y]"
    after = [*book.later, stage, ending]
    cells = [*book.cells, *draw(st.permutations(after))]
    for edit in edits(book):
        # After what it changes: anywhere behind the cells before the stage.
        cells.insert(draw(st.integers(len(book.cells), len(cells))), edit)
    return cells
