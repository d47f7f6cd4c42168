"""What is needed of a notebook's interactive shell; a script has none.

A shell is known by what it is, not by the names that it binds: ``In = 5`` is a user's
right. Nothing is imported for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any


@dataclass(frozen=True)
class Shell:
    """What is asked of a shell.

    Args:
        inputs: the text of each input, by its number; the first is empty.
        given: what the shell itself binds, by name: its history and last results.
    """

    inputs: Sequence[str]
    given: Callable[[], Mapping[str, Any]]


NO_SHELL = Shell((), dict)


def find_shell(names: Mapping[str, Any]) -> Shell:
    """Return the shell whose cells run among these names."""
    ipython = sys.modules.get("IPython")
    candidates = [getattr(names.get("get_ipython"), "__self__", None)]
    if ipython is not None:
        candidates.append(ipython.get_ipython())
    for shell in candidates:
        if shell is not None and getattr(shell, "user_ns", None) is names:
            inputs = shell.history_manager.input_hist_parsed
            return Shell(inputs, partial(_given, shell))
    return NO_SHELL


def _given(shell: Any) -> dict[str, Any]:
    history, shown = shell.history_manager, shell.displayhook
    return {
        "In": history.input_hist_parsed,
        "_ih": history.input_hist_parsed,
        "Out": history.output_hist,
        "_oh": history.output_hist,
        "_": shown._,
        "__": shown.__,
        "___": shown.___,
        "_dh": history.dir_hist,
    }
