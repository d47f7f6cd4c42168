"""The magics: what a user types in a cell, passed on to the bundle.

Only this file, with ``line`` and ``shell`` below it, knows IPython. A line magic reads
its line and calls one method of ``Bundle``. A stage's cell magic first finds out which
function is meant, then runs the cell as the notebook would, and only then touches the
bundle.
"""

# mypy: allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from contextlib import contextmanager
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeVar

from IPython.core import magic
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic_arguments import argument
from IPython.display import display

from truss_nb.arguments import BATCH, EXPORT
from truss_nb.errors import meant
from truss_nb.magics import line as lines
from truss_nb.magics.line import cell_magic, line_magic, removable
from truss_nb.magics.shell import compile_cell, evaluate, refer, run
from truss_nb.magics.stage_cell import find_stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from truss_nb.bundle import Bundle
    from truss_nb.export.report import Export
    from truss_nb.live.trace import Observer
    from truss_nb.status.status import Status
    from truss_nb.widget.views.widget import Widget


R = TypeVar("R")


def _stage_magic(described: Any) -> Any:
    """Mark a cell magic that makes its cell's function a stage; it has its help."""
    stage = described.__name__.removeprefix("truss_")

    def called(self: TrussMagics, line: str, cell: str) -> None:
        __tracebackhide__ = True
        asked = lines.read(getattr(self, f"truss_{stage}").parser, line)
        self._make_stage(stage, asked.name, cell, getattr(self.bundle, stage))

    # Not wraps(): IPython 7 would take the arguments to be those of what is wrapped.
    called.__name__, called.__doc__ = described.__name__, described.__doc__
    return cell_magic(_FUNCTION(called))


_FUNCTION = argument("--name", metavar="FUNCTION", help="which function of the cell")


def _options(table: Mapping[str, Mapping[str, Any]]) -> Callable[[Any], Any]:
    """Give a magic the options of a table, in its order."""
    each = [argument(name, **option) for name, option in table.items()]
    return lambda magic: reduce(lambda made, add: add(made), reversed(each), magic)


_ENDPOINT = argument(
    "--endpoint",
    metavar="HOOK",
    default="predict",
    help="what it is sent to, such as chat_completions",
)


@magic.magics_class
class TrussMagics(magic.Magics):
    """The magics of one notebook, and the bundle that they work on."""

    shell: InteractiveShell

    @property
    def bundle(self) -> Bundle:
        """What is captured in this notebook."""
        from truss_nb.decorators import bundle_in  # noqa: PLC0415  # %load_ext stays light

        return bundle_in(self.shell)

    def complete(self, asked: object) -> Any:
        """Return what the Tab key offers, in place of all else if there is any.

        Before 8.6, IPython asks with the line, for a list.
        """
        of, found = self.shell.Completer, list[str]()
        if "%truss_" in of.text_until_cursor:
            from truss_nb.magics.completing import offer  # noqa: PLC0415 - at the first Tab

            word = of.splitter.split_line(of.text_until_cursor)
            found = offer(self.shell, self.bundle, of.text_until_cursor, word)
        if isinstance(asked, str):
            return found
        from IPython.core.completer import SimpleCompletion  # noqa: PLC0415 - as above

        offered = [SimpleCompletion(each) for each in found]
        return {"completions": offered, "suppress": bool(found)}

    complete.matcher_api_version = 2  # type: ignore[attr-defined]

    @_stage_magic
    def truss_load(self) -> None:
        """Run the cell, and make its function the one that loads what the stages need.

        It runs once, before the first input. What it stores on self is there for
        stages that take self. Open here what can't be saved, such as a connection::

            %%truss_load
            def load(self):
                self.connection = sqlite3.connect(os.environ["DATABASE"])
        """

    @_stage_magic
    def truss_preprocess(self) -> None:
        """Run the cell, and make its function the stage before the model.

        The function is the one named preprocess, else the only one in the cell, else
        the one that --name names. It gets what a client sends::

            %%truss_preprocess
            def preprocess(model_input):
                return np.array(model_input) / 16
        """

    @_stage_magic
    def truss_predict(self) -> None:
        """Run the cell, and make its function the middle stage, in place of a model.

        It gets what preprocess returned. A generator streams its answer; then there
        can be no postprocess::

            %%truss_predict
            def predict(model_input):
                return {"probabilities": classifier.predict_proba(model_input)}
        """

    @_stage_magic
    def truss_postprocess(self) -> None:
        """Run the cell, and make its function the stage after the model.

        It gets what the model returned. Parameters beyond the first are settings of
        the bundle, in config.yaml::

            %%truss_postprocess
            def postprocess(model_output, k=5):
                return [LABELS[i] for i in model_output["predictions"][0][:k]]
        """

    @cell_magic
    @argument("hook", metavar="HOOK", help="such as is_healthy, chat_completions")
    @_FUNCTION
    def truss_hook(self, line: str, cell: str) -> None:
        """Run the cell, and make its function another method that the server calls.

        is_healthy says whether the server may get requests; it is called when load
        has run, live and in the proof too::

            %%truss_hook is_healthy
            def is_healthy(self):
                return self.connection.is_open

        setup_environment(self, environment) is called before load, where Truss'
        service deploys to an environment: live that is {"name": "production"}.
        chat_completions, completions, embeddings, messages and responses answer at
        an address of their own, as OpenAI's and Anthropic's clients ask, and past the
        other stages: keep an example of each with --endpoint.
        """
        __tracebackhide__ = True
        asked = lines.read(self.truss_hook.parser, line)
        keep = self.bundle.hook(asked.hook)
        self._make_stage(asked.hook, asked.name, cell, keep)

    @line_magic
    @argument("expression", metavar="EXPR", help="the model, any Python expression")
    @argument("--method", help="the method that predicts (else predict, else the call)")
    @argument("--raw", action="store_true", help="return what it returns, unwrapped")
    def truss_model(self, line: str) -> None:
        """Make an object's method the middle stage.

        The answer is {"predictions": model.predict(x)}, or without the dict if --raw.
        A plain name is looked up at each run, so a model trained again is the new one::

            %truss_model classifier --method predict_proba
        """
        __tracebackhide__ = True
        asked = lines.read_expression(self.truss_model.parser, line)
        model = refer(self.shell, asked.expression, may_be_late=True)
        chosen = self.bundle.model(model, asked.method, raw=asked.raw)
        called = f".{chosen.method}" if chosen.method else ""
        _say(f"predict ← {asked.expression}{called}(model_input)")
        if chosen.reference.is_lost:
            end = meant(asked.expression, self.shell.user_ns, ": %%truss_load can.")
            _say(f"Nothing has made {asked.expression} yet{end}")

    @line_magic
    @argument("assignment", metavar="NAME=EXPR", help="the parameter and its value")
    @removable("forget_parameter")
    def truss_parameter(self, line: str) -> None:
        """Set an extra parameter of the stages.

        A plain name on the right is looked up at each run.
        Example: %truss_parameter k=3
        """
        name, value = lines.split_assignment(line, "%truss_parameter k=3")
        note = self.bundle.parameter(**{name: refer(self.shell, value)})
        _say(f"{name} = {self._shown(name, value)}", note)

    @line_magic
    @argument("expression", metavar="EXPR", help="an input, any Python expression")
    @argument("--name", help="what to call it (else example 1, example 2, …)")
    @argument("--expect", type=int, help="the status with which it must be refused")
    @argument("--msgpack", action="store_true", help="send arrays as they are")
    @_ENDPOINT
    @removable("forget_example")
    def truss_example(self, line: str) -> None:
        """Keep an input, with what each stage makes of it now.

        The export's proof runs it again, elsewhere, and compares. With --expect it is
        one that must be refused, by HTTPException or by what its input is parsed with.
        What JSON can't hold is sent by msgpack alone, and anything is with --msgpack:
        arrays then arrive as arrays rather than lists.
        Example: %truss_example {"url": "http://127.0.0.1/cat.png"} --name cat
        """
        __tracebackhide__ = True
        asked = lines.read_expression(self.truss_example.parser, line)
        replaces = asked.name in self.bundle.captured.examples
        given = evaluate(self.shell, asked.expression)
        options = vars(asked)
        asking = {name: options[name] for name in ("expect", "msgpack", "endpoint")}
        with self._watched() as observer:
            example = self.bundle.example(
                given, asked.name, observer=observer, **asking
            )
        from truss_nb.values.summary import describe  # noqa: PLC0415  # %load_ext stays light

        told = f"kept as {example.name!r}: {describe(example.input)}"
        if asked.expect is not None:
            told += f", refused with {example.status}"
        told += f", {example.how}" if example.how else ""
        told += "; replaces the one kept before" * replaces
        _say(told, example.remedy, *example.notes)

    @line_magic
    @argument("expression", metavar="EXPR", help="an input, any Python expression")
    @_ENDPOINT
    def truss_run(self, line: str) -> Any:
        """Run one live prediction: show what each stage made, and return the answer.

        Example: answer = %truss_run digits.images[0]
        """
        __tracebackhide__ = True
        asked = lines.read_expression(self.truss_run.parser, line)
        given = evaluate(self.shell, asked.expression)
        from truss_nb.live.trace import Outline  # noqa: PLC0415  # %load_ext stays light

        with self._watched() as observer:
            trace = self.bundle.run(given, observer, endpoint=asked.endpoint)
        captured = self.bundle.captured
        if captured.last is not None:
            captured.last = (*captured.last[:2], line)
        display(trace if trace.error is None else Outline(trace))
        return trace.output

    @line_magic
    @argument("path", metavar="PATH", help="the folder to write")
    @_options(EXPORT)
    @argument("--no-prove", action="store_true", help="run no example elsewhere")
    def truss_export(self, line: str) -> Export:
        """Write the bundle as a Truss, and prove that it answers as it does here.

        The proof runs every example in a fresh process, without the notebook, and
        compares each stage. A folder that this wrote before is replaced; one that a
        person edited since is not, unless with --overwrite::

            %truss_export ./digits-truss --name digits

        A model that is just as the Hugging Face hub has it stays there, and the server
        mounts it; with ``--weights copy`` it comes along.
        """
        __tracebackhide__ = True
        given = vars(lines.read(self.truss_export.parser, line))
        path, prove = given.pop("path"), not given.pop("no_prove")
        return self._show(self.bundle.export(path, prove=prove, **given))

    def _show(self, report: R) -> R:
        """Show a report wherever its magic stands, and not again as its cell's Out."""
        display(report)
        own, events = vars(report), self.shell.events

        def speak(*_: object) -> None:
            own.pop("_ipython_display_", None)
            events.unregister("post_run_cell", speak)

        own["_ipython_display_"] = lambda: None
        events.register("post_run_cell", speak)
        return report

    @line_magic
    @argument("--port", type=int, metavar="P", help="on 127.0.0.1 (else a free one)")
    @argument("--python", help="the Python to make the server's environment with")
    @argument("--timeout", type=float, default=300.0, help="seconds to load the model")
    @argument("--stop", action="store_true", help="end the server")
    def truss_serve(self, line: str) -> None:
        """Serve the last export on the real Truss server, until the kernel ends.

        It's for this machine only. Its environment is made from config.yaml, once.
        Another call serves the newest export instead.
        Example: %truss_serve
        """
        given = vars(lines.read(self.truss_serve.parser, line))
        if given.pop("stop"):
            ended = self.bundle.end_server()
            _say("The server has ended." if ended else "No server runs.")
            return
        _say(str(self.bundle.serve(**given)), "To end it:\n  %truss_serve --stop")

    @line_magic
    @argument("expression", metavar="EXPR", help="a table, or the path of files")
    @argument("--output", metavar="FOLDER", help="write the answers there")
    @_options(BATCH)
    def truss_batch(self, line: str) -> Any:
        """Answer each row of a table or of files with the last export.

        A table of pandas, Polars or Arrow gives one of the same kind, with the same
        index. Rows of files are answered as files, in the folder of --output.
        Example: answers = %truss_batch df --select label,score
        """
        __tracebackhide__ = True
        asked = vars(lines.read_expression(self.truss_batch.parser, line))
        given, target = evaluate(self.shell, asked.pop("expression")), asked["output"]
        del asked["output"]
        done = self.bundle.run_batch(given, target, told=display, **asked)
        return done if target is None else self._show(done)

    @line_magic
    @argument("setting", metavar="KEY=VALUE", help="a dotted key, and its YAML value")
    @removable("forget_config")
    def truss_config(self, line: str) -> None:
        """Set a value in config.yaml, by its dotted key.

        Example: %truss_config resources.memory=4Gi
        """
        from truss_nb.truss.config_keys import read_setting  # noqa: PLC0415 - stays light

        key, text = lines.split_assignment(line, "%truss_config resources.memory=4Gi")
        note = self.bundle.config(key, read_setting(key, text))
        _say(f"config.yaml: {key}: {self._shown(key, text)}", note)

    def _not_first(self, _: str, /) -> None:
        """Refuse a cell magic that isn't its cell's first line."""
        raise UsageError(
            "A magic with %% must be the first line of its cell, above comments and "
            "imports too: move what stands above it below, or to a cell of its own"
        )

    for _name in ("load", "preprocess", "predict", "postprocess", "hook"):
        # IPython takes it for a line magic whose name begins with %.
        magic.line_magic(f"%truss_{_name}")(_not_first)  # type: ignore[arg-type]

    def _shown(self, name: str, text: str) -> str:
        """Return what was typed, unless it is a credential."""
        return self.bundle.captured.credentials().shown(name, text)

    @line_magic
    @argument("name", metavar="NAME", help="the secret's name, never its value")
    @removable("forget_secret")
    def truss_secret(self, line: str) -> None:
        """Let the bundle read a secret of the server, by name.

        Example: %truss_secret hf_access_token
        """
        name = lines.read(self.truss_secret.parser, line).name
        self.bundle.secret(name)
        _say(f"secret: {name}")

    @line_magic
    @argument("place", metavar="PLACE", help="the place, as a refusal prints it")
    @removable("forget_harmless")
    def truss_harmless(self, line: str) -> None:
        """Declare that what looks like a credential at one place is none.

        Example: %truss_harmless data/vocabulary.json:17
        """
        place = lines.read(self.truss_harmless.parser, line).place
        self.bundle.harmless(place)
        _say(f"harmless: {place}")

    @line_magic
    @argument("path", metavar="PATH", help="the file")
    @removable("forget_file")
    def truss_file(self, line: str) -> None:
        """Take a file along, or a folder, in the bundle's data folder.

        Example: %truss_file labels.txt
        """
        path = lines.read(self.truss_file.parser, line).path
        self.bundle.file(path)
        _say(f"file: {path}")

    @line_magic
    @argument("requirement", metavar="REQUIREMENT", help="as in a requirements file")
    @removable("forget_requirement")
    def truss_require(self, line: str) -> None:
        """Add a requirement that the code doesn't show.

        Example: %truss_require pyarrow==17.0.0
        """
        requirement = lines.unquoted(line)
        note = self.bundle.require(requirement)
        _say(
            f"required: {self._shown('', requirement)}", note and self._shown("", note)
        )

    @line_magic
    def truss_status(self, line: str) -> Status:
        """Show what is captured, what it needs and why, and what is wrong."""
        lines.read(self.truss_status.parser, line)
        with self._watched("status"):
            status = self.bundle.status()
        return self._show(status)

    @line_magic
    @argument("--only", choices=["try"], help="for visitors: no path, link or export")
    def truss_widget(self, line: str) -> Widget:
        """Try the bundle live, stage by stage, and export it, with the mouse.

        What is set there is set in the bundle, and the widget follows the cells. On a
        page that others see, such as Voila's, --only try lets them try it, and neither
        read this machine's files nor write any.
        Example: %truss_widget
        """
        only = lines.read(self.truss_widget.parser, line).only
        with self._watched("widget"):
            return self.bundle.widget(only)

    @line_magic
    def truss_reset(self, line: str) -> None:
        """Forget everything that was captured; the notebook's names stay."""
        lines.read(self.truss_reset.parser, line)
        self.bundle.reset()
        _say("The bundle is empty.")

    @contextmanager
    def _watched(self, step: str = "") -> Iterator[Observer]:
        """Show a step, or which stage runs, and for how long, once it's a moment."""
        from truss_nb.live.trace import Steps  # noqa: PLC0415  # %load_ext stays light
        from truss_nb.progress import shown  # noqa: PLC0415  # as above

        with shown() as ticker:
            if step:
                ticker.step(step)
            yield Steps(ticker.step)

    def _make_stage(
        self, stage: str, asked: str | None, cell: str, keep: Callable[[Any], object]
    ) -> None:
        __tracebackhide__ = True  # IPython leaves this frame out of the traceback
        compiled = compile_cell(self.shell, cell)
        name = find_stage(compiled.tree, stage, asked)
        run(self.shell, compiled)
        keep(self.shell.user_ns.get(name))


def _say(*told: str | None) -> None:
    lines.say(*filter(None, told))
