import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def script(request):
    """Runs a script of this folder where truss is; returns what it prints."""
    try:
        importlib.metadata.version("truss")
        python = sys.executable
    except importlib.metadata.PackageNotFoundError:
        python = request.getfixturevalue("server_python")

    def run(name, given=""):
        file = Path(__file__).with_name(name)
        done = subprocess.run(
            [python, file], input=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def release(script):
    """What the installed truss says of itself: release.py tells each fact's source."""
    return json.loads(script("release.py"))
