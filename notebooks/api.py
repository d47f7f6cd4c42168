"""Write the page on the Python interface: ``python notebooks/api.py``.

It is what the docstrings say, and nothing else; their examples run in the tests.
"""

import doctest
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from textwrap import dedent

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook

import truss_nb
from truss_nb import errors

PAGE = Path(__file__).parent / "guide" / "api.ipynb"
BEGINS = """# The Python interface

What magics do, functions and methods do as well. The decorators mark stages of the bundle \
that `truss_nb.current()` returns, and the bundle's methods do all else; `prove`, `push`, \
`profile` and `run_batch` take a folder that an export wrote.

`python notebooks/api.py` makes this page from the docstrings, whose examples run in the \
tests, after `import truss_nb` and `from truss_nb import Bundle`."""
STAGES = ("load", "preprocess", "predict", "postprocess")
RETURNED = (
    ("truss_nb.live.trace", "Trace"),
    ("truss_nb.live.example", "Replay"),
    ("truss_nb.status.status", "Status"),
    ("truss_nb.export.report", "Export"),
    ("truss_nb.proof", "Proof"),
    ("truss_nb.profiling", "Profile"),
    ("truss_nb.batch", "Batch"),
    ("truss_nb.proof.keeping", "Kept"),
)
PLAIN = (type, str, float, int, tuple, dict, type(None))
"""The defaults that a signature shows; a type is there where none is."""
Documented = tuple[str, object]


def functions() -> Iterator[Documented]:
    for name in ("current", *STAGES, "prove", "push", "profile", "run_batch"):
        yield f"truss_nb.{name}", getattr(truss_nb, name)


def methods() -> Iterator[Documented]:
    yield "truss_nb.Bundle", truss_nb.Bundle
    for cls in truss_nb.Bundle.__mro__[:-1]:
        for name, method in vars(cls).items():
            if not name.startswith("_") and inspect.getdoc(method):
                yield f"Bundle.{name}", method


def failures() -> Iterator[Documented]:
    yield "truss_nb.Problem", truss_nb.Problem
    yield "truss_nb.TrussNBError", truss_nb.TrussNBError
    for cls in vars(errors).values():
        if inspect.isclass(cls) and issubclass(cls, BaseException):
            if cls is not truss_nb.TrussNBError:
                yield f"truss_nb.errors.{cls.__name__}", cls


def results() -> Iterator[Documented]:
    for module, name in RETURNED:
        yield name, getattr(import_module(module), name)


SECTIONS = {
    "Functions": functions,
    "The bundle": methods,
    "What comes back": results,
    "What is raised": failures,
}


def documented() -> list[Documented]:
    """Return all that the page tells of, by its name there."""
    return [each for section in SECTIONS.values() for each in section()]


def told(name: str, obj: object) -> str:
    """Return the text of one thing: how it is called, and its docstring."""
    parts = [f"### `{signature(name, obj)}`"]
    text = re.sub(r"``(.+?)``", r"`\1`", inspect.getdoc(obj), flags=re.DOTALL)
    head, *rest = re.split(r"(?m)^(Args|Returns|Raises|Example):\n", text)
    parts.append(head.strip())
    for title, body in zip(rest[::2], rest[1::2]):
        lines = dedent(body).strip()
        parts.append(example(lines) if title == "Example" else entries(title, lines))
    return "\n\n".join(parts)


def signature(name: str, obj: object) -> str:
    if name.rpartition(".")[2] in STAGES:
        return f"@{name}"
    if not inspect.isfunction(obj):
        return name
    asked = inspect.signature(obj)
    bare = [
        each.replace(annotation=inspect.Parameter.empty)
        for each in asked.parameters.values()
        if each.name != "self" and isinstance(each.default, PLAIN)
    ]
    return f"{name}{inspect.Signature(bare)}"


def entries(title: str, lines: str) -> str:
    if title == "Returns":
        return f"Returns: {lines[0].lower()}{lines[1:]}"
    heading = {"Args": "", "Raises": "Raises:\n\n"}[title]
    joined = re.sub(r"\n +", " ", lines)
    return heading + re.sub(r"(?m)^(\w+): ", r"- `\1`: ", joined)


def example(lines: str) -> str:
    return "```pycon\n" + lines.replace("  # doctest: +SKIP", "") + "\n```"


def page() -> nbformat.NotebookNode:
    """Return the page that the docstrings make."""
    texts = [("title", BEGINS)]
    for title, section in SECTIONS.items():
        texts.append((title.lower().replace(" ", "-"), f"## {title}"))
        texts += [(name.replace(".", "-"), told(name, obj)) for name, obj in section()]
    cells = [new_markdown_cell(text, id=name) for name, text in texts]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def examples() -> list[doctest.DocTest]:
    """Return the examples, each to run on its own."""
    read = doctest.DocTestParser().get_doctest
    names = {"truss_nb": truss_nb, "Bundle": truss_nb.Bundle, "__name__": "__main__"}
    found = (
        read(inspect.getdoc(obj), dict(names), name, None, None)
        for name, obj in documented()
    )
    return [each for each in found if each.examples]


if __name__ == "__main__":
    nbformat.write(page(), PAGE)
