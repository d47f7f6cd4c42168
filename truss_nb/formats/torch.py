"""PyTorch: modules, tensors and TorchScript; all come back where there is no GPU.

A module that its constructor rebuilds is saved as its weights alone, in
safetensors. Any other one is saved whole, which is a pickle.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import torch

from truss_nb.formats.constructor import comes_back, construct, is_torchs
from truss_nb.formats.format import Format, OwnForm, Saved, Walked
from truss_nb.objects.audit import audit
from truss_nb.objects.kinds import is_a
from truss_nb.objects.memory import device_of

_IMPORTS: Final = ("import torch",)


class Weights(Walked):
    """A module that its constructor rebuilds, as the weights to put into it."""

    name = "PyTorch weights"
    suffix = ".safetensors"
    modules = ("torch",)

    def fits(self, value: object, /) -> bool:
        """Take modules of torch's and the notebook's own classes."""
        if not is_a(value, torch.nn.Module) or not find_spec("safetensors"):
            return False
        if construct(value) is None or _distinct(value) is None:
            return False
        # Of the notebook's own that is as far as can be told without running its code.
        return not is_torchs(value) or comes_back(value)

    def doubt(self, value: Any, /) -> str | None:
        """Return the expression, if it runs a constructor of the notebook."""
        made = construct(value)
        if made is None or is_torchs(value):
            return None
        text = made.expression
        return text if "\n" not in text else f"{text.partition('(')[0]}(…)"

    def settle(self, value: Any, /) -> bool:
        """Run it, and compare what it gives."""
        return comes_back(value)

    def saved(self, value: Any, /) -> Saved:
        """Construct it, and load its weights as safetensors' documentation shows."""
        made = construct(value)
        if made is None:
            raise AssertionError("a module that was taken can be constructed")
        load = "safetensors.torch.load_model({value}, {path})"
        imports = (*made.imports, "import safetensors.torch")
        return replace(made, imports=imports, then=(load, *made.then, *to_gpu(value)))

    def made_of(self, value: Any, /) -> Any:
        """Return the weights: the rest is in the code."""
        return _distinct(value)

    def write(self, value: Any, path: Path, /) -> None:
        """Write each weight once, under its first name."""
        from safetensors.torch import save_file  # noqa: PLC0415 - not with torch

        state = _distinct(value)
        if state is None:
            raise AssertionError("a module that was taken has weights of its own")
        save_file({name: each.contiguous() for name, each in state.items()}, path)


class Tensors(Walked):
    """A tensor, or plain containers of tensors, such as a state dict."""

    name = "PyTorch tensors"
    suffix = ".pt"
    modules = ("torch",)

    def fits(self, value: object, /) -> bool:
        """Take what torch reads back without running code."""
        return _is_plain(value, ())

    def saved(self, value: Any, /) -> Saved:
        """Return the line of PyTorch's documentation."""
        place = _place(
            p for p in audit(value).objects.values() if is_a(p, torch.Tensor)
        )
        safe = not self.needs_trust
        line = f"torch.load({{path}}, map_location={place}, weights_only={safe})"
        return Saved(_IMPORTS, line)

    def write(self, value: Any, path: Path, /) -> None:
        """Write it as PyTorch does."""
        torch.save(value, path)


class Whole(Tensors):
    """Any object with tensors in it: a pickle, with the tensors beside it."""

    name = "PyTorch pickle"
    needs_trust = True

    def fits(self, value: object, /) -> bool:
        """Take modules, and tensors of classes of their own."""
        return is_a(value, torch.nn.Module, torch.Tensor)


class Script(OwnForm):
    """TorchScript, which is code: reading it runs what it says."""

    name = "TorchScript"
    suffix = ".pt"
    needs_trust = True
    modules = ("torch",)
    kinds = (torch.jit.ScriptModule, torch.jit.ScriptFunction)

    def saved(self, value: Any, /) -> Saved:
        """Return the line of PyTorch's documentation."""
        is_module = is_a(value, torch.jit.ScriptModule)
        place = _place(value.state_dict().values() if is_module else ())
        return Saved(_IMPORTS, f"torch.jit.load({{path}}, map_location={place})")

    def write(self, value: Any, path: Path, /) -> None:
        """Write it as PyTorch does."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", r"`torch\.jit\.save` is deprecated")
            torch.jit.save(value, path)


FORMATS: Final[tuple[Format, ...]] = (Script(), Weights(), Tensors(), Whole())

LAST: Final[tuple[Format, ...]] = (Tensors(), Whole())
"""For objects of other packages with tensors in them: the last takes any."""


_GPU: Final = '"cuda" if torch.cuda.is_available() else "cpu"'


def _place(tensors: Any) -> str:
    """Return where to load to: a GPU only for what was on one, and if there is one."""
    return _GPU if "cuda" in map(device_of, tensors) else '"cpu"'


def to_gpu(module: torch.nn.Module) -> tuple[str, ...]:
    """Return what brings a module back to a GPU, if it was on one and there is one."""
    on_gpu = any(each.is_cuda for each in module.state_dict().values())
    return (f"{{value}}.to({_GPU})",) if on_gpu else ()


def _distinct(module: torch.nn.Module) -> dict[str, torch.Tensor] | None:
    """Return the weights, each once; None if two of them share memory."""
    found: dict[int, tuple[str, torch.Tensor]] = {}
    owners: dict[int, int] = {}
    for name, each in module.state_dict(keep_vars=True).items():
        if not is_a(each, torch.Tensor) or each.layout is not torch.strided:
            return None
        storage = each.untyped_storage().data_ptr()
        if each.numel() and owners.setdefault(storage, id(each)) != id(each):
            return None
        found.setdefault(id(each), (name, each.detach()))
    return dict(found.values())


_ATOMS: Final = (str, bytes, int, float, bool, type(None))


def _is_plain(value: Any, above: tuple[int, ...]) -> bool:
    kind = type(value)
    if kind in _ATOMS or kind in (torch.Tensor, torch.nn.Parameter):
        return True
    if id(value) in above:
        return False
    above = (*above, id(value))
    if kind in (dict, OrderedDict):
        pairs = (each for pair in value.items() for each in pair)
        return all(_is_plain(each, above) for each in pairs)
    return kind in (list, tuple) and all(_is_plain(each, above) for each in value)
