"""Values that a hub may have: folders, read as ``model.py`` would, and compared."""

from __future__ import annotations

import io
import json
import logging
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from truss_nb.formats.format import OwnForm, Saved
from truss_nb.objects.audit import NOTEBOOK, Audit, audit
from truss_nb.objects.kinds import kind_of
from truss_nb.temporary import temporary

_OWN: Final = frozenset(
    {
        *("_commit_hash", "_name_or_path", "name_or_path", "transformers_version"),
        *("is_local", "local_files_only", "padding", "training", "truncation"),
    }
)
"""What says where a thing was read from, is set anew by each call, or told apart."""

_PLAIN: Final = (bool, float, int, str, type(None))


class PretrainedFolder(OwnForm):
    """The start of a format whose folders ``save_pretrained`` writes."""

    suffix = ""

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Walk it: it may share parts with another value."""
        found = audit(value, notebook)
        return Audit(found.objects, modules=frozenset(self.needed(value)))

    def needed(self, _value: Any, /) -> Collection[str]:
        """Return the modules without which it can't be read."""
        return self.modules

    def write(self, value: Any, path: Path, /) -> None:
        """Write the folder."""
        value.save_pretrained(path)


def read(saved: Saved, folder: Path) -> Any:
    """Return what ``model.py`` would read from a folder; say nothing meanwhile.

    What is assigned to it then is, too; its mode and its device stay as they are.
    """
    then = tuple(line for line in saved.then if " = " in line)
    lines = replace(saved, then=then).statements("value", "folder")
    names: dict[str, Any] = {"folder": folder}
    with _quiet():
        exec("\n".join([*saved.imports, *lines]), names)  # noqa: S102 - a format's own
    return names["value"]


def modules_unlike(module: Any, hubs: Any) -> str | None:
    """Return what differs between two PyTorch modules: weights, parts, options."""
    left, right = dict(_tensors(module)), dict(_tensors(hubs))
    if others := sorted(left.keys() ^ right.keys()):
        return f"{others[0]} is a weight of only one of them"
    for name, tensor in left.items():
        other = right[name]
        if tensor.dtype != other.dtype:
            return f"{name} is {tensor.dtype} here, and {other.dtype} there"
        if tensor.shape != other.shape or not _same(tensor, other):
            return f"{name} has other numbers"
    parts, theirs = dict(module.named_modules()), dict(hubs.named_modules())
    unlike = (n for n, each in parts.items() if _options(each) != _options(theirs[n]))
    return next((f"{name} has other options" for name in unlike), None)


def settings_unlike(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[str]:
    """Return the names of the settings that differ."""
    names = [*dict.fromkeys([*left, *right])]
    return [n for n in names if n not in _OWN and left.get(n) != right.get(n)]


def texts(value: Any) -> dict[str, Any]:
    """Return what a tokenizer or the like saves: by the file what is in it."""
    with temporary("texts") as place:
        value.save_pretrained(place)
        files = (each for each in place.rglob("*") if each.is_file())
        return {f.relative_to(place).as_posix(): _read(f) for f in sorted(files)}


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep reports of loading, and bars, from the notebook."""
    said = sys.modules.get("transformers.utils.logging")
    before = logging.root.manager.disable
    with ExitStack() as stack:
        if said is not None and said.is_progress_bar_enabled():
            said.disable_progress_bar()
            stack.callback(said.enable_progress_bar)
        logging.disable(logging.WARNING)
        stack.callback(logging.disable, before)
        stack.enter_context(redirect_stdout(io.StringIO()))
        stack.enter_context(redirect_stderr(io.StringIO()))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        yield


def _read(file: Path) -> Any:
    held = file.read_bytes()
    found = json.loads(held) if file.suffix == ".json" else held
    if not isinstance(found, dict):
        return found
    return {name: each for name, each in found.items() if name not in _OWN}


def _tensors(module: Any) -> Iterator[tuple[str, Any]]:
    yield from module.named_parameters(remove_duplicate=False)
    yield from module.named_buffers(remove_duplicate=False)


def _options(part: Any) -> dict[str, Any]:
    own = vars(part).items()
    plain = {n: v for n, v in own if kind_of(v) in _PLAIN and n not in _OWN}
    return plain | {"class": type(part)}


def _same(left: Any, right: Any) -> bool:
    """Return whether two tensors have the same bits."""
    import torch  # noqa: PLC0415 - a tokenizer comes without it

    one, other = (
        each.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
        for each in (left, right)
    )
    return bool(torch.equal(one, other))
