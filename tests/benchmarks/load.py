"""Loading an exported bundle and its first answer, next to a model.py by hand.

    python tests/benchmarks/load.py

Each is a fresh process; they take turns, and the median of each counts.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from export import X, model, postprocess, preprocess

from truss_nb import Bundle

BY_HAND = """
import joblib
import numpy as np


class Model:
    def __init__(self, data_dir):
        self._data_dir = data_dir

    def load(self):
        self._model = joblib.load(self._data_dir / "model.joblib")

    def preprocess(self, model_input):
        return np.array(model_input).reshape(1, -1)

    def predict(self, model_input):
        return {"predictions": self._model.predict(model_input)}

    def postprocess(self, model_output):
        return model_output["predictions"].tolist()
"""

ANSWER = """
import sys
from pathlib import Path
folder = Path(sys.argv[1])
names = {}
exec(compile((folder / sys.argv[2]).read_text(), "model.py", "exec"), names)
model = names["Model"](data_dir=folder / "data")
model.load()
model.postprocess(model.predict(model.preprocess([0.0] * 64)))
"""
ROUNDS = 9


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "digits")
        bundle = Bundle(sys.modules["export"].__dict__)
        bundle.preprocess(preprocess)
        bundle.model(model)
        bundle.postprocess(postprocess)
        bundle.export(folder, prove=False)
        (folder / "by_hand.py").write_text(BY_HAND)
        times: dict[str, list[float]] = {"model/model.py": [], "by_hand.py": []}
        for _ in range(ROUNDS):
            for file, taken in times.items():
                started = time.perf_counter()
                subprocess.run([sys.executable, "-c", ANSWER, folder, file], check=True)
                taken.append(time.perf_counter() - started)
    ours, hand = (statistics.median(taken) for taken in times.values())
    sys.stdout.write(
        f"exported {ours:.3f} s, by hand {hand:.3f} s, ratio {ours / hand:.3f} "
        f"({len(X)} digits)\n"
    )


if __name__ == "__main__":
    main()
