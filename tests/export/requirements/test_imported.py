"""Which own files are imported from where, and what only a call imports."""

import pytest

from truss_nb.export.requirements.imported import reached, when_called

SHOP = {
    "shop/__init__.py": "",
    "shop/price.py": "from . import tax",
    "shop/tax/__init__.py": "from ..names import NAMES",
    "shop/tax/rates.py": "import shop.train",
    "shop/names.py": "def late():\n    from shop.late import x",
    "shop/late.py": "",
    "shop/all.py": "from .tax import *",
    "shop/by_name.py": "from importlib import import_module as im\nim('shop.' + n)",
    "shop/walking.py": "import pkgutil\nfor m in pkgutil.iter_modules(p): pass",
    "shop/train.py": "import shop.price",
    "alone.py": "import shop.tax.rates",
}

REACHED = {
    "a package": ("shop", {"__init__"}),
    "through relative imports, and a function": (
        "shop.price",
        {"__init__", "price", "tax/__init__", "names", "late"},
    ),
    "what a star may stand for": (
        "shop.all",
        {"__init__", "all", "tax/__init__", "tax/rates", "names", "late", "price"}
        | {"train"},
    ),
    "a name in a module": ("shop.names.NAMES", {"__init__", "names", "late"}),
    "somebody else's": ("numpy.linalg", set()),
}


@pytest.mark.parametrize(("module", "files"), REACHED.values(), ids=REACHED)
def test_files_are_reached_by_imports(module: str, files: set[str]) -> None:
    texts = {f"packages/{path}": text for path, text in SHOP.items()}
    found = {path.removeprefix("packages/shop/") for path in reached(texts, [module])}
    assert found == {f"{file}.py" for file in files}


@pytest.mark.parametrize("module", ["shop.by_name", "shop.walking"])
def test_what_loads_files_by_their_names_reaches_its_whole_package(module: str) -> None:
    texts = {f"packages/{path}": text for path, text in SHOP.items()}
    assert reached(texts, [module]) == texts.keys() - {"packages/alone.py"}


LATE = """import os
def f():
    import json, os
    def g():
        from yaml import dump
class C:
    import csv
    def m(self):
        import re
try:
    import ujson
except ImportError:
    ujson = None
"""


def test_what_only_a_call_imports_is_told_by_the_outermost_function() -> None:
    assert when_called(LATE) == {"f": {"json", "yaml", "yaml.dump"}, "m": {"re"}}
    many = "def f(x):\n    if x: import json\n" + "    elif x: import re\n" * 800
    assert when_called(many) == {"f": {"json", "re"}}
