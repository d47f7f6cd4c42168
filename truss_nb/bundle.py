"""The Python API: all that the magics do, as methods of one object.

A ``Bundle`` keeps what is captured, and leaves running to ``live``, reporting to
``status`` and writing to ``export``. What a user may set is in ``settings``. It
changes nothing when it refuses.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from truss_nb.contents.contents import Captured
from truss_nb.contents.example import Example
from truss_nb.contents.hooks import check_endpoint, check_hook
from truss_nb.contents.model import Model, Reference
from truss_nb.contents.settings import Settings
from truss_nb.contents.stage import Stage
from truss_nb.errors import ProofError, SettingError
from truss_nb.live.example import Replay, expect, keep, replay
from truss_nb.live.pipeline import Pipeline
from truss_nb.live.told import Unseen
from truss_nb.live.trace import Observer, Trace
from truss_nb.notebook.notebook import Notebook
from truss_nb.notebook.shell import find_shell
from truss_nb.serving import Serving

if TYPE_CHECKING:
    from truss_nb.export.report import Export
    from truss_nb.export.stale import Written
    from truss_nb.report import Table
    from truss_nb.status.status import Status
    from truss_nb.widget.views.widget import Widget

F = TypeVar("F", bound=Callable[..., Any])


class Bundle(Settings, Serving):
    """A model with its pre- and postprocessing, on the way to a Truss.

    Each stage is a function of yours: decorate it, or pass one from any module.

    Args:
        namespace: where the functions find their names; the caller's globals if None.

    Example:
        >>> bundle = Bundle()
        >>> @bundle.preprocess
        ... def preprocess(model_input):
        ...     return [float(x) for x in model_input]
        >>> bundle.model(max).method is None  # max itself is called
        True
        >>> bundle.run(["1.5", "3"]).output
        {'predictions': 3.0}
    """

    def __init__(self, namespace: dict[str, Any] | None = None) -> None:
        if namespace is None:
            namespace = sys._getframe(1).f_globals  # the caller's
        self._widget: Widget | None = None
        self._start(Notebook(namespace, find_shell(namespace)))

    def _start(self, notebook: Notebook) -> None:
        self.captured = Captured(notebook)
        self._pipeline = Pipeline(self.captured)
        self._written: Written | None = None

    def __repr__(self) -> str:
        return repr(self._shown())

    def _repr_html_(self) -> str:
        return self._shown()._repr_html_()

    def _shown(self) -> Table:
        from truss_nb.status.parts import table  # noqa: PLC0415  # as status does

        return table(self.captured)

    def load(self, function: F) -> F:
        """Make ``function(self)`` run once, before the first input comes.

        What it stores on ``self`` is there for the stages that take ``self``.

        Raises:
            StageError: it is no function that the server could call so.

        Example:
            >>> bundle = Bundle()
            >>> @bundle.load
            ... def load(self):
            ...     self.words = {"7": "seven"}
            >>> @bundle.predict
            ... def predict(self, model_input):
            ...     return self.words[model_input]
            >>> bundle.run("7").output
            'seven'
        """
        return self._keep("load", function)

    def preprocess(self, function: F) -> F:
        """Make ``function(model_input)`` the stage that gets what a client sends.

        Raises:
            StageError: it takes no input, or is no function.
        """
        return self._keep("preprocess", function)

    def predict(self, function: F) -> F:
        """Make ``function(model_input)`` the middle stage, in place of a model.

        Raises:
            StageError: it takes no input, or streams beside a postprocess.
        """
        return self._keep("predict", function)

    def postprocess(self, function: F) -> F:
        """Make ``function(model_output)`` the stage that makes the answer.

        Raises:
            StageError: it takes no input, or the predict before it streams.
        """
        return self._keep("postprocess", function)

    def hook(self, name: str) -> Callable[[F], F]:
        """Return a decorator that makes a function another method of the server's.

        Args:
            name: ``"is_healthy"``: ``function(self)`` says whether the server may get
                requests. It is called when ``load`` has run, here too.
                ``"setup_environment"``: ``function(self, environment)`` is called
                before ``load`` where Truss' service deploys to an environment; here it
                is ``{"name": "production"}``.
                ``"chat_completions"``, ``"completions"``, ``"embeddings"``,
                ``"messages"`` or ``"responses"``: ``function(self, model_input)``
                answers alone at ``/v1/chat/completions`` and the like.

        Raises:
            StageError: there is no such hook here; it says what to do instead.

        Example:
            >>> bundle = Bundle()
            >>> @bundle.hook("is_healthy")
            ... def is_healthy(self):
            ...     return True
        """
        check_hook(name)
        return partial(self._keep, name)

    def model(self, obj: Any, method: str | None = None, *, raw: bool = False) -> Model:
        """Make a method of any object the middle stage.

        Args:
            obj: the model, or a ``Reference`` to a name that is looked up at each run.
            method: the name of the method; if None, ``predict``, else the call itself.
            raw: return what the method returns, rather than ``{"predictions": …}``.

        Returns:
            What was kept: its ``method`` is the one that predicts.

        Raises:
            StageError: it has no such method.

        Example:
            >>> bundle = Bundle()
            >>> bundle.model([2, 3, 5], "index", raw=True).method
            'index'
            >>> bundle.run(5).output
            2
        """
        model = Model.of(Reference.to(obj), method, raw)
        self.captured.set_model(model)
        return model

    def example(  # noqa: PLR0913 - what the magic offers
        self,
        x: Any,
        name: str | None = None,
        *,
        expect: int | None = None,
        msgpack: bool = False,
        endpoint: str = "predict",
        observer: Observer | None = None,
    ) -> Example:
        """Keep an input, with what each stage makes of it now.

        Args:
            x: what a client could send. Arrays arrive as lists, unless something in
                it is carried by msgpack alone, such as bytes, a datetime or a Decimal.
            name: as the proof calls it; ``"example 1"`` and so on if None.
            expect: the HTTP status with which it must be refused, such as 422.
            msgpack: send it by msgpack alone, as it is: arrays arrive as arrays, and
                the answer may hold what JSON can't.
            endpoint: the hook that it is sent to, such as ``"chat_completions"``.
            observer: is told which stage begins.

        Raises:
            SettingError: no client could send ``x``, or it is refused and mustn't be,
                or the other way around.
            RunError: the bundle can't run yet.
            Exception: what a stage raised; the example isn't kept.

        Example:
            >>> bundle = Bundle()
            >>> _ = bundle.model(sum)
            >>> bundle.example([1.5, 2], "two numbers").name
            'two numbers'
            >>> bundle.replay("two numbers").passed
            True
        """
        with Unseen():
            return keep(
                *(self.captured, self._pipeline, x, name, expect),
                packed=msgpack,
                endpoint=endpoint,
                observer=observer,
            )

    def replay(self, name: str) -> Replay:
        """Run an example again, and say where it differs from when it was kept.

        Raises:
            SettingError: there is no such example.
            RunError: the bundle can't run yet.
        """
        return replay(self.captured, self._pipeline, name)

    def run(
        self, x: Any, observer: Observer | None = None, *, endpoint: str = "predict"
    ) -> Trace:
        """Run one live prediction on ``x`` and return what each stage made of it.

        Args:
            x: what a client could send.
            observer: called with each stage while it runs.
            endpoint: the hook that it is sent to, such as ``"chat_completions"``.

        Raises:
            SettingError: nothing answers at ``endpoint``.
            RunError: something is missing; no stage has run.

        Example:
            >>> bundle = Bundle()
            >>> _ = bundle.model(max)
            >>> trace = bundle.run([3, 8, 5])
            >>> trace.output
            {'predictions': 8}
            >>> [stage.name for stage in trace.stages]
            ['predict']
        """
        if endpoint != "predict":
            check_endpoint(endpoint, self.captured.endpoints)
        own = dict(x) if type(x) is dict else x  # a stage may pop
        self.captured.last = own, endpoint, ""
        return self._pipeline.run(x, observer, endpoint=endpoint)

    def hints(self, stage: str) -> list[str]:
        """Return lines on what an export of a stage would refuse, or take unmeant.

        That is as far as a quick look shows.

        Args:
            stage: the stage's name, or ``"model"``.
        """
        from truss_nb.capture.hints import hints  # noqa: PLC0415  # after the cell ran

        return hints(self.captured, stage)

    def status(self, *, measure: bool = True) -> Status:
        """Return what is captured, what it needs and why, and what is wrong.

        Args:
            measure: save each value to a temporary place, to get its size there and
                whether it is what the last export wrote.

        Example:
            >>> bundle = Bundle()
            >>> _ = bundle.model(max)
            >>> bundle.status().problems
            ()
        """
        from truss_nb.status.status import status  # noqa: PLC0415  # follows names: slow

        return status(self.captured, self._written, measure=measure)

    def export(  # noqa: PLR0913 - what the magic offers
        self,
        path: str | Path,
        *,
        name: str | None = None,
        overwrite: bool = False,
        lock: bool = False,
        ci: str | Path | None = None,
        prove: bool = True,
        weights: str = "reference",
        timeout: float = 600.0,
        tell: Callable[[str, float], None] | None = None,
    ) -> Export:
        """Write the bundle as a Truss, and prove that it answers as it does here.

        Args:
            path: the folder to write; one written before is replaced.
            name: the model's name in config.yaml; the folder's name if None.
            overwrite: replace what a person put or edited there.
            lock: pin in config.yaml what the requirements bring along, too, at the
                versions that are proven here.
            ci: also write a GitHub workflow there, that proves the folder, pushes it
                and proves the deployment: a file in ``.github/workflows`` of the
                repository that holds the folder.
            prove: run the examples in a fresh process, and compare every stage.
            weights: ``"reference"`` leaves on the Hugging Face hub what is there just
                so, and lets the server mount it; ``"copy"`` takes all of it along.
            timeout: the seconds that the examples may take together in that process.
            tell: called with each step and which part is done, and each half second
                while it lasts, from another thread too; a bar shows it if None.

        Raises:
            ExportError: something can't be captured; it lists every reason.
            SettingError: ``weights`` is none of the two, or GitHub would read no
                workflow where ``ci`` says.
            WriteError: the folder can't be written; what was there is untouched.
            ProofError: the folder was written, and doesn't answer as it did here.
            StoppedError: it was interrupted; nothing was written.

        Example:
            >>> from tempfile import TemporaryDirectory
            >>> bundle = Bundle()
            >>> _ = bundle.model(max)
            >>> _ = bundle.example([3, 8, 5])
            >>> with TemporaryDirectory() as place:
            ...     done = bundle.export(f"{place}/largest-truss")
            >>> done.proof.passed
            True
        """
        from truss_nb.export.export import Job  # noqa: PLC0415  # loads yaml
        from truss_nb.export.report import Export  # noqa: PLC0415  # as above
        from truss_nb.export.workflow import Workflow  # noqa: PLC0415  # as above

        self._choose_weights(weights)
        # A new pipeline loads anew, as the fresh process will: both start alike.
        live = partial(expect, self._pipeline.anew())
        target = Path(path).expanduser()
        workflow = None if ci is None else Workflow.at(ci, target)
        job = Job(
            captured=self.captured,
            target=target,
            expect=live,
            name=name or target.resolve().name,
            overwrite=overwrite,
            locked=lock,
            with_proof=prove,
            timeout=timeout,
        )
        try:
            done = job.run(tell)
        except ProofError as error:
            if isinstance(error.export, Export):
                self._written = error.export.written
            raise
        self._written = done.written
        return done if workflow is None else done.noting(workflow.write())

    def widget(self, only: str | None = None) -> Widget:
        """Return the widget that tries the bundle live and exports it; always the same.

        It shows itself as the last value of a cell does, and asked for again it turns
        to Try, with the input of the last run.

        Args:
            only: ``"try"`` for a page that visitors see, as Voila's: they try the
                bundle, and nothing else. It takes no path and no link, and shows
                neither code nor tracebacks. It takes the place of a whole widget.

        Raises:
            SettingError: ``only`` is something else.
        """
        if only not in (None, "try"):
            raise SettingError(f'A widget shows all, or only="try", not {only!r}.')
        if self._widget is None or self._widget.only != only:
            from truss_nb.widget.views.widget import Widget  # noqa: PLC0415  # loads ipywidgets

            self.close_widget()
            self._widget = Widget(self, only)
        else:
            self._widget.open_again()
        return self._widget

    def close_widget(self) -> None:
        """Take the widget away, if there is one; its last run stays on the page."""
        if self._widget is not None:
            self._widget.close()
            self._widget = None

    def reset(self) -> None:
        """Forget everything that was captured; the notebook's names stay."""
        self._start(self.captured.notebook)

    def _keep(self, stage: str, function: F) -> F:
        self.captured.set_stage(Stage.of(stage, function))
        return function
