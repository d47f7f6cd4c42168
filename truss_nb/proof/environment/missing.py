"""Say what to do about a module that a bundle imports and its Python lacks."""

from __future__ import annotations

from importlib.metadata import packages_distributions, version

from truss_nb.proof.environment.interpreter import Environment, Interpreter


def remedy(
    module: str, interpreter: Interpreter, environment: Environment | None
) -> str:
    """Return what brings a module, as an instruction.

    Args:
        module: its dotted name.
        interpreter: the one that lacks it.
        environment: what was made for the proof; None if it ran on what is installed.
    """
    top = module.partition(".")[0]
    if top == "truss_nb":
        return "No server has truss_nb: take it out of the stages and their helpers"
    if environment is None and not interpreter.is_own:
        return (
            f"Install {top} for {interpreter.path}, or prove in an environment that is "
            "made from config.yaml: venv=True, or --venv"
        )
    why = "No requirement in config.yaml brings it. " if environment else ""
    return f"{why}Add it{_how(top)}"


def _how(top: str) -> str:
    """Return the line of the distribution that holds the module here, if one does."""
    holders = packages_distributions().get(top, [])
    if not holders:
        return f", by the name that pip knows: %truss_require {top}"
    release = version(holders[0]).partition("+")[0]
    return f": %truss_require {holders[0]}=={release}"
