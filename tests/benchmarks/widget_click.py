"""A click on Run, against a bare update of an output, in a real kernel.

    python tests/benchmarks/widget_click.py

prints both times and their ratio; the aim is 2, and it is about 4. A click is all that
the kernel does: its callback, the run of three stages, every stage's card, and the page
that shows them. The bare update is ``Output.outputs = …`` with that page. Each round
asks both in turn, and the fastest of each counts; what the stages
themselves take is taken off. Time is the processor's, over all threads of the kernel.
"""

import sys
import time
from collections.abc import Callable

from jupyter_client.manager import start_new_kernel

ROUNDS = 15
CLICKS = 100


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
    pages = [page(0, widget), page(1, widget)]

    def click() -> None:
        widget.run()
        widget.session.worker.wait()

    def bare() -> None:
        pages.reverse()
        output.outputs = (pages[0],)

    click()
    pages = [page(0, widget), page(1, widget)]
    rounds = [(clock(click), clock(bare)) for _ in range(ROUNDS)]
    ours, theirs = map(min, zip(*rounds, strict=True))
    run = min(clock(lambda: bundle.run([1, 2, 3])) for _ in range(5))
    sys.stdout.write(
        f"a click {ours:.0f} µs, of which the stages {run:.0f} µs; "
        f"a bare update {theirs:.0f} µs; ratio {(ours - run) / theirs:.2f}\n"
    )


def page(number: int, widget: object) -> dict[str, object]:
    """Return an output that shows what the widget shows; no two are the same."""
    html = f"{widget.result.value}<!-- {number} -->"
    data = {"text/html": html}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def clock(call: Callable[[], object]) -> float:
    """Return how many microseconds one call takes."""
    started = time.process_time()
    for _ in range(CLICKS):
        call()
    return (time.process_time() - started) / CLICKS * 1e6


if __name__ == "__main__":
    main()
