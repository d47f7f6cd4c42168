"""All that a bundle needs from its notebook: where following the names starts.

The stages, the model and the parameters are the roots; a ``Keeper`` walks from them.
What two of them share is one object here and in the export.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from typing import Any

from truss_nb.capture import reasons
from truss_nb.capture.binding import (
    LOADED,
    Binding,
    Closure,
    Kind,
    circles,
    needed_to_define,
)
from truss_nb.capture.keeper import Keeper
from truss_nb.capture.leftovers import leftovers
from truss_nb.capture.lines import shared, torn, untenable
from truss_nb.capture.moves import left, moves
from truss_nb.capture.obstacles.clients import Clients
from truss_nb.capture.obstacles.leaks import leaks, misplaced, read_there
from truss_nb.capture.obstacles.obstacles import obstacles
from truss_nb.capture.obstacles.remembered import remembered
from truss_nb.capture.obstacles.variables import readers_of
from truss_nb.capture.registrations import follow_registrations
from truss_nb.capture.sharing import share
from truss_nb.capture.used.used import rows, unsound
from truss_nb.contents.contents import Captured
from truss_nb.contents.methods import methods
from truss_nb.contents.model import Reference
from truss_nb.contents.parameters import Parameters
from truss_nb.contents.stage import NAMES
from truss_nb.credentials.credentials import Credentials
from truss_nb.objects.audit import Audit
from truss_nb.objects.kinds import name_of
from truss_nb.text.names import needs
from truss_nb.text.on_self import read_on_given


def close_over(captured: Captured) -> Closure:
    """Resolve every name that the stages, the model and the parameters need.

    Of a value of which only some things are used, these alone stand for it; and the
    line that made a value takes the value's place where all that it needs is made
    by code as well; a proof tries whether it gives the value again.
    """
    refuted, audits = set[tuple[str, str]](), dict[int, Audit]()
    whole, joined = frozenset[str](), frozenset[str]()
    while True:
        walk = _Walk(captured, refuted, whole, joined, audits)
        bindings = walk.keeper.bindings
        found = untenable(bindings, walk.keeper.problems)
        if not found:
            closure = walk.close()
            found = untenable(closure.bindings, closure.problems)
            found |= torn(closure.bindings) | shared(bindings)
        if not found:  # the lines are settled
            together = walk.joined(closure.bindings)
            problems, narrowed = closure.problems, walk.keeper.narrowed
            lost = unsound(narrowed, closure.bindings, problems) - together
            if not together | lost:
                return closure
            joined, whole = joined | together, whole | lost
        refuted |= {(name, bindings[name].text) for name in found}


class _Walk:
    """Where the names lead, and what each stage, model and parameter is called."""

    def __init__(
        self,
        captured: Captured,
        refuted: Set[tuple[str, str]],
        whole: Collection[str],
        joined: Collection[str],
        audits: dict[int, Audit],
    ) -> None:
        def is_refuted(name: str, line: str, obj: Any) -> bool:
            tried = captured.tried(name, line, obj)
            is_wrong = tried is not None and not tried.is_right
            return (name, line) in refuted or is_wrong

        self.captured = captured
        self.keeper = keeper = Keeper(captured, is_refuted, audits, joined)
        self.functions = {
            name: _follow_stage(keeper, name, captured.stages[name].function)
            for name in NAMES
            if name in captured.stages
        }
        _follow_annotations(keeper, captured, self.functions)
        self.parameters = Parameters.of(captured)
        self.references = {
            role: _follow_reference(keeper, role, reference, captured.made_by_load())
            for role, reference in _references(captured, self.parameters)
        }
        self.mains = _follow_mains(keeper, captured)
        follow_registrations(keeper)
        self.methods = _follow_methods(keeper, methods(captured.notebook))
        given = *self.functions.values(), *self.references.values(), *self.methods
        keeper.settle({*whole, *given})

    def joined(self, shared: Mapping[str, Binding]) -> frozenset[str]:
        """Return the containers that one file must hold with all that is in them."""
        found = self.keeper.bindings.items()
        return frozenset(
            name
            for name, each in found
            if each.kind is Kind.ASSEMBLED and shared[name].kind is Kind.VALUE
        )

    def close(self) -> Closure:
        """Return all that was found, and what stands in the way of it."""
        captured, keeper = self.captured, self.keeper
        pickled, injected = _close_over_pickled(keeper)
        found = keeper.bindings
        readers, credentials = readers_of(found), captured.credentials()
        needed = read_there(found, captured, credentials)
        others = {name: each for name, each in readers.items() if name not in needed}
        in_the_way, told = obstacles(found, others, captured)
        shared, inseparable = share(found, keeper.home)
        moved = moves(shared, captured.notebook)
        shared |= {n: shared[n].needing(device) for n, device in moved.items()}
        defined = [n for n, each in shared.items() if each.kind is not Kind.ASSEMBLED]
        early = needed_to_define(defined, shared)
        for name in circles(shared):
            keeper.refuse(name, found[name].path, reasons.CIRCLE)
        unmoved = left(shared, moved, captured.notebook)
        return Closure(
            bindings=shared,
            functions=self.functions,
            methods=self.methods,
            references=self.references,
            early=early,
            pickled=pickled,
            injected=injected,
            addresses=keeper.addresses,
            parameters=self.parameters,
            variables={n: tuple(b.way for b in each) for n, each in readers.items()},
            credentials=credentials,
            read_there=needed,
            problems=(
                *keeper.problems,
                *inseparable,
                *leaks(found.values(), captured, credentials, keeper.home, needed),
                *misplaced(found, early),
                *in_the_way,
            ),
            warnings=(*keeper.warnings, *told, *self._notes(credentials), *unmoved),
            moved=moved,
            mains=self.mains,
        )

    def _notes(self, credentials: Credentials) -> Iterator[str]:
        """Yield a sentence on each thing that may not be what was meant."""
        found, made = self.keeper.bindings, self.keeper.made_by_load
        yield from rows(found)
        yield from remembered(found, self._answering())
        yield from (f"{n}: {b.narrowed}" for n, b in found.items() if b.narrowed)
        yield from _left_over(self.captured, made)
        yield from Clients(self.captured, credentials).lacking(made)

    def _answering(self) -> list[str]:
        """Return the names of the functions that requests run."""
        stages = {*self.captured.answering(), *self.captured.endpoints}
        return [name for stage, name in self.functions.items() if stage in stages]


def _left_over(captured: Captured, made_by_load: Collection[str]) -> Iterator[str]:
    """Yield a sentence on each global that was hardly meant."""
    for stage in (*captured.answering(), *captured.endpoints[1:], "model"):
        yield from map(
            str, leftovers(captured, stage, {*captured.secrets, *made_by_load})
        )


def _references(
    captured: Captured, parameters: Parameters
) -> Iterator[tuple[str, Reference]]:
    if captured.middle is not None:
        yield "model", captured.middle.reference
    yield from dict(parameters.in_code()).items()


def _follow_stage(keeper: Keeper, stage: str, function: Any) -> str:
    """Bind a stage's function and what it needs; return the function's name."""
    names = keeper.names
    is_stage = names.get(stage) is function
    known = stage if is_stage else keeper.notebook.name_of(function)
    name = known or name_of(function) or stage
    if not name.isidentifier():  # a lambda
        name = stage
    if keeper.binds_another(name, function):
        name = f"{stage}_{name}"
    if stage == "load":
        keeper.load = function
    keeper.bind(name, function, ())
    return name


def _follow_annotations(
    keeper: Keeper, captured: Captured, functions: Mapping[str, str]
) -> None:
    """Bind what annotations name as text, which ``Model`` has as code."""
    for stage, text in captured.asked_as_text():
        function = functions[stage]
        bound = keeper.bindings.get(function)
        if bound is not None and bound.kind is Kind.DEFINITION:
            for name in sorted(needs(text).all & keeper.names.keys()):
                keeper.bind(name, keeper.names[name], (function,))


def _follow_methods(keeper: Keeper, known: Mapping[str, Any]) -> frozenset[str]:
    """Bind those of the known methods that are called on ``self``."""
    called, seen = set[str](), set[str]()
    while known and (new := keeper.bindings.keys() - seen):
        for reader in sorted(new):
            binding = keeper.bindings[reader]
            is_read = binding.kind is Kind.DEFINITION
            for name in sorted(
                known.keys() & read_on_given(binding.text) if is_read else ()
            ):
                if not keeper.binds_another(name, known[name]):
                    keeper.bind(name, known[name], (*binding.path, reader))
                    called.add(name)
        seen |= new
    return frozenset(called)


def _follow_reference(
    keeper: Keeper, role: str, reference: Reference, made_by_load: Collection[str]
) -> str:
    """Bind the object of the model or a parameter; return its name."""
    if role == "model" and reference.name in keeper.made_by_load:
        return str(reference.name)
    try:
        obj = reference.get()
    except NameError:
        if reference.name not in made_by_load:
            keeper.refuse(str(reference.name), (), reasons.UNBOUND)
        return str(reference.name)
    name = reference.name or keeper.notebook.name_of(obj) or role
    while keeper.binds_another(name, obj):
        name += "_"
    magic = "%truss_model" if role == "model" else "%truss_parameter"
    keeper.bind(name, obj, (magic,))
    return name


def _follow_mains(keeper: Keeper, captured: Captured) -> frozenset[str]:
    """Bind what a pickle names that a stage reads, and has from ``__main__``.

    That is the notebook's here, also where it is imported, and on the server it is
    another program.
    """
    found = {
        name: stage
        for name, stage in captured.unpickled.items()
        if stage in captured.stages and name in keeper.names
    }
    for name, stage in found.items():
        keeper.bind(name, keeper.names[name], (stage, "a pickle"))
    return frozenset(found)


def _close_over_pickled(keeper: Keeper) -> tuple[frozenset[str], frozenset[str]]:
    """Return the definitions that saved values lead to, and what those are given."""
    found, injected = set[str](), set[str]()
    waiting = [address.partition(".")[0] for address in keeper.addresses.values()]
    while waiting:
        name = waiting.pop()
        binding = keeper.bindings.get(name)
        if binding is None or name in found | injected:
            continue
        if binding.kind in (*LOADED, Kind.SECRET):
            injected.add(name)
            continue
        found.add(name)
        waiting.extend(binding.needs.all)
    _refuse_what_is_late(keeper, found, injected)
    return frozenset(found), frozenset(injected)


def _refuse_what_is_late(keeper: Keeper, found: set[str], injected: set[str]) -> None:
    bindings = keeper.bindings
    early = needed_to_define(found, bindings)
    for name in sorted(injected & early):
        is_secret = bindings[name].kind is Kind.SECRET
        reason = reasons.SECRET_IN_PICKLE if is_secret else reasons.VALUE_IN_PICKLE
        keeper.refuse(name, bindings[name].path, reason)
    outside = {need for n in set(bindings) - found for need in bindings[n].needs.all}
    rebound = {name for b in bindings.values() for name in b.needs.rebound}
    for name in sorted((found | injected) & outside & rebound):
        keeper.refuse(name, bindings[name].path, reasons.SPLIT)
