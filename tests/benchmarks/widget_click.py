"""A click on Run, against a bare update of an output, in a real kernel.

    python tests/benchmarks/widget_click.py

prints both times and their ratio; the aim is at most 2, and at most 2.5 for each key in
a burst of typing. A click is all that the kernel
does: its callback, the run of three stages, every stage's card, and the page that shows
them. The bare update is one ``Output.outputs = …`` with the very HTML of that page, so
both send one message with as many bytes.

Each is asked alone, with a moment in which the kernel is idle, as people click: the
message has left the kernel before the next one comes. In a burst the thread that sends
takes many bare updates at once. Clicks of which each waits for the one before, in a
thread of its own, never profit from that; that ratio is printed too. Typing while Live
is on, does: a key is what the kernel does with the page's message, its echo, and the
runs that didn't give way. Time is the processor's, over all threads of the kernel
without what an idle one takes. Each round asks all in turn, and the median of the
rounds counts; what the stages themselves take is taken off.
"""

import itertools
import sys
import threading
import time
from collections.abc import Callable
from statistics import median

from jupyter_client.manager import start_new_kernel

ROUNDS = 15
CLICKS = 100
PAUSE = 0.001  # seconds


def main() -> None:
    """Start a kernel, let it measure, and print what it says."""
    manager, client = start_new_kernel()
    try:
        code = f"import sys; sys.path[:] = {sys.path!r}; import runpy\n"
        code += f"runpy.run_path({__file__!r})['measure']()"
        client.execute_interactive(
            code,
            output_hook=lambda message: sys.stdout.write(
                message["content"].get("text", "")
                or "\n".join(message["content"].get("traceback", []))
            ),
            timeout=600,
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def measure() -> None:
    """Measure in this kernel, and print."""
    import ipywidgets  # in the kernel

    from truss_nb import Bundle

    bundle = Bundle()
    bundle.preprocess(lambda x: [2 * each for each in x])
    bundle.model(lambda x: x)
    bundle.postprocess(lambda out, k=3: {"cat": 0.75, "dog": 0.25, "k": out is k})
    widget = bundle.widget()
    widget.entry.text.value = "[1, 2, 3]"
    output = ipywidgets.Output()
    numbers = itertools.count()
    pages = [page(0, widget), page(1, widget)]

    def click() -> None:
        widget.run()

    def bare() -> None:
        pages.reverse()
        output.outputs = (pages[0],)

    def key() -> None:
        text = f"[1, 2, {next(numbers)}]"
        widget.entry.text.set_state({"value": text})  # as the page's message does

    def one_by_one() -> None:
        done = threading.Event()
        widget.run()
        widget.session.worker.submit(done.set)  # after the run
        done.wait()

    one_by_one()
    widget.live.value = True
    pages = [page(0, widget), page(1, widget)]
    run = min(clock(lambda: bundle.run([1, 2, 3])) for _ in range(5))
    calls = (
        *((click, PAUSE), (bare, PAUSE), (lambda: None, PAUSE)),
        *((key, 0), (one_by_one, 0), (bare, 0)),
    )
    rounds = [[clock(*call) for call in calls] for _ in range(ROUNDS)]
    alone = [(c - idle - run) / (b - idle) for c, b, idle, *_ in rounds]
    typed = [k / b for *_, k, _, b in rounds]
    waited = [(c - run) / b for *_, c, b in rounds]
    ours, theirs, idle, *many = map(median, zip(*rounds, strict=True))
    sys.stdout.write(
        f"a click {ours - idle:.0f} µs, of which the stages {run:.0f} µs; "
        f"a bare update {theirs - idle:.0f} µs; "
        f"ratio {median(alone):.2f}\n"
        f"in a burst a key {many[0]:.0f} µs, a bare update {many[2]:.0f} µs; "
        f"ratio {median(typed):.2f}\n"
        f"a click that waits for the one before {many[1]:.0f} µs; "
        f"ratio {median(waited):.2f}\n"
    )


def page(number: int, widget: object) -> dict[str, object]:
    """Return an output that shows what the widget shows; no two are the same."""
    html = f"{widget.result.value}<!-- {number} -->"
    data = {"text/html": html}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def clock(call: Callable[[], object], pause: float = 0) -> float:
    """Return how many microseconds one call takes, with a pause after each."""
    started = time.process_time()
    for _ in range(CLICKS):
        call()
        if pause:
            time.sleep(pause)
    return (time.process_time() - started) / CLICKS * 1e6


if __name__ == "__main__":
    main()
