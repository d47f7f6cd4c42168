"""A PyTorch module as the expression that rebuilds it, weights aside.

Its constructor's arguments are looked for among its attributes (``nn.Linear`` keeps
``in_features``): that gives an expression, and runs nothing. Whether it gives the
module back shows when it's evaluated and compared with the module in everything but
the numbers: attributes, the order and the names of its parts, which weights are
shared. Of PyTorch's own classes that may be done at any time.
"""

from __future__ import annotations

import inspect
import json
import pickle
from collections import OrderedDict
from collections.abc import Iterator
from io import BytesIO
from types import FunctionType
from typing import Any, Final

import torch
from torch import nn

from truss_nb.formats.format import Saved
from truss_nb.formats.rehome import HOME
from truss_nb.objects.audit import NOTEBOOK
from truss_nb.objects.kinds import attribute, attributes, is_a, is_librarys, package_of

_WIDTH: Final = 72
"""What fits on a line of a method, after the name that it is bound to."""


def construct(module: nn.Module) -> Saved | None:
    """Return how a module would be constructed; None if it can't be. Runs nothing.

    What comes after the expression completes the module once it has its weights.
    """
    imports: dict[str, None] = {}
    if not all(map(_is_known, parts_of(module))):
        return None
    try:
        text = _written(module, imports, 0)
    except _NoArgumentError:
        return None
    then = () if attributes(module)["training"] else ("{value}.eval()",)
    frozen = ("{value}.requires_grad_(False)",) * _is_frozen(module)
    return Saved(tuple(imports), text, (*then, *frozen))


def is_torchs(module: nn.Module) -> bool:
    """Return whether a module and those in it are of PyTorch's own classes."""
    return all(map(_is_torchs, map(type, parts_of(module))))


def comes_back(module: nn.Module) -> bool:
    """Construct a module, and return whether that gives it back, its numbers aside."""
    try:
        with torch.device("meta"):  # no memory, and no random number is drawn
            fresh = _made(module)
        fresh.train(module.training)
        if _is_frozen(module):
            fresh.requires_grad_(False)
        return _structure(module) == _structure(fresh)
    except Exception:  # noqa: BLE001 - the notebook's constructor may raise anything
        return False


def parts_of(module: nn.Module) -> Iterator[nn.Module]:
    """Yield a module and those in it, each once, without asking them."""
    seen: set[int] = set()
    waiting = [module]
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += attributes(each).get("_modules", {}).values()


# A constructor that reads a file or the network would do so on the server too.
_READERS: Final = frozenset(
    {"open", "load", "from_pretrained", "hub", "read", "urlopen"}
)

# What a look at a module, and at its weights, calls.
_LOOKED_THROUGH: Final = frozenset(
    {
        "__getattr__",
        "__getattribute__",
        "_named_members",
        "_save_to_state_dict",
        "get_extra_state",
        "named_modules",
        "state_dict",
    }
)


def _is_known(module: nn.Module) -> bool:
    """Return whether a module is torch's own, or of a class that hides nothing."""
    kept = attributes(module)
    if any(kept.get(hooks) != OrderedDict() for hooks in _HOOKS):
        return False
    tensors = (*kept["_parameters"].values(), *kept["_buffers"].values())
    return {*map(type, tensors)} <= _TENSORS and (
        _is_torchs(type(module)) or _is_plain_class(type(module))
    )


_HOOKS: Final = ("_state_dict_hooks", "_state_dict_pre_hooks")
_TENSORS: Final = {torch.Tensor, nn.Parameter, type(None)}


def _is_torchs(kind: type) -> bool:
    return package_of(kind) == "torch"


def _is_plain_class(kind: type) -> bool:
    """Return whether a class is the notebook's, reads nothing and is looked through."""
    if type(kind) is not type or kind.__module__ not in (NOTEBOOK, HOME):
        return False
    own = [each for each in kind.__mro__ if each.__module__ in (NOTEBOOK, HOME)]
    members = {name: each for kind in own for name, each in vars(kind).items()}
    return _LOOKED_THROUGH.isdisjoint(members) and not any(
        _READERS.intersection(each.__code__.co_names)
        for each in members.values()
        if type(each) is FunctionType
    )


class _NoArgumentError(Exception):
    """A constructor asks for what the module doesn't keep."""


def _written(module: nn.Module, imports: dict[str, None], indent: int) -> str:
    kind = type(module)
    name = _name(kind, imports)
    if kind is nn.Sequential:
        inner = attributes(module)["_modules"].values()
        texts = [_written(each, imports, indent + 4) for each in inner]
    else:
        given = _arguments(module)
        write = {str: json.dumps}  # in double quotes
        texts = [f"{n}={write.get(type(v), repr)(v)}" for n, v in given.items()]
    return _call(name, texts, indent)


def _made(module: nn.Module) -> nn.Module:
    kind = type(module)
    if kind is nn.Sequential:
        return kind(*map(_made, module.children()))
    return kind(**_arguments(module))


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
    for name, parameter in _parameters(type(module)).items():
        default = parameter.default
        held = _kept(module).get(name, attribute(module, name, default))
        if type(default) is bool and type(held) is not bool:
            held = held is not None  # bias=False leaves None in place of a weight
        if _is_plain(held) and not _same(held, default):
            found[name] = held
        elif default is parameter.empty and parameter.kind not in _REST:
            raise _NoArgumentError
    return found


_REST: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _parameters(kind: type) -> dict[str, inspect.Parameter]:
    """Return what a constructor takes after the module itself."""
    classes = (vars(each) for each in kind.__mro__)
    made_by = next(members["__init__"] for members in classes if "__init__" in members)
    if type(made_by) is not FunctionType:
        raise _NoArgumentError
    _, *rest = inspect.signature(made_by).parameters.items()
    return dict(rest)


def _kept(module: nn.Module) -> dict[str, Any]:
    """Return what a module keeps under a name; properties aren't asked."""
    kept = attributes(module)
    return {**kept["_modules"], **kept["_buffers"], **kept["_parameters"], **kept}


def _is_plain(value: Any) -> bool:
    if type(value) is tuple:
        return all(_is_plain(each) for each in value)
    return type(value) in (int, float, str, bool)


def _same(value: object, default: object) -> bool:
    return type(value) is type(default) and _is_plain(default) and value == default


def _is_frozen(module: nn.Module) -> bool:
    kept = (attributes(each)["_parameters"].values() for each in parts_of(module))
    weights = [each for some in kept for each in some if each is not None]
    return bool(weights) and not any(each.requires_grad for each in weights)


def _structure(module: nn.Module) -> bytes:
    """Return all of a module but the numbers in its state."""
    file = BytesIO()
    kept = module.state_dict(keep_vars=True).values()
    _Skeleton(file, {id(each) for each in kept}, is_torchs(module)).dump(module)
    return file.getvalue()


class _Skeleton(pickle.Pickler):
    """Pickles what is around the weights; refuses other tensors: they'd be lost.

    In a module of PyTorch's, whose constructor was given plain values, nothing of the
    notebook's comes back either, and none of its code is run to find that out.
    """

    def __init__(self, file: BytesIO, weights: set[int], is_torchs: bool) -> None:
        super().__init__(file, protocol=5)
        self.weights = weights
        self.is_torchs = is_torchs

    def reducer_override(self, obj: Any) -> Any:
        if is_a(obj, type, FunctionType) and obj is not str:
            return str, (str(id(obj)),)  # the very same, not one of that name
        if self.is_torchs and not is_librarys(type(obj)):
            raise pickle.PicklingError("an object of the notebook's")
        if not is_a(obj, torch.Tensor):
            return NotImplemented
        if id(obj) not in self.weights:
            raise pickle.PicklingError("a tensor that isn't in the state")
        told = (type(obj), obj.dtype, tuple(obj.shape), obj.requires_grad)
        return str, (repr(told),)
