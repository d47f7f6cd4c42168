"""What can't be seen or promised is told in the export's notes."""

from pathlib import Path

import pytest

CASES = {
    "names looked up in globals()": (
        ("def preprocess(x): return globals()['__name__'] and x",),
        "preprocess calls globals()",
    ),
    "names looked up by eval": (
        ("def preprocess(x): return eval('x + 1')",),
        "preprocess calls eval()",
    ),
    "names looked up by a helper": (
        ("def get(n): return vars()[n]", "def preprocess(x): return get('n') and x"),
        "get calls vars()",
    ),
    "state kept from one call to the next": (
        ("seen = []", "def preprocess(x):\n    seen.append(x)\n    return len(seen)"),
        "the example 'example 1' gave something else the second time",
    ),
}


@pytest.mark.parametrize(("cells", "note"), CASES.values(), ids=CASES.keys())
def test_it_is_told(notebook, tmp_path: Path, cells, note: str) -> None:
    bundle = notebook(*cells)
    bundle.example(2)

    export = bundle.export(tmp_path / "out")

    assert export.proof.passed
    assert any(note in warning for warning in export.warnings), export.warnings
    assert note in str(export)
