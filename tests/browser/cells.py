"""The notebook of these tests: which colour has a photo most of?"""

from pathlib import Path

import nbformat

# The label of blue is what a hostile model would answer.
HOSTILE = '<img src="x" onerror="window.hacked = 1"><script>window.hacked = 1</script>'

COLOURS = (
    "%load_ext truss_nb",
    """\
%%truss_preprocess
import base64
import io

import numpy as np
from PIL import Image


def preprocess(model_input):
    file = io.BytesIO(base64.b64decode(model_input["image"]))
    return np.asarray(Image.open(file).convert("RGB"))""",
    """\
%%truss_predict
def predict(pixels):
    return pixels.mean(axis=(0, 1)) / 255""",
    f"""\
%%truss_postprocess
COLOURS = ["red", "green", {HOSTILE!r}]


def postprocess(scores, k=2):
    best = scores.argsort()[::-1][:k]
    return {{COLOURS[i]: round(float(scores[i]), 3) for i in best}}""",
)


def write_notebook(file: Path, *cells: str) -> None:
    """Write a notebook of code cells, as it is before anyone ran it."""
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    document = nbformat.v4.new_notebook(cells=code)
    document.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(document, file)


def photo(red: int, green: int, blue: int) -> bytes:
    """Return a PNG of one colour."""
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (48, 32), (red, green, blue)).save(file, "PNG")
    return file.getvalue()
