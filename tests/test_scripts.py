"""Files of Python as people write, convert and send them: each is exported and proven.

Each is a situation that public scripts or threads have, rebuilt small.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ENDS = """
bundle = truss_nb.current()
bundle.example({given})
print(bundle.run({given}).output, bundle.export("out").proof.passed)
"""
PLAIN = """import truss_nb

RATE = {rate!r}


@truss_nb.predict
def predict(x):
    return [RATE, x]
"""


def script(text: str, given: str = "4") -> bytes:
    return (text + ENDS.format(given=given)).encode()


WITHIN_MAIN = """import argparse
import truss_nb


def parse(words):
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=3)
    return parser.parse_args(words)


def scale(x, rate):
    return x * rate


@truss_nb.predict
def predict(x):
    return scale(x, args.rate)


if __name__ == "__main__":
    args = parse([])
    bundle = truss_nb.current()
    bundle.example(4)
    print(bundle.run(4).output, bundle.export("out").proof.passed)
"""
WITHIN_A_FUNCTION = """import truss_nb


def train(rows):
    return sum(rows) / len(rows)


def main():
    mean = train([1, 2, 3])
    scale = 2

    @truss_nb.predict
    def predict(x):
        return scale * (x - mean)

    bundle = truss_nb.current()
    bundle.example(4)
    print(bundle.run(4).output, bundle.export("out").proof.passed)


if __name__ == "__main__":
    main()
"""
TYPED = '''"""Scores."""
from __future__ import annotations

import dataclasses
import logging
from typing import TYPE_CHECKING

import truss_nb

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)


@dataclasses.dataclass
class Config:
    most: int = 2
    names: list[str] = dataclasses.field(default_factory=list)


config = Config(names=["a", "b", "c"])


@truss_nb.predict
def predict(rows: Sequence[int]) -> list[str]:
    log.debug("%s rows", len(rows))
    return [config.names[each] for each in rows][: config.most]
'''
CONVERTED = """#!/usr/bin/env python
# coding: utf-8

# # A notebook that nbconvert made a script

# In[1]:


import math
import truss_nb


# In[ ]:


# get_ipython().run_line_magic('matplotlib', 'inline')
def area(r):
    return round(math.pi * r ** 2, 2)


# In[7]:


@truss_nb.predict
def predict(x):
    return area(x)


# In[ ]:

"""
PERCENT = '''# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
# ---

# %% [markdown]
# # Title
# %% in a sentence is no cell, is it?

#%%
import truss_nb
NOTE = """
# %% not a cell
"""

# %% tags=["parameters"]
k = 2

# %%%% a smaller one
@truss_nb.predict
def predict(x):
    return [len(NOTE.split()), k * x]

# <codecell>
'''
BESIDE = """from pathlib import Path

import truss_nb
from helping import lower as low

HERE = Path(__file__).resolve().parent
words = (HERE / "words.txt").read_text().split()


@truss_nb.predict
def predict(x):
    return low(words[x - 4])
"""
DROP_IN = """import functools
import truss_nb


def cached(function=None, *, size=8):
    if function is None:
        return functools.partial(cached, size=size)
    return functools.lru_cache(size)(function)


class Model:
    @staticmethod
    @cached(size=2)
    def score(x):
        return x + 1

    @classmethod
    def rank(cls, x):
        return [cls.score(x)] * 2


@truss_nb.preprocess
def clean(x):
    return int(x)


truss_nb.predict(Model.rank)


@truss_nb.postprocess
def answer(scores, *, most: int = 1):
    return scores[:most]
"""
# Of each: the file, how Python is started, and what it prints.
CASES: dict[str, tuple[bytes, list[str], str]] = {
    "a byte order mark, as Windows' editors write": (
        b"\xef\xbb\xbf" + script(PLAIN.format(rate="Größe")),
        ["nb.py"],
        "['Größe', 4] True",
    ),
    "lines that end as on Windows": (
        script(PLAIN.format(rate="a")).replace(b"\n", b"\r\n"),
        ["nb.py"],
        "['a', 4] True",
    ),
    "an encoding that its first line tells": (
        (
            "# -*- coding: latin-1 -*-\n" + script(PLAIN.format(rate="Größe")).decode()
        ).encode("latin-1"),
        ["nb.py"],
        "['Größe', 4] True",
    ),
    "arguments that only a guarded main parses": (
        WITHIN_MAIN.encode(),
        ["nb.py"],
        "12 True",
    ),
    "a stage within a function": (
        WITHIN_A_FUNCTION.encode(),
        ["nb.py"],
        "4.0 True",
    ),
    "annotations of the future, for checkers alone": (
        script(TYPED, "[0, 2, 1]"),
        ["nb.py"],
        "['a', 'c'] True",
    ),
    "a notebook made a script": (script(CONVERTED), ["nb.py"], "50.27 True"),
    "percent cells of several kinds": (script(PERCENT), ["nb.py"], "[5, 8] True"),
    "modules and files beside it, from another folder": (
        script(BESIDE),
        ["../nb.py"],
        "cat True",
    ),
    "as a module": (script(PLAIN.format(rate="a")), ["-m", "nb"], "['a', 4] True"),
    "run by its path": (
        script(PLAIN.format(rate="a")),
        ["-c", "import runpy; runpy.run_path('nb.py', run_name='__main__')"],
        "['a', 4] True",
    ),
    "methods and decorators of its own": (script(DROP_IN), ["nb.py"], "[5] True"),
}


@pytest.mark.parametrize(("text", "words", "told"), CASES.values(), ids=CASES)
def test_a_file_is_exported_and_proven(
    text: bytes, words: list[str], told: str, tmp_path: Path
) -> None:
    here = tmp_path / "elsewhere" if words[0].startswith("..") else tmp_path
    here.mkdir(exist_ok=True)
    (tmp_path / "nb.py").write_bytes(text)
    (tmp_path / "helping.py").write_text("def lower(text):\n    return text.lower()\n")
    (tmp_path / "words.txt").write_text("CAT DOG")
    done = subprocess.run(
        [sys.executable, *words],
        cwd=here,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().strip() == told
    assert "truss_nb" not in (here / "out/model/model.py").read_text()
