"""A batch: the same folder over many rows, on Dask, in this machine or a cluster."""

from truss_nb.batch.batch import run_batch
from truss_nb.batch.report import Batch

__all__ = ["Batch", "run_batch"]
