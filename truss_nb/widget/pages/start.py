"""What stands in the place of an input: what to mark first, or a value as it is."""

from __future__ import annotations

from html import escape
from typing import Any

from truss_nb.credentials.credentials import Credentials
from truss_nb.truss.serving import ADDRESSES
from truss_nb.widget.look import Look

START = (
    "<p>Nothing predicts yet. Name a model of this notebook:</p>"
    "<pre>%truss_model MODEL</pre>"
    "<p>or begin the cell that defines your function with:</p>"
    "<pre>%%truss_predict</pre>"
)
"""What a person marks first."""


def held_html(value: Any, endpoint: str, credentials: Credentials) -> str:
    """Return an input that is sent as it is, and where to."""
    told = escape(f"This is sent as it is, to {ADDRESSES[endpoint]}")
    shown = Look(credentials).at(value)
    return f'<div class="truss-file"><div class="truss-note">{told}</div>{shown}</div>'
