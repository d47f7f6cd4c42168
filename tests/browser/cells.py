"""The notebook of these tests: which colour has a photo most of?"""

import base64
import io
import json
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
import time
from pathlib import Path

import numpy as np
from PIL import Image


def preprocess(model_input):
    while "until" in model_input and not Path(model_input["until"]).exists():
        time.sleep(0.02)
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


GENERATING = (
    "%load_ext truss_nb",
    """\
class Net:
    def generate(self, prompt, max_new_tokens=9, temperature=1.0):
        return " ".join([prompt] * max_new_tokens)


net = Net()""",
    "%truss_model net --method generate\n%truss_parameter max_new_tokens=4",
)


REDDISH = (200, 40, 100)
BLUISH = (20, 40, 220)


NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def photo_by_url() -> list[str]:
    """Return the photo notebook's cells up to its stages, and where its photos are."""
    document = nbformat.read(NOTEBOOKS / "photo_by_url.ipynb", as_version=4)
    code = [cell for cell in document.cells if cell.cell_type == "code"]
    last = [cell.id for cell in code].index("postprocess")
    return [*(cell.source for cell in code[: last + 1]), "print(url)"]


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


def photo(colour: tuple[int, int, int]) -> bytes:
    """Return a PNG of one colour."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (48, 32), colour).save(file, "PNG")
    return file.getvalue()


def as_json(colour: tuple[int, int, int], **more: str) -> str:
    """Return what a client would send for a photo of one colour."""
    image = base64.b64encode(photo(colour)).decode()
    return json.dumps({"image": image, **more})
