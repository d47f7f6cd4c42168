"""Notebooks whose functions must answer elsewhere as they did live, by theme.

A case is its cells; the last one defines the stages, and ``preprocess`` gets 2.
"""

BINDING = {
    "a helper of a helper": (
        "def a(x): return x + 1",
        "def b(x): return a(x) * 2",
        "def preprocess(x): return b(x)",
    ),
    "a helper that is called top, as a module is for the compiler": (
        "K = 2",
        "def top(values, k=1):\n    found = sorted(values)[:k * K]\n    return found",
        "def preprocess(x): return top([3, x, 1])",
    ),
    "several statements on a line": (
        "import array",
        "w = array.array('d', [3]); w.append(4); n = 2; n += 1",
        "def preprocess(x): return [w.tolist(), n, x]",
    ),
    "a statement behind a colon": (
        "match [1, 2]:\n    case [p, q]: pair = (p, q)\n    case _: pair = None",
        "if not pair: least = (0, 1)\nelse: least = (min(pair), 5)",
        "try: import no_such_module\nexcept ImportError: found = [1, 2]",
        "def preprocess(x): return [pair, least, found, x]",
    ),
    "an option of the thread that sets it": (
        "import numpy as np\nnp.set_printoptions(precision=2)",
        "np.set_printoptions(suppress=True)",
        "def preprocess(x): return str(np.array([x / 3, 1e9]))",
    ),
    "an option of what a library gives each thread": (
        "import decimal\nfrom decimal import getcontext",
        "getcontext().prec = 7",
        "decimal.getcontext().rounding = decimal.ROUND_UP",
        "def preprocess(x): return str(decimal.Decimal(x) / 3)",
    ),
    "a whole context of one's own": (
        "from decimal import Context, Decimal, setcontext",
        "setcontext(Context(prec=4))",
        "def preprocess(x): return str(Decimal(x) / 3)",
    ),
    "periods and intervals, which keep what they computed": (
        "import pandas as pd\nmonths = [pd.Period('2024-01', 'M'), pd.Interval(1, 2)]",
        "months[0].start_time",
        "def preprocess(x): return [len(months), months[0].start_time.year + x]",
    ),
    "an option that a library is told": (
        "import pandas as pd\npd.set_option('display.float_format', '{:.1f}'.format)",
        "pd.set_option('display.max_columns', None)",
        "def preprocess(x): return pd.DataFrame({'a': [x / 3]}).to_string()",
    ),
    "an option that is an attribute of a library's object": (
        "import pandas as pd\npd.options.display.float_format = '{:.1f}'.format",
        "def preprocess(x): return pd.DataFrame({'a': [x / 3]}).to_string()",
    ),
    "an option that is an item of a library's object": (
        "import matplotlib.pyplot as plt\nplt.rcParams['figure.figsize'] = (3, 2)",
        "def preprocess(x): return plt.figure().get_size_inches().tolist()",
    ),
    "a class that keeps those made from it": (
        "class Base:\n    known = {}",
        "class A(Base): pass\nBase.known['A'] = A",
        "def preprocess(x): return list(Base.known)",
    ),
    "a vectorized function that was called": (
        "import numpy as np",
        "half = np.vectorize(lambda n: n / 2, otypes=[float])\nhalf([1, 2])",
        "def preprocess(x): return half([x]).tolist()",
    ),
    "what fails when it's looked at": (
        "class Odd:\n    @property\n    def __class__(self): int('x')",
        "thing = Odd()",
        "def preprocess(x): return thing is x",
    ),
    "mutual recursion": (
        "def even(n): return n == 0 or odd(n - 1)",
        "def odd(n): return n > 0 and even(n - 1)",
        "def preprocess(x): return int(even(x))",
    ),
    "a helper defined again: the newest wins": (
        "def scale(x): return x",
        "def preprocess(x): return scale(x)",
        "def scale(x): return x * 10",
    ),
    "a constant bound only after the def": (
        "def preprocess(x): return x + LATE",
        "LATE = 5",
    ),
    "two definitions of one name in one cell": (
        "def f(x): return x + 1\ng = f\ndef f(x): return x * 5",
        "def preprocess(x): return [f(x), g(x)]",
    ),
    "a default keeps the value of when the def ran": (
        "LIMIT = 3",
        "def clip(x, limit=LIMIT): return min(x * 9, limit)",
        "LIMIT = 100",
        "def preprocess(x): return clip(x) + LIMIT",
    ),
    "a default computed from a constant that changed": (
        "LIMIT = 3",
        "def clip(x, limit=LIMIT * 2 + 1): return min(x * 9, limit)",
        "LIMIT = 100",
        "def preprocess(x): return clip(x) + LIMIT",
    ),
    "a default computed from a container that changed": (
        "LIMITS = {'low': 3}",
        "def clip(x, limit=LIMITS['low'], *, n=len(LIMITS)): return [limit, n, x]",
        "LIMITS['low'] = 50\nLIMITS['high'] = 100",
        "def preprocess(x): return clip(x) + [LIMITS]",
    ),
    "a mutable default that remembers": (
        "def seen(x, memory=[]):\n    memory.append(x)\n    return list(memory)",
        "seen(7); seen(8)",
        "def preprocess(x): return seen(x)",
    ),
    "a default that is a container with a name": (
        "SHARED = {'n': 1}\ndef look(key, table=SHARED): return table[key]",
        "def preprocess(x):\n    SHARED['n'] += x\n    return look('n')",
    ),
    "a container changed in place": (
        "WORDS = ['a']",
        "WORDS.append('b')",
        "def preprocess(x): return len(WORDS) + x",
    ),
    "two names for one list": (
        "a = [1]\nb = a",
        "def preprocess(x):\n    a.append(x)\n    return len(b)",
    ),
    "a list inside a dict that has a name of its own": (
        "rows = [1]\ntable = {'rows': rows}",
        "def preprocess(x):\n    rows.append(x)\n    return len(table['rows'])",
    ),
    "a counter between calls": (
        "count = 0",
        "def preprocess(x):\n    global count\n    count += 1\n    return count * x",
    ),
    "a cache between calls": (
        "cache = {}",
        "def slow(x):\n"
        "    if x not in cache:\n        cache[x] = len(cache)\n    return cache[x]",
        "slow('warm')",
        "def preprocess(x): return [slow('warm'), slow(x)]",
    ),
    "attributes of a function": (
        "def helper(x):\n    helper.calls += 1\n    return helper.calls * x",
        "helper.calls = 3\nhelper.names = ['a']",
        "helper(1)",
        "def preprocess(x): return [helper(x), helper.names]",
    ),
    "attributes of the stage": (
        "1",
        "def preprocess(x):\n"
        "    preprocess.calls += 1\n    return preprocess.calls * x\n"
        "preprocess.calls = 10",
    ),
    "a cell that was deleted": (
        "def gone(x): return x * 7",
        "In[1] = ''",
        "def preprocess(x): return gone(x)",
    ),
    "a cell that was edited and not run again": (
        "def kept(x): return x * 7",
        "In[1] = 'def kept(x): return 0'",
        "def preprocess(x): return kept(x)",
    ),
    "names in a lambda, a comprehension and a nested function": (
        "A, B, C = 1, 2, 3",
        "def preprocess(x):\n"
        "    def inner(v): return v + A\n"
        "    return [inner(x), [B * i for i in range(x)], (lambda v: v - C)(x)]",
    ),
    "a walrus, a match and an unpacking": (
        "LIMITS = (1, 5)\nlow, high = LIMITS",
        "def preprocess(x):\n"
        "    if (n := x + low) < high:\n"
        "        match n:\n            case 3: return [n, *LIMITS]\n    return 0",
    ),
    "a shadowed builtin": (
        "def sum(values): return 'mine'",
        "max = lambda *values: 'too'",
        "def preprocess(x): return [sum([x]), max(x), min(x, 1)]",
    ),
    "a list that a partial holds, and a name too": (
        "from functools import partial\nstore = []\n"
        "def add(kept, x):\n    kept.append(x)\n    return list(kept)",
        "put = partial(add, store)\nput(9)",
        "def preprocess(x): return [put(x), store]",
    ),
    "a default that is an object with state": (
        "class S:\n    def __init__(self, n): self.n = n",
        "def go(x, s=S(4)):\n    s.n += 1\n    return s.n * x",
        "go(1)",
        "def preprocess(x): return go(x)",
    ),
    "a magic that times the cell": (
        "%%time\nQ = 7\ndef f(x): return x * Q",
        "def preprocess(x): return f(x)",
    ),
    "assignments of several names, in loops and by operators": (
        "a, *rest = [1, 2, 3]\n(b, c), d = (4, 5), 6\nT = 'a'\nT += 'b'",
        "total = 0\nfor i in range(4):\n    total += i",
        "def preprocess(x): return [a, rest, b, c, d, T, total, i]",
    ),
}

FUNCTIONS = {
    "a closure": (
        "def make(a):\n    def inner(x):\n        return x + a\n    return inner",
        "add = make(4)",
        "def preprocess(x): return add(x)",
    ),
    "a closure in three steps": (
        "def outer(a):\n    def middle(b):\n        def inner(x):\n"
        "            return x + a * b\n        return inner\n    return middle",
        "f = outer(2)(3)",
        "def preprocess(x): return f(x)",
    ),
    "two closures that share a counter": (
        "def pair():\n    count = 0\n"
        "    def up():\n        nonlocal count\n        count += 1\n"
        "        return count\n"
        "    def get():\n        return count\n    return up, get",
        "up, get = pair()\nup()",
        "def preprocess(x):\n    up()\n    return get() * x",
    ),
    "a closure over a helper and a list": (
        "def double(v): return v * 2\nseen = [1]",
        "def make(f, store):\n    def inner(x):\n        store.append(f(x))\n"
        "        return list(store)\n    return inner",
        "log = make(double, seen)",
        "def preprocess(x): return [log(x), seen]",
    ),
    "a closure of a lambda": (
        "def power(n): return lambda x: x ** n",
        "cube = power(3)",
        "def preprocess(x): return cube(x)",
    ),
    "a recursive closure": (
        "def make(base):\n    def fact(n):\n"
        "        return base if n < 2 else n * fact(n - 1)\n    return fact",
        "fact = make(1)",
        "def preprocess(x): return fact(x + 3)",
    ),
    "a lambda by name": (
        "double = lambda v: v * 2",
        "def preprocess(x): return double(x)",
    ),
    "lambdas in a list": (
        "K = 10\nsteps = [lambda v: v + 1, lambda v: v * K]",
        "def preprocess(x):\n    for step in steps:\n        x = step(x)\n    return x",
    ),
    "functions and lambdas in a dict": (
        "def plus(v): return v + 1",
        "ops = {'plus': plus, 'times': lambda v: v * 3, 'abs': abs}",
        "def preprocess(x): return [ops[n](x) for n in sorted(ops)]",
    ),
    "lambdas of a loop, each with its default": (
        "fs = [lambda x, i=i: x * i for i in range(3)]",
        "def preprocess(x): return [f(x) for f in fs]",
    ),
    "closures in a dict": (
        "def make(n):\n    def inner(x): return x * n\n    return inner",
        "table = {n: make(n) for n in (2, 3)}",
        "def preprocess(x): return [table[2](x), table[3](x)]",
    ),
    "a function made by exec": (
        "exec('def made(x):\\n    return x * 6')",
        "def preprocess(x): return made(x)",
    ),
    "a function under two names": (
        "def half(x): return x / 2\nhalve = half",
        "def preprocess(x): return half(x) + halve(x)",
    ),
    "a function under another name, its own bound anew": (
        "def clean(x): return x + 1\nbase_clean = clean",
        "def clean(x): return base_clean(x) * 10",
        "def preprocess(x): return clean(x)",
    ),
    "partial": (
        "from functools import partial\ndef power(x, n, plus=0): return x ** n + plus",
        "cube = partial(power, n=3, plus=1)",
        "def preprocess(x): return cube(x)",
    ),
    "partial of a builtin and of a partial": (
        "from functools import partial\nclamp = partial(max, 5)\n"
        "twice = partial(partial(pow, 2), 3)",
        "def preprocess(x): return [clamp(x), twice()]",
    ),
    "a bound method": (
        "class Scaler:\n    def __init__(self, by): self.by = by\n"
        "    def go(self, x): return x * self.by",
        "go = Scaler(4).go",
        "def preprocess(x): return go(x)",
    ),
    "a bound method of an object that has a name, too": (
        "class Bag:\n    def __init__(self): self.n = [3]\n"
        "    def put(self, x):\n        self.n.append(x)\n        return self.n",
        "for bag in [Bag()]: pass\nput = bag.put",
        "def preprocess(x): return [*put(x), len(bag.n), bag.n is put(x)]",
    ),
    "a bound method of a builtin": (
        "seen = {2: 'two'}\nlook = seen.get",
        "def preprocess(x): return look(x)",
    ),
    "an object with __call__": (
        "class Scaler:\n"
        "    def __init__(self, by): self.by = by\n"
        "    def __call__(self, x): return x * self.by",
        "scaler = Scaler(3)",
        "def preprocess(x): return scaler(x)",
    ),
    "a stage that is an object with __call__": (
        "class Scaler:\n"
        "    def __init__(self, by): self.by = by\n"
        "    def __call__(self, x): return x * self.by",
        "preprocess = Scaler(3)",
    ),
    "a stage that is a method of an object": (
        "class Clean:\n    offset = 4\n    def go(self, x): return x + self.offset",
        "cleaner = Clean()\ncleaner.offset = 9\npreprocess = cleaner.go",
    ),
    "a stage that is a lambda": ("K = 3", "preprocess = lambda x: x * K"),
    "a stage that is a partial": (
        "from functools import partial\ndef scale(x, by): return x * by",
        "preprocess = partial(scale, by=5)",
    ),
    "a stage that is a library's function": ("import math", "preprocess = math.sqrt"),
    "a generator": (
        "def count(n):\n    yield from range(n)",
        "def preprocess(x): return list(count(x))",
    ),
    "async helpers": (
        "import asyncio\nasync def wait(x):\n    await asyncio.sleep(0)\n    return x",
        "async def preprocess(x): return await wait(x) + 1",
    ),
    "an async generator and an async context manager": (
        "from contextlib import asynccontextmanager",
        "@asynccontextmanager\nasync def opened(x):\n    yield x * 2",
        "async def many(x):\n    for i in range(x):\n        yield i",
        "async def preprocess(x):\n    async with opened(x) as y:\n"
        "        return [y, [i async for i in many(x)]]",
    ),
    "an indented def with a text of several lines": (
        "if True:\n    def say(x):\n        text = '''one\n  two\nthree'''\n"
        "        return text * x",
        "def preprocess(x): return say(x)",
    ),
    "a closure with a text of several lines": (
        "def make(n):\n    def say(x):\n        return '''a\n    b\nc''' * n * x\n"
        "    return say",
        "say = make(2)",
        "def preprocess(x): return say(x)",
    ),
    "a name that starts with the keyword's letter": (
        "def f(x): return x\ne = f\ndel f",
        "def preprocess(x): return e(x)",
    ),
    "an annotation that names an import": (
        "from typing import Any",
        "def preprocess(model_input: Any) -> Any: return model_input",
    ),
    "annotations that are never looked up": (
        "from __future__ import annotations\n"
        "def clean(x: Nowhere) -> list[Nothing]: return [x]",
        "def preprocess(x): return clean(x)",
    ),
    "annotations of a saved object's class that name the class": (
        "from __future__ import annotations\n"
        "class Team:\n    def beats(self, other: Team) -> bool: return True\n"
        "team = Team()\nteam.rank = 2",
        "def preprocess(x): return x + team.rank * team.beats(team)",
    ),
    "annotations of a decorated function that are never looked up": (
        "from __future__ import annotations\nimport functools\n"
        "@functools.lru_cache\ndef clean(x: Nowhere) -> Nothing: return [x]",
        "def preprocess(x): return clean(x)",
    ),
    "annotations of fields that are never looked up": (
        "from __future__ import annotations\n"
        "class Team:\n    other: Nowhere | None = None\n"
        "team = Team()\nteam.rank = 2",
        "def preprocess(x): return x + team.rank",
    ),
    "keyword-only and positional-only extras": (
        "1",
        "def preprocess(x, a=2, /, *, b=3): return x * a * b",
    ),
    "extras that are no settings": (
        "1",
        "def preprocess(x, size=(2, 3), name=None): return [*size, x]",
    ),
    "args and kwargs": (
        "1",
        "def preprocess(x, *args, scale=2, **kwargs):\n"
        "    return [x * scale, args, kwargs]",
    ),
    "lambdas over several lines": (
        "f = (lambda x:\n   x + 1)\ng = {\n 'k': lambda x: (\n    x * 2),\n}",
        "def preprocess(x): return [f(x), g['k'](x)]",
    ),
    "two lambdas with one signature on a line": (
        "a, b = [lambda x: x + 1, lambda x: x + 2]",
        "def preprocess(x): return [a(x), b(x)]",
    ),
    "a definition below a condition": (
        "FAST = True\nif FAST:\n    def f(x): return x + 1\n"
        "else:\n    def f(x): return x - 1",
        "def preprocess(x): return f(x)",
    ),
    "a name that a function is known by": (
        "def f(x): return f.__name__\ng = f\ndef f(x): return 'new'",
        "def preprocess(x): return [f(x), g.__name__]",
    ),
}

DECORATORS = {
    "with wraps": (
        "import functools\n"
        "def twice(f):\n"
        "    @functools.wraps(f)\n"
        "    def inner(x):\n"
        "        return f(f(x))\n"
        "    return inner",
        "@twice\ndef bump(x): return x + 1",
        "def preprocess(x): return bump(x)",
    ),
    "without wraps": (
        "def twice(f):\n    def inner(x):\n        return f(f(x))\n    return inner",
        "@twice\ndef bump(x): return x + 1",
        "def preprocess(x): return bump(x)",
    ),
    "defined again since its use": (
        "def twice(f):\n    def inner(x):\n        return f(f(x))\n    return inner",
        "@twice\ndef bump(x): return x + 1",
        "def twice(f): return f",
        "def preprocess(x): return bump(x)",
    ),
    "with wraps, defined again since its use": (
        "import functools\n"
        "def twice(f):\n"
        "    @functools.wraps(f)\n"
        "    def inner(x):\n"
        "        return f(f(x))\n"
        "    return inner",
        "@twice\ndef bump(x): return x + 1",
        "def twice(f): return f",
        "@twice\ndef same(x): return x",
        "def preprocess(x): return [bump(x), same(x)]",
    ),
    "with an argument": (
        "def times(n):\n    def wrap(f):\n        def inner(x):\n"
        "            return f(x) * n\n        return inner\n    return wrap",
        "@times(3)\ndef bump(x): return x + 1",
        "def preprocess(x): return bump(x)",
    ),
    "with an argument that changed since": (
        "N = 3\ndef times(n):\n    def wrap(f):\n        def inner(x):\n"
        "            return f(x) * n\n        return inner\n    return wrap",
        "@times(N)\ndef bump(x): return x + 1",
        "N = 50",
        "def preprocess(x): return [bump(x), N]",
    ),
    "on the stage itself": (
        "def twice(f):\n    def inner(x):\n        return f(f(x))\n    return inner",
        "@twice\ndef preprocess(x): return x + 1",
    ),
    "two on the stage": (
        "import functools\n"
        "def twice(f):\n    def inner(x):\n        return f(f(x))\n    return inner\n"
        "def tenfold(f):\n    @functools.wraps(f)\n"
        "    def inner(x):\n        return f(x) * 10\n    return inner",
        "@tenfold\n@twice\ndef preprocess(x): return x + 1",
    ),
    "that returns the function itself": (
        "registry = []\n"
        "def register(f):\n    registry.append(f.__name__)\n    return f",
        "@register\ndef bump(x): return x + 1",
        "def preprocess(x): return [bump(x), registry]",
    ),
    "that is a class": (
        "class Counted:\n    def __init__(self, f):\n        self.f, self.n = f, 0\n"
        "    def __call__(self, x):\n        self.n += 1\n"
        "        return self.f(x) * self.n",
        "@Counted\ndef bump(x): return x + 1",
        "bump(1)",
        "def preprocess(x): return bump(x)",
    ),
    "lru_cache": (
        "import functools",
        "@functools.lru_cache\ndef slow(x): return x * 3",
        "def preprocess(x): return slow(x)",
    ),
    "lru_cache with a size, called": (
        "from functools import lru_cache\nSIZE = 8",
        "@lru_cache(maxsize=SIZE)\ndef slow(x): return x * 3",
        "def preprocess(x): return [slow(x), slow.cache_info().maxsize]",
    ),
    "lru_cache of a lambda": (
        "from functools import lru_cache\nslow = lru_cache(lambda x: x * 3)",
        "def preprocess(x): return slow(x)",
    ),
    "singledispatch": (
        "from functools import singledispatch",
        "@singledispatch\ndef show(x): return 'any'",
        "@show.register\ndef _(x: int): return f'int {x}'",
        "@show.register(str)\ndef show_text(x): return 'text'",
        "def preprocess(x): return [show(x), show('a'), show(None)]",
    ),
    "singledispatch with a lambda": (
        "from functools import singledispatch",
        "@singledispatch\ndef show(x): return 'any'",
        "show.register(int, lambda x: f'int {x}')",
        "def preprocess(x): return [show(x), show('a')]",
    ),
    "singledispatch of classes": (
        "from functools import singledispatch\nclass Box:\n"
        "    def __init__(self, x): self.x = x",
        "show = singledispatch(Box)\nshow.register(int, float)",
        "def preprocess(x): return [show('a').x, show(3)]",
    ),
    "singledispatch on a class of the notebook": (
        "from functools import singledispatch\nclass Box:\n    size = 4",
        "@singledispatch\ndef show(x): return 'any'",
        "@show.register(Box)\ndef show_box(x): return x.size",
        "def preprocess(x): return [show(x), show(Box())]",
    ),
    "contextmanager": (
        "from contextlib import contextmanager\nopened = []",
        "@contextmanager\ndef note(x):\n    opened.append(x)\n    yield x * 2\n"
        "    opened.pop()",
        "def preprocess(x):\n    with note(x) as y:\n        return [y, len(opened)]",
    ),
    "property, classmethod and staticmethod": (
        "RATE = 2",
        "class Tool:\n    def __init__(self, n): self.n = n\n"
        "    @property\n    def rate(self): return self.n * RATE\n"
        "    @classmethod\n    def of(cls, n): return cls(n)\n"
        "    @staticmethod\n    def plus(x): return x + RATE\n"
        "    @rate.setter\n    def rate(self, value): self.n = value",
        "def preprocess(x): return [Tool.of(x).rate, Tool.plus(x)]",
    ),
    "of a class, adding an attribute": (
        "def tagged(cls):\n    cls.tag = cls.__name__.lower()\n    return cls",
        "@tagged\nclass Box:\n    size = 3",
        "def preprocess(x): return [Box.tag, Box.size * x]",
    ),
    "of a class, with an argument": (
        "def tagged(tag):\n    def wrap(cls):\n        cls.tag = tag\n"
        "        return cls\n    return wrap",
        "@tagged('big')\nclass Box:\n    size = 3",
        "def preprocess(x): return [Box.tag, Box().size * x]",
    ),
    "total_ordering": (
        "from functools import total_ordering",
        "@total_ordering\nclass V:\n    def __init__(self, n): self.n = n\n"
        "    def __eq__(self, other): return self.n == other.n\n"
        "    def __lt__(self, other): return self.n < other.n",
        "def preprocess(x): return V(x) >= V(1)",
    ),
    "cached_property": (
        "from functools import cached_property",
        "class V:\n    @cached_property\n    def n(self): return 5",
        "v = V()\nv.n",
        "def preprocess(x): return v.n * x",
    ),
    "np.vectorize": (
        "import numpy as np",
        "@np.vectorize\ndef bump(v): return v + 1",
        "def preprocess(x): return bump(np.arange(x)).tolist()",
    ),
    "np.vectorize of a lambda": (
        "import numpy as np\nbump = np.vectorize(lambda v: v + 1)",
        "def preprocess(x): return bump(np.arange(x)).tolist()",
    ),
    "of a closure, inside a factory": (
        "import functools\ndef double(g):\n    @functools.wraps(g)\n"
        "    def w(*a): return g(*a) * 2\n    return w",
        "def make(n):\n    @double\n    def f(x): return x + n\n    return f",
        "f = make(3)",
        "def preprocess(x): return f(x)",
    ),
    "below lru_cache, defined again since": (
        "import functools\ndef double(g):\n    @functools.wraps(g)\n"
        "    def w(x): return g(x) * 2\n    return w",
        "@functools.lru_cache(None)\n@double\ndef f(x): return x + 1",
        "def double(g): return g",
        "def preprocess(x): return f(x)",
    ),
    "that keeps functions in a dict": (
        "table = {}\ndef keep(name):\n    def wrap(f):\n"
        "        table[name] = f\n        return f\n    return wrap",
        "@keep('a')\ndef fa(x): return x + 1",
        "@keep('b')\ndef fb(x): return x * 3",
        "def preprocess(x): return [table[k](x) for k in sorted(table)]",
    ),
    "that keeps classes in a list": (
        "kept = []\ndef keep(c):\n    kept.append(c)\n    return c",
        "@keep\nclass A:\n    v = 1",
        "@keep\nclass B:\n    v = 2",
        "def preprocess(x): return [c.v * x for c in kept]",
    ),
}

CLASSES = {
    "a base of another cell": (
        "class Base:\n    def go(self, x): return x + 1",
        "class Child(Base):\n    def go(self, x): return super().go(x) * 2",
        "def preprocess(x): return Child().go(x)",
    ),
    "a base defined again since": (
        "class Base:\n    def go(self, x): return x + 1",
        "class Child(Base):\n    pass",
        "class Base:\n    def go(self, x): return x * 100",
        "def preprocess(x): return Child().go(x)",
    ),
    "a base defined again since, both used": (
        "class Base:\n    def go(self, x): return x + 1",
        "class Child(Base):\n    def more(self, x): return super().go(x)",
        "class Base:\n    def go(self, x): return x * 100",
        "def preprocess(x): return [Child().more(x), Base().go(x)]",
    ),
    "a dataclass": (
        "from dataclasses import dataclass",
        "@dataclass\nclass Point:\n    x: int\n    y: int = 3",
        "def preprocess(x): return Point(x).y",
    ),
    "the options of a dataclass's fields, of which one has another default now": (
        "from dataclasses import dataclass, field",
        "@dataclass\nclass Order:\n    item: str\n"
        "    notes: tuple = field(default=(), compare=False)\n"
        "    size: int = field(default=3, repr=False)\n"
        "Order.size = 5",
        "def preprocess(x):\n"
        "    one = Order('a', (x,))\n"
        "    return [one == Order('a'), repr(one), one.size, Order.size]",
    ),
    "a dataclass with fields, frozen, and an instance": (
        "from dataclasses import dataclass, field\nDEFAULT = 7",
        "@dataclass(frozen=True)\nclass P:\n    x: int = DEFAULT\n"
        "    tags: list = field(default_factory=list)",
        "p = P(tags=['a'])",
        "def preprocess(x): return [p.x, p.tags, P().tags]",
    ),
    "an enum": (
        "from enum import Enum",
        "class Color(Enum):\n    RED = 1\n    BLUE = 2",
        "def preprocess(x): return Color(x).name",
    ),
    "an enum made by a call, and its member": (
        "from enum import Enum, IntFlag, auto\nColor = Enum('Color', 'RED BLUE')",
        "class Mode(IntFlag):\n    A = auto()\n    B = auto()",
        "best, both = Color.BLUE, Mode.A | Mode.B",
        "def preprocess(x): return [best.name, int(both), best is Color(x)]",
    ),
    "a named tuple": (
        "from typing import NamedTuple",
        "class P(NamedTuple):\n    a: int\n    b: int = 4",
        "def preprocess(x): return P(x).b",
    ),
    "a named tuple of collections": (
        "from collections import namedtuple\nP = namedtuple('P', 'a b')",
        "def preprocess(x): return P(x, 1).a",
    ),
    "an instance of a named tuple of collections": (
        "from collections import namedtuple\nP = namedtuple('P', ['a', 'b'])",
        "p = P(3, 4)",
        "def preprocess(x): return p.b * x",
    ),
    "settings that changed since they were made": (
        "from dataclasses import dataclass, field\nfrom enum import Enum",
        "class Mode(Enum):\n    FAST = 1\n    SLOW = 2",
        "@dataclass\nclass Cfg:\n    by: int = 3\n    mode: Mode = Mode.SLOW\n"
        "    steps: list = field(default_factory=list)",
        "cfg = Cfg(5)\ncfg.mode = Mode.FAST\ncfg.steps.append(4)",
        "def preprocess(x): return [x * cfg.by, cfg.mode is Mode.FAST, cfg.steps]",
    ),
    "an instance of a named tuple": (
        "from typing import NamedTuple\nclass P(NamedTuple):\n    a: int",
        "ps = {'one': P(1)}",
        "def preprocess(x): return ps['one'].a",
    ),
    "typed dicts, protocols and generics": (
        "from typing import Generic, Protocol, TypedDict, TypeVar",
        "T = TypeVar('T')\nclass Row(TypedDict):\n    n: int\n"
        "class Sized(Protocol):\n    size: int",
        "class Box(Generic[T]):\n    def __init__(self, v: T): self.v = v",
        "def preprocess(x) -> Row:\n"
        "    box: Box[int] = Box(x)\n    return Row(n=box.v)",
    ),
    "type aliases and new types": (
        "from typing import NewType, Optional, Union\nId = NewType('Id', int)",
        "Number = Union[int, float]\nMaybe = Optional[Number]\n"
        "Rows = list[dict[str, int]]",
        "def preprocess(x: Number) -> Maybe: return Id(x) + len(Rows.__args__)",
    ),
    "a decorator that counts, by what it gives its wrapper": (
        "def counted(f):\n    calls, seen, none = [], {}, []\n    def inner(x):\n"
        "        calls.append(x)\n        seen[x] = len(calls)\n        return f(x)\n"
        "    inner.calls, inner.seen, inner.none = calls, seen, none\n"
        "    inner.used = lambda: [*calls]\n    return inner",
        "@counted\ndef f(x): return x",
        "f(7); f(8); f.calls.append(9)",
        "def preprocess(x):\n    f.calls.append(x)\n"
        "    return [f.used(), f.calls, f.seen, f.none]",
    ),
    "a decorator that keeps the times it took": (
        "import time\ndef timed(f):\n    times = []\n    def inner(x):\n"
        "        start = time.perf_counter()\n        try:\n            return f(x)\n"
        "        finally:\n            times.append(time.perf_counter() - start)\n"
        "    inner.times = times\n    return inner",
        "@timed\ndef twice(x): return 2 * x",
        "twice(1), twice(2)\n"
        "def preprocess(x):\n    twice(x)\n    return type(twice.times[-1]).__name__",
    ),
    "a typed decorator": (
        "from functools import wraps\nfrom typing import Callable, ParamSpec, TypeVar",
        "P = ParamSpec('P')\nR = TypeVar('R')",
        "def loud(f: Callable[P, R]) -> Callable[P, R]:\n    @wraps(f)\n"
        "    def inner(*args: P.args, **kwargs: P.kwargs) -> R:\n"
        "        return f(*args, **kwargs)\n    return inner",
        "@loud\ndef twice(x: int) -> int: return 2 * x",
        "def preprocess(x): return twice(x)",
    ),
    "an abstract base class": (
        "from abc import ABC, abstractmethod",
        "class Step(ABC):\n    @abstractmethod\n    def go(self, x): ...",
        "class Plus(Step):\n    def go(self, x): return x + 1",
        "steps = [Plus()]",
        "def preprocess(x): return steps[0].go(x)",
    ),
    "a metaclass": (
        "class Meta(type):\n    def __new__(m, name, bases, ns, **kw):\n"
        "        ns['made_by'] = 'meta'\n"
        "        return super().__new__(m, name, bases, ns)",
        "class Box(metaclass=Meta):\n    size = 2",
        "def preprocess(x): return [Box.made_by, Box.size * x]",
    ),
    "registries that each subclass is put into": (
        "class Part:\n    all: list = []\n    by_name = {}\n"
        "    def __init_subclass__(cls, **kw):\n"
        "        Part.all.append(cls)\n        cls.by_name[cls.__name__] = cls",
        "class Wheel(Part):\n    n = 4\nclass Door(Part):\n    n = 5\n"
        "class Hatch(Door): pass",
        "def preprocess(x):\n"
        "    return [p.__name__ for p in Part.all] + [Part.by_name['Hatch'].n * x]",
    ),
    "a registry beside the class, and one of names": (
        "KINDS, NAMES = {}, []\nKINDS = {}\nNAMES = []",
        "class Part:\n    def __init_subclass__(cls, key, **kw):\n"
        "        KINDS[key] = cls\n        NAMES.append(key)",
        "class Wheel(Part, key='w'):\n    n = 4",
        "def preprocess(x): return [KINDS['w'].n * x, NAMES]",
    ),
    "registries that a metaclass fills, and passes over what is a base": (
        "KINDS = {}\nclass Meta(type):\n    names: list = []\n"
        "    def __new__(m, name, bases, ns, key='', **kw):\n"
        "        cls = super().__new__(m, name, bases, ns)\n"
        "        if bases:\n            m.names.append(name)\n"
        "        return cls\n"
        "    def __init__(cls, name, bases, ns, key='', **kw):\n"
        "        super().__init__(name, bases, ns)\n"
        "        if key:\n            KINDS[key] = cls",
        "class Part(metaclass=Meta):\n    n = 1",
        "class Wheel(Part, key='w'):\n    n = 4\nclass Door(Part, key='d'):\n    n = 5",
        "def preprocess(x): return [KINDS['w'].n * x, Meta.names, sorted(KINDS)]",
    ),
    "a list in a class that its descriptors are put into": (
        "class Field:\n    def __set_name__(self, owner, name):\n"
        "        owner.__dict__['fields'].append(name)",
        "class Form:\n    fields = []\n    name = Field()\n    age = Field()",
        "def preprocess(x): return [Form.fields, x]",
    ),
    "operators that a class was given later": (
        "class Box:\n    def __init__(self, n): self.n = n",
        "def plus(self, other): return Box(self.n + other.n)\nBox.__add__ = plus",
        "Box.__call__ = lambda self, x: self.n * x\nbox = Box(3) + Box(4)",
        "def preprocess(x): return [box(x), (box + box).n]",
    ),
    "a limit of the interpreter, set twice": (
        "import sys\nsys.setrecursionlimit(30_000)\nsys.setrecursionlimit(20_000)",
        "def deep(n): return 0 if n == 0 else 1 + deep(n - 1)",
        "def preprocess(x): return [deep(5_000) + x, sys.getrecursionlimit()]",
    ),
    "two lines that share what their library keeps": (
        "from jinja2 import Environment, Template",
        "mail = Template('Dear {{ name|title }}')",
        "env = Environment()\nenv.filters['eur'] = lambda v: f'{v} EUR'",
        "foot = env.from_string('{{ total|eur }}')",
        "def preprocess(x): return [mail.render(name='ann'), foot.render(total=x)]",
    ),
    "a pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor",
        "pool = ThreadPoolExecutor(max_workers=2)",
        "def square(x): return x * x\nlist(pool.map(square, [1, 2]))",
        "def preprocess(x): return list(pool.map(square, [x, 3]))",
    ),
    "classes that register themselves with the class they are made of": (
        "class Model:\n    known = {}\n    names = []\n"
        "    def __init__(self, k=1): self.k = k\n"
        "    @classmethod\n    def register(cls, name):\n"
        "        def deco(sub):\n            cls.known[name] = sub\n"
        "            cls.names.append((name, sub))\n            return sub\n"
        "        return deco",
        "@Model.register('lin')\nclass Lin(Model):\n    def run(self, x): return x * 3",
        "@Model.register('sq')\nclass Sq(Model):\n    def run(self, x): return x ** 2",
        "lin = Lin(4)",
        "def preprocess(x):\n"
        "    other = [name for name, _ in Model.names]\n"
        "    return [Model.known[n]().run(x) for n in ('lin', 'sq')] + other + [lin.k]",
    ),
    "an object that keeps the classes that it decorated": (
        "class Registry:\n    def __init__(self, name):\n"
        "        self.name, self.all = name, {}\n"
        "    def register(self, key=None):\n        def deco(cls):\n"
        "            self.all[key or cls.__name__] = cls\n            return cls\n"
        "        return deco\n"
        "    def build(self, kind, **given): return self.all[kind](**given)",
        "STEPS = Registry('steps')",
        "@STEPS.register()\nclass Scale:\n    def __init__(self, by): self.by = by\n"
        "    def __call__(self, x): return x * self.by",
        "@STEPS.register('shift')\nclass Shift:\n"
        "    def __call__(self, x): return x + 1",
        "class Chain(list): pass\nsteps = Chain([STEPS.build('Scale', by=3)])",
        "def preprocess(x):\n"
        "    return [steps[0](x), STEPS.build('shift')(x), STEPS.name]",
    ),
    "classes that make what is made of them": (
        "class Node:\n    def __add__(self, o): return Plus(self, o)\n"
        "    def __mul__(self, o): return Times(self, o)",
        "class Two(Node):\n    def __init__(self, a, b): self.a, self.b = a, b",
        "class Plus(Two):\n    def at(self, x): return self.a.at(x) + self.b.at(x)\n"
        "class Times(Two):\n    def at(self, x): return self.a.at(x) * self.b.at(x)",
        "class X(Node):\n    def at(self, x): return x\nsquare = X() * X() + X()",
        "def preprocess(x): return [square.at(x), (X() + X()).at(x)]",
    ),
    "state that runs out before an example ends": (
        "class Client:\n    def __init__(self, left): self.left = left\n"
        "    def ask(self):\n        if self.left:\n            self.left -= 1\n"
        "        return 1",
        "client = Client(left=2)\ndef ask(): return client.ask()",
        "ask()\nask()",
        "def preprocess(x):\n    before = client.left\n    return [before, ask(), x]",
    ),
    "a registry that a decorator fills with what it wraps": (
        "from functools import wraps\nRULES: dict = {}\n"
        "def rule(weight=1):\n    def deco(f):\n        @wraps(f)\n"
        "        def checked(x): return [weight, f(x)]\n"
        "        RULES[f.__name__] = checked\n        return checked\n    return deco",
        "@rule()\ndef second(x): return x\n@rule(weight=3)\ndef first(x): return x + 1",
        "def preprocess(x): return {n: r(x) for n, r in RULES.items()}",
    ),
    "registries of pairs and of lists that a decorator fills": (
        "from functools import wraps\nfrom collections import defaultdict\n"
        "STEPS = []\nBY = defaultdict(list)\nALL = {}\n"
        "def step(order):\n    def deco(f):\n        @wraps(f)\n"
        "        def safe(x): return [order, f(x)]\n"
        "        STEPS.append((order, safe))\n        STEPS.sort(key=lambda p: p[0])\n"
        "        BY[order % 2].append(safe)\n"
        "        ALL.setdefault('all', []).append(safe)\n"
        "        return safe\n    return deco",
        "@step(3)\ndef last(x): return x\n@step(1)\ndef first(x): return x + 1\n"
        "@step(2)\ndef mid(x): return x + 2",
        "def preprocess(x):\n"
        "    return [f(x) for _, f in STEPS], [f(x) for f in BY[1] + ALL['all']]",
    ),
    "a counter in a class, and one beside it": (
        "import itertools\nids = itertools.count(4, 2)\nsame = ids",
        "class Thing:\n    made = itertools.count()\n"
        "    def __init__(self): self.id = next(Thing.made)",
        "first, at = Thing(), next(ids)",
        "def preprocess(x):\n"
        "    return [first.id, Thing().id > 0, next(same) < next(ids), x]",
    ),
    "__init_subclass__ with a keyword": (
        "class Base:\n    def __init_subclass__(cls, kind='x', **kw):\n"
        "        super().__init_subclass__(**kw)\n        cls.kind = kind",
        "class Child(Base, kind='mine'):\n    pass",
        "def preprocess(x): return [Child.kind, x]",
    ),
    "slots and properties": (
        "class P:\n    __slots__ = ('a', '_b')\n"
        "    def __init__(self, a): self.a, self._b = a, 2\n"
        "    @property\n    def b(self): return self._b",
        "p = P(5)",
        "def preprocess(x): return [p.a * x, p.b]",
    ),
    "an attribute of a class, changed since": (
        "class Config:\n    rate = 1\n    names = ['a']",
        "Config.rate = 9\nConfig.names.append('b')",
        "def preprocess(x): return [Config.rate * x, Config.names]",
    ),
    "an attribute added to a class": (
        "class Config:\n    rate = 1",
        "Config.added = [1, 2]",
        "def preprocess(x): return [Config.added, Config().rate]",
    ),
    "a class that counts its instances": (
        "class Thing:\n    made = 0\n    def __init__(self):\n"
        "        type(self).made += 1",
        "Thing(); Thing()",
        "def preprocess(x):\n    Thing()\n    return Thing.made",
    ),
    "a method replaced since": (
        "class Tool:\n    def go(self, x): return x",
        "def better(self, x): return x * 8\nTool.go = better",
        "def preprocess(x): return Tool().go(x)",
    ),
    "a method added since": (
        "class Tool:\n    def __init__(self): self.n = 2",
        "Tool.more = lambda self, x: x + self.n",
        "def preprocess(x): return Tool().more(x)",
    ),
    "a class body that names a constant changed since": (
        "RATE = 2",
        "class Tool:\n    rate = RATE\n    double = RATE * 2\n"
        "    def go(self, x): return [x * self.rate, self.double]",
        "RATE = 50",
        "def preprocess(x): return [Tool().go(x), RATE]",
    ),
    "a class without methods, defined again since": (
        "class A:\n    n = 1",
        "class A:\n    n = 2",
        "def preprocess(x): return A.n",
    ),
    "a class inside a class": (
        "class Outer:\n    class Inner:\n        def __init__(self): self.n = 6",
        "inner = Outer.Inner()",
        "def preprocess(x): return [inner.n, Outer.Inner().n]",
    ),
    "a class made by a function": (
        "def make(n):\n    class Made:\n        rate = n\n"
        "        def go(self, x): return x * n\n    return Made",
        "Made = make(3)",
        "def preprocess(x): return Made().go(x)",
    ),
    "an exception of the notebook": (
        "class Bad(ValueError):\n    def __str__(self): return f'bad {self.args[0]}'",
        "def check(x):\n    if x > 1:\n        raise Bad(x)",
        "def preprocess(x):\n    try:\n        check(x)\n    except Bad as error:\n"
        "        return str(error)",
    ),
    "a descriptor and a class with __getattr__": (
        "class Ten:\n    def __get__(self, obj, owner): return 10\n"
        "class Loose:\n    ten = Ten()\n    def __getattr__(self, name):\n"
        "        if name.startswith('__'):\n            raise AttributeError(name)\n"
        "        return name",
        "loose = Loose()",
        "def preprocess(x): return [loose.ten, loose.any]",
    ),
    "an instance of a class that was defined again since": (
        "class Scaler:\n    by = 2\nscaler = Scaler()",
        "class Scaler:\n    by = 3",
        "def preprocess(x): return scaler.by * x",
    ),
    "an instance of a class that was defined again since, both used": (
        "class Scaler:\n    by = 2\nscaler = Scaler()",
        "class Scaler:\n    by = 3",
        "def preprocess(x): return scaler.by * x + Scaler.by",
    ),
    "an instance whose class needs a value by its name": (
        "import numpy as np\nWEIGHTS = np.arange(3000.0)",
        "class Weighted:\n    def go(self, x): return float(WEIGHTS[x])",
        "w = Weighted()",
        "def preprocess(x): return w.go(x) + float(WEIGHTS[1])",
    ),
    "an instance that holds a closure": (
        "def make(n):\n    def inner(x): return x * n\n    return inner",
        "class Holder:\n    def __init__(self, f): self.f = f",
        "holder = Holder(make(4))",
        "def preprocess(x): return holder.f(x)",
    ),
    "instances deep inside lists and dicts": (
        "class V:\n    def __init__(self, n): self.n = n",
        "deep = {'a': [V(1), (V(2),)], 'b': {'c': V(3)}}",
        "def preprocess(x): return [deep['a'][1][0].n, deep['b']['c'].n]",
    ),
    "two instances that share a part": (
        "class V:\n    def __init__(self, store): self.store = store",
        "store = []\na, b = V(store), V(store)",
        "def preprocess(x):\n    a.store.append(x)\n    return [b.store, store]",
    ),
    "a dataclass whose default changed since": (
        "from dataclasses import dataclass\nD = 3",
        "@dataclass\nclass P:\n    a: int = D",
        "D = 99",
        "def preprocess(x): return [P().a, D]",
    ),
    "an attribute that is an object, changed since": (
        "class Inner:\n    def __init__(self, n): self.n = n",
        "class A:\n    inner = Inner(3)",
        "A.inner.n = 8",
        "def preprocess(x): return A.inner.n * x",
    ),
    "an attribute that is an array, changed since": (
        "import numpy as np\nclass A:\n    w = np.arange(3.0)",
        "A.w[1] = 9",
        "def preprocess(x): return A.w.tolist()",
    ),
    "an attribute that is a lock": (
        "import threading\nclass A:\n    lock = threading.Lock()",
        "def preprocess(x):\n    with A.lock:\n        return x",
    ),
    "an attribute that is a function, its name bound anew": (
        "def f(x): return x + 1",
        "class A:\n    ops = {'f': f}\n    def go(self, x): return self.ops['f'](x)",
        "def f(x): return 0",
        "def preprocess(x): return A().go(x)",
    ),
    "made by a call of type": (
        "A = type('A', (), {'v': 3, 'go': lambda self, x: x * self.v})",
        "def preprocess(x): return A().go(x)",
    ),
    "the name that a class was made under": (
        "class S:\n    def __repr__(self): return type(self).__name__",
        "s = S()",
        "class S: pass",
        "def preprocess(x): return [repr(s), S.__name__]",
    ),
    "slots of a dataclass, and an alias of an enum": (
        "from dataclasses import dataclass\nfrom enum import Enum",
        "@dataclass(slots=True)\nclass P:\n    a: int = 1\n"
        "class C(Enum):\n    A = 1\n    B = 1",
        "p = P(5)\ntable = {C.A: 'x'}",
        "def preprocess(x): return [p.a, table[C.B]]",
    ),
}

QUOTED = {
    "what a table's query and eval name": (
        "import pandas as pd\nLIMIT = [1, 2]\nLIMIT.append(2)\nSTEP = 1",
        "def big(column): return column > LIMIT[0]",
        "def preprocess(x):\n    table, k = pd.DataFrame({'a': [x, 0, 2]}), 0\n"
        "    return [len(table.query('a > @LIMIT[1] and a > @k')),\n"
        "            len(table.query('@big(a)')),\n"
        "            table.eval('b = a + @STEP').b.tolist()]",
    ),
    "a query that has a name, and one in a dict": (
        "import pandas as pd\nLOW, HIGH = 1, [4]\nHIGH.append(5)",
        "QUERY = 'a > @LOW'\nQUERIES = {}\nQUERIES['b'] = 'a < @HIGH[0]'",
        "def preprocess(x):\n    table = pd.DataFrame({'a': [x, 0, 2]})\n"
        "    return [len(table.query(QUERY)), len(table.query(QUERIES['b']))]",
    ),
    "an expression of pandas": (
        "import pandas as pd, numpy as np\nW = np.arange(3.0)\nW[0] = 5",
        "def preprocess(x):\n    y = np.array([x, x, x])\n"
        "    return pd.eval('W * 2 + y').tolist()",
    ),
    "a text that eval reads": (
        "RATE = [2]\nRATE.append(3)",
        "def preprocess(x): return eval('RATE[1] * x')",
    ),
    "what only looks like another language": (
        "import threading\nlock, users, home, mine = [threading.Lock()] * 4",
        "def preprocess(x):\n    'Take y ~ mine(x), from users, x > @home.'\n"
        "    return ['select from users', 'me@home.org', 'to @home', '~ lock(1)']",
    ),
}

SPARED = {
    "what only a notebook has, where its absence is caught": (
        "def is_in_notebook():\n    try:\n        get_ipython()\n"
        "        return True\n    except NameError:\n        return False",
        "def preprocess(x): return is_in_notebook() in (True, False)",
    ),
    "what only a notebook has, where it's asked for before": (
        "def preprocess(x):\n    if 'get_ipython' in globals():\n"
        "        get_ipython()\n        display(x)\n    return x",
    ),
    "a class by the name of the server's": (
        "class Model:\n    def go(self, x): return x * 2",
        "def preprocess(x): return Model().go(x)",
    ),
}

IMPORTS = {
    "of another cell": ("import math", "def preprocess(x): return math.sqrt(x)"),
    "an alias": ("import math as m", "def preprocess(x): return m.floor(x)"),
    "a submodule": (
        "import xml.etree.ElementTree",
        "def preprocess(x): return len(xml.etree.ElementTree.fromstring('<a/>')) + x",
    ),
    "a name imported under another": (
        "from math import sqrt as root",
        "def preprocess(x): return root(x)",
    ),
    "a star import": ("from math import *", "def preprocess(x): return cos(x)"),
    "a star import of what another library passes on": (
        "from pylab import *\ndel load",
        "def preprocess(x): return [float(mean([x, abs(x)])), sum(array([pi])).item()]",
    ),
    "a fallback": (
        "try:\n    import no_json as js\nexcept ImportError:\n    import json as js",
        "def preprocess(x): return float(js.loads(js.dumps(x)))",
    ),
    "a fallback that is no module": (
        "try:\n    import no_json\nexcept ImportError:\n    no_json = None",
        "def preprocess(x): return x if no_json is None else 0",
    ),
    "a fallback that is a function": (
        "try:\n    from no_math import root\nexcept ImportError:\n"
        "    def root(x): return x ** 0.5",
        "def preprocess(x): return root(x)",
    ),
    "a flag of what could be imported": (
        "try:\n    import no_json\n    HAS = True\n"
        "except ImportError:\n    HAS = False",
        "def preprocess(x): return HAS",
    ),
    "that depends on a constant": (
        "FAST = False",
        "if FAST:\n    import no_json as js\nelse:\n    import json as js",
        "def preprocess(x): return js.dumps(x)",
    ),
    "in the body": (
        "1",
        "def preprocess(x):\n    import math\n    return math.sqrt(x)",
    ),
    "a module as an attribute": (
        "import numpy as np\nrandom = np.random",
        "def preprocess(x): return random.default_rng(x).integers(9, size=2).tolist()",
    ),
    "a function of a module as a name": (
        "import math\nroot = math.sqrt\nimport os.path\njoin = os.path.join",
        "def preprocess(x): return [root(x), join('a', 'b')]",
    ),
    "of a module, shadowed later by a name of the notebook": (
        "import math as tool\ndef use(x): return tool(x)",
        "def tool(x): return x * 4",
        "def preprocess(x): return use(x)",
    ),
    "by importlib": (
        "import importlib\nmath_again = importlib.import_module('math')",
        "def preprocess(x): return math_again.sqrt(x)",
    ),
    "a module that is loaded when it's asked for": (
        "import scipy",
        "def preprocess(x): return round(float(scipy.special.expit(x)), 6)",
    ),
    "of a name that a library gives on demand": (
        "import concurrent.futures as futures",
        "def preprocess(x):\n    with futures.ThreadPoolExecutor(1) as pool:\n"
        "        return pool.submit(abs, -x).result()",
    ),
}

VALUES = {
    "a regex, a path and a set": (
        "import re\nfrom pathlib import Path",
        "WORD = re.compile(r'\\w+', re.I)\nWHERE = Path('a/b')\nKEEP = {'x', 'y'}",
        "def preprocess(x): return [WORD.findall('a b'), WHERE.name, sorted(KEEP)]",
    ),
    "numbers that are not finite": (
        "LOW = float('-inf')",
        "def preprocess(x): return max(LOW, x)",
    ),
    "arrays and numpy scalars": (
        "import numpy as np\nmean = np.arange(3.0)\nscale = np.float32(0.5)",
        "def preprocess(x): return (mean * x * scale).tolist()",
    ),
    "a structured array and dtypes": (
        "import numpy as np\nKIND = np.dtype([('a', 'i4'), ('b', 'f8')])",
        "rows = np.array([(1, 2.0)], dtype=KIND)\nHALF = np.float16",
        "def preprocess(x):\n"
        "    return [rows['b'].tolist(), np.zeros(2, KIND)['a'].tolist(), "
        "HALF(x).itemsize]",
    ),
    "a table": (
        "import pandas as pd\ntable = pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})",
        "def preprocess(x): return table.set_index('a').loc[x, 'b']",
    ),
    "a table with categoricals": (
        "import pandas as pd\ntable = pd.DataFrame({'a': pd.Categorical(['x', 'y'])})",
        "def preprocess(x): return table['a'].cat.categories.tolist()",
    ),
    "a sparse matrix": (
        "import scipy.sparse as sp\nm = sp.csr_matrix([[0, 1], [2, 0]])",
        "def preprocess(x): return (m * x).toarray().tolist()",
    ),
    "random generators with their state": (
        "import random\nimport numpy as np\nrng = random.Random(7)\nrng.random()",
        "np_rng = np.random.default_rng(3)\nnp_rng.random()",
        "def preprocess(x): return [rng.random(), np_rng.random()]",
    ),
    "dates and zones": (
        "from datetime import date, datetime, timedelta, timezone\n"
        "from zoneinfo import ZoneInfo",
        "START, DAY = date(2024, 2, 29), timedelta(days=1)\nZONE = ZoneInfo('UTC')\n"
        "NOON = datetime(2024, 1, 1, 12, tzinfo=timezone.utc)",
        "def preprocess(x):\n"
        "    return [str(START + DAY * x), str(NOON.astimezone(ZONE))]",
    ),
    "decimals, fractions and ids": (
        "from decimal import Decimal\nfrom fractions import Fraction\nimport uuid",
        "RATE = Decimal('0.1')\nPART = Fraction(1, 3)\nKEY = uuid.UUID(int=5)",
        "def preprocess(x): return [str(RATE * x), str(PART * x), str(KEY)]",
    ),
    "collections": (
        "from collections import Counter, OrderedDict, defaultdict, deque",
        "counts, last = Counter('aab'), deque([1, 2], maxlen=2)\n"
        "groups = defaultdict(list, {'a': [1]})\norder = OrderedDict(b=1, a=2)",
        "def preprocess(x):\n    last.append(x)\n    groups['b'].append(x)\n"
        "    return [counts['a'], list(last), dict(groups), list(order)]",
    ),
    "a defaultdict of a lambda": (
        "from collections import defaultdict\nscores = defaultdict(lambda: 5)",
        "scores['a'] = 1",
        "def preprocess(x): return [scores['a'], scores['new']]",
    ),
    "ranges, slices and frozen sets": (
        "SPAN, PART, KEEP = range(1, 9, 2), slice(1, None), frozenset({'a'})",
        "def preprocess(x): return [list(SPAN), [1, 2, 3][PART], sorted(KEEP)]",
    ),
    "a logger": (
        "import logging\nlog = logging.getLogger('mine')",
        "def preprocess(x):\n    log.debug('x')\n    return log.name",
    ),
    "a namespace, also with a function": (
        "from types import SimpleNamespace, MappingProxyType\n"
        "conf = SimpleNamespace(rate=2, f=lambda v: v + 1)\n"
        "FIXED = MappingProxyType({'a': 1})",
        "def preprocess(x): return [conf.f(x) * conf.rate, FIXED['a']]",
    ),
    "a context variable": (
        "from contextvars import ContextVar\nlevel = ContextVar('level', default=3)",
        "def preprocess(x): return level.get() * x",
    ),
    "operators and their makers": (
        "from operator import attrgetter, itemgetter, methodcaller",
        "first, up = itemgetter(0), methodcaller('upper')\nreal = attrgetter('real')",
        "def preprocess(x): return [first([x]), up('a'), real(x)]",
    ),
    "a string template and a formatter": (
        "import string\nGREET = string.Template('hi $name')",
        "def preprocess(x): return GREET.substitute(name=x)",
    ),
    "text with quotes, newlines and other scripts": (
        "TEXT = 'a\"b\\'c\\nd\\tü漢\\\\'\nRAW = b'\\x00\\xff'\n"
        "LONG = '''one\n\"\"\" two'''",
        "def preprocess(x): return [TEXT, list(RAW), LONG]",
    ),
    "a transformer of a lambda": (
        "import numpy as np\nfrom sklearn.preprocessing import FunctionTransformer",
        "shift = FunctionTransformer(lambda v: v + 1)",
        "def preprocess(x): return shift.transform(np.array([[x]])).tolist()",
    ),
    "a notebook transformer inside a pipeline": (
        "import numpy as np\nfrom sklearn.base import BaseEstimator, TransformerMixin\n"
        "from sklearn.pipeline import make_pipeline\n"
        "from sklearn.preprocessing import StandardScaler",
        "BY = 3\nclass Times(TransformerMixin, BaseEstimator):\n"
        "    def fit(self, X, y=None): return self\n"
        "    def transform(self, X): return X * BY",
        "pipe = make_pipeline(Times(), StandardScaler()).fit([[1.0], [2.0]])",
        "def preprocess(x): return pipe.transform([[x]]).tolist()",
    ),
    "a lock made by load": (
        "import threading",
        "def load():\n    global lock\n    lock = threading.Lock()",
        "def preprocess(x):\n    with lock:\n        return x",
    ),
    "inner functions over self, which its attributes hold": (
        "class Scaler:\n"
        "    def __init__(self, k):\n"
        "        self.k, count = k, 0\n"
        "        def scale(x, *, by=2): return x * self.k * by\n"
        "        def step():\n"
        "            nonlocal count\n"
        "            count += 1\n"
        "            return count\n"
        "        self.scale, self.step, self.count = scale, step, lambda: count\n"
        "        self.__shift(1)\n"
        "    def __shift(self, by):\n"
        "        self.shift = lambda x, by=[by]: x + self.k + by[0]",
        "scaler = Scaler(3)\nscaler.k = 5\nscaler.step()",
        "def preprocess(x):\n"
        "    got = [scaler.shift(scaler.scale(x)), scaler.step(), scaler.count()]\n"
        "    scaler.k += 1\n"
        "    return [*got, scaler.scale(x)]",
    ),
    "a callback that a decorated method registers in a container": (
        "import functools\n"
        "def logged(f):\n"
        "    @functools.wraps(f)\n"
        "    def inner(*given): return f(*given)\n"
        "    return inner\n"
        "class Watch:\n"
        "    def __init__(self): self.seen, self.hooks = [], {}\n"
        "    @logged\n"
        "    def on(self, name):\n"
        "        def hook(x):\n            self.seen.append(x)\n            return x\n"
        "        self.hooks[name] = hook",
        "watch = Watch()\nwatch.on('a')\nwatch.hooks['a'](1)",
        "def preprocess(x): return [watch.hooks['a'](x), watch.seen]",
    ),
    "a lambda for each of many objects": (
        "class Rule:\n    def __init__(self, test): self.test = test",
        "rules = [Rule(lambda x, i=i: x > i) for i in range(9)]\nrules.pop()",
        "def preprocess(x): return [rule.test(x) for rule in rules]",
    ),
    "a value of a class that a call made, of no module": (
        "def named(name):\n"
        "    kind = type(name, (), {'__module__': None, 'name': name})\n"
        "    return kind()",
        "q = named('q')",
        "def preprocess(x): return q.name * x",
    ),
    "self, and what load stored on it": (
        "def load(self): self.offset = 5",
        "def preprocess(self, x): return x + self.offset",
    ),
}

REGISTRATIONS = {
    "an accessor of a table": (
        "import pandas as pd",
        "@pd.api.extensions.register_dataframe_accessor('scores')\n"
        "class Scores:\n    def __init__(self, frame): self.frame = frame\n"
        "    def total(self): return int(self.frame['a'].sum())",
        "def preprocess(x): return pd.DataFrame({'a': [x, 2]}).scores.total()",
    ),
    "a codec": (
        "import codecs\ndef find(name):\n    if name == 'shout':\n"
        "        return codecs.CodecInfo(shout, None, name='shout')",
        "def shout(text, errors='strict'): return text.upper().encode(), len(text)",
        "codecs.register(find)",
        "def preprocess(x): return str(x * 'b'.encode('shout'))",
    ),
    "how a database takes an object": (
        "import contextlib, sqlite3",
        "class Point:\n    def __init__(self, x): self.x = x",
        "sqlite3.register_adapter(Point, lambda point: f'{point.x};')",
        "def preprocess(x):\n"
        "    with contextlib.closing(sqlite3.connect(':memory:')) as db:\n"
        "        return db.execute('select ?', (Point(x),)).fetchone()",
    ),
    "registered again: the newest counts": (
        "import contextlib, sqlite3\nclass Point: pass",
        "sqlite3.register_adapter(Point, lambda point: 'old')",
        "sqlite3.register_adapter(Point, lambda point: 'new')",
        "def preprocess(x):\n"
        "    with contextlib.closing(sqlite3.connect(':memory:')) as db:\n"
        "        return db.execute('select ?', (Point(),)).fetchone()",
    ),
    "a class that counts as another": (
        "import numbers\nclass Half:\n    value = 0.5",
        "numbers.Number.register(Half)",
        "def preprocess(x): return isinstance(Half(), numbers.Number)",
    ),
}

THEMES = {
    "binding": BINDING,
    "functions": FUNCTIONS,
    "decorators": DECORATORS,
    "classes": CLASSES,
    "texts": QUOTED,
    "the server's": SPARED,
    "imports": IMPORTS,
    "values": VALUES,
    "registrations": REGISTRATIONS,
}
CASES = {
    f"{theme}: {case}": cells
    for theme, cases in THEMES.items()
    for case, cells in cases.items()
}
