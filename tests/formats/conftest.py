"""What every format's tests need: an interpreter that has never seen the value."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from truss_nb import formats

Elsewhere = Callable[..., Any]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Elsewhere:
    """Run code in a fresh interpreter and return what it bound to ``answer``."""

    def run(code: str, *folders: Path) -> Any:
        lines = [
            f"import pickle, sys; sys.path += {[str(f) for f in folders]!r}",
            dedent(code),
            "sys.stdout.buffer.write(pickle.dumps(answer, 5))",
            # PyArrow's threads may abort an interpreter that ends the usual way.
            "import os; sys.stdout.flush(); os._exit(0)",
        ]
        command = [sys.executable, "-I", "-c", "\n".join(lines)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return pickle.loads(done.stdout)

    return run


@pytest.fixture
def round_trip(
    tmp_path: Path, elsewhere: Elsewhere
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Write values, each in its format, and load them in a fresh interpreter."""

    def send(values: Mapping[str, Any]) -> dict[str, Any]:
        code = ["from pathlib import Path", "answer = {}"]
        for index, (name, value) in enumerate(values.items()):
            form = formats.find(value)
            assert form.audit(value).refusal is None
            path = tmp_path / f"{index}{form.suffix}"
            form.write(value, path)
            saved = form.saved(value)
            loading = saved.loading(f"Path({str(path)!r})")
            code += [*saved.imports, f"answer[{name!r}] = {loading}"]
        loaded: dict[str, Any] = elsewhere("\n".join(code))
        return loaded

    return send
