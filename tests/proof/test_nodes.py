"""What may lie in a folder that anybody may have made."""

import json
import os

import pytest
import yaml

from truss_nb.errors import ProofError
from truss_nb.proof.folder import EXPECTED, read_folder


@pytest.fixture
def folder(tmp_path):
    """Return a folder that can be proven."""
    root = tmp_path / "folder"
    for name in ("model", "data", "packages", ".truss-nb"):
        (root / name).mkdir(parents=True)
    (root / "config.yaml").write_text("model_name: x")
    (root / "model" / "model.py").write_text("class Model: ...")
    (root / "data" / "a.txt").write_text("a")
    (tmp_path / "secret.txt").write_text("not the folder's")
    return root


def refused(folder):
    with pytest.raises(ProofError) as error:
        read_folder(folder)
    return str(error.value)


NODES = {
    "a pipe": (os.mkfifo, "data/new: is a pipe"),
    "a device": (lambda p: p.symlink_to("/dev/zero"), "leads out of the folder"),
    "out": (lambda p: p.symlink_to("../../secret.txt"), "leads out of the folder"),
    "out, absolute": (lambda p: p.symlink_to("/etc/hostname"), "leads out"),
    "itself": (lambda p: p.symlink_to("new"), "too many levels of symbolic links"),
    "nowhere": (lambda p: p.symlink_to("nothing"), "no such file"),
    "above": (lambda p: p.symlink_to(".."), "a link to a folder that it lies in"),
}


@pytest.mark.parametrize("case", NODES)
def test_what_is_no_plain_file_inside_is_refused(folder, case):
    make, told = NODES[case]
    make(folder / "data" / "new")
    assert told in refused(folder)


def test_a_link_to_a_file_inside_is_followed(folder):
    (folder / "data" / "new").symlink_to("a.txt")
    assert read_folder(folder).path == folder


@pytest.mark.parametrize(
    "name", ["../../X", "/etc", ".", "a\0b", "x" * 300, "..", "a\\b"]
)
@pytest.mark.parametrize("key", ["data_dir", "model_module_dir", "examples_filename"])
def test_a_name_stays_inside(folder, key, name):
    (folder / "config.yaml").write_text(yaml.safe_dump({key: name}))
    assert f"{key}: can't be" in refused(folder)


TEXTS = {
    "holds itself": ("examples.yaml", "- {name: x, input: &a [*a]}", "holds itself"),
    "deep": (EXPECTED, "[" * 100_000, "nested too deeply"),
    "more than it seems": (
        "examples.yaml",
        "a0: &a0 [x]\n"
        + "".join(f"a{i + 1}: &a{i + 1} [{f'*a{i}, ' * 9}]\n" for i in range(9)),
        "more than 20,000,000 values",
    ),
    "a bad stamp": ("examples.yaml", "- !!timestamp x", "AttributeError"),
    "not UTF-8": ("config.yaml", b"a: \xff", "can't decode"),
    "a type": ("config.yaml", "secrets: 1", "Truss takes keys below it there"),
    "an answer": (
        EXPECTED,
        json.dumps({"examples": {"x": {"stages": {}, "answer": 1}}}),
        "the stages and the answer",
    ),
    "a snapshot": (
        EXPECTED,
        json.dumps({"examples": {"x": {"stages": {"a": {}}, "answer": "1"}}}),
        "the stages and the answer",
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_file_that_cannot_be_read_is_told(folder, case):
    name, text, told = TEXTS[case]
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    assert told in refused(folder)
