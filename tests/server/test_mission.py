"""The functions that the project began with, verbatim, from cells to the real server.

The network is ``ResNet50V2`` with random weights, and the two URLs are answered by a
server on this machine: ``sitecustomize`` redirects ``requests`` in every process of
the test, so that the functions stay as they are.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest
import yaml
from asking import ask
from doors import need

from truss_nb.proof.server.server import serve

PREPROCESS = '''
import requests
import tempfile
import numpy as np

def preprocess(self, model_input: Any) -> Any:
    """Preprocess step for ResNet"""
    request = requests.get(model_input)
    with tempfile.NamedTemporaryFile() as f:
        f.write(request.content)
        f.seek(0)
        input_image = tf.image.decode_png(tf.io.read_file(f.name))
    preprocessed_image = tf.keras.applications.resnet_v2.preprocess_input(
        tf.image.resize([input_image], (224, 224))
    )
    return np.array(preprocessed_image)
'''

POSTPROCESS = '''
from scipy.special import softmax

def postprocess(self, model_output: Any, k=5) -> Any:
    """Post process step for ResNet"""
    class_predictions = model_output["predictions"][0]
    LABELS = requests.get(
        "https://storage.googleapis.com/download.tensorflow.org/data/ImageNetLabels.txt"
    ).text.split("\\n")
    class_probabilities = softmax(class_predictions)
    top_probability_indices = class_probabilities.argsort()[::-1][:k].tolist()
    return {
        LABELS[index]: 100 * class_probabilities[index].round(3)
        for index in top_probability_indices
    }
'''

SETUP = """
import sys
from typing import Any
import tensorflow as tf
tf.keras.utils.set_random_seed(7)
model = tf.keras.applications.ResNet50V2(weights=None)
"""

NOTEBOOK = """
import sys
from IPython.core.interactiveshell import InteractiveShell
cells, url, folder = sys.argv[1].split("#### next\\n"), sys.argv[2], sys.argv[3]
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "truss_nb")
shell.run_cell(cells[0], store_history=True).raise_error()
shell.run_line_magic("truss_model", "model")
shell.run_cell_magic("truss_preprocess", "", cells[1])
shell.run_cell_magic("truss_postprocess", "", cells[2])
shell.run_line_magic("truss_example", repr(url) + " --name photo")
shell.run_line_magic("truss_export", folder + " --name resnet")
import json, truss_nb
print("ANSWER", json.dumps(list(truss_nb.current().run(url).output)))
"""

REDIRECT = """
try:
    import requests
except ImportError:
    pass
else:
    from urllib.parse import urlsplit
    send = requests.Session.request
    def request(self, method, url, **options):
        if "127.0.0.1" not in url:
            url = "{base}/" + urlsplit(url).path.rsplit("/", 1)[-1]
        return send(self, method, url, **options)
    requests.Session.request = request
"""


@pytest.fixture
def loopback(tmp_path: Path) -> Iterator[str]:
    image = pytest.importorskip("PIL.Image")
    place = tmp_path / "www"
    place.mkdir()
    image.effect_noise((64, 48), 80).convert("RGB").save(place / "cat.png")
    labels = "\n".join(f"label {number}" for number in range(1001))
    (place / "ImageNetLabels.txt").write_text(labels)
    handler = partial(SimpleHTTPRequestHandler, directory=str(place))
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def redirected(python: str, place: Path, base: str) -> str:
    """Make an environment like that of ``python`` whose every URL leads to ``base``."""
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = _output(python, "-c", where)
    _output(python, "-m", "venv", "--without-pip", str(place))
    mirror = str(place / "bin" / "python")
    site = Path(_output(mirror, "-c", where))
    (site / "mirror.pth").write_text(f"import site; site.addsitedir({packages!r})\n")
    (site / "sitecustomize.py").write_text(REDIRECT.replace("{base}", base))
    return mirror


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_the_verbatim_functions_answer_on_the_real_server(
    tmp_path: Path, loopback: str, server_python: str
) -> None:
    pytest.importorskip("scipy")
    need("tensorflow")
    here = redirected(sys.executable, tmp_path / "here", loopback)
    there = redirected(str(server_python), tmp_path / "there", loopback)
    folder = tmp_path / "resnet"
    url = f"{loopback}/cat.png"

    printed = _output(
        here,
        "-c",
        NOTEBOOK,
        "#### next\n".join([SETUP, PREPROCESS, POSTPROCESS]),
        url,
        str(folder),
    )
    live = yaml.safe_load(printed.rpartition("ANSWER ")[2])

    with serve(folder, python=there) as server:
        answer = ask(server, url)
    assert answer.status == 200, answer.text
    assert list(answer.body) == live
    assert len(live) == 5

    config = folder / "config.yaml"
    config.write_text(config.read_text().replace("k: 5", "k: 3"))
    with serve(folder, python=there) as server:
        assert list(ask(server, url).body) == live[:3]
