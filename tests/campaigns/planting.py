"""A case: what stands where in a notebook, beside it and in its settings."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from issued import Secret


@dataclass(frozen=True)
class Case:
    """A notebook with one text that must, or mustn't, be refused.

    In its texts ``<<S>>`` stands for the credential, ``<<1>>`` and ``<<2>>`` for its
    halves, ``<<B>>`` for what HTTP's Basic makes of it with the user "bot", and
    ``<<Q>>`` for it as a part of a URL.

    Args:
        place: where the text stands.
        kind: of which kind it is: in the planted ones a kind of ``issued``.
        cells: of the notebook, before its stage.
        uses: what the stage computes with: an expression of the cells' names.
        files: in the notebook's folder, by path.
        before: Python that writes more files there, in a namespace of its own.
        environ: of the notebook.
        after: lines of magics, after the stage.
        name: of the exported model.
        passes: the export has to be made, though without the credential.
    """

    place: str
    kind: str
    cells: tuple[str, ...] = ()
    uses: str = "X"
    files: dict[str, str] = field(default_factory=dict)
    before: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    name: str = ""
    passes: bool = False

    def filled(self, secret: Secret) -> Case:
        """Return the case with a credential in the places of the marks."""
        half = len(secret.text) // 2
        pair = base64.b64encode(f"bot:{secret.text}".encode()).decode()
        marks = {
            "<<S>>": secret.text,
            "<<1>>": secret.text[:half],
            "<<2>>": secret.text[half:],
            "<<B>>": pair,
            "<<Q>>": quote(secret.text, safe=""),
        }

        def fill(text: str) -> str:
            for mark, meant in marks.items():
                text = text.replace(mark, meant)
            return text

        return replace(
            self,
            cells=tuple(map(fill, self.cells)),
            uses=fill(self.uses),
            files={fill(path): fill(text) for path, text in self.files.items()},
            before=fill(self.before),
            environ={name: fill(text) for name, text in self.environ.items()},
            after=tuple(map(fill, self.after)),
            name=fill(self.name),
        )


def code(place: str, kind: str, cell: str, uses: str = "X", **more: object) -> Case:
    """Return a case of one cell."""
    return replace(Case(place, kind, (cell,), uses), **more)


def opened(place: str, kind: str, path: str, text: str = "", before: str = "") -> Case:
    """Return a case of a file that the code opens."""
    cell = f"def read():\n    with open({path!r}, 'rb') as file:\n"
    cell += "        return len(file.read())"
    files = {path: text} if text else {}
    return Case(place, kind, (cell,), "read()", files=files, before=before)


def beside(place: str, kind: str, files: dict[str, str]) -> Case:
    """Return a case of a module or a package ``client`` beside the notebook."""
    if "client.py" not in files:
        starts = {"client/__init__.py": "def ask(text):\n    return text\n"}
        files = starts | files
    return Case(place, kind, ("import client",), "client.ask('a')", files=files)


def setting(
    place: str, kind: str, *lines: str, uses: str = "1", name: str = ""
) -> Case:
    """Return a case of what magics set."""
    return Case(place, kind, (), uses, after=lines, name=name)
