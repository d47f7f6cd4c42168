import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def release(request):
    """What the installed truss says of itself: release.py tells each fact's source."""
    try:
        importlib.metadata.version("truss")
        python = sys.executable
    except importlib.metadata.PackageNotFoundError:
        python = request.getfixturevalue("server_python")
    script = Path(__file__).with_name("release.py")
    done = subprocess.run([python, script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
