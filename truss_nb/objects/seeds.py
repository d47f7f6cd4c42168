"""The random generators that a process shares: alike in a notebook and in its proof.

Before each stage both set them to the same state, so that what a stage draws is the
same in both. Only the standard library is imported, because the fresh process loads
this file by its path; what isn't loaded there has no generator to set.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

_SEED = 20_260_101


def seed(further: int = 0) -> None:
    """Set the generators of ``random``, NumPy and PyTorch to one state.

    Args:
        further: any other number gives another state.
    """
    chosen = _SEED + further
    random.seed(chosen)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(chosen)  # which NumPy imports when it's asked
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(chosen)


@contextmanager
def preserved() -> Iterator[None]:
    """Give the generators back the state that they have now."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    with ExitStack() as states:
        states.callback(random.setstate, random.getstate())
        if numpy:
            states.callback(numpy.random.set_state, numpy.random.get_state())
        if torch:
            used = torch.cuda.device_count() if torch.cuda.is_initialized() else 0
            states.enter_context(torch.random.fork_rng(range(used)))
        yield
