"""What the proof's process tells its parent: events, one line of JSON each.

The proof's process reads this file by its path.
"""

from __future__ import annotations

import json
import os
import threading
import traceback
from pathlib import Path
from typing import Any

MESSAGE, TRACEBACK, LEAST = 2_000, 20_000, 200
"""The most characters that are told of an error's texts; the least of each."""

MOST_TOLD = 100_000
"""After how many characters about errors no more than the least are told."""


class Report:
    """Tells the parent of each event as soon as it happened.

    Args:
        request: the parent's.
        pipe: the descriptor to write to.
        beats: makes the thread that says what is being done meanwhile.
    """

    def __init__(self, request: dict[str, Any], pipe: int, beats: Any) -> None:
        self._pipe = open(pipe, "w", encoding="ascii")  # noqa: SIM115
        self._mark, self._room = request.pop("mark"), MOST_TOLD
        self._writing = threading.Lock()
        self._roots = {
            f"{Path.cwd()}{os.sep}": "",
            f"{request['folder']}{os.sep}": "",
            f"{request['packages']}{os.sep}": f"packages{os.sep}",
        }
        self.beats = beats(self._beat, self._is_inside)

    def tell(self, event: str, **facts: Any) -> None:
        """Write one event."""
        if event == "start":
            of = f" of {facts['example']}" if "example" in facts else ""
            self.beats.doing = f"{facts['stage']}{of}"
        with self._writing:
            self._write(event, facts)

    def _write(self, event: str, facts: dict[str, Any]) -> None:
        self._pipe.write(f"{self._mark}{json.dumps({'event': event, **facts})}\n")
        self._pipe.flush()

    def _beat(self, doing: str) -> None:
        if self._writing.acquire(blocking=False):  # else there is news anyway
            try:
                self._write("beat", {"doing": doing})
            except OSError:  # nobody listens any more
                os._exit(1)
            finally:
                self._writing.release()

    def tell_failure(self, error: BaseException, **facts: Any) -> None:
        """Write what was raised and where, by paths inside the bundle's folder."""
        places = traceback.extract_tb(error.__traceback__)
        ours = [i for i, place in enumerate(places) if self._is_inside(place.filename)]
        where = None
        if isinstance(error, SyntaxError) and self._is_inside(error.filename or ""):
            where = f"{error.filename}, line {error.lineno}"
        elif ours:
            last = places[ours[-1]]
            where = f"{last.filename}, line {last.lineno}, in {last.name}"
        trace = error.__traceback__
        own = ours[0] if ours else len(places) * (where is not None)
        for _ in range(own):  # the frames of the proof's own files
            trace = trace.tb_next if trace else None
        lines = traceback.format_exception(type(error), error, trace)
        self.tell(
            "failed",
            **facts,
            type=self._cut(type(error).__name__),
            message=self._cut(self._inside(str(error))),
            where=where and self._cut(self._inside(where)),
            missing=error.name if isinstance(error, ModuleNotFoundError) else None,
            traceback=self._cut(self._inside("".join(lines)), TRACEBACK),
        )

    def _cut(self, text: str, most: int = MESSAGE) -> str:
        """Return a text, without its middle if it's long or much was told before."""
        half = max(LEAST, min(most, self._room)) // 2
        self._room -= min(len(text), 2 * half)
        return text if len(text) <= 2 * half else f"{text[:half]}…{text[-half:]}"

    def _is_inside(self, path: str) -> bool:
        return path.startswith(tuple(self._roots))

    def _inside(self, text: str) -> str:
        for root, name in self._roots.items():
            text = text.replace(root, name)
        return text
