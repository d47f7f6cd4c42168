"""Proof: an exported folder, run somewhere else and compared with the notebook."""

from truss_nb.proof.findings import Proof
from truss_nb.proof.folder import DRAWN, EXPECTED
from truss_nb.proof.proving import prove

__all__ = ["DRAWN", "EXPECTED", "Proof", "prove"]
