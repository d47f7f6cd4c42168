import compileall
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from doors import (
    DOORS,
    FUNCTIONS,
    Functions,
    Magics,
    fresh_shell,
    lack,
    new_shell,
    turn,
)

import truss_nb
from truss_nb.bundle import Bundle
from truss_nb.errors import ProofError
from truss_nb.proof.environment.interpreter import find_interpreter


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one more than there are cores: a test waits for what it starts."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def no_triton() -> Iterator[None]:
    """Hide Triton from PyTorch: beside TensorFlow in one process it can't be loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "triton", None)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Compile the package, as installing it does: a proof's process writes nothing."""
    compileall.compile_dir(str(Path(truss_nb.__file__).parent), quiet=2)


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what is remembered of folders out of the user's own state."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session", autouse=True)
def magics_are_named() -> Iterator[None]:
    """Let sentences name magics, whether or not a test has a shell just now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("truss_nb.doors._is_script", bool)
        yield


@pytest.fixture(scope="session")
def server_python() -> str:
    """Return the interpreter that runs the real Truss server."""
    return interpreter(
        "TRUSS_NB_SERVER_PYTHON",
        "with truss and its server's requirements: .ci/server-env DIR PYTHON makes one",
    )


@pytest.fixture(scope="session")
def other_environment() -> str:
    """Return an interpreter of another version, with the packages of the tests."""
    return interpreter(
        "TRUSS_NB_OTHER_PYTHON", "of another version, with pandas and scikit-learn"
    )


@pytest.fixture(scope="session")
def daft_python() -> str:
    """Return an interpreter that has Daft, which asks for an older pyarrow."""
    return interpreter("TRUSS_NB_DAFT_PYTHON", "with daft, pandas and pyyaml")


def interpreter(variable: str, wanted: str) -> str:
    if path := os.environ.get(variable):
        return path
    return lack(f"set {variable} to an interpreter {wanted}")


@pytest.fixture(scope="session")
def other_python() -> str:
    """Return the version of a Python that is installed beside the running one."""
    for minor in (13, 12, 11, 10):
        with suppress(ProofError):
            if not find_interpreter(f"3.{minor}").is_own:
                return f"3.{minor}"
    return pytest.skip("no other Python is installed here")


@pytest.fixture(params=DOORS)
def door(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Functions | Magics]:
    """Return each door to a bundle, or in a plain run one of them."""
    if (request.param or turn(request.node.nodeid)) == FUNCTIONS:
        yield Functions()
    else:
        with fresh_shell(tmp_path_factory.mktemp("ipython")) as shell:
            yield Magics(shell)


@pytest.fixture
def notebook(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Bundle]:
    """Run cells in a shell of their own; functions named as stages are its stages."""
    monkeypatch.chdir(tmp_path)
    shell = new_shell(tmp_path_factory.mktemp("ipython"))
    names = shell.user_ns

    def run(*cells: str) -> Bundle:
        for cell in cells:
            shell.run_cell(cell, store_history=True).raise_error()
        if "predict" not in names:
            shell.run_cell("def predict(model_input):\n    return model_input")
        bundle = Bundle(names)
        for stage in ("load", "preprocess", "predict", "postprocess"):
            if stage in names:
                getattr(bundle, stage)(names[stage])
        return bundle

    return run
