"""No one pays for the widget before they ask for it."""

import subprocess
import sys

import pytest

LIGHT = [
    # what is done, what it must not import
    (
        "import truss_nb.bundle, truss_nb.magics.magics",
        {"ipywidgets", "truss_nb.widget"},
    ),
    ("import truss_nb.widget.session", {"ipywidgets", "IPython.display", "requests"}),
    ("import truss_nb.widget.pages.result", {"ipywidgets"}),
]


@pytest.mark.parametrize(("code", "heavy"), LIGHT)
def test_nothing_is_imported_before_it_is_used(code, heavy):
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{code}; import sys; print({heavy} & set(sys.modules))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"
