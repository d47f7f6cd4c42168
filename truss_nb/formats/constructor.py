"""The constructor's call that would give a PyTorch module, weights aside.

Its arguments are looked for among the module's attributes (``nn.Linear`` keeps
``in_features``). Nothing is run, neither to find them nor to see which modules hide
nothing.
"""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, Final

import torch
from torch import nn

from truss_nb.objects.kinds import attribute, attributes, package_of

_FEW: Final = 12

_WIDTH: Final = 72
"""What fits on a line of a method, after the name that it is bound to."""


def construct(
    module: nn.Module, called: Callable[[type], str] | None = None
) -> str | None:
    """Return the constructor's call by a module's attributes; None if they don't tell.

    Runs nothing. ``called`` gives the names of classes that aren't PyTorch's.
    """
    try:
        return _written(module, called or (lambda kind: kind.__qualname__), 0)
    except _NoArgumentError:
        return None


def is_torchs(module: nn.Module) -> bool:
    """Return whether a module and those in it are of PyTorch's own classes."""
    return all(map(_is_torchs, map(class_of, parts_of(module))))


def class_of(module: nn.Module) -> type:
    """Return the class that a module was made of: parametrizing gives it another."""
    kind = type(module)
    own = "parametrizations" in attributes(module)["_modules"]
    return kind.__mro__[1] if own and kind.__module__ == _PARAMETRIZE else kind


_PARAMETRIZE: Final = "torch.nn.utils.parametrize"


def is_known(module: nn.Module) -> bool:
    """Return whether a module and those in it are of classes that hide nothing."""
    return all(map(_is_known, parts_of(module)))


def write(value: Any) -> str:
    """Return how a plain value is written, a text in double quotes."""
    return json.dumps(value) if type(value) is str else repr(value)


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
    if not all(name in kept for name in _HOOKS):
        return False
    hooks = [hook for name in _HOOKS for hook in kept[name].values()]
    if not all(_is_torchs(type(hook)) for hook in hooks):
        return False
    tensors = (*kept["_parameters"].values(), *kept["_buffers"].values())
    return {*map(type, tensors)} <= _TENSORS and (
        _is_torchs(class_of(module)) or _hides_nothing(class_of(module))
    )


_HOOKS: Final = ("_state_dict_hooks", "_state_dict_pre_hooks")
_TENSORS: Final = {torch.Tensor, nn.Parameter, type(None)}


def _is_torchs(kind: type) -> bool:
    return package_of(kind) == "torch"


def _hides_nothing(kind: type) -> bool:
    """Return whether a class is looked through, and its constructor reads nothing."""
    own = [each for each in kind.__mro__ if not _is_torchs(each) and each is not object]
    members = [(name, each) for of in own for name, each in vars(of).items()]
    if type(kind) is not type or not _LOOKED_THROUGH.isdisjoint(dict(members)):
        return False
    called, waiting = {"__init__"}, ["__init__"]
    while waiting:
        name = waiting.pop()
        for method in (each for at, each in members if at == name):
            if type(method) is FunctionType:
                new = {*method.__code__.co_names} - called
                called |= new
                waiting += new
    return _READERS.isdisjoint(called)


class _NoArgumentError(Exception):
    """A constructor asks for what the module doesn't keep."""


def _written(module: nn.Module, called: Callable[[type], str], indent: int) -> str:
    kind = type(module)
    is_public = getattr(nn, kind.__name__, None) is kind
    name = f"torch.nn.{kind.__name__}" if is_public else called(kind)
    if kind is nn.Sequential:
        inner = attributes(module)["_modules"].values()
        texts = [_written(each, called, indent + 4) for each in inner]
    else:
        given = _arguments(module)
        texts = [f"{name}={write(value)}" for name, value in given.items()]
    return _call(name, texts, indent)


def made(module: nn.Module) -> nn.Module:
    """Call the constructor."""
    kind = type(module)
    if kind is nn.Sequential:
        return kind(*map(made, module.children()))
    return kind(**_arguments(module))


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
        if is_plain(held) and not _same(held, default):
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


def is_plain(value: Any) -> bool:
    """Return whether a value is a number or a text, or a few of them."""
    if type(value) in (list, tuple):
        return len(value) <= _FEW and all(map(is_plain, value))
    if type(value) is float:
        return math.isfinite(value)
    return type(value) in (int, str, bool, type(None))


def _same(value: object, default: object) -> bool:
    return type(value) is type(default) and is_plain(default) and value == default
