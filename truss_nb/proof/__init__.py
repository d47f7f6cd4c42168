"""Proof: an exported folder, run somewhere else and compared with the notebook."""

from truss_nb.proof.environment.interpreter import Environment
from truss_nb.proof.findings import ExampleProof, Failure, Proof, StageProof
from truss_nb.proof.folder import EXPECTED
from truss_nb.proof.proving import prove

__all__ = [
    "EXPECTED",
    "Environment",
    "ExampleProof",
    "Failure",
    "Proof",
    "StageProof",
    "prove",
]
