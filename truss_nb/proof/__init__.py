"""Proof: an exported folder, run somewhere else and compared with the notebook."""

from truss_nb.proof.environment.interpreter import Environment
from truss_nb.proof.folder import EXPECTED
from truss_nb.proof.proving import prove
from truss_nb.proof.report import ExampleProof, Failure, Proof, StageProof

__all__ = [
    "EXPECTED",
    "Environment",
    "ExampleProof",
    "Failure",
    "Proof",
    "StageProof",
    "prove",
]
