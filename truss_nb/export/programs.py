"""Which programs and libraries of the system a bundle asks for, and who has them.

Its live runs tell, and the proof's process: what is started when a package is imported
shows there alone.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from truss_nb.capture.binding import Binding
from truss_nb.contents.contents import Captured
from truss_nb.export.files.openings import owner_of, owners, way_to
from truss_nb.truss.debian import package_of_library, package_of_program


@dataclass(frozen=True)
class Programs:
    """What the image lacks of what a bundle starts and loads.

    Args:
        packages: the Debian packages to add.
        notes: a sentence on each of them, and on what none has.
    """

    packages: tuple[str, ...]
    notes: tuple[str, ...]


def find_programs(
    captured: Captured, bindings: Mapping[str, Binding], heard: Iterable[str]
) -> Programs:
    """Return what the image must get for a bundle.

    Args:
        captured: the bundle.
        bindings: what it needs from the notebook.
        heard: the programs that its proof started, and the libraries that it loaded.
    """
    told = {**dict.fromkeys(heard, "the bundle"), **dict(_asked(captured, bindings))}
    named = captured.config.get("system_packages") or ()
    packages: dict[str, None] = {}
    notes = []
    for path, way in sorted(told.items()):
        package = _package(path)
        verb = "starts" if "/" in path else "loads"
        if package is None and "/" in path:
            notes.append(
                f"{way} starts {path}, which no Debian package has here: if the server "
                "needs it, install it with %truss_config build_commands"
            )
        elif package and package not in (*named, *packages):
            packages[package] = None
            notes.append(
                f"{way} {verb} {path}: system_packages has its Debian package {package}"
            )
    return Programs(tuple(sorted(packages)), tuple(notes))


def _asked(
    captured: Captured, bindings: Mapping[str, Binding]
) -> Iterator[tuple[str, str]]:
    """Yield what the live runs asked for, and the way there; none of code that went."""
    known = owners(bindings)
    for each in sorted(captured.started, key=lambda one: (one.path, one.stage)):
        owner = owner_of(each.code, known)
        if owner is not None:
            yield each.path, way_to((*owner.path, owner.name), owner.cell)
        elif each.code is None:
            yield each.path, each.stage


def _package(path: str) -> str | None:
    """Return the Debian package to add; "" if nothing must be, None if none has it."""
    if "/" not in path:
        return package_of_library(path)
    if not Path(path).exists():  # a run made it
        return ""
    if os.path.realpath(path) == os.path.realpath(sys.executable):
        return ""
    package = package_of_program(path)
    return "" if package is None and _is_of_python(Path(path)) else package


def _is_of_python(path: Path) -> bool:
    """Return whether a program came with the interpreter or one of its packages."""
    folders = {Path(sys.executable).parent}
    folders |= {Path(sysconfig.get_path(name)) for name in ("scripts", "platlib")}
    return not folders.isdisjoint(path.parents)
