"""What an export finds out about a bundle, it finds out once."""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from truss_nb.bundle import Bundle
from truss_nb.capture.closure import close_over
from truss_nb.capture.obstacles.variables import readers_of
from truss_nb.contents.contents import Captured
from truss_nb.contents.parameters import Parameters
from truss_nb.export import values
from truss_nb.export.code.order import in_order
from truss_nb.export.files.files import bring
from truss_nb.export.requirements.requirements import find_requirements
from truss_nb.text import trees

CELLS = (
    "import os\nfrom pathlib import Path\nimport numpy as np\nimport rates",
    "table = np.random.default_rng(1).random(1000)\nAPI_KEY = 'tiny-secret'",
    "class Scale:\n"
    "    def __call__(self, x):\n"
    "        return np.asarray(x) * rates.RATE\n"
    "for scale in [Scale()]: pass",
    "def load():\n"
    "    global LABELS\n"
    "    LABELS = Path('labels.txt').read_text().split()",
    "def preprocess(model_input, factor=1.0):\n"
    "    return scale(model_input) * factor + ('HOME' in os.environ)",
    "def predict(model_input):\n    return model_input + table[1]",
    "def postprocess(model_output, k=1):\n"
    "    return [LABELS[0], bool(API_KEY), *model_output.tolist()][:k]",
)


@pytest.fixture
def bundle(
    notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bundle]:
    """Return a bundle that has some of everything."""
    (tmp_path / "labels.txt").write_text("cat dog")
    (tmp_path / "rates.py").write_text("import os\n\nRATE = 2.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    bundle = notebook(*CELLS)
    bundle.secret("API_KEY")
    bundle.example([1.0, 2.0, 3.0])
    yield bundle
    del sys.modules["rates"]


def watched(run: Callable[[], object]) -> tuple[Counter, Counter]:
    """Count the calls that are made, by their code, and the texts that are parsed."""
    calls, parsed = Counter(), Counter()

    def see(frame, event, _) -> None:
        if event == "call":
            calls[frame.f_code] += 1
        if event == "call" and frame.f_code is ast.parse.__code__:
            parsed[frame.f_locals["source"]] += 1

    sys.setprofile(see)
    try:
        run()
    finally:
        sys.setprofile(None)
    return calls, parsed


ONCE: dict[str, Callable] = {
    "the closure": close_over,
    "the credentials": Captured.credentials,
    "the environment variables that are read": readers_of,
    "the files of values": values.save,
    "the files that are opened": bring,
    "the order of the definitions": in_order,
    "the requirements": find_requirements,
    "which parameters are settings": Parameters.of,
}


def test_a_fact_is_decided_once_in_an_export(bundle, tmp_path: Path) -> None:
    calls, _ = watched(lambda: bundle.export(tmp_path / "out"))
    found = {fact: calls[decide.__code__] for fact, decide in ONCE.items()}
    assert found == dict.fromkeys(ONCE, 1)


def test_a_text_is_parsed_once_in_an_export(
    bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "_RECENT", trees._Recent(most=250_000))
    _, parsed = watched(lambda: bundle.export(tmp_path / "out", prove=False))
    assert parsed
    assert {text for text, times in parsed.items() if times > 1} == set()


def test_a_value_is_saved_once_in_a_status_after_an_export(
    bundle, tmp_path: Path
) -> None:
    bundle.export(tmp_path / "out", prove=False)
    calls, _ = watched(bundle.status)
    assert calls[values._write.__code__] == len(["table", "scale"])
