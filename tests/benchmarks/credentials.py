"""Looking for credentials in a text, next to one of a quarter of its length.

    python tests/benchmarks/credentials.py

Prints for each kind of text the seconds for 5 MB, and how many times as long four
times the text takes: 4 where the work grows with the length alone.
"""

import base64
import random
import sys
import time

from truss_nb.credentials.credentials import Credentials

SIZE = 5_000_000


def main() -> None:
    draws = random.Random(0)
    floats = ", ".join(str(draws.random()) for _ in range(SIZE // 20))
    prose = "what the words of some prose say, the_name of sk-learn too. "
    texts = {
        "an image in base64": base64.b64encode(draws.randbytes(SIZE * 3 // 4)).decode(),
        "numbers": floats,
        "prose": prose * (SIZE // len(prose)),
        "slashes": "/" * SIZE,
    }
    for kind, text in texts.items():
        quarter, whole = seconds(text[: SIZE // 4]), seconds(text)
        sys.stdout.write(f"{kind:20} {whole:5.2f} s  ×{whole / quarter:.1f}\n")  # noqa: RUF001


def seconds(text: str) -> float:
    start = time.process_time()
    Credentials().holds(text, "token")
    return time.process_time() - start


if __name__ == "__main__":
    main()
