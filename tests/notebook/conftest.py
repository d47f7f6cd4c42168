import linecache
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from truss_nb.notebook.cells import Cells


@pytest.fixture
def ran() -> Iterator[Callable[..., tuple[dict[str, Any], Cells]]]:
    """Run texts as a shell runs its cells, and return their names and the cells."""
    before = dict(linecache.cache)
    linecache.cache.clear()
    names: dict[str, Any] = {"__name__": "__main__"}
    inputs = [""]
    cells = Cells(inputs)

    def run(*texts: str) -> tuple[dict[str, Any], Cells]:
        for text in texts:
            file = f"<cell {len(inputs)}>"
            lines = text.splitlines(keepends=True)
            linecache.cache[file] = (len(text), None, lines, file)
            inputs.append(text)
            exec(compile(text, file, "exec", dont_inherit=True), names)
        cells.catch_up()
        return names, cells

    yield run
    linecache.cache.clear()
    linecache.cache.update(before)
