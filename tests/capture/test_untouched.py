"""Neither the status nor an export runs the notebook's code or changes its values."""

from pathlib import Path

import pytest

CALLS = """calls = []
class Word:
    def __init__(self, text): self.text = text
    def __lt__(self, other): return calls.append("<") or self.text < other.text
    def __str__(self): return calls.append("str") or self.text
    def __hash__(self): return calls.append("hash") or 1
    def __eq__(self, other): return calls.append("==") or self.text == other.text
    def __add__(self, other): return calls.append("+") or self.text + other.text
def score(word): return calls.append("score") or len(word)
words = [Word("bb"), Word("a")]
WORDS = ["bb", "a"]"""

MADE = [
    "sorted(WORDS, key=score)",
    "sorted(words)[0]",
    "max(words)",
    "[*{words[0], words[1]}]",
    "list({words[0]: 1})",
    "'%s' % (words,)",
    "f'{words[0]}'",
    "f'{2:{score(WORDS[0])}}'",
    "words[0] + words[1]",
    "dict([(words[0], 1)])",
]


@pytest.mark.parametrize("expression", MADE)
def test_no_function_or_method_of_the_notebook_is_called(
    notebook, tmp_path: Path, expression: str
) -> None:
    bundle = notebook(
        CALLS,
        f"FOUND = {expression}",
        f"def preprocess(x, found={expression}): return [FOUND, found]",
    )
    calls = bundle.captured.notebook.names["calls"]
    calls.clear()

    bundle.status(measure=False)

    assert calls == []


@pytest.mark.parametrize(
    "made",
    [
        "(n for n in range(3))",
        "map(int, '012')",
        "zip('ab', 'cd')",
        "iter([0, 1, 2])",
        "enumerate('ab')",
    ],
)
def test_an_iterator_is_not_used_up(notebook, tmp_path: Path, made: str) -> None:
    bundle = notebook(
        f"batches = {made}",
        "ALL = list(batches)",
        f"batches = {made}",
        "def preprocess(x): return [ALL, x]",
    )

    bundle.status()
    bundle.export(tmp_path / "out", prove=False)

    names = bundle.captured.notebook.names
    assert list(names["batches"]) == names["ALL"]
