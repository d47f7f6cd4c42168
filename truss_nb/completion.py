"""Completion of the command line in a shell: a script that shtab makes of the parser.

Other than what asks the program at each key, it costs nothing while one types.
"""

from __future__ import annotations

from argparse import Action, ArgumentParser, Namespace
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any, Final

from truss_nb.arguments import file, folder, new_folder
from truss_nb.errors import TrussNBError
from truss_nb.report import say

SHELLS: Final = ("bash", "zsh", "fish")


class Completion(Action):
    """An option that prints the script for a shell and ends, as ``--version`` does."""

    def __call__(
        self, parser: ArgumentParser, _asked: Namespace, shell: Any, _: object = None
    ) -> None:
        """Print it."""
        say(_script(parser, shell))
        parser.exit()


def _script(parser: ArgumentParser, shell: str) -> str:
    if find_spec("shtab") is None:
        raise TrussNBError("shtab makes the completion. Install it: pip install shtab")
    import shtab  # noqa: PLC0415  # optional

    paths = {file: shtab.FILE, folder: shtab.DIRECTORY, new_folder: shtab.DIRECTORY}
    for action in _actions(parser):
        if action.type in paths:
            action.complete = paths[action.type]  # type: ignore[attr-defined]
    return shtab.complete(parser, shell)  # type: ignore[no-any-return]


def _actions(parser: ArgumentParser) -> Iterator[Action]:
    """Yield the options and words of all commands."""
    for action in parser._actions:
        yield action
        if isinstance(action.choices, dict):  # the commands
            for command in action.choices.values():
                yield from _actions(command)
