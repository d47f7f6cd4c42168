"""Reading files for credentials, next to reading a quarter of each.

    python tests/benchmarks/credentials.py

Prints for each kind of file the seconds of CPU for 5 MB, and the share of that which
5 MB take in quarters: 1 where the work grows with the length alone.
"""

import base64
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from pydoc_data.topics import topics

from truss_nb.credentials.credentials import Credentials
from truss_nb.credentials.reading import read_file

SIZE = 5_000_000


def sources(size: int) -> str:
    """Return Python's own modules, one after the other, as far as they may be."""
    parts, total = list[str](), 0
    for file in sorted(Path(random.__file__).parent.glob("*.py")):
        text = file.read_text()
        if total + len(text) <= size and "from __future__" not in text:
            parts.append(text)
            total += len(text)
    return "\n".join(parts)


def repeated(text: str) -> Callable[[int], str]:
    return lambda size: text * (size // len(text))


def log(size: int) -> str:
    draws = random.Random(0)
    line = "2026-01-05 12:{:02}:{:02} INFO worker-{} GET /items/{:x} 200 {:.3f} s\n"
    return "".join(
        line.format(n // 60 % 60, n % 60, n % 8, draws.getrandbits(64), draws.random())
        for n in range(size // 64)
    )


def table(size: int) -> str:
    draws = random.Random(0)
    rows = (f"{n},{draws.random()},word {n % 97},2026-01-05" for n in range(size // 40))
    return "id,score,note,day\n" + "\n".join(rows)


def words(size: int) -> str:
    draws = random.Random(0)
    letters = "etaoinshrdlu"
    known = {f"{''.join(draws.choices(letters, k=9))}": n for n in range(size // 20)}
    return json.dumps(known)


FILES = {
    "prose.txt": repeated("\n".join(topics.values())),
    "module.py": sources,
    "table.csv": table,
    "server.log": log,
    "vocabulary.json": words,
    "numbers.json": lambda size: json.dumps([n / 7 for n in range(size // 20)]),
    "image.txt": lambda size: base64.b64encode(
        random.Random(0).randbytes(size * 3 // 4)
    ).decode(),
    "slashes.txt": repeated("/"),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        for name, made in FILES.items():
            file = Path(place, name)
            quarter, whole = (seconds(file, made(size)) for size in (SIZE // 4, SIZE))
            sys.stdout.write(f"{name:20} {whole:5.2f} s  {quarter / whole:.2f}\n")


def seconds(file: Path, text: str) -> float:
    file.write_text(text)
    start = time.process_time()
    found = [*read_file(file, Credentials())]
    spent = time.process_time() - start
    if found:
        sys.stdout.write(f"{file.name}: {len(found)} look like credentials\n")
    return spent * SIZE / len(text)


if __name__ == "__main__":
    main()
