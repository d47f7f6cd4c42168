"""A PyTorch module as the expression that constructs it again, weights aside.

Its constructor's arguments are looked for among its attributes (``nn.Linear`` keeps
``in_features``), and what they make is compared with the module in everything but the
numbers: attributes, the order and the names of its parts, which weights are shared.
Only then is the expression used.
"""

from __future__ import annotations

import inspect
import json
import pickle
from dataclasses import dataclass
from io import BytesIO
from types import FunctionType
from typing import Any, Final

import torch
from torch import nn

from truss_nb.formats.rehome import HOME
from truss_nb.objects.audit import NOTEBOOK

_WIDTH: Final = 72
"""What fits on a line of a method, after the name that it is bound to."""


@dataclass(frozen=True)
class Construction:
    """How a module is made again.

    Args:
        imports: the statements that the expression needs.
        text: the expression.
        then: statements that complete it, once it has its weights; the module is
            ``{value}``.
    """

    imports: tuple[str, ...]
    text: str
    then: tuple[str, ...]


def construct(module: nn.Module) -> Construction | None:
    """Return how a module is constructed, or None if that doesn't give it back."""
    if not all(_is_known(type(each)) for each in module.modules()):
        return None
    imports: dict[str, None] = {}
    try:
        with torch.device("meta"):  # no memory, and no random number is drawn
            fresh, text = _make(module, imports, 0)
        frozen = _agree(module, fresh)
        same = _structure(module) == _structure(fresh)
    except Exception:  # noqa: BLE001 - the notebook's constructor may raise anything
        return None
    if not same:
        return None
    then = () if module.training else ("{value}.eval()",)
    return Construction(
        tuple(imports), text, (*then, *(("{value}.requires_grad_(False)",) * frozen))
    )


# A constructor that reads a file or the network would do so on the server too.
_READERS: Final = frozenset(
    {"open", "load", "from_pretrained", "hub", "read", "urlopen"}
)


def _is_known(kind: type) -> bool:
    """Tell whether a class is torch's own, or the notebook's and reads nothing."""
    if kind.__module__.partition(".")[0] == "torch":
        return True
    own = kind.__module__ in (NOTEBOOK, HOME)
    return own and not any(
        _READERS.intersection(function.__code__.co_names)
        for function in vars(kind).values()
        if isinstance(function, FunctionType)
    )


def _make(
    module: nn.Module, imports: dict[str, None], indent: int
) -> tuple[nn.Module, str]:
    kind = type(module)
    name = _name(kind, imports)
    if kind is nn.Sequential:
        parts = [_make(each, imports, indent + 4) for each in module.children()]
        fresh = kind(*(part for part, _ in parts))
        return fresh, _call(name, [text for _, text in parts], indent)
    given = _arguments(module)
    texts = [f"{argument}={_quoted(value)}" for argument, value in given.items()]
    return kind(**given), _call(name, texts, indent)


def _name(kind: type, imports: dict[str, None]) -> str:
    if getattr(nn, kind.__name__, None) is kind:
        imports["import torch"] = None
        return f"torch.nn.{kind.__name__}"
    outer = kind.__qualname__.partition(".")[0]
    imports[f"from {kind.__module__} import {outer}"] = None
    return kind.__qualname__


def _call(name: str, arguments: list[str], indent: int) -> str:
    flat = f"{name}({', '.join(arguments)})"
    if indent + len(flat) <= _WIDTH and "\n" not in flat:
        return flat
    lines = [f"{' ' * (indent + 4)}{each},\n" for each in arguments]
    return f"{name}(\n{''.join(lines)}{' ' * indent})"


def _arguments(module: nn.Module) -> dict[str, Any]:
    """Return the constructor's arguments that differ from their defaults."""
    found = {}
    for name, parameter in inspect.signature(type(module)).parameters.items():
        held = getattr(module, name, parameter.default)
        if isinstance(parameter.default, bool) and not isinstance(held, bool):
            held = held is not None  # bias=False leaves None in place of a weight
        if _is_plain(held) and not _same(held, parameter.default):
            found[name] = held
    return found


def _is_plain(value: Any) -> bool:
    if type(value) is tuple:
        return all(_is_plain(each) for each in value)
    return type(value) in (int, float, str, bool)


def _quoted(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _same(value: object, default: object) -> bool:
    return type(value) is type(default) and value == default


def _agree(module: nn.Module, fresh: nn.Module) -> bool:
    """Bring a fresh module to the mode of another; tell whether that is frozen."""
    fresh.train(module.training)
    parameters = list(module.parameters())
    frozen = bool(parameters) and not any(each.requires_grad for each in parameters)
    if frozen:
        fresh.requires_grad_(False)
    return frozen


def _structure(module: nn.Module) -> bytes:
    """Return all of a module but the numbers in its state."""
    file = BytesIO()
    kept = module.state_dict(keep_vars=True).values()
    _Skeleton(file, {id(each) for each in kept}).dump(module)
    return file.getvalue()


class _Skeleton(pickle.Pickler):
    """Pickles what is around the weights; refuses other tensors: they'd be lost."""

    def __init__(self, file: BytesIO, weights: set[int]) -> None:
        super().__init__(file, protocol=5)
        self.weights = weights

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, type | FunctionType) and obj is not str:
            return str, (str(id(obj)),)  # the very same, not one of that name
        if not isinstance(obj, torch.Tensor):
            return NotImplemented
        if id(obj) not in self.weights:
            raise pickle.PicklingError("a tensor that isn't in the state")
        told = (type(obj), obj.dtype, tuple(obj.shape), obj.requires_grad)
        return str, (repr(told),)
