"""Change a cell as nobody would: its text, or its syntax tree."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable

TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
NAME = re.compile(r"[^\W\d]\w*")


def _each(text: str) -> list[str]:
    return text.strip("\n").replace("\n", "|").split("|")


NAMES = _each(r"""
preprocess|predict|postprocess|load|self|model_input|Model|class|match|type|_|__|__name__
__class__|print|é|ﬁ|x̄|In|Out|get_ipython|truss_nb|numpy|None|__debug__
""")
SIGNS = [
    *("\0", "\t", "\f", "\r", "\v", "\ufeff", "\u200b", "\u2028", "\xa0", "\ud800"),
    *_each(
        """\"\"\"|\x1b[31m|\\|\\N{DASH}|🙂|é|'|#|$|?|!|%|`|(|)|[|}|:|:=|*|**|->|@|;"""
    ),
    *_each(",|...|f'{|{{|yield |await |lambda: |async |not |return |del |0x|1e999"),
]
LINES = _each(r"""
%matplotlib --list|%time 1|!true|?len|len?|%nope|%%time|here = %pwd|x = !true|/len x
%%truss_predict|%truss_status|,len x|# %%truss_load|'''|import nope|global LIMIT
from math import *|from __future__ import annotations|nonlocal x|return 3|yield|await x
del LIMIT|raise SystemExit|raise KeyboardInterrupt|1 / 0|pass|\|__name__ = 3|exec('')
__file__ = 3|In = Out = 5|_ = print|while True: pass|get_ipython().magic|def f(): f(f())
# -*- coding: latin-1 -*-|type X[T] = list[T]|class class_: pass
def __getattr__(n): raise ValueError
""")
HEADS = [
    *(
        "# a note\n",
        "\n\n",
        "  ",
        "\t",
        "\ufeff",
        "%",
        "\0",
        '"""\n',
        "%%time\n",
        "\\\n",
    ),
    *("%%truss_load\n", "#%%\n", "!", "!!", "%%capture\n", "\r\n", "?", ";"),
]
OPTIONS = [
    *_each(" --name| --name x| --nope| '| \"| #| --name ''| é| --name 'a b'| {x}| \0"),
    *_each(" $LIMIT| --remove| -- | --method predict| \\"),
]
DEPTHS = (5, 30, 90, 199, 300, 1_000, 5_000)
BRACKETS = {"(": ")", "[": "]", "{1:": "}", "f(": ")"}
BRACKETS |= dict.fromkeys(("not ", "-", "lambda: "), "")


def _lines(cell: str, draw: random.Random) -> str:
    lines = cell.split("\n")
    i, j = draw.randrange(len(lines)), draw.randrange(len(lines))
    changes: dict[str, Callable[[], object]] = {
        "delete": lambda: lines.pop(i),
        "duplicate": lambda: lines.insert(j, lines[i]),
        "swap": lambda: lines.__setitem__(slice(None), _swapped(lines, i, j)),
        "insert": lambda: lines.insert(i, _indent(lines[i]) + draw.choice(LINES)),
        "indent": lambda: lines.__setitem__(i, draw.choice(" \t\f") + lines[i]),
        "dedent": lambda: lines.__setitem__(i, lines[i].lstrip()),
        "join": lambda: lines.__setitem__(i, lines[i] + draw.choice(("\\", ";", " #"))),
    }
    changes[draw.choice([*changes])]()
    return "\n".join(lines)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _swapped(parts: list[str], i: int, j: int) -> list[str]:
    parts[i], parts[j] = parts[j], parts[i]
    return parts


def _tokens(cell: str, draw: random.Random) -> str:
    parts = TOKENS.findall(cell) or [""]
    i, j = draw.randrange(len(parts)), draw.randrange(len(parts))
    how = draw.choice(("delete", "duplicate", "swap", "sign", "sign"))
    if how == "swap":
        _swapped(parts, i, j)
    else:
        put = {"delete": "", "duplicate": parts[i] * 2}
        parts[i] = put.get(how, parts[i] + draw.choice(SIGNS))
    return "".join(parts)


def _rename(cell: str, draw: random.Random) -> str:
    known = NAME.findall(cell)
    if not known:
        return cell
    old, new = draw.choice(known), draw.choice((*NAMES, *known))
    return re.sub(rf"\b{old}\b", new, cell, count=draw.choice((0, 0, 1)))


def _deepen(cell: str, draw: random.Random) -> str:
    """Put something that is nested deeply in a name's or number's place."""
    depth, opening = draw.choice(DEPTHS), draw.choice([*BRACKETS])
    deep = f"{opening * depth}1{BRACKETS[opening] * depth}"
    if draw.random() < 0.4:
        deep = draw.choice(
            ("1" + " + 1" * depth, "x" + ".y" * depth, "x" + "(1)" * depth)
        )
    if draw.random() < 0.2:
        blocks = min(depth, 120)
        deep_lines = [" " * i + "if 1:" for i in range(blocks)] + [
            " " * blocks + "pass"
        ]
        return "\n".join([cell, *deep_lines])
    places = [*re.finditer(r"\b\w+\b", cell)]
    at = draw.choice(places).span() if places else (0, 0)
    return cell[: at[0]] + deep + cell[at[1] :]


def _bytes(cell: str, draw: random.Random) -> str:
    at = draw.randrange(len(cell) + 1)
    changes = {
        "cut": cell[:at],
        "endings": cell.replace("\n", "\r\n"),
        "old endings": cell.replace("\n", "\r"),
        "tabs": cell.replace("    ", "\t", draw.choice((-1, 1))),
        "twice": cell + cell,
        "turned": cell[at:] + cell[:at],
        "indented": cell.replace("\n", "\n  "),
        "blank": " \n\t\n",
    }
    return changes[draw.choice([*changes])]


EXPRESSIONS = _each(r"""
(z := 3)|lambda *a, **k: (yield)|[z async for z in x]|(yield)|await x|f'{x!r:>{k}}'|...
[(z := y) for y in x]|{**x}|x if y else z|-0.0|__import__('os')|(lambda: (lambda: x))()
x[1:, ...]|{z for z in x}|1j|'\ud800'|b'\xff'|10 ** 5000|not x|x < y < z|super()|type(x)
(i for i in x)|globals()|locals()|eval('x')|open|np.nan|print
""")
DECORATORS = _each("""
staticmethod|classmethod|property|functools.cache|nope|print|3|contextlib.contextmanager
lambda f: f|lambda f: 3|functools.wraps(len)|dataclasses.dataclass|functools.partial|type
functools.singledispatch|lambda f: functools.partial(f)|functools.lru_cache(maxsize=None)
list|np.vectorize|functools.total_ordering|[len][0]
""")
SIGNATURES = _each("""
self|*args|**kwargs|x, /|*, k|x=1, *y, k=x, **z|x, y, z|x: (yield)|self, x|_
x: 'nope', *a: int|x=lambda: 3|x=[], y={}, *, z=()|x=object()|x=(i for i in ())
x: list[int] = None|request|x: np.ndarray = weights|x, request: 'Request'
x=classifier|x=open|self=1|
""")
SHELLS = [
    *("if LIMIT:\n    {}", "try:\n    {}\nfinally:\n    pass", "class Outer:\n    {}"),
    *("def outer():\n    {}", "with contextlib.suppress(Exception):\n    {}"),
    *(
        "for i in range(2):\n    {}",
        "while False:\n    {}",
        "async def outer():\n    {}",
    ),
    "match LIMIT:\n    case 3:\n        {}\n    case _:\n        pass",
]
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def _expression(tree: ast.Module, draw: random.Random) -> None:
    """Put another expression in one's place."""
    new = ast.parse(draw.choice(EXPRESSIONS), mode="eval").body
    fields = [
        (node, name)
        for node in ast.walk(tree)
        for name, value in ast.iter_fields(node)
        if isinstance(value, ast.expr)
    ]
    if fields:
        node, name = draw.choice(fields)
        setattr(node, name, new)


def _function(tree: ast.Module, draw: random.Random) -> None:
    """Give a function or class a decorator, another signature, or another kind."""
    found = [n for n in ast.walk(tree) if isinstance(n, (*_FUNCTION, ast.ClassDef))]
    if not found:
        return
    node = draw.choice(found)
    how = draw.choice(("decorate", "signature", "async", "types", "yield", "empty"))
    if how == "decorate" or isinstance(node, ast.ClassDef):
        made = ast.parse(draw.choice(DECORATORS), mode="eval").body
        node.decorator_list.append(made)
    elif how == "signature":
        made = ast.parse(f"def f({draw.choice(SIGNATURES)}): pass").body[0]
        node.args = made.args  # type: ignore[attr-defined]
    elif how == "async":
        node.__class__ = draw.choice(_FUNCTION)
    elif how == "types":
        node.name += "[T, *Ts, **P]"  # is unparsed as it stands
    else:
        body = {"yield": "yield from model_input", "empty": "'''doc'''"}[how]
        node.body = ast.parse(f"def f(): {body}").body[0].body  # type: ignore[attr-defined]


def _statements(tree: ast.Module, draw: random.Random) -> None:
    """Delete, double, swap or wrap a statement, or put it into another's body."""
    bodies = [n.body for n in ast.walk(tree) if isinstance(getattr(n, "body", 0), list)]
    body, other = draw.choice(bodies), draw.choice(bodies)
    if not body:
        return
    i = draw.randrange(len(body))
    how = draw.choice(("delete", "double", "move", "wrap", "wrap", "global"))
    if how == "wrap":
        text = ast.unparse(body[i]).replace("\n", "\n        ")
        body[i : i + 1] = ast.parse(draw.choice(SHELLS).format(text)).body
    elif how == "global":
        body.insert(i, ast.Global([draw.choice(NAMES)]))
    else:
        statement = body[i] if how == "double" else body.pop(i)
        if how != "delete":
            other.insert(draw.randrange(len(other) + 1), statement)


def _tree(cell: str, draw: random.Random) -> str:
    try:
        tree = ast.parse(cell)
        draw.choice((_expression, _function, _statements))(tree, draw)
        return ast.unparse(ast.fix_missing_locations(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError, AttributeError):
        return _tokens(cell, draw)  # it's no Python any more


def _head(head: str, draw: random.Random) -> str:
    """Change a magic's own line."""
    how = draw.choice((_tokens, _bytes, _rename))
    put = {
        "before": draw.choice(HEADS) + head,
        "after": head + draw.choice(OPTIONS),
        "in it": how(head, draw),
        "another": f"%%truss_{draw.choice(('load', 'predict', 'hook', 'hook is_healthy'))}",
    }
    return put[draw.choice([*put])]


TEXT = (_lines, _tokens, _tokens, _rename, _deepen, _bytes)


def mutate(cell: str, draw: random.Random) -> str:
    """Return a cell with one to three changes."""
    head, newline, body = (
        cell.partition("\n") if cell.startswith("%%") else ("", "", cell)
    )
    for _ in range(draw.choice((1, 1, 2, 3))):
        if head and draw.random() < 0.15:
            head = _head(head, draw)
        else:
            body = draw.choice((*TEXT, *[_tree] * 5))(body, draw)
    return f"{head}{newline}{body}"
