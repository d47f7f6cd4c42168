"""Each framework's model: its own file, and the live answers wherever it is loaded."""

import subprocess
import tempfile
from collections.abc import Iterator

import pytest
from cases import CASES, NOTEBOOKS, Case
from doors import IS_GATE, need
from trial import (
    Exported,
    export,
    prove_in_environment,
    prove_in_process,
    server_differences,
)


def test_every_notebook_has_a_case() -> None:
    files = sorted(file.stem for file in NOTEBOOKS.glob("*.py"))
    assert files == sorted(case.notebook for case in CASES)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.notebook)
def case(request: pytest.FixtureRequest) -> Case:
    need(*request.param.needs)
    return request.param


@pytest.fixture(scope="module")
def exported(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return export(case, tmp_path_factory.mktemp("frameworks") / case.notebook)


def test_a_model_goes_to_its_own_file(case: Case, exported: Exported) -> None:
    sizes = {file: exported.size(file) for file in case.files}
    assert [file for file, size in sizes.items() if not size] == []
    assert exported.trusted == case.trusted


def test_a_fresh_process_answers_as_live(exported: Exported) -> None:
    proof = prove_in_process(exported)
    assert proof.passed, str(proof)
    assert proof.examples


@pytest.fixture(scope="module")
def new_environments() -> Iterator[None]:
    if not IS_GATE:
        pytest.skip("slow: installs every framework anew")
    cache = subprocess.check_output(["uv", "cache", "dir"], text=True).strip()
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as place:
        patch.setenv("UV_CACHE_DIR", cache)  # has the wheels already
        patch.setenv("XDG_CACHE_HOME", place)
        yield


@pytest.mark.usefixtures("new_environments")
def test_an_environment_made_for_it_answers_as_live(exported: Exported) -> None:
    proof = prove_in_environment(exported)
    assert proof.passed, str(proof)
    assert proof.environment


def test_the_truss_server_answers_as_live(
    exported: Exported, server_python: str
) -> None:
    assert server_differences(exported, server_python) == []
