"""Profiling: how long a folder's stages take on the Truss server, and what it needs."""

from truss_nb.profiling.measure import profile
from truss_nb.profiling.profile import Profile

__all__ = ["Profile", "profile"]
