"""Lay a folder out as the server's image has it: for a proof, and for a batch."""

from __future__ import annotations

import shutil
from pathlib import Path

from truss_nb.proof.folder import Folder
from truss_nb.proof.mounted import lay, put
from truss_nb.truss.defaults import CONFIG, PACKAGES
from truss_nb.truss.serving import DATA

APP = "app"
"""Where the server runs, and from where paths lead."""


def lay_out(folder: Folder, root: Path) -> None:
    """Link each file below ``root``, in folders of our own.

    What a bundle adds there stays out of it.
    """
    config, app = folder.config, root / APP
    app.mkdir()
    for name in {config["model_module_dir"], config["data_dir"]}:
        _mirror(folder.path / name, app / name)
    if config["data_dir"] != DATA:  # the image has it under this name
        _mirror(folder.path / config["data_dir"], app / DATA)
    put(str(folder.path / CONFIG), str(app / CONFIG))
    _mirror(folder.path / config["bundled_packages_dir"], root / PACKAGES)
    lay(folder.mounted, root)


def _mirror(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, copy_function=put, dirs_exist_ok=True)
