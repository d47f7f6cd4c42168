"""PyTorch: modules, tensors and TorchScript; all come back where there is no GPU.

A module that its constructor, or the notebook's own line, rebuilds is saved as its
weights alone, in safetensors. Any other one is saved whole, which is a pickle.
"""

from __future__ import annotations

import pickle
import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import torch

from truss_nb.formats.completing import CASTS, completing
from truss_nb.formats.constructor import (
    class_of,
    construct,
    is_known,
    is_torchs,
    parts_of,
)
from truss_nb.formats.exporting import exported
from truss_nb.formats.format import Format, OwnForm, Saved, Walked
from truss_nb.formats.pickled import reduce_anew
from truss_nb.objects.audit import NOTEBOOK, Audit, audit
from truss_nb.objects.kinds import attributes, is_a, lineage
from truss_nb.objects.memory import device_of

_IMPORTS: Final = ("import torch",)
_NEW: Final = "_new"


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        return reduce_anew(obj)


_PICKLE: Final = SimpleNamespace(__name__="pickle", Pickler=_Pickler)


@dataclass(frozen=True)
class Weights(Walked):
    """A module that an expression rebuilds, as the weights to put into it.

    Args:
        expression: empty for modules of PyTorch's own, whose attributes tell it.
        changes: statements that changed it since, with ``{value}`` for it.
        imports: import statements that it relies on.
        names: in which it runs.
        then: statements for what it leaves open; None until it has run.
    """

    expression: str = ""
    changes: tuple[str, ...] = ()
    imports: frozenset[str] = frozenset(_IMPORTS)
    names: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    then: tuple[str, ...] | None = None

    name = "PyTorch weights"
    suffix = ".safetensors"
    modules = ("torch",)

    @property
    def is_settled(self) -> bool:
        """Whether no code of the notebook is left to run."""
        return not self.expression or self.then is not None

    def fits(self, value: object, /) -> bool:
        """Take modules that PyTorch's own classes are enough to construct."""
        return _is_open(value) and is_torchs(value) and completing(value) is not None

    def has_numbers(self, value: Any, /) -> bool:
        """Return whether a module has parameters, which it learns."""
        kept = (attributes(each)["_parameters"].values() for each in parts_of(value))
        return any(weight is not None for some in kept for weight in some)

    def making(self, name: str, /) -> str:
        """Return the expression that a name is bound to, and what changed it."""
        changes = (each.replace("{value}", name) for each in self.changes)
        return "\n".join([f"{name} = {self.expression}", *changes])

    def by(
        self,
        value: Any,
        expression: str,
        changes: tuple[str, ...],
        names: Mapping[str, Any],
        /,
    ) -> Weights | None:
        """Take a module of any class that hides nothing."""
        made = Weights(expression, changes, frozenset(), names)
        return made if _is_open(value) else None

    def by_attributes(
        self, value: Any, called: Callable[[type], str], /
    ) -> Weights | None:
        """Take one that keeps its constructor's arguments under their names."""
        written = construct(value, called) if _is_open(value) else None
        if written is None:
            return None
        imports = frozenset(_IMPORTS if "torch.nn." in written else ())
        return Weights(written, imports=imports)

    def settled(self, value: Any, /) -> Weights | None:
        """Run it, and see what it leaves open."""
        then = completing(value, self._make if self.names is not None else None)
        return None if then is None else replace(self, then=then)

    def _make(self) -> Any:
        made = {**(self.names or {})}
        exec(self.making(_NEW), made)  # noqa: S102 - the notebook's own statements
        return made[_NEW]

    def audit(self, value: Any, notebook: str = NOTEBOOK, /) -> Audit:
        """Walk the module, which may share parts. Its classes stay in the code."""
        found = super().audit(value, notebook)
        modules = frozenset(self.modules)
        if any(class_of(each) is not type(each) for each in parts_of(value)):
            # Pickle refuses what is parametrized, and doesn't look into it.
            kept = value.state_dict(keep_vars=True).values()
            objects = {**found.objects, **{id(each): each for each in kept}}
            found = replace(found, objects=objects, refusal=None)
        return replace(found, definitions=(), modules=modules, unordered=False)

    def saved(self, value: Any, /) -> Saved:
        """Construct it, and load its weights as safetensors' documentation shows."""
        then = self.then if self.expression else completing(value)
        first = [each for each in then or () if each in CASTS]
        rest = [each for each in then or () if each not in CASTS]
        load = "safetensors.torch.load_model({value}, {path})"
        on_gpu = to_gpu(value)
        imports = (*self.imports, *_IMPORTS * bool(on_gpu), "import safetensors.torch")
        written = self.expression or construct(value) or ""
        return Saved(imports, written, (*self.changes, *first, load, *rest, *on_gpu))

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
        """Write it as PyTorch does, and functions without a name too."""
        torch.save(value, path, pickle_module=_PICKLE)


class Whole(Tensors):
    """Any object with tensors in it: a pickle, with the tensors beside it."""

    name = "PyTorch pickle"
    needs_trust = True

    def fits(self, value: object, /) -> bool:
        """Take modules, and tensors of classes of their own."""
        return is_a(value, torch.nn.Module, torch.Tensor)

    def lacks(self, value: Any, /) -> str:
        """Return what would save a module's weights alone, were it installed."""
        is_missing = not _has_safetensors() and _hides_nothing(value)
        return "safetensors" if is_missing else ""


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


class Program(OwnForm):
    """A program of ``torch.export``, in the form that PyTorch has for it."""

    name = "PyTorch program"
    suffix = ".pt2"
    needs_trust = True  # its example inputs are a pickle
    modules = ("torch",)
    loading = Saved(_IMPORTS, "torch.export.load({path})")

    def fits(self, value: object, /) -> bool:
        """Know it by its name: what has none isn't made to load the compiler."""
        return "torch.export.exported_program.ExportedProgram" in lineage(type(value))

    def write(self, value: Any, path: Path, /) -> None:
        """Write it as PyTorch does."""
        torch.export.save(value, path)


class ProgramModule(Program):
    """The module of such a program, which is exported anew from its own graph."""

    loading = Saved(_IMPORTS, "torch.export.load({path}).module()")

    def fits(self, value: object, /) -> bool:
        """Know it by its name, as above."""
        return "torch.export._unlift._StatefulGraphModule" in lineage(type(value))

    def write(self, value: Any, path: Path, /) -> None:
        """Write the program that gives it back, for inputs of the same shapes."""
        super().write(exported(value), path)


FORMATS: Final[tuple[Format, ...]] = (
    Script(),
    Program(),
    ProgramModule(),
    Weights(),
    Tensors(),
    Whole(),
)

LAST: Final[tuple[Format, ...]] = (Tensors(), Whole())
"""For objects of other packages with tensors in them: the last takes any."""


_GPU: Final = '"cuda" if torch.cuda.is_available() else "cpu"'


def _place(tensors: Any) -> str:
    """Return where to load to: a GPU only for what was on one, and if there is one."""
    return _GPU if "cuda" in map(device_of, tensors) else '"cpu"'


def to_gpu(module: torch.nn.Module) -> tuple[str, ...]:
    """Return what brings a module back to a GPU, if it was on one and there is one."""
    kept = module.state_dict().values()  # of a quantized one also its types
    on_gpu = any(getattr(each, "is_cuda", False) for each in kept)
    return (f"{{value}}.to({_GPU})",) if on_gpu else ()


def _is_open(value: object) -> bool:
    return _has_safetensors() and _hides_nothing(value)


def _has_safetensors() -> bool:
    return find_spec("safetensors") is not None


def _hides_nothing(value: object) -> bool:
    """Return whether a value is a module that hides nothing but its weights."""
    is_open = is_a(value, torch.nn.Module) and is_known(value)
    return is_open and _distinct(value) is not None


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
