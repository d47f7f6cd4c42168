"""Decide which values stay on their hub: config.yaml mounts its files, for the server.

Of a model that a hub has the folder needs a name alone, if the hub's own files give the
very same: an export loads them from the cache, and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truss_nb.capture.binding import Binding
from truss_nb.contents.contents import WEIGHTS, Captured
from truss_nb.formats.format import Hosted, Saved
from truss_nb.formats.hosted import read
from truss_nb.hub import Snapshot, find, find_all, has_token
from truss_nb.objects.audit import is_looking
from truss_nb.objects.seeds import preserved
from truss_nb.truss.mounts import APP, TOKEN, Mount, mounts
from truss_nb.truss.serving import DATA


@dataclass(frozen=True)
class Reference:
    """A value that the files of a snapshot give.

    Args:
        snapshot: the snapshot.
        saved: how ``model.py`` reads it.
    """

    snapshot: Snapshot
    saved: Saved


class Weights:
    """The snapshots that the values of one bundle are read from.

    Args:
        captured: the bundle, which remembers what an export found of each value.
        may_load: whether a value may be loaded again, to compare. If not, one that the
            cache has seems to be the same.
    """

    def __init__(self, captured: Captured, *, may_load: bool) -> None:
        self.mounted: dict[Snapshot, str] = {}
        self.notes: list[str] = []
        self._given = {s: m.file or m.place for s, m in given(captured.config).items()}
        self._captured = captured
        self._may_load = may_load

    @property
    def paths(self) -> set[str]:
        """The places that are taken, from the folder on."""
        return {f"{DATA}/{place}" for place in self.mounted.values()}

    def refer(self, bindings: Sequence[Binding]) -> Reference | None:
        """Return the reference of a value that stays on its hub.

        Args:
            bindings: the value's; more than one if they share parts.
        """
        hosted = [each for each in bindings if isinstance(each.form, Hosted)]
        if not hosted or self._captured.weights == WEIGHTS[1]:
            return None
        names = ", ".join(each.name for each in bindings)
        found = self._found(hosted[0]) if len(bindings) == 1 else _SHARED
        if isinstance(found, Reference):
            return found
        self.notes += [f"{names}: the weights travel, since {found}"] if found else []
        return None

    def place(self, snapshot: Snapshot, name_for: Callable[[str], str]) -> str:
        """Return where a snapshot is mounted: in ``data/``, or an absolute path."""
        if snapshot not in self.mounted:
            stem = snapshot.repo.rpartition("/")[2]
            self.mounted[snapshot] = self._given.get(snapshot) or name_for(stem)
        return self.mounted[snapshot]

    def _found(self, binding: Binding) -> Reference | str:
        form, value, known = binding.form, binding.value, self._captured.hosted
        key = binding.name, id(value)
        if not isinstance(form, Hosted):
            raise TypeError(f"{form.name} knows no hub")
        if self._may_load:
            with preserved():
                known[key] = _compared(form, value)
        if key in known:
            found: Reference | str = known[key]
            return found
        found = _supposed(form, value)
        if isinstance(found, Reference):
            self.notes.append(
                f"{binding.name} is read from {found.snapshot.source} if that gives it "
                "back: an export compares"
            )
        return found


_SHARED = "these share parts: name one of them, and reach the others through it"


def stays(captured: Captured, snapshot: Snapshot) -> bool:
    """Return whether the server mounts a snapshot that a stage reads from the cache."""
    is_meant = captured.weights != WEIGHTS[1]
    return is_meant and (is_looking() or snapshot.spoilt() is None)


def given(config: Mapping[str, Any]) -> dict[Snapshot, Mount]:
    """Return the snapshots that settings mount, where the cache has them."""
    found = ((find(each.source), each) for each in mounts(config))
    return {snapshot: each for snapshot, each in found if snapshot is not None}


def beside(
    captured: Captured, read: Mapping[Snapshot, str], values: Mapping[Snapshot, str]
) -> dict[str, Any]:
    """Return the settings of config.yaml that let snapshots be found.

    A private one is read with the secret that its own setting names, or else with the
    one that Truss itself calls so.

    Args:
        captured: the bundle.
        read: snapshots that stages read by the name of the repository, each with its
            place. The hub's package is kept from asking for what is newer.
        values: those that values are read from.
    """
    known, weights = given(captured.config), []
    for snapshot, place in (*read.items(), *values.items()):
        own = known.get(snapshot)
        auth = {n: v for n, v in own.settings.items() if "auth" in n} if own else {}
        if not auth and TOKEN in captured.secrets:
            auth = {"auth_secret_name": TOKEN}
        if own is None or place not in (own.file, own.place):
            where = {
                "source": snapshot.source,
                "mount_location": f"{APP}/{DATA}/{place}",
            }
            weights.append({**where, **auth, "allow_patterns": snapshot.files})
    offline = {"HF_HUB_OFFLINE": "1"} if read else {}
    return {"weights": weights, "environment_variables": offline}


def told(weights: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a sentence on each snapshot that settings mount."""
    for each in weights:
        source, place = each["source"], each["mount_location"]
        yield (
            f"{source} isn't in the folder: the platform mounts it at {place}; "
            "%truss_export --weights copy takes it along"
        )
        if has_token() and "auth_secret_name" not in each and "auth" not in each:
            yield (
                f"a token for the hub is set here: if {source} is private or gated, "
                f"let the platform read it with %truss_secret {TOKEN}"
            )


def _supposed(form: Hosted, value: Any) -> Reference | str:
    found = find_all(*form.origin(value))
    return Reference(found[0], form.saved_from(value, None)) if found else ""


def _compared(form: Hosted, value: Any) -> Reference | str:
    """Return the first snapshot that gives a value, or why the first doesn't."""
    name, commit = form.origin(value)
    if not name:
        return ""
    if Path(name).exists():
        return f"it was loaded from {name}, a folder here"
    why = ""
    for snapshot in find_all(name, commit):
        found = _tried(form, value, snapshot)
        if isinstance(found, Reference):
            return found
        why = why or found
    return why or f"the cache of the hub here has no {name} to compare it with"


def _tried(form: Hosted, value: Any, snapshot: Snapshot) -> Reference | str:
    if spoilt := snapshot.spoilt():
        return f"{spoilt} in the cache here isn't what {snapshot.source} has"
    saved = form.saved_from(value, None)
    try:
        hubs = read(saved, snapshot.folder)
        with suppress(Exception):  # arguments that a library refuses
            asked = form.saved_from(value, hubs)
            hubs = read(asked, snapshot.folder) if asked != saved else hubs
            saved = asked
        is_kin = type(hubs) is type(value)
        why = form.unlike(value, hubs) if is_kin else "it is of another class"
    except Exception as error:  # noqa: BLE001 - whatever a library raises
        why = f"loading it raises {type(error).__name__}"
    if why is None:
        return Reference(snapshot, saved)
    return f"it isn't what {snapshot.source} gives: {why}"
