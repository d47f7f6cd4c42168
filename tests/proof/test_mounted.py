"""What the platform mounts isn't copied, and the proof has what stands for it here."""

import pytest
from published import publish, use_cache

from truss_nb import prove
from truss_nb.errors import ProofError

READ = """def predict(model_input):
    with open({path!r}) as file:
        return float(file.read()) * model_input
"""
URL = "https://example.com/scale.txt"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to work in, with a file that a stage reads."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scales").mkdir()
    (tmp_path / "scales" / "scale.txt").write_text("4123.5")
    use_cache(monkeypatch, tmp_path / "cache")
    return tmp_path


FETCHED = {
    # a setting, the path that the code reads
    "external_data": (
        [{"url": URL, "local_data_path": "scales/scale.txt"}],
        "scales/scale.txt",
    ),
    "weights": (
        [{"source": "s3://bucket/scales", "mount_location": "/app/data/scales"}],
        "scales/scale.txt",
    ),
}


@pytest.mark.parametrize("key", FETCHED)
def test_what_is_fetched_is_in_the_folder_no_second_time(door, key, here):
    setting, path = FETCHED[key]
    door.stage("predict", READ.format(path=path))
    door.bundle.config(key, setting)
    door.example("2")
    assert door.run("2") == 8247.0
    done = door.export(here / "out")
    assert done.proof.passed
    assert not (here / "out" / "data").exists()
    assert "the notebook's file" in str(done.proof)


def test_what_is_mounted_at_a_path_of_this_machine_is_read_there(door, here):
    door.stage("predict", READ.format(path=str(here / "scales" / "scale.txt")))
    door.bundle.config(
        "weights", [{"source": "gs://b/x", "mount_location": str(here / "scales")}]
    )
    door.example("2")
    done = door.export(here / "out")
    assert done.proof.passed
    assert not (here / "out" / "data").exists()


@pytest.fixture
def mounted(door, here):
    """Export a bundle that reads a snapshot of a hub; return the folder."""
    commit = publish(here / "cache", "owner/scales", here / "scales")
    source = f"hf://owner/scales@{commit}"
    door.stage("predict", READ.format(path="scales/scale.txt"))
    mount = {"source": source, "mount_location": "/app/data/scales"}
    door.bundle.config("weights", [mount])
    door.example("2")
    assert door.export(here / "out").proof.passed
    return here / "out"


def test_a_snapshot_stands_for_a_mount_later_too(mounted):
    proof = prove(mounted)
    assert proof.passed
    assert "its snapshot in the hub's cache" in str(proof)


def test_one_that_is_not_in_the_cache_is_named(mounted, monkeypatch):
    use_cache(monkeypatch, mounted / "none")
    with pytest.raises(ProofError, match="hf download owner/scales --revision"):
        prove(mounted)


def test_the_real_server_has_it_too(mounted, server_python):
    proof = prove(mounted, server=True, python=server_python)
    assert proof.passed
    assert "its snapshot in the hub's cache" in str(proof)
