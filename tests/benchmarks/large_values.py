"""Export of large values, next to a plain write of the same bytes.

    pip install scikit-learn torch safetensors
    python tests/benchmarks/large_values.py [arrays] [network] [forest]

Prints for each kind of value how many times as long an export takes as writing the
bytes of its files, in one go, to the same disk, and bringing them there (``fsync``);
what another export takes while nothing changed; what they wrote in all and took of
memory; and what a loaded bundle with arrays that nobody has touched takes. Exports are
without a proof, and nothing is compressed. Both are done in turns, and the best of each
counts: a disk is fast and slow by itself.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from truss_nb import Bundle

GB = 1 << 30
TURNS = 6


def arrays() -> object:
    """Return what takes 1 GB: four arrays."""
    rng = np.random.default_rng(0)
    return [rng.random(GB // 32, dtype="f8") for _ in range(4)]


def network() -> object:
    import torch

    layers = [torch.nn.Linear(3620, 3620) for _ in range(4)]  # 210 MB
    return torch.nn.Sequential(*layers).eval()


def forest() -> object:
    from sklearn.ensemble import RandomForestClassifier

    rng = np.random.default_rng(0)
    x, y = rng.random((40_000, 8)), rng.integers(0, 20, 40_000)
    return RandomForestClassifier(60, random_state=0).fit(x, y)


def bundle_of(value: object) -> Bundle:
    if isinstance(value, list):
        names = {f"array_{i}": each for i, each in enumerate(value)}
        source = f"def predict(x):\n    return {' + '.join(f'{n}[0]' for n in names)}\n"
    else:
        names, source = (
            {"model": value},
            "def predict(x):\n    return repr(model)[:9]\n",
        )
    namespace = {"__name__": "script", **names}
    import linecache

    file = f"<{id(value)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), namespace)
    bundle = Bundle(namespace)
    bundle.predict(namespace["predict"])
    return bundle


def plain_write(folder: Path, contents: list[bytes]) -> None:
    """Write each content to a file, and bring it to the disk."""
    folder.mkdir()
    for number, content in enumerate(contents):
        with (folder / str(number)).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def timed_new(folder: Path, write: Callable[[Path], object]) -> float:
    """Return the seconds that a new folder takes; it's gone afterwards.

    What was written before is gone from memory too, or the second of two would wait
    for room where the first found it.
    """
    seconds = timed(lambda: write(folder))
    shutil.rmtree(folder)
    return seconds


def written() -> int:
    """Return the bytes that this process has handed to the system so far."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(dict(line.split(": ") for line in lines)["wchar"])


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def compare(title: str, value: object, place: Path) -> Path:
    bundle = bundle_of(value)
    Bundle({"__name__": "script"}).status()  # imports what an export needs
    target = place / title
    memory, before = peak(), written()
    bundle.export(target, prove=False)
    wrote, took = written() - before, peak() - memory
    files = sorted(f for f in (target / "data").rglob("*") if f.is_file())
    size = sum(file.stat().st_size for file in files)
    before = written()
    bundle.export(target, prove=False)
    wrote_again = written() - before
    contents = [file.read_bytes() for file in files]
    plain, exports, again = [], [], []
    ways = [
        (plain, partial(plain_write, contents=contents)),
        (exports, partial(bundle.export, prove=False)),
    ]
    for _ in range(TURNS):
        ways.reverse()
        for seconds, write in ways:
            seconds.append(timed_new(place / "new", write))
        again.append(timed(lambda: bundle.export(target, prove=False)))
    best = min(plain)
    print(  # noqa: T201
        f"{title}: {size / 1e6:.0f} MB, plain write {best:.2f} s; export "
        f"{min(exports) / best:.2f} times, unchanged {min(again) / best:.2f} times; "
        f"wrote {wrote / size:.4f} times the bytes, then {wrote_again / size:.4f}; "
        f"{took / 1e6:.0f} MB more memory",
        flush=True,
    )
    return target


LOADED = """
import importlib.util, pathlib, resource, sys
import numpy
spec = importlib.util.spec_from_file_location("model", sys.argv[1] + "/model/model.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
module.Model(data_dir=pathlib.Path(sys.argv[1], "data")).load()
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"arrays, loaded and untouched: {(after - before) / 1000:.1f} MB")
"""

if __name__ == "__main__":
    kinds = {"arrays": arrays, "network": network, "forest": forest}
    for title in sys.argv[1:] or kinds:
        with tempfile.TemporaryDirectory(dir=".") as name:
            folder = compare(title, kinds[title](), Path(name).resolve())
            if title == "arrays":
                subprocess.run([sys.executable, "-c", LOADED, folder], check=True)
