from __future__ import annotations

import numpy as np
import pytest

from truss_nb import formats

sparse = pytest.importorskip("scipy.sparse")

DENSE = np.array([[0.0, 1.5, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 3.0]])


def test_sparse_values_come_back_in_their_format_and_class(round_trip):
    kinds = ("bsr", "coo", "csc", "csr", "dia")
    values = {f"{k}_{s}": getattr(sparse, f"{k}_{s}")(DENSE)
              for k in kinds for s in ("array", "matrix")}  # fmt: skip
    assert {formats.find(v).suffix for v in values.values()} == {".npz"}
    back = round_trip(values)
    for name, value in values.items():
        assert type(back[name]) is type(value)
        np.testing.assert_array_equal(back[name].toarray(), DENSE)


def test_other_values_of_scipy_are_pickled(round_trip):
    values = {
        "lil": sparse.lil_array(DENSE),
        "dok": sparse.dok_matrix(DENSE),
        "line": sparse.coo_array(DENSE[0]),
    }
    assert {formats.find(v).suffix for v in values.values()} == {".pickle"}
    back = round_trip(values)
    for name, value in values.items():
        np.testing.assert_array_equal(back[name].toarray(), value.toarray())
