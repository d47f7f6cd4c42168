from collections.abc import Callable
from pathlib import Path

import pytest
import scored
from scored import Scorer

import truss_nb
from truss_nb.cli import main


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    """Return a folder that answers with what it was sent, or does as that says."""
    place = tmp_path_factory.mktemp("echo") / "echo-truss"
    return scored.export(
        place, "import time\nimport numpy as np", example="['a', 1]", **scored.ECHO
    )


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return what ``truss-nb batch`` exits with and prints."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main(["batch", *map(str, words)])
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def seen(echo: Scorer, tmp_path: Path) -> Callable[..., list[object]]:
    """Return what the stages of ``echo`` are sent for rows; None if one failed."""

    def run(source: object, **options: object) -> list[object]:
        truss_nb.run_batch(echo.folder, source, tmp_path / "seen", **options)
        rows = scored.answered(tmp_path / "seen")
        return [row["answer"] and row["answer"]["seen"] for row in rows]

    return run
