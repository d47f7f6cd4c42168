import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from doors import IS_GATE

from truss_nb.live.example import expectation
from truss_nb.live.trace import Chunks
from truss_nb.proof import EXPECTED
from truss_nb.values.snapshot import snapshot

PYTHON = f"py{sys.version_info[0]}{sys.version_info[1]}"


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the environments of all tests are kept, made but once."""
    if not IS_GATE:
        pytest.skip("slow: it installs the Truss server")
    if shutil.which("uv") is None:
        pytest.fail("uv isn't installed")
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def server_made(environments: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let folders be served in an environment made for them."""
    monkeypatch.setenv("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(environments))


@pytest.fixture
def served(tmp_path: Path) -> Callable[..., Path]:
    """Write a folder of one stage, with what its examples made live."""

    def write(model, examples, *, streams=False, **config):
        folder = tmp_path / "bundle"
        given = [{"name": name, "input": x} for name, (x, _) in examples.items()]
        kept = {
            name: expectation({"predict": snapshot(y)}, Chunks(y) if streams else y)
            for name, (_, y) in examples.items()
        }
        contents = {
            "config.yaml": yaml.safe_dump({"python_version": PYTHON, **config}),
            "model/model.py": model,
            "examples.yaml": yaml.safe_dump(given),
            EXPECTED: json.dumps({"examples": kept}),
        }
        for name, text in contents.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return folder

    return write
