"""What an export wrote and how it was proven → HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from truss_nb.values.summary import describe_size

if TYPE_CHECKING:
    from truss_nb.export.export import Export
    from truss_nb.proof import Proof


def export_html(export: Export, proofs: Iterable[Proof]) -> str:
    """Return the tree of the folder, the proofs, the notes and ``model.py``."""
    tree: dict[str, Any] = {}
    for path, size in export.files.items():
        *folders, name = path.split("/")
        place = tree
        for folder in folders:
            place = place.setdefault(f"{folder}/", {})
        place[name] = size
    total = describe_size(sum(export.files.values()))
    shown = "".join(proof._repr_html_() for proof in proofs)
    notes = "".join(f"<li>{escape(note)}</li>" for note in export.warnings)
    code = (export.path / "model" / "model.py").read_text("utf-8")
    return (
        f'<section class="truss-answer truss-folder"><h4>{escape(str(export.path))} '
        f"<small>{total}</small></h4>{_branch(tree)}</section>"
        f'<section class="truss-answer truss-proof">{shown or "not proven"}</section>'
        + _section("Requirements", _requirements(export))
        + _section("Notes", f"<ul>{notes}</ul>" if notes else "")
        + '<section class="truss-answer truss-code"><details><summary>model/model.py'
        f"</summary><pre>{escape(code)}</pre></details></section>"
    )


def _requirements(export: Export) -> str:
    rows = "".join(
        f"<li><code>{escape(line)}</code>: "
        f"{escape('; '.join(export.evidence.get(line, ())))}</li>"
        for line in export.requirements
    )
    return f"<ul>{rows}</ul>" if rows else ""


def _section(title: str, shown: str) -> str:
    if not shown:
        return ""
    return f'<section class="truss-answer"><h4>{title}</h4>{shown}</section>'


def _branch(tree: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<li><b>{escape(name)}</b>{_branch(below)}</li>"
        if isinstance(below, dict)
        else f"<li>{escape(name)} <small>{describe_size(below)}</small></li>"
        for name, below in tree.items()
    )
    return f'<ul class="truss-list">{rows}</ul>'
