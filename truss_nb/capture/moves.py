"""What a cell moved to a device that a line chooses: on the server it goes there too.

``device = "cuda" if torch.cuda.is_available() else "cpu"`` is a GPU on a server that
has one, and the inputs go there by ``x.to(device)``. So must the network, which was
saved where there was none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from truss_nb.capture.binding import Binding, Kind
from truss_nb.capture.lines import asks
from truss_nb.notebook.notebook import Notebook
from truss_nb.objects.audit import is_tensor
from truss_nb.objects.kinds import is_a, lineage

_MODULE = "torch.nn.modules.module.Module"
_DEVICE = re.compile(r"(cpu|cuda|mps|xpu)(:\d+)?")


def moves(bindings: Mapping[str, Binding], notebook: Notebook) -> dict[str, str]:
    """Return the device's name for each network and tensor that a cell moved to it."""
    devices = {*_devices(bindings, notebook)}
    found = dict[str, str]()
    for name, binding in bindings.items() if devices else ():
        if _is_movable(binding):
            to = next(_asked(name, devices, notebook), None)
            found |= {name: to} if to else {}
    return found


def left(
    bindings: Mapping[str, Binding], moved: Mapping[str, str], notebook: Notebook
) -> list[str]:
    """Return a note on each network that no cell is seen to move."""
    device = next(_devices(bindings, notebook), None)
    return [
        f"{name} stays on the CPU, where {device} may be a GPU on the server: say "
        f"{name}.to({device}) in a cell, and export again"
        for name, each in bindings.items()
        if device and name not in moved and _is_movable(each) and not _is_tensor(each)
    ]


def moving(binding: Binding, device: str) -> str:
    """Return the statement that moves a value; braces stand for what it's bound to."""
    call = f"{{0}}.to({device})"
    return f"{{0}} = {call}" if _is_tensor(binding) else call


def _devices(bindings: Mapping[str, Binding], notebook: Notebook) -> Iterator[str]:
    """Yield the names of lines that choose a device of the machine."""
    for name, binding in bindings.items():
        is_line = binding.kind is Kind.LINE and _is_device(binding.value)
        if is_line and asks(binding, bindings, notebook.names):
            yield name


def _is_device(value: object) -> bool:
    is_text = is_a(value, str) and _DEVICE.fullmatch(value) is not None
    return is_text or "torch.device" in lineage(type(value))


def _is_movable(binding: Binding) -> bool:
    is_module = _MODULE in lineage(type(binding.value))
    return binding.kind is Kind.VALUE and (is_module or _is_tensor(binding))


def _is_tensor(binding: Binding) -> bool:
    return is_tensor(binding.value)


def _asked(name: str, devices: set[str], notebook: Notebook) -> Iterator[str]:
    """Yield the devices that ``name.to(…)`` or ``name = ….to(…)`` says."""
    for cell in notebook.cells.mentioning(name):
        for node in ast.walk(cell.tree):
            value = node.value if isinstance(node, ast.Assign) else node
            is_bound = isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == name
                for target in node.targets
            )
            yield from _moved(value, "" if is_bound else name, devices)


def _moved(node: ast.AST, name: str, devices: set[str]) -> Iterator[str]:
    """Yield the device that a chain of calls moves its object to."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
        is_its = not name or (isinstance(owner, ast.Name) and owner.id == name)
        if node.func.attr == "to" and is_its:
            given = [*node.args, *(k.value for k in node.keywords)]
            names = (each.id for each in given if isinstance(each, ast.Name))
            yield from (each for each in names if each in devices)
        node = owner
