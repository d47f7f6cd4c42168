"""Load a bundle as the Truss server does, and run its examples.

The fresh process loads this file by its path, so only the standard library is imported.
"""

from __future__ import annotations

import asyncio
import builtins
import importlib
import json
import pickle
import sys
import time
from collections import ChainMap, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from functools import partial, reduce
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any


class Run:
    """Loads the model and runs the examples, each several times."""

    def __init__(
        self, request: dict[str, Any], report: Any, load: Callable[[Path], Any]
    ) -> None:
        self.report, self.model = report, None
        self.asked, self.config = request, request["config"]
        package = Path(__file__).resolve().parents[2]
        contract = load(package / "truss" / "serving" / "__init__.py")
        self.addresses = contract.ADDRESSES
        self.serving = importlib.import_module(".model", contract.__name__)
        self.refusals = importlib.import_module(".refusals", contract.__name__)
        self.wire = load(package / "truss" / "wire" / "__init__.py")
        self.http = load(package / "truss" / "http.py")
        self.packing = partial(load, package / "truss" / "packing.py")
        self.seed = load(package / "objects" / "seeds.py").seed
        self.digest = load(package / "values" / "pickled.py").digest
        snapshots = load(package / "values" / "snapshot.py")
        self.snapshot, self.few = snapshots.snapshot, snapshots.A_FEW
        cost = load(package / "objects" / "cost.py")
        self.timing = load(package / "proof" / "process" / "timing.py")
        self.clocks: Any = defaultdict(cost.Cost)
        beside = load(package / "proof" / "process" / "at_once.py")
        self.answers_at_once = beside.answers_at_once
        self.alone: dict[str, tuple[int, str]] = {}
        self.at_once: dict[str, Any] = {}

    def load(self) -> None:
        """Make the model, unless the bundle's code fails."""
        self.report.tell("start", stage="load")
        self._time_lines()
        started = time.perf_counter()
        try:
            secrets = self.serving.Secrets(self.asked["secrets"])
            self.model = self.serving.load(
                self.config,
                secrets,
                lambda: self.seed(self.asked["seed"]),
                self.asked["environment"],
            )
            seconds = time.perf_counter() - started
        except BaseException as error:  # noqa: BLE001  # is reported
            self.report.tell_failure(error, stage="load")
        else:
            imports = min(self.report.beats.imports, seconds)
            self.report.tell("done", stage="load", seconds=seconds, imports=imports)
            self._tell_values()
        if "model.model" in sys.modules:  # a line may be why it can't be loaded
            self._tell_lines()

    def _time_lines(self) -> None:
        """Put a clock around each line in the bundle's files, when it is compiled."""
        at, model = self.config, self.config["model_class_name"]
        own = Path(at["model_module_dir"], at["model_class_filename"]).resolve()
        setattr(builtins, self.timing.CLOCKS, self.clocks)
        compiled = SourceFileLoader.source_to_code

        def compile_(loader: Any, data: Any, of: Any, **options: Any) -> Any:
            if of == str(own) or self._is_in_packages(of):
                data = self.timing.timed(data, of, self.asked["lines"], model)
            return compiled(loader, data, of, **options)

        setattr(SourceFileLoader, "source_to_code", compile_)  # noqa: B010  # for mypy

    def _tell_values(self) -> None:
        names = vars(sys.modules["model.model"])
        mine = names.keys() & self.asked["values"]  # the model's own is none of them
        for name in sorted(mine):
            seen = self.snapshot(names[name], self.few)
            self.report.tell("value", name=name, snapshot=seen)

    def _tell_lines(self) -> None:
        names = ChainMap(vars(sys.modules["model.model"]), *self._in_packages())
        for line in self.asked["lines"]:
            first, *rest = line.split(".")
            value = reduce(_attribute, rest, names.get(first, _UNBOUND))
            if self.model is None and value is _UNBOUND:
                continue  # loading ended before it, for another one's sake
            seen, pickled = self.snapshot(value), self.digest(value)
            seconds = self.clocks[line].seconds
            self.report.tell(
                "line", name=line, snapshot=seen, pickled=pickled, seconds=seconds
            )

    def _in_packages(self) -> list[dict[str, Any]]:
        """Return the names of the modules beside: what saved values name is in one."""
        found = [getattr(module, "__dict__", {}) for module in sys.modules.values()]
        return [each for each in found if self._is_in_packages(each.get("__file__"))]

    def _is_in_packages(self, file: object) -> bool:
        place: str = self.asked["packages"]
        return str(Path(str(file)).parent) == place

    async def run_examples(self) -> None:
        """Run every example, then again from another seed, and then from the first.

        What is the same from another seed isn't run a third time, unless that is asked.
        """
        seen: dict[str, list[Any]] = {name: [] for name in self.asked["inputs"]}
        # A turn is over before the next: it must not change what an earlier answers.
        for turn, seed in _TURNS[: 1 if self.asked["once"] else None]:
            for example, before in seen.items():
                if turn == 3 and before[0] == before[1] and not self.asked["thrice"]:
                    continue
                before.append(await self._run(seed, example=example, turn=turn))
        self._tell_lines()  # with what using them keeps
        if not (self.asked["thrice"] or self.asked["once"]):
            steady = {name for name, taken in seen.items() if _is_steady(taken)}
            told = {n: each for n, each in self.alone.items() if n in steady}
            self.at_once = await self.answers_at_once(told, self._answered_in_turn())

    def _answered_in_turn(self) -> Callable[[str], Awaitable[tuple[int, str]]]:
        free = asyncio.Semaphore(self.config["runtime"]["predict_concurrency"])

        async def answer(example: str) -> tuple[int, str]:
            try:
                told = await self._answered(example, free)
            except Exception as error:  # noqa: BLE001  # is told
                raised = 500, f"{type(error).__name__}: {error}"
                return self.refusals.refusal(error) or raised
            return told.get("status", 200), str(told["text"])

        return answer

    async def _answered(self, example: str, free: asyncio.Semaphore) -> dict[str, Any]:
        value, asked, either = self._received(example)
        for stage in self._stages(example):
            async with free if stage == "predict" else nullcontext():
                value = await self.serving.call(self.model, stage, value, asked)
        if self.serving.is_response(value):
            value = await self.http.reply(value)
        return self._answer(example, value, either=either)

    async def _run(self, seed: int, **about: Any) -> list[Any]:
        taken: list[Any] = []
        value = asked = None
        either, example = False, about["example"]
        stages = self._stages(example)
        for stage in stages:
            self.report.tell("start", stage=stage, **about)
            started = time.perf_counter()
            self.seed(seed)
            try:
                if not taken:  # an array needs numpy, which may have to be required
                    value, asked, either = self._received(example)
                value = await self.serving.call(self.model, stage, value, asked)
                if stage == stages[-1] and self.serving.is_response(value):
                    with self.refusals.streaming():
                        value = await self.http.reply(value)
                seconds = time.perf_counter() - started
                # Now, and not later: the next stage may change what it gets.
                seen = self.snapshot(self._compared(value))
            except BaseException as error:  # noqa: BLE001  # is reported
                told = self.refusals.refusal(error)
                status, text = told or (500, None)
                if told:
                    self.alone[example] = told
                about |= {"stage": stage, "status": status, "text": text}
                self.report.tell_failure(error, **about)
                return taken
            taken.append(seen)
            self.report.tell(
                "done", stage=stage, seconds=seconds, snapshot=seen, **about
            )
        told = self._answer(example, value, either=either)
        self.report.tell("answer", **told, **about)
        if told["text"] is not None:
            self.alone[example] = told.get("status", 200), told["text"]
        return taken

    def _stages(self, example: str) -> Any:
        return self.serving.stages(self.model, self.asked["endpoints"][example])

    def _received(self, example: str) -> tuple[Any, Any, bool]:
        """Return an input, the request with it, and if msgpack may be asked for, too.

        Each time anew: a stage may change its input.
        """
        given = pickle.loads(self.asked["inputs"][example])  # noqa: S301  # the parent's
        is_packed, value = example in self.asked["packed"], self.wire.received(given)
        endpoint = self.asked["endpoints"][example]
        if not self.serving.asks(self.model, endpoint):
            return value, None, not is_packed and self.wire.is_packable(given)
        if is_packed:
            body, kind = self.packing().pack(given), self.http.MSGPACK
        else:
            body, kind = json.dumps(given).encode(), self.http.JSON
        return value, self.http.request(body, kind, self.addresses[endpoint]), False

    def _compared(self, value: Any) -> Any:
        if isinstance(value, self.http.Reply):
            return value.parts
        return list(value) if isinstance(value, self.serving.Chunks) else value

    def _answer(self, example: str, value: Any, *, either: bool) -> dict[str, Any]:
        if isinstance(value, self.http.Reply):
            told = {"status": value.status_code, "headers": value.told}
            return {"refusals": (), "text": value.text, **told}
        if isinstance(value, self.serving.Chunks):
            refused = self.wire.stream_refusals(value)
            return {"refusals": refused, "text": self.wire.stream_text(value)}
        is_packed = example in self.asked["packed"]
        refused = self.wire.refusals(value, packed=is_packed, either=either)
        write = self.wire.answer_packed if is_packed else self.wire.answer_json
        try:
            return {"refusals": refused, "text": write(value)}
        except (TypeError, ValueError, RecursionError) as error:
            unknown = ("$", type(error).__name__, str(error))
            return {"refusals": refused or [unknown], "text": None}


_TURNS = ((1, 0), (2, 1), (3, 0))
"""How often an example runs at most, and from which seed."""


def _is_steady(taken: list[Any]) -> bool:
    """Return whether what an example was answered is no other under another seed."""
    return all(each == taken[0] for each in taken)


def _attribute(owner: Any, name: str) -> Any:
    return getattr(owner, "__dict__", {}).get(name, _UNBOUND)


_UNBOUND = object()
