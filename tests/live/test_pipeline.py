"""A bundle runs live as the Truss server would run it."""

# ruff: noqa: ARG005  # lambdas here are stages, with the server's signature

import asyncio
import sys
import threading

import pytest

from truss_nb.contents.contents import Captured
from truss_nb.contents.model import Model, Reference
from truss_nb.contents.stage import Stage
from truss_nb.errors import RunError, StageError
from truss_nb.live.pipeline import Pipeline
from truss_nb.live.trace import Observer
from truss_nb.notebook.notebook import Notebook


def pipeline(model=None, /, *, raw=False, parameters=None, **stages):
    captured = Captured(Notebook({}))
    for name, function in stages.items():
        captured.set_stage(Stage.of(name, function))
    if model is not None:
        captured.set_model(Model(Reference(kept=model), None, raw))
    for name, value in (parameters or {}).items():
        captured.set_parameter(name, Reference(kept=value))
    return Pipeline(captured)


def change(running, name, function):
    running._captured.set_stage(Stage.of(name, function))


def double(x):
    return x * 2


async def double_later(x):
    await asyncio.sleep(0)
    return x * 2


def count_up(x):
    yield from range(x)


async def count_up_later(x):
    for i in range(x):
        await asyncio.sleep(0)
        yield i


def named_extras(x, k=5, *, scale):
    return [x, k, scale]


def positional_extras(x, a, b=2, /, c=3):
    return [x, a, b, c]


ANSWERS = [
    # the bundle, an input, its answer
    (pipeline(double), 3, {"predictions": 6}),
    (pipeline(double, raw=True), 3, 6),
    (pipeline(double, preprocess=double), 3, {"predictions": 12}),
    (pipeline(double, postprocess=lambda out: out["predictions"] + 1), 3, 7),
    (pipeline(predict=double_later, preprocess=double_later), 1, 4),
    (pipeline(predict=double, postprocess=double_later), 1, 4),
    (pipeline(predict=count_up), 3, [0, 1, 2]),
    (pipeline(predict=count_up_later), 3, [0, 1, 2]),
    (pipeline(predict=double, postprocess=count_up), 2, [0, 1, 2, 3]),
    (pipeline(preprocess=count_up, predict=sum), 4, 6),
    (pipeline(predict=lambda x: (c for c in x)), "ab", ["a", "b"]),
    (pipeline(predict=named_extras, parameters={"scale": 2}), 1, [1, 5, 2]),
    (pipeline(predict=named_extras, parameters={"scale": 2, "k": 3}), 1, [1, 3, 2]),
    (pipeline(predict=positional_extras, parameters={"a": 1}), 0, [0, 1, 2, 3]),
    (pipeline(predict=positional_extras, parameters={"a": 1, "c": 0}), 0, [0, 1, 2, 0]),
]


@pytest.mark.parametrize(("running", "given", "answer"), ANSWERS)
def test_the_answer_is_the_one_of_the_server(running, given, answer):
    assert running.run(given).output == answer


@pytest.mark.parametrize(("running", "given", "answer"), ANSWERS)
def test_a_loop_that_runs_already_is_no_hindrance(running, given, answer):
    async def in_a_notebook():
        return running.run(given).output

    assert asyncio.run(in_a_notebook()) == answer


def test_a_trace_has_each_stage():
    trace = pipeline(double, preprocess=repr, postprocess=len).run(12)
    assert [(s.name, s.value, s.error) for s in trace.stages] == [
        ("preprocess", "12", None),
        ("predict", {"predictions": "1212"}, None),
        ("postprocess", 1, None),
    ]
    assert all(stage.seconds >= 0 for stage in trace.stages)


def test_a_trace_shows_each_stage_with_its_value():
    trace = pipeline(double, preprocess=lambda x: [x]).run("<b>")
    lines = str(trace).splitlines()
    assert lines[2].startswith("preprocess")
    assert lines[2].endswith("list of 1: '<b>'")
    assert lines[3].endswith("dict of 1: predictions")
    assert "&lt;b&gt;" in trace._repr_html_()
    assert "<b>'" not in trace._repr_html_()


def fail(x):
    raise ValueError(f"no {x}")


def test_a_failure_ends_the_run_and_is_raised_by_the_output():
    trace = pipeline(predict=fail, preprocess=double, postprocess=double).run("x")
    assert [stage.name for stage in trace.stages] == ["preprocess", "predict"]
    assert "ValueError: no xx" in str(trace)
    with pytest.raises(ValueError, match="no xx") as caught:
        _ = trace.output
    assert caught.value is trace.stages[-1].error
    assert caught.traceback[-1].name == "fail"


def test_a_traceback_begins_in_the_function_of_the_user():
    error = pipeline(predict=fail).run("x").stages[-1].error
    assert error.__traceback__.tb_frame.f_code.co_name == "fail"


async def fail_later(x):
    return fail(x)


def test_an_async_failure_is_the_users_own():
    with pytest.raises(ValueError, match="no x"):
        _ = pipeline(predict=fail_later).run("x").output


def interrupt(x):
    raise KeyboardInterrupt


def test_an_interrupt_is_not_kept():
    with pytest.raises(KeyboardInterrupt):
        pipeline(predict=interrupt).run(1)


async def exit_later(x):
    sys.exit(x)


async def interrupt_later(x):
    interrupt(x)


async def exit_in_a_task(x):
    await asyncio.gather(exit_later(x), double_later(x))


async def exit_in_a_stream(x):
    yield x
    sys.exit(x)


@pytest.mark.parametrize(
    "stage", [exit_later, interrupt_later, exit_in_a_task, exit_in_a_stream]
)
def test_an_exit_of_an_async_stage_ends_that_run_alone(stage):
    with pytest.raises((SystemExit, KeyboardInterrupt)):
        pipeline(predict=stage).run(3)
    assert pipeline(predict=double_later).run(1).output == 2


def returning(stream):
    """Return a plain function that returns a generator."""
    return lambda x: stream(x)  # noqa: PLW0108  # itself no generator function


@pytest.mark.parametrize("stream", [count_up, count_up_later])
def test_a_stream_that_predict_returns_cannot_be_postprocessed(stream):
    running = pipeline(predict=returning(stream), postprocess=double)
    trace = running.run(1)
    assert [stage.name for stage in trace.stages] == ["predict"]
    with pytest.raises(StageError, match="refuses a streaming predict"):
        _ = trace.output


def test_what_is_missing_is_told_before_anything_runs():
    ran = []
    running = pipeline(
        load=lambda self: ran.append("load"),
        preprocess=ran.append,
        postprocess=named_extras,
    )
    with pytest.raises(RunError) as caught:
        running.run(1)
    assert [p.name for p in caught.value.problems] == ["scale", "predict"]
    assert ran == []


def test_load_runs_once_before_the_first_input():
    loads = []

    def load(self):
        loads.append(self)
        self.offset = 10

    def predict(self, x):
        return self.offset + x

    running = pipeline(load=load, predict=predict)
    assert loads == []
    assert [running.run(x).output for x in (1, 2)] == [11, 12]
    change(running, "preprocess", double)
    assert running.run(1).output == 12
    assert len(loads) == 1


def test_load_runs_again_on_a_new_self_after_it_changed():
    def remember(self, x):
        self.seen = [*getattr(self, "seen", []), x]
        return self.seen

    running = pipeline(load=lambda self: None, predict=remember)
    assert [running.run(x).output for x in (1, 2)] == [[1], [1, 2]]
    change(running, "load", lambda self: setattr(self, "seen", [0]))
    assert running.run(3).output == [0, 3]


def test_load_runs_again_after_a_parameter_of_it_changed():
    def load(self, size=1):
        self.size = size

    running = pipeline(load=load, predict=lambda self, x: self.size)
    assert running.run(0).output == 1
    running._captured.set_parameter("size", Reference(kept=2))
    assert running.run(0).output == 2


def test_a_load_that_fails_is_told_and_tried_again():
    attempts = []

    def load(self):
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("no network")

    running = pipeline(load=load, predict=double)
    failed = running.run(1)
    assert [stage.name for stage in failed.stages] == ["load"]
    with pytest.raises(OSError, match="no network"):
        _ = failed.output
    assert running.run(1).output == 2


def test_all_stages_share_one_self():
    def preprocess(self, x):
        self.length = len(x)
        return x

    running = pipeline(
        len, preprocess=preprocess, postprocess=lambda self, out: self.length
    )
    assert running.run("abc").output == 3


def test_a_name_is_looked_up_at_each_run():
    names = {"model": double, "k": 1}
    captured = Captured(Notebook(names))
    captured.set_model(Model(Reference(name="model", namespace=names), None))
    captured.set_stage(Stage.of("postprocess", lambda out, k: (out["predictions"], k)))
    captured.set_parameter("k", Reference(name="k", namespace=names))
    running = Pipeline(captured)
    assert running.run(1).output == (2, 1)
    names.update(model=str, k=2)
    assert running.run(1).output == ("1", 2)
    del names["model"]
    with pytest.raises(NameError, match="'model' is not defined"):
        _ = running.run(1).output


def test_a_value_is_observed_before_the_next_stage_changes_it():
    seen = []
    running = pipeline(
        preprocess=lambda x: [x],
        predict=lambda x: x.append("changed") or x,
        postprocess=count_up_once,
    )

    class Seen(Observer):
        def ends(self, stage):
            seen.append((stage.name, list(stage.value)))

    running.run(1, Seen())
    assert seen == [
        ("preprocess", [1]),
        ("predict", [1, "changed"]),
        ("postprocess", [2]),
    ]


def count_up_once(x):
    yield len(x)


def test_an_observer_hears_of_each_stage_and_each_part():
    heard = []

    class Ear(Observer):
        def begins(self, stage):
            heard.append(f"{stage}…")

        def yields(self, stage, chunk):
            heard.append(f"{stage}: {chunk}")

        def ends(self, stage):
            heard.append(stage.error or stage.name)

    async def predict(self, x):
        yield self.greeting
        yield x

    def load(self):
        self.greeting = "hello"

    running = pipeline(load=load, predict=predict)
    assert running.run("you", Ear()).output == ["hello", "you"]
    told = ["predict…", "predict: hello", "predict: you", "predict"]
    assert heard == ["load…", "load", *told]
    running.run("you", Ear())
    assert heard[-4:] == told


def test_what_an_observer_raises_ends_the_run():
    class Stop(Observer):
        def begins(self, stage):
            if stage == "predict":
                raise InterruptedError

    ran = []
    running = pipeline(ran.append, preprocess=lambda x: ran.append(x) or x)
    with pytest.raises(InterruptedError):
        running.run(1, Stop())
    assert ran == [1]


def test_a_second_run_waits_for_the_first():
    entered, leave, order = threading.Event(), threading.Event(), []

    def predict(x):
        order.append(f"{x} in")
        entered.set()
        assert leave.wait(30)
        order.append(f"{x} out")
        return x

    running = pipeline(predict=predict)
    threads = [threading.Thread(target=running.run, args=(i,)) for i in (1, 2)]
    threads[0].start()
    assert entered.wait(30)
    threads[1].start()
    leave.set()
    for thread in threads:
        thread.join(30)
    assert order == ["1 in", "1 out", "2 in", "2 out"]


def test_a_pipeline_that_loads_anew_takes_turns_with_the_first():
    both = threading.Barrier(2)
    running = pipeline(predict=lambda x: both.wait(0.5))
    errors = []

    def run(one):
        errors.append(one.run(1).stages[0].error)

    threads = [
        threading.Thread(target=run, args=(one,)) for one in (running, running.anew())
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [type(error) for error in errors] == [threading.BrokenBarrierError] * 2


def test_files_are_noted_after_a_stage_ran_its_own_bundle(tmp_path):
    (tmp_path / "labels.txt").touch()

    def predict(x):
        if x:
            running.run(x - 1)
            (tmp_path / "labels.txt").read_text()

    running = pipeline(predict=predict)
    running.run(2)
    opened = [(file.path, file.stage) for file in running._captured.opened]
    assert opened == [(str(tmp_path / "labels.txt"), "predict")]


def test_sync_stages_run_where_they_are_called():
    running = pipeline(lambda x: threading.current_thread())
    assert running.run(1).output == {"predictions": threading.current_thread()}


def test_async_stages_share_one_loop():
    loops = []

    async def predict(x):
        loops.append(asyncio.get_running_loop())
        return x

    running = pipeline(predict=predict)
    running.run(1)
    running.run(2)
    assert loops[0] is loops[1]
