"""One case, tried: exported, proven elsewhere, answered by the Truss server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cases import NOTEBOOKS, Case

from truss_nb.proof import Proof, prove
from truss_nb.proof.folder import read_folder
from truss_nb.proof.server.server import serve
from truss_nb.values.difference import answer_differences


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    Args:
        folder: where.
        files: each file's path in it, and its size in bytes.
        trusted: the files and folders that can run code when they are read.
        seconds: how long it took, without a proof.
    """

    folder: Path
    files: Mapping[str, int]
    trusted: tuple[str, ...]
    seconds: float

    def size(self, file: str) -> int:
        """Return the bytes of a file, or of all files in a folder; 0 without it."""
        inside = file.endswith("/")
        sizes = self.files.items()
        return sum(n for f, n in sizes if f == file or (inside and f.startswith(file)))


def export(case: Case, folder: Path) -> Exported:
    """Export a case in a process of its own: frameworks don't share one gladly."""
    script = Path(__file__).with_name("exporting.py")
    notebook = NOTEBOOKS / f"{case.notebook}.py"
    done = subprocess.run(
        [sys.executable, script, notebook, folder],
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode != 0:
        raise AssertionError(f"{case.title}: {done.stdout}{done.stderr}")
    told = json.loads(done.stdout.splitlines()[-1])
    return Exported(folder, told["files"], tuple(told["trusted"]), told["seconds"])


def prove_in_process(exported: Exported) -> Proof:
    """Run the examples in a fresh process."""
    return prove(exported.folder)


def prove_in_environment(exported: Exported) -> Proof:
    """Run the examples in an environment made from config.yaml alone."""
    return prove(exported.folder, venv=True)


def server_differences(exported: Exported, python: str | Path) -> list[str]:
    """Ask the real Truss server; return how its answers differ from the live ones."""
    read = read_folder(exported.folder)
    found = []
    with serve(exported.folder, python=python) as server:
        for example in read.examples:
            name, given = str(example["name"]), example["input"]
            answer = server.predict(json.dumps(given).encode())
            live = read.expected[name]["answer"]
            if answer.status != 200:
                logs = server.container.log.text()
                found.append(f"{name}: {answer.status} {answer.text}\n{logs}")
            else:
                differing = answer_differences(live, answer.text)
                found += [f"{name}: {each}" for each in differing]
    return found
