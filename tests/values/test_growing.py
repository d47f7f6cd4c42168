import subprocess
import sys

import pytest
from doors import gate

LOOKS = """
import threading
import numpy as np
from sklearn.tree import DecisionTreeRegressor
from truss_nb.objects.audit import audit
from truss_nb.values.glance import glance

model = DecisionTreeRegressor(random_state=0).fit([[0], [1]], [0, 1])
rows = np.random.default_rng(0).random((30_000, 2))
fits = threading.Thread(target=lambda: [model.fit(rows, rows[:, 0]) for _ in "abc"])
fits.start()
while fits.is_alive():
    glance(model)
    refusal = audit(model).refusal
    assert refusal is None or "being fitted in another thread" in refusal.reason
assert audit(model).refusal is None
fitted = glance(model)
model.fit(rows, rows[:, 1])
assert glance(model) != fitted
model.fit(rows, rows[:, 0])
assert glance(model) == fitted
"""


@gate
def test_a_tree_may_be_looked_at_while_another_thread_fits_it() -> None:
    pytest.importorskip("sklearn")
    done = subprocess.run(
        [sys.executable, "-c", LOOKS], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
