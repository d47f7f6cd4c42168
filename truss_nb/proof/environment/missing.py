"""Say what to do about a module that a bundle imports and its Python lacks."""

from __future__ import annotations

from importlib.machinery import PathFinder
from importlib.metadata import packages_distributions, version

from truss_nb.proof.environment.interpreter import Environment, Interpreter


def remedy(module: str, where: Interpreter | Environment) -> str:
    """Return what brings a module, as an instruction.

    Args:
        module: its dotted name.
        where: what lacks it: an environment made for the proof, or an interpreter.
    """
    top = module.partition(".")[0]
    if top == "truss_nb":
        return "No server has truss_nb: take it out of the stages and their helpers"
    if isinstance(where, Interpreter) and not where.is_own:
        return (
            f"Install {top} for {where.path}, or prove in an environment that is "
            "made from config.yaml: venv=True, or --venv"
        )
    is_made = isinstance(where, Environment)
    why = "No requirement in config.yaml brings it. " if is_made else ""
    return f"{why}{_how(top)}"


def _how(top: str) -> str:
    """Return the line of the distribution that holds the module here, if one does."""
    holders = packages_distributions().get(top, [])
    if holders:
        release = version(holders[0]).partition("+")[0]
        return f"Add it: %truss_require {holders[0]}=={release}"
    if PathFinder.find_spec(top):  # an index may have a stranger's by this name
        return f"It is your own module: let a function that is captured import {top}"
    return f"Add it: %truss_require NAME, by the name that pip has for {top}"
