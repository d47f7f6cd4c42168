"""A proof's process does without what must seem not installed."""

import pytest
from environments import unpack

from truss_nb.proof import prove
from truss_nb.proof.process.uninstalled import Uninstalled

YAML = Uninstalled(frozenset({"yaml", "shop"}), frozenset({"pyyaml"}))

GONE = [
    # what the bundle runs, with a package absent
    "import importlib.util; assert importlib.util.find_spec('yaml') is None",
    "import importlib.metadata as m; assert 'PyYAML' not in names(m)",
    "import importlib.metadata as m; assert 'numpy' in names(m)",
    "import numpy",
    "import shop; assert shop.HERE",  # the folder's own
    "try: import yaml.nodes\nexcept ModuleNotFoundError as e: assert e.name == 'yaml'",
    "try: import truss_nb\nexcept ModuleNotFoundError: pass\nelse: raise SystemExit",
    # what a package brings inside itself, and puts on the path
    "import shop, sys; sys.path.append(shop.OWN); import yaml; assert yaml.COPY",
    "import shop, sys; sys.path.append(shop.OWN); import yaml.nodes",
    "import importlib.metadata as m, shop, sys\n"
    "sys.path.append(shop.OWN); assert m.version('PyYAML') == '9'",
]


@pytest.fixture
def folder(tmp_path):
    for path in ("model", "packages"):
        (tmp_path / path).mkdir()
    shop = (
        "import os\nHERE = True\nOWN = os.path.join(os.path.dirname(__file__), 'own')"
    )
    (tmp_path / "packages" / "shop.py").write_text(shop)
    unpack(
        tmp_path / "packages/own", "PyYAML", "9", "yaml/__init__.py", "yaml/nodes.py"
    )
    (tmp_path / "packages/own/yaml/__init__.py").write_text("COPY = True\n")
    (tmp_path / "config.yaml").write_text("model_name: a\n")
    (tmp_path / "examples.yaml").write_text("- {name: one, input: 1}\n")
    return tmp_path


def write(folder, code):
    body = "\n".join(f"        {line}" for line in code.splitlines())
    (folder / "model" / "model.py").write_text(
        "def names(m):\n"
        "    return {each.metadata['Name'] for each in m.distributions()}\n"
        f"class Model:\n    def predict(self, x):\n{body}\n"
    )


@pytest.mark.parametrize("code", GONE)
def test_what_is_absent_is_nowhere(folder, code):
    write(folder, code)
    proof = prove(folder, uninstalled=YAML)
    assert not proof.failed, proof


def test_a_proof_says_what_was_looked_for_in_vain(folder):
    write(folder, "import yaml")
    (proof, full) = (prove(folder, uninstalled=YAML), prove(folder))
    assert proof.failed
    assert proof.refused == ("yaml",)
    assert not full.failed
    assert full.refused == ()


@pytest.mark.parametrize(
    ("code", "had_all"),
    [
        ("1 / 0", True),
        ("import numpy; 1 / 0", True),
        ("import yaml", False),
        ("try: import yaml\nexcept ImportError: 1 / 0", False),
        ("import importlib.metadata as m; m.version('PyYAML')", False),
        ("import importlib.metadata as m; names(m); 1 / 0", False),
        ("import os; os._exit(1)", False),  # it can't tell
    ],
)
def test_a_proof_says_if_it_would_fail_with_all_that_is_installed(
    folder, code, had_all
):
    write(folder, code)
    proof = prove(folder, uninstalled=YAML)
    assert proof.failed
    assert proof.had_all is had_all
