"""What a new PyTorch module lacks of one that was trained, but for its weights.

A module is made again by an expression, and compared with the old one in everything but
the numbers: attributes, the order and the names of its parts, which weights are shared.
What was switched or set since is told by statements: ``model.eval()``.
"""

from __future__ import annotations

import io
import pickle
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from hashlib import sha256
from itertools import chain
from types import FunctionType
from typing import Any, Final

import torch
from torch import nn

from truss_nb.formats.constructor import class_of, is_plain, is_torchs, made, write
from truss_nb.objects.cost import Cost
from truss_nb.objects.kinds import (
    attributes,
    closure_cells,
    is_a,
    is_librarys,
    package_of,
)
from truss_nb.objects.seeds import preserved


def completing(
    module: nn.Module, make: Callable[[], nn.Module] | None = None
) -> tuple[str, ...] | None:
    """Make a module again, and return the statements that complete it.

    Args:
        module: the module.
        make: makes another, by its attributes if None.

    Returns:
        The statements, with ``{value}`` for the new one: its mode and what else was
        set since. None if anything but the numbers is still another then, or it takes
        too long.
    """
    found: tuple[str, ...] | None = None
    for device in _devices(module):
        # Other code of the notebook's than its classes may fail where there is no data.
        with suppress(Exception), _nothing_lasts(), torch.device(device):
            with Cost() as cost:
                fresh = made(module) if make is None else make()
            if not cost.is_modest:
                return None
            then = _complete(module, fresh)
            if _structure(module, device) == _structure(fresh, device):
                found = then
        if found is not None and not any(" = " in each for each in found):
            break  # else the device may be what differs
    return found if found is None or len(found) <= _MOST else None


_MOST: Final = 12
_LARGEST: Final = 100_000_000
CASTS: Final = ("{value}.double()", "{value}.half()", "{value}.bfloat16()")
"""What is said before the weights are loaded."""


def _devices(module: nn.Module) -> Iterator[str]:
    """Yield where a module may be made again: without memory, or in what is modest."""
    yield "meta"
    size = sum(each.nbytes for each in module.state_dict().values())
    if size <= _LARGEST and not is_torchs(module):
        yield "cpu"


@contextmanager
def _nothing_lasts() -> Iterator[None]:
    """Take back the random numbers that a constructor draws, and what it says."""
    with preserved(), redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _complete(module: nn.Module, fresh: nn.Module) -> tuple[str, ...]:
    """Set in a fresh module what was set in a module, and return how."""
    told = [f"{{value}}.{each}" for each in _cast(module, fresh)]
    pairs = [
        (_at(module, path), old, new)
        for (path, old), new in zip(
            module.named_modules(), fresh.modules(), strict=True
        )
    ]
    for switch in (_turn, _freeze, _set):
        told += [f"{at}.{each}" for at, *pair in pairs for each in switch(*pair)]
    return tuple(told)


def _cast(module: nn.Module, fresh: nn.Module) -> Iterator[str]:
    kinds = _dtypes(module)
    if len(kinds) == 1 and kinds != _dtypes(fresh):
        method = _CAST[kinds.pop()]
        getattr(fresh, method)()
        yield f"{method}()"


def _turn(old: nn.Module, new: nn.Module) -> Iterator[str]:
    if old.training != new.training:
        new.train(old.training)
        yield "train()" if old.training else "eval()"


def _freeze(old: nn.Module, new: nn.Module) -> Iterator[str]:
    """Yield what sets which weights learn: of all that are in a part, if they agree."""
    flags = {each.requires_grad for each in old.parameters()}
    if len(flags) == 1 and flags != {each.requires_grad for each in new.parameters()}:
        learns = flags.pop()
        new.requires_grad_(learns)
        yield f"requires_grad_({learns})"
    for name, weight in new.named_parameters(recurse=False):
        learns = old.get_parameter(name).requires_grad
        if weight.requires_grad != learns:
            weight.requires_grad_(learns)
            yield f"{name}.requires_grad_({learns})"


def _set(old: nn.Module, new: nn.Module) -> Iterator[str]:
    """Yield what sets the plain attributes that a fresh module hasn't."""
    held = attributes(new)
    for name, value in [*attributes(old).items()]:
        known = held.get(name)
        if name != "training" and is_plain(value) and is_plain(known):
            is_new = name not in held and name.isidentifier()
            if is_new or (type(value), value) != (type(known), known):
                held[name] = value
                yield f"{name} = {write(value)}"


_CAST: Final = {
    torch.float32: "float",
    torch.float64: "double",
    torch.float16: "half",
    torch.bfloat16: "bfloat16",
}


def _dtypes(module: nn.Module) -> set[torch.dtype]:
    state = module.state_dict().values()
    return {each.dtype for each in state if each.is_floating_point()}


def _at(module: nn.Module, path: str) -> str:
    """Return how a part of a module is reached: ``{value}.layers[0].norm``."""
    text = "{value}"
    for name in path.split(".") if path else ():
        is_listed = is_a(module, nn.Sequential, nn.ModuleList)
        module = module._modules[name]
        plain = f".{name}" if name.isidentifier() else f".get_submodule({name!r})"
        text += f"[{name}]" if is_listed and name.isdigit() else plain
    return text


def _structure(module: nn.Module, device: str) -> bytes:
    """Return all of a module but the numbers in its state."""
    file = io.BytesIO()
    kept = module.state_dict(keep_vars=True).values()
    _Skeleton(file, {id(each) for each in kept}, is_torchs(module), device).dump(module)
    return file.getvalue()


class _Skeleton(pickle.Pickler):
    """Pickles what is around the weights; other tensors where they have numbers.

    In a module of PyTorch's, whose constructor was given plain values, nothing of the
    notebook's comes back either, and none of its code is run to find that out.
    """

    def __init__(
        self, file: io.BytesIO, weights: set[int], is_torchs: bool, device: str
    ) -> None:
        super().__init__(file, protocol=5)
        self.weights = weights
        self.is_torchs = is_torchs
        self.device = device

    def persistent_id(self, obj: Any) -> Any:
        """Write each text out: whether two are one object makes no difference."""
        return f"{obj} " if type(obj) is str else None

    def reducer_override(self, obj: Any) -> Any:
        if is_a(obj, type) and obj is not str:
            return str, (str(id(obj)),)  # the very same, not one of that name
        if is_a(obj, FunctionType):
            return tuple, (_made_by(obj),)
        if self.is_torchs and not is_librarys(type(obj)):
            raise pickle.PicklingError("an object of the notebook's")
        if is_a(obj, torch.Tensor):
            return self._tell(obj)
        return _tell_module(obj) if is_a(obj, nn.Module) else NotImplemented

    def _tell(self, tensor: torch.Tensor) -> tuple[Any, ...]:
        told = type(tensor), tensor.dtype, tuple(tensor.shape), tensor.requires_grad
        if id(tensor) in self.weights:
            return str, (repr(told),)
        if self.device == "meta":
            raise pickle.PicklingError("a tensor that isn't in the state")
        numbers = tensor.detach().cpu().contiguous().view(torch.uint8).numpy()
        return str, (repr((told, sha256(numbers).hexdigest())),)


def _tell_module(module: nn.Module) -> Any:
    """Tell a module with hooks, which are counted through the whole process.

    Where it's normed, pruned or so, it's told by what the weights are made of.
    """
    kept = attributes(module)
    hooks = {name: each for name, each in kept.items() if "hooks" in name and each}
    if not hooks and class_of(module) is type(module):
        return NotImplemented
    order = {key: n for n, key in enumerate(sorted({*chain(*hooks.values())}))}
    counted = {
        name: [(order[key], hook) for key, hook in some.items()]
        for name, some in hooks.items()
    }
    # Before each call, such a hook computes the attribute that it names.
    computed = {
        attributes(hook).get("name", attributes(hook).get("_tensor_name"))
        for hook in kept["_forward_pre_hooks"].values()
        if package_of(type(hook)) == "torch"
    }
    rest = {n: each for n, each in {**kept, **counted}.items() if n not in computed}
    return str, (str(id(class_of(module))),), rest


def _made_by(function: FunctionType) -> list[Any]:
    """Return what tells a function from another: its code, and what that was given."""
    cells = {name: cell.cell_contents for name, cell in closure_cells(function).items()}
    given = function.__defaults__, function.__kwdefaults__, attributes(function), cells
    return [id(function.__code__), *given]
