"""A large file is written again if anything it is made of changed, and only then."""

import tracemalloc
from collections import OrderedDict, UserDict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from doors import Functions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LARGE = 1 << 17  # elements of eight bytes: just what is compared before it's written


def pickled():
    whole = np.arange(float(LARGE))
    values = {
        "whole": whole,
        "view": whole[3:9],
        "strided": np.arange(24.0).reshape(4, 6)[::2, 1::2],
        "fortran": np.asfortranarray(np.arange(6).reshape(2, 3)),
        "deep": [(SimpleNamespace(name="a", part=np.ones(3, "f4")), {1, 2}), b"bytes"],
        "record": np.zeros(2, [("x", "<f8"), ("label", "<U3")]),
        "text": "text",
    }
    return UserDict(values)  # a dict would come apart


def estimator():
    from sklearn.ensemble import RandomForestClassifier

    rng = np.random.default_rng(0)
    x, y = rng.random((4_000, 4)), rng.integers(0, 9, 4_000)
    return RandomForestClassifier(4, random_state=0).fit(x, y)


def tensors():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    state = torch.nn.Linear(4, 4).state_dict()
    more = torch.zeros(LARGE, dtype=torch.float64)
    return OrderedDict(state, more=more, part=more[5:8], number=1)


def network():
    torch = pytest.importorskip("torch")
    pytest.importorskip("safetensors")
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(512, 512), torch.nn.Linear(512, 512))


def array():
    return np.arange(float(LARGE)).reshape(2, -1)


def memories(value):
    """Return the memory of each part, as arrays of bytes that can be changed."""
    if isinstance(value, UserDict):
        part = value["deep"][0][0].part
        return [part, *(each for each in value.values() if hasattr(each, "flags"))]
    if isinstance(value, OrderedDict):
        return [each.numpy() for each in value.values() if hasattr(each, "numpy")]
    if type(value).__module__.startswith("torch"):
        return [each.detach().numpy() for each in value.parameters()]
    if type(value).__module__.startswith("sklearn"):
        trees = [each.tree_ for each in value.estimators_]
        return [part for tree in trees for part in (tree.threshold, tree.value)]
    return [value]


def flip(value, data):
    """Change one bit of one element of one array or tensor."""
    memory = data.draw(st.sampled_from(memories(value)))
    place = tuple(data.draw(st.integers(0, size - 1)) for size in memory.shape)
    one = memory[place].reshape(1) if memory.dtype.names is None else memory[[place]]
    bits = np.frombuffer(one.tobytes(), "u1").copy()
    bits[data.draw(st.integers(0, bits.size - 1))] ^= 1 << data.draw(st.integers(0, 7))
    if memory.dtype.names is None:
        memory[place] = bits.view(memory.dtype)[0]
    else:
        memory[place] = np.array(bits.view(memory.dtype)[0])


def put(**changed):
    return lambda value: value.update(changed)


def make_read_only(value):
    value["whole"].flags.writeable = not value["whole"].flags.writeable


def retype(value):
    other = "u8" if value["fortran"].dtype == "i8" else "i8"
    value["fortran"] = value["fortran"].view(other)


def set_attribute(value):
    value["deep"][0][0].name += "b"


def rename_key(value):
    value["renamed" * (1 + len(value))] = value.pop([*value][-1])


def turn_round(value):
    value["fortran"] = np.ascontiguousarray(value["fortran"])


def cut_off(value):
    value["view"] = value["view"].copy()


def reorder(value):
    value.update({key: value.pop(key) for key in sorted(value, reverse=True)})


def add_to_set(value):
    value["deep"][0][1].add(len(value["deep"][0][1]) + 9)


def as_list(value):
    value["deep"] = (tuple if type(value["deep"]) is list else list)(value["deep"])


def set_setting(value):
    value.set_params(n_jobs=(value.n_jobs or 1) + 1)


def set_on_a_tree(value):
    value.estimators_[1].random_state += 1


def drop_a_tree(value):
    value.estimators_.reverse()


def freeze(value):
    value["more"].requires_grad_(not value["more"].requires_grad)


def halve(value):
    value["weight"] = value["weight"].to(value["bias"].dtype).half().float().half()


def detach_part(value):
    value["part"] = value["part"].clone()


CHANGES = {
    pickled: [
        make_read_only,
        retype,
        set_attribute,
        rename_key,
        turn_round,
        cut_off,
        reorder,
        add_to_set,
        as_list,
        put(text="other"),
        put(whole=np.zeros(LARGE, "f4").repeat(2)),
    ],
    estimator: [set_setting, set_on_a_tree, drop_a_tree],
    tensors: [rename_key, freeze, halve, detach_part, put(number=True)],
    network: [lambda value: value[0].half(), lambda value: value.append(value[0])],
    array: [lambda value: setattr(value, "dtype", "i8")],
}
CASES = [(make, change) for make, changes in CHANGES.items() for change in changes]


class Exported:
    """A bundle with one large value, exported again and again to one place."""

    def __init__(self, value, place: Path):
        self.door = Functions()
        self.door.names["value"] = value
        self.door.stage("predict", "def predict(x):\n    return repr(value)[:3]")
        self.place = place / "out"
        self.export()

    def export(self):
        self.door.export(self.place, prove=False)
        (file,) = (self.place / "data").iterdir()
        return file.name, file.stat().st_ino, file.stat().st_mtime_ns


@pytest.mark.filterwarnings("ignore:Setting the dtype on a NumPy array")
@pytest.mark.parametrize(("make", "change"), CASES)
def test_what_changed_is_written_and_then_kept(make, change, tmp_path):
    value = make()
    exported = Exported(value, tmp_path)
    first = exported.export()
    assert exported.export() == first
    change(value)
    changed = exported.export()
    assert changed[1:] != first[1:]
    assert exported.export() == changed


@pytest.mark.parametrize("make", CHANGES)
def test_one_bit_is_a_change(make, tmp_path):
    value = make()
    exported = Exported(value, tmp_path)

    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(st.data())
    def check(data):
        first = exported.export()
        flip(value, data)
        changed = exported.export()
        assert changed[1:] != first[1:]
        assert exported.export() == changed

    check()


@pytest.mark.parametrize("make", CHANGES)
def test_an_equal_value_is_kept(make, tmp_path):
    exported = Exported(make(), tmp_path)
    first = exported.export()
    exported.door.names["value"] = make()
    assert exported.export() == first


def test_what_is_kept_is_what_the_folder_has(tmp_path):
    exported = Exported(array(), tmp_path)
    first = exported.export()
    (exported.place / "data" / first[0]).write_bytes(b"mine")
    exported.door.export(exported.place, prove=False, overwrite=True)
    assert np.array_equal(np.load(exported.place / "data" / first[0]), array())


def test_another_version_of_what_writes_it_writes_it_again(tmp_path, monkeypatch):
    exported = Exported(array(), tmp_path)
    first = exported.export()
    monkeypatch.setattr(np, "__version__", "9.9")
    assert exported.export()[1:] != first[1:]


def test_only_the_array_that_changed_is_written(notebook, tmp_path):
    bundle = notebook(
        "import numpy as np\n"
        "kept, changed = np.random.default_rng(1).random((2, 300_000))\n"
        "kept, changed = kept.copy(), changed.copy()\n"
        "labels = open('labels.txt', 'w'); labels.write('a b'); labels.close()",
        "def predict(x):\n    return [kept[x], changed[x]]",
    )
    bundle.file(tmp_path / "labels.txt")
    folder = tmp_path / "out"
    bundle.export(folder, prove=False)
    files = ("data/kept.npy", "data/changed.npy", "data/labels.txt")
    before = {file: (folder / file).stat().st_ino for file in files}

    bundle.captured.notebook.names["changed"][0] = 5
    bundle.export(folder, prove=False)

    after = {file: (folder / file).stat().st_ino for file in files}
    assert [f for f in files if after[f] != before[f]] == ["data/changed.npy"]
    assert np.load(folder / "data/changed.npy")[0] == 5
    assert yaml.safe_load((folder / "config.yaml").read_text())["model_name"] == "out"


def test_an_export_takes_no_second_copy_of_an_array(notebook, tmp_path):
    bundle = notebook(
        "import numpy as np\nlarge = np.random.default_rng(1).random(8 << 20)",
        "def predict(x):\n    return float(large[x])",
    )
    bundle.export(tmp_path / "first", prove=False)  # imports what it needs
    tracemalloc.start()
    bundle.export(tmp_path / "second", prove=False)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16_000_000
