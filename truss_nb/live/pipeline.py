"""Run a bundle in this process, stage by stage, as the Truss server would.

What can be decided before a run is decided once, when the bundle has changed: each
stage becomes a function of one argument. A run only calls and times them, in order.

    run      → compiled, if anything changed → each stage → Trace
    compiled → nothing missing → load → stages bound to their self and parameters

Nothing is serialized between the stages. An answer that is a generator is collected,
as a client would who reads the stream to its end. One run at a time: a second, from
another thread, waits.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from time import perf_counter
from typing import Any

from truss_nb.contents.contents import Argument, Captured
from truss_nb.contents.model import Model
from truss_nb.contents.stage import SETUP, STARTING, Stage
from truss_nb.contents.typed import Typed
from truss_nb.errors import RunError
from truss_nb.live.data import explain_missing
from truss_nb.live.environ import configured
from truss_nb.live.lost import explain_lost
from truss_nb.live.notes import notes
from truss_nb.live.received import collect, finish, is_sent, refuse
from truss_nb.live.served import Self
from truss_nb.live.slips import Failed, sentence
from truss_nb.live.told import outside, tell
from truss_nb.live.trace import Done, Observer, StageTrace, Trace
from truss_nb.opened import Recorder
from truss_nb.started import noting
from truss_nb.truss.http import JSON, MSGPACK, request
from truss_nb.truss.serving import ADDRESSES
from truss_nb.truss.serving.refusals import NotHealthyError
from truss_nb.truss.wire import input_json

_Call = Callable[[Any], Any]

# A stage's name, the stage as a function of its input, and what becomes of a stream
# that it returns. A plain tuple: a named one is unpacked at half the speed.
_Step = tuple[str, _Call, Callable[[Any, Observer | None], Any] | None]


class Pipeline:
    """The stages of a bundle, ready to run; it follows the bundle's changes."""

    def __init__(self, captured: Captured, recorder: Recorder | None = None) -> None:
        self._captured = captured
        run = Pipeline.run.__code__
        seen = captured.opened, captured.unpickled
        is_own, asks = captured.notebook.owns_names, noting(captured.started)
        self._recorder = recorder or Recorder(is_own, *seen, run, asks)
        self._revision = -1
        self._sent = _Sent()
        self._steps: dict[str, tuple[_Step, ...]] = {}
        self._self: Self | None = None
        self._loaded_from: list[object] = []

    def anew(self) -> Pipeline:
        """Return one that has loaded nothing yet; the two take turns."""
        return Pipeline(self._captured, self._recorder)

    def takes_request(self, endpoint: str) -> bool:
        """Return whether a stage gets the Request of what a client sends there."""
        return _asks(self._captured, endpoint)

    def run(
        self,
        value: Any,
        observer: Observer | None = None,
        *,
        packed: bool = False,
        endpoint: str = "predict",
    ) -> Trace:
        """Run every stage behind ``endpoint`` on ``value`` and return what each did.

        Where a stage takes the Request, that is of JSON, or of msgpack if ``packed``
        or if JSON can't hold the value.

        An exception of a stage ends the run and is kept in its trace; interrupts pass.

        Raises:
            RunError: something is missing; none of the user's code has run.
        """
        recorder = self._recorder
        before = recorder.begin()
        self._sent.is_packed = packed
        try:
            variables = self._captured.config.get("environment_variables")
            if not variables:
                return self._run(value, observer, endpoint)
            with configured(variables):  # no other run is under way
                return self._run(value, observer, endpoint)
        finally:
            recorder.end(before)

    def _run(self, value: Any, observer: Observer | None, endpoint: str) -> Trace:
        if self._revision != self._captured.revision:
            failed = self._compile(observer)
            if failed is not None:
                return failed
        about = notes, self._captured, value, self._sent.is_packed
        steps = self._steps[endpoint]
        done = _run(self._captured, self._recorder, steps, value, observer)
        return Trace(done, about)

    def _compile(self, observer: Observer | None) -> Trace | None:
        problems = self._captured.gaps()
        if problems:
            raise RunError("The bundle can't run yet.", problems)
        failed = self._load(observer)
        if failed is None:
            given = self._captured, self._self, self._sent
            endpoints = self._captured.endpoints
            self._steps = {each: tuple(_steps(*given, each)) for each in endpoints}
            self._revision = self._captured.revision
        return failed

    def _load(self, observer: Observer | None) -> Trace | None:
        """Run ``load`` on a new ``self``, if it changed since it last ran.

        Before it comes ``setup_environment``; after it, as the server is asked then,
        ``is_healthy`` says whether all is well.
        """
        known = self._captured.stages
        stages = [known[name] for name in STARTING if name in known]
        origin = _origin(self._captured, stages)
        is_same = list(map(id, origin)) == list(map(id, self._loaded_from))
        if self._self is not None and is_same:
            return None
        loaded = Self(self._captured, functools.partial(_method, self._captured))
        for stage in stages:
            bound = functools.partial(_bound, self._captured, stage, loaded)
            step: _Step = (
                stage.name,
                functools.partial(_called, stage.name, bound),
                None,
            )
            given = self._captured.environment
            of = self._captured, self._recorder
            about = notes, self._captured, given, False
            trace = Trace(_run(*of, (step,), given, observer), about)
            if trace.stages[0].error is not None:
                return trace
        self._self, self._loaded_from = loaded, origin
        return None


def _called(name: str, bound: Callable[[], _Call], environment: Any) -> Any:
    """Call what no request goes through; a model must be healthy."""
    result = bound()(*[deepcopy(environment)] * (name == SETUP))
    if name == "is_healthy" and not result:
        raise NotHealthyError(NotHealthyError.TOLD.format(result))
    return result


def _run(
    captured: Captured,
    recorder: Recorder,
    steps: tuple[_Step, ...],
    value: Any,
    observer: Observer | None,
) -> list[Done]:
    """Run the steps, each on what the one before returned, until one fails."""
    done: list[Done] = []
    started = perf_counter()
    for name, call, receive in steps:
        if observer is not None:
            observer.begins(name)
            started = perf_counter()
        recorder.stage = name
        error = None
        try:
            value = call(value)
            if receive is not None and is_sent(value):
                value = receive(value, observer)
        except Exception as raised:  # noqa: BLE001  # kept, and raised by .output
            error = raised
        ended = perf_counter()
        if error is not None:
            before = done[-1][0] if done else ""
            _explain(Failed(name, error, value, before, captured), recorder.reads)
            value = None
        done.append((name, value, ended - started, error))
        if observer is not None:
            recorder.stage = None
            observer.ends(StageTrace(*done[-1]))
        if error is not None:
            break
        started = ended
    return done


def _explain(failed: Failed, reads: str) -> None:
    """Let what a stage raised say what to do, and begin in the user's own code."""
    error, captured = failed.error, failed.captured
    explain_lost(error, reads)
    if isinstance(error, OSError):
        explain_missing(error)
    error.with_traceback(outside(error.__traceback__))
    hide = captured.credentials().hide
    tell(error, sentence(failed), failed.caller, captured.notebook, hide)


def _asks(captured: Captured, endpoint: str) -> bool:
    stages = captured.stages
    return any(stages[n].request for n in captured.answering(endpoint) if n in stages)


def _steps(
    captured: Captured, loaded: Self | None, sent: _Sent, endpoint: str
) -> Iterator[_Step]:
    names, typed = captured.answering(endpoint), captured.typed()
    asks = _asks(captured, endpoint)
    for name in names:
        if name in captured.stages:
            call = _bound(captured, captured.stages[name], loaded, sent)
        else:
            call = _method(captured, loaded, name)
        if typed is not None and name == names[0]:
            call = _parsed(typed, call)
        if asks and name == names[0]:
            call = sent.before(call, ADDRESSES[endpoint])
        if name == names[-1]:
            yield name, call, functools.partial(collect, name)
        else:
            yield name, call, refuse if name == "predict" else None


class _Sent:
    """The Request of the run that is under way; all stages get the same."""

    request: Any = None
    is_packed = False

    def before(self, call: _Call, path: str) -> _Call:
        """Return the first stage, which begins with what a client has sent."""

        def first(value: Any) -> Any:
            text = None if self.is_packed else input_json(value)
            body, kind = (text.encode(), JSON) if text else (_pack(value), MSGPACK)
            self.request = request(body, kind, path)
            return call(value)

        return first


def _pack(value: Any) -> bytes:
    from truss_nb.truss.packing import pack  # noqa: PLC0415  # imports numpy

    return pack(value)


def _parsed(typed: Typed, call: _Call) -> _Call:
    model = typed.model()
    return lambda value: call(typed.parse(model, value))


def _middle(model: Model, arguments: list[Argument]) -> _Call:
    get, method, raw = model.reference.get, model.method, model.raw
    given = [each for each in arguments if each.reference is not None]

    def predict(value: Any) -> Any:
        call = get() if method is None else getattr(get(), method)
        # Nothing is given mostly, and a dict takes as long as all else here.
        more = {each.extra.name: each.value for each in given} if given else None
        result = call(value, **more) if more else call(value)
        return result if raw else {"predictions": result}

    return predict


def _method(captured: Captured, loaded: Self | None, name: str) -> Callable[..., Any]:
    """Return a stage as a method of the server's class, by its name."""
    if name == "predict" and captured.middle is not None:
        middle = captured.middle.of_load(loaded)
        if middle.method != captured.middle.method:
            captured.middle = replace(captured.middle, method=middle.method)
        return _middle(middle, captured.taken()["predict"])
    stage = captured.stages[name]
    call = stage.function
    if stage.takes_self:
        call = functools.partial(call, loaded)
    return _with_extras(captured, stage, call)


def _bound(
    captured: Captured, stage: Stage, loaded: Self | None, sent: _Sent | None = None
) -> Callable[..., Any]:
    """Return the stage as a function of its input alone."""
    call = _method(captured, loaded, stage.name)
    if stage.request and sent is not None:
        call = _with_request(stage, call, sent)
    return (lambda *value: finish(call(*value))) if stage.is_async else call


def _with_extras(
    captured: Captured, stage: Stage, call: Callable[..., Any]
) -> Callable[..., Any]:
    arguments = captured.arguments(stage)
    positional = [a for a in arguments if a.extra.positional]
    named = {
        a.extra.name: a
        for a in arguments
        if a.reference is not None and not a.extra.positional
    }
    is_late = any(a.reference is not None and a.reference.name for a in arguments)
    if not positional and not is_late:
        values = {name: argument.value for name, argument in named.items()}
        return functools.partial(call, **values) if values else call

    def late(*value: Any, **more: Any) -> Any:
        values = {name: argument.value for name, argument in named.items()}
        return call(*value, *[each.value for each in positional], **values, **more)

    return late


def _with_request(stage: Stage, call: Callable[..., Any], sent: _Sent) -> _Call:
    def asked(value: Any) -> Any:
        by_position, by_name = stage.given(value, sent.request)
        return call(*by_position, **by_name)

    return asked


def _origin(captured: Captured, stages: list[Stage]) -> list[object]:
    """Return what a load depends on: its functions, and the parameters set for it."""
    arguments = (each for stage in stages for each in captured.arguments(stage))
    return [*stages, *(argument.reference for argument in arguments)]
