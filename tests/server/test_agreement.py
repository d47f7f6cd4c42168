"""The proof in a fresh process and the proof on the real server have one verdict."""

import asyncio
import gc
import io
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from doors import new_shell
from situations import SITUATIONS, Situation

import truss_nb
from truss_nb.errors import ExportError

STAGES = ("load", "preprocess", "predict", "postprocess")


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give this process what a kernel has: a folder, a command line, a loop."""
    folder = tmp_path / "notebook"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "argv", ["launcher.py"])
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    known = set(sys.modules)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield folder
    asyncio.set_event_loop(None)
    loop.close()
    gc.collect()  # what a stage left running is told of here, and in no other test
    for name in set(sys.modules) - known:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.mark.filterwarnings("ignore")  # what a notebook leaves running, or unawaited
@pytest.mark.parametrize("name", SITUATIONS)
def test_both_proofs_have_one_verdict(
    name: str, kernel: Path, tmp_path: Path, server_python: str
) -> None:
    folder = tmp_path / "exported"
    if not export(SITUATIONS[name], kernel, folder):
        return  # neither is asked

    prove = partial(truss_nb.prove, folder, with_causes=False)  # verdicts alone
    in_a_process, on_the_server = prove(), prove(server=True, python=server_python)

    assert in_a_process.passed == on_the_server.passed, (in_a_process, on_the_server)


def export(situation: Situation, place: Path, folder: Path) -> bool:
    """Export a situation; return whether there is anything to prove."""
    for path, text in situation.files.items():
        (place / path).parent.mkdir(exist_ok=True, parents=True)
        (place / path).write_text(text)
    shell = new_shell(place)
    for cell in situation.cells.split("#%%"):
        shell.run_cell(cell, store_history=True).raise_error()
    bundle = truss_nb.Bundle(shell.user_ns)
    for stage in STAGES:
        if stage in shell.user_ns:
            getattr(bundle, stage)(shell.user_ns[stage])
    try:
        set_and_export(bundle, situation, folder)
    except ExportError:
        return False
    return True


def set_and_export(bundle: truss_nb.Bundle, situation: Situation, folder: Path) -> None:
    for key, value in situation.settings.items():
        bundle.config(key, value)
    for example in situation.examples:
        bundle.example(example)
    bundle.export(folder, prove=False)
