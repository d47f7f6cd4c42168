"""The import statement of a name is the notebook's own, where it wrote one."""

import json
import math
import os
import sys
from types import ModuleType

import pytest

from truss_nb.notebook.imports import find_import, is_free, submodule_imports

HOME = "__main__"

# The cells, and the statement that binds `it`.
WRITTEN = {
    "a module": ("import json as it", "import json as it"),
    "a submodule": ("import os.path as it", "import os.path as it"),
    "of several": ("import os, json as it, math", "import json as it"),
    "from a module": ("from math import sin as it", "from math import sin as it"),
    "of several from a module": (
        "from math import pi, sin as it, cos",
        "from math import sin as it",
    ),
    "a submodule from its package": (
        "from xml import etree as it",
        "from xml import etree as it",
    ),
    "the newest": (
        "from math import sin as it\nfrom math import cos as it",
        "from math import cos as it",
    ),
    "an older one that gives it": (
        "from math import sin as it\nkept = it\nfrom math import cos as it\nit = kept",
        "from math import sin as it",
    ),
    "not one in a function": (
        "def f():\n    import os.path as it\nimport posixpath\nit = posixpath",
        "import posixpath as it",
    ),
    "not one from the notebook": (
        "import math\nit = math.sin\nif 0: from __main__ import it",
        "from math import sin as it",
    ),
    "not a relative one": (
        "import math\nit = math.sin\nif 0: from . import it",
        "from math import sin as it",
    ),
    "not one of what isn't loaded": (
        "import math\nit = math.sin\nif 0: from missing import it\nif 0: import it",
        "from math import sin as it",
    ),
    "not one of another name": (
        "from math import sin as its\nit = its",
        "from math import sin as it",
    ),
    "a module that nobody imported so": (
        "it = __import__('json')",
        "import json as it",
    ),
    "a function that nobody imported": (
        "import math\nit = math.sin",
        "from math import sin as it",
    ),
    "a class by its shortest path": (
        "import concurrent.futures as f\nit = f.ThreadPoolExecutor",
        "from concurrent.futures import ThreadPoolExecutor as it",
    ),
    "of Python": (
        "import json\nit = json.dumps",
        "from json import dumps as it",
    ),
}


@pytest.mark.parametrize(("text", "statement"), WRITTEN.values(), ids=WRITTEN)
def test_a_name_has_its_statement(ran, text, statement) -> None:
    names, cells = ran(text)
    assert find_import("it", names["it"], cells, HOME) == statement


# The cells, a name in them, and the statement that binds it.
NAMED = {
    "a module": ("import json", "json", "import json"),
    "a package": ("import os.path", "os", "import os"),
    "a star": ("from math import *", "tan", "from math import tan"),
    "a function": ("from math import tan", "tan", "from math import tan"),
    "an alias of its own name": ("from math import e as e", "e", "from math import e"),
    "a constant": ("from math import pi", "pi", "from math import pi"),
    "a module by its own name": ("json = __import__('json')", "json", "import json"),
    "the last part of a module": (
        "import xml.etree as x\netree = x",
        "etree",
        "from xml import etree",
    ),
    "the first part of a module": (
        "import xml.etree as x\nxml = x",
        "xml",
        "import xml.etree as xml",
    ),
    "a function of a star": (
        "from math import *\nit = sin",
        "it",
        "from math import sin as it",
    ),
    "a function by its own name": ("import math\nsin = math.sin", "sin", None),
}


@pytest.mark.parametrize(("text", "name", "statement"), NAMED.values(), ids=NAMED)
def test_no_alias_is_written_for_its_own_name(ran, text, name, statement) -> None:
    names, cells = ran(text)
    found = find_import(name, names[name], cells, HOME)
    assert found == (statement or f"from math import {name}")


BRANCHES = {
    "a try": (
        "try:\n    import gone as it\nexcept ImportError:\n    import json as it",
        "import json as it",
    ),
    "a name of Python 2": (
        "import sys\nif sys.version_info[0] < 3:\n    from urllib2 import quote as it\n"
        "else:\n    from urllib.parse import quote as it",
        "from urllib.parse import quote as it",
    ),
    "a with": (
        "from contextlib import suppress\nwith suppress(ImportError):\n"
        "    from math import sin as it",
        "from math import sin as it",
    ),
}


@pytest.mark.parametrize(("text", "statement"), BRANCHES.values(), ids=BRANCHES)
def test_the_branch_that_gave_it_is_its_import(ran, text, statement) -> None:
    names, cells = ran(f"{text}\nafter = 1")
    assert find_import("it", names["it"], cells, HOME) == statement


OWN = {
    "own_all/__init__.py": "from .inner import *\nfrom .inner import deep as low",
    "own_all/inner.py": (
        "import os\nimport numpy as np\nimport xml.dom\nfrom math import *\n"
        "from functools import partial as part\nfrom . import side\n"
        "try:\n    import gone as js\nexcept ImportError:\n    import json as js\n"
        "LIMIT = 3\ndef deep(): ...\n"
    ),
    "own_all/side.py": "",
    "site-packages/bought.py": (
        "import numpy as np\nfrom math import cos\nfrom decimal import *\n"
        "from xml import dom\n"
    ),
}
# The cell, a name, and the statement that binds it.
PASSED_ON = [
    ("from own_all import *", "np", "import numpy as np"),
    ("from own_all import np as n", "n", "import numpy as n"),
    ("from own_all import *", "js", "import json as js"),
    ("from own_all import *", "sin", "from math import sin"),
    ("from own_all.inner import sin as it", "it", "from math import sin as it"),
    ("from own_all import *", "part", "from functools import partial as part"),
    ("from own_all.inner import *", "xml", "import xml"),
    ("from own_all import *", "LIMIT", "from own_all import LIMIT"),
    ("from own_all import *", "deep", "from own_all import deep"),
    ("from own_all import low as it", "it", "from own_all import low as it"),
    ("from own_all import side", "side", "from own_all import side"),
    ("from bought import *", "np", "import numpy as np"),
    ("from bought import *", "cos", "from bought import cos"),
    ("from bought import *", "Decimal", "from decimal import Decimal"),
    ("from bought import *", "dom", "from xml import dom"),
    ("from bought import np", "np", "from bought import np"),
    ("from os.path import *", "join", "from os.path import join"),
]


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Two own modules and a library, which are forgotten afterwards."""
    for place, code in OWN.items():
        file = tmp_path / place
        file.parent.mkdir(exist_ok=True)
        file.write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    before = set(sys.modules)
    yield
    for module in [m for m in set(sys.modules) - before if m[:3] in {"own", "bou"}]:
        del sys.modules[module]


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(("text", "name", "statement"), PASSED_ON)
def test_what_a_module_passes_on_is_its_homes(ran, text, name, statement) -> None:
    names, cells = ran(text)
    assert find_import(name, names[name], cells, HOME) == statement


NOT_IMPORTED = {
    "a number": "from math import pi as it\nit = 3",
    "a function of the notebook": "def it(): ...",
    "a class of the notebook": "class it: ...",
    "the notebook's own module": "import sys\nit = sys.modules['__main__']",
    "a nested class": "import types\nclass A:\n    class it: ...\nit = A.it\n"
    "it.__module__ = 'types'",
    "an instance": "import decimal\nit = decimal.Decimal(1)",
    "a bound method": "import json\nit = json.JSONEncoder().encode",
    "a class that its module doesn't give": ("class it: ...\nit.__module__ = 'json'",)[
        0
    ],
    "a function without a module": "def it(): ...\nit.__module__ = None",
    "a function of a module that is gone": "def it(): ...\nit.__module__ = 'gone.by'",
    "a module that is gone": "import types\nit = types.ModuleType('gone')",
}


@pytest.mark.parametrize("text", NOT_IMPORTED.values(), ids=NOT_IMPORTED)
def test_what_no_import_gives_has_none(ran, text) -> None:
    names, cells = ran(text)
    assert find_import("it", names["it"], cells, HOME) is None


def test_the_notebook_is_no_module_to_import_from(ran) -> None:
    names, cells = ran("from json import dumps as it, decoder")
    assert find_import("it", names["it"], cells, "json") is None
    assert find_import("json", json, cells, "json") is None
    found = find_import("decoder", names["decoder"], cells, "json")
    assert found == "from json import decoder"


def test_a_module_may_make_its_attributes_when_asked(ran, monkeypatch) -> None:
    lazy = ModuleType("lazy")
    exec("def __getattr__(name):\n    if name == 'made': return 3", vars(lazy))
    monkeypatch.setitem(sys.modules, "lazy", lazy)
    names, cells = ran("from lazy import made as it")
    found = find_import("it", names["it"], cells, HOME)
    assert found == "from lazy import made as it"


FREE = [
    ("import json", {}, True),
    ("import json", {"json": json}, True),
    ("import json", {"json": 3}, False),
    ("import os.path", {"os": os}, True),
    ("import os.path", {"os": 3}, False),
    ("import os.path", {"path": 3, "os.path": 3}, True),
    ("import json as j", {"j": json, "json": 3}, True),
    ("import json as j", {"j": math}, False),
    ("from math import sin", {"sin": math.sin}, True),
    ("from math import sin", {"sin": math.cos}, False),
    ("from math import sin as s, cos", {"cos": 1}, False),
    ("from math import sin as s, cos", {"s": math.sin, "sin": 1}, True),
    ("json = 1", {}, False),
]


@pytest.mark.parametrize(("statement", "names", "expected"), FREE)
def test_an_import_takes_no_name_from_another(statement, names, *, expected) -> None:
    assert is_free(statement, names) is expected


SUBMODULES = {
    "its attribute": ("import xml.dom", {"xml.dom.Node"}, {"import xml.dom"}),
    "itself": ("import xml.dom", {"xml.dom"}, {"import xml.dom"}),
    "two": (
        "import xml.dom, xml.sax\nimport xml",
        {"xml.dom.Node", "xml.sax.parse"},
        {"import xml.dom", "import xml.sax"},
    ),
    "in a try": (
        "try:\n    import xml.dom\nfinally: ...",
        {"xml.dom"},
        {"import xml.dom"},
    ),
    "another's attribute": ("import xml.dom", {"xml.domain"}, set()),
    "another package's": ("import xml.dom, os.path", {"os.path"}, set()),
    "under an alias": ("import xml.dom as d", {"xml.dom"}, set()),
    "from its package": ("from xml import dom", {"xml.dom"}, set()),
    "the package alone": ("import xml", {"xml.dom"}, set()),
    "unused": ("import xml.dom", set(), set()),
}


@pytest.mark.parametrize(
    ("text", "uses", "statements"), SUBMODULES.values(), ids=SUBMODULES
)
def test_a_submodule_is_imported_where_it_is_used(ran, text, uses, statements) -> None:
    _, cells = ran(text)
    assert submodule_imports("xml", uses, cells) == statements
