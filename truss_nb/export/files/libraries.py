"""Where libraries keep the data that they look up, and the variable that leads there.

``stopwords.words("english")`` names no file: nltk looks below its own folder for it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from truss_nb.opened import absolute, is_below


@dataclass(frozen=True)
class Library:
    """A library's folder of data.

    Args:
        variable: the environment variable that says where it is.
        home: where it is if nothing says so.
        is_whole: a folder in it is one thing: what lies beside a file is needed too.
    """

    variable: str
    home: str
    is_whole: bool = False

    @property
    def name(self) -> str:
        """What the folder is called in ``data/``."""
        return os.path.basename(self.home).lstrip(".")

    def unit(self, path: str) -> Iterator[str]:
        """Yield the files that are looked up together with one."""
        yield path
        if self.is_whole:
            yield from (
                e.path for e in os.scandir(os.path.dirname(path)) if e.is_file()
            )


_LIBRARIES = (
    Library("EASYOCR_MODULE_PATH", "~/.EasyOCR"),
    Library("FLAIR_CACHE_ROOT", "~/.flair"),
    Library("GENSIM_DATA_DIR", "~/gensim-data", is_whole=True),
    Library("HF_HOME", "~/.cache/huggingface", is_whole=True),
    Library("KERAS_HOME", "~/.keras"),
    Library("NLTK_DATA", "~/nltk_data"),
    Library("SCIKIT_LEARN_DATA", "~/scikit_learn_data"),
    Library("SEABORN_DATA", "~/.cache/seaborn"),
    Library("STANZA_RESOURCES_DIR", "~/stanza_resources", is_whole=True),
    Library("TFDS_DATA_DIR", "~/tensorflow_datasets", is_whole=True),
    Library("TORCH_HOME", "~/.cache/torch"),
)


def libraries() -> dict[str, Library]:
    """Return each library by the folder that it has here."""
    return {absolute(each): of for of in _LIBRARIES for each in _folders(of)}


def library_of(path: str, known: Mapping[str, Library]) -> tuple[str, Library] | None:
    """Return the library whose data a file is, after its folder.

    Args:
        path: absolute.
        known: as ``libraries`` returns them.
    """
    found = [each for each in known.items() if is_below(path, each[0])]
    return max(found, key=lambda each: len(each[0]), default=None)


def _folders(library: Library) -> Iterator[str]:
    given = os.environ.get(library.variable)
    yield from given.split(os.pathsep) if given else [library.home]
    if library.variable == "NLTK_DATA" and "nltk.data" in sys.modules:
        yield from vars(sys.modules["nltk.data"])["path"]  # a cell may add to it
