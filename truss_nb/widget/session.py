"""The widget's logic, without a screen.

A session belongs to one bundle. It does what a control asks for, one thing at a time,
in a thread of its own, and tells a *painter* what there is to show. It imports no
control and no front end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from truss_nb.contents.asked import Asked
from truss_nb.contents.contents import Captured
from truss_nb.contents.example import Example, only_packed
from truss_nb.credentials.credentials import Credentials
from truss_nb.errors import NOTHING_WRITTEN, TrussNBError
from truss_nb.live.trace import Observer, Trace
from truss_nb.truss.wire import input_json
from truss_nb.values.since import Standing, lasting, since, standing
from truss_nb.values.snapshot import snapshot
from truss_nb.widget.exporting import Outcome, Wish, carry_out
from truss_nb.widget.run.printed import printed
from truss_nb.widget.run.reply import command, reply
from truss_nb.widget.run.run import Cards, Run, State
from truss_nb.widget.worker import Stopped, Worker

if TYPE_CHECKING:
    from truss_nb.export.report import Export
    from truss_nb.live.example import Replay
    from truss_nb.status.status import Status


class Bundle(Protocol):
    """What a session asks of the bundle that it belongs to."""

    captured: Captured

    def run(
        self, x: Any, observer: Observer | None = None, *, endpoint: str = "predict"
    ) -> Trace:
        """Run one live prediction."""

    def parameter(self, **values: Any) -> object:
        """Set extra parameters of the stages."""

    def forget_parameter(self, name: str) -> None:
        """Give a parameter its default back."""

    def example(
        self, x: Any, name: str | None = None, *, endpoint: str = "predict"
    ) -> Example:
        """Keep an input, with what each stage makes of it."""

    def rename_example(self, old: str, new: str) -> None:
        """Call an example by another name."""

    def forget_example(self, name: str) -> None:
        """Drop an example."""

    def replay(self, name: str) -> Replay:
        """Run an example again, and compare."""

    def status(self) -> Status:
        """Return what the bundle needs, and why."""

    @property
    def export(self) -> Callable[..., Export]:
        """Write the bundle as a Truss."""

    @property
    def url(self) -> str | None:
        """Where the last export is served; None if it isn't."""


class Painter(Protocol):
    """Shows what a session reports; it is called from any thread."""

    def show_run(self, run: Run) -> None:
        """Show a run, as far as it has come."""

    def tell(self, text: str) -> None:
        """Show what became of a click."""

    def show_busy(self) -> None:
        """Show that a job takes its time; it may be called again and again."""

    def settle(self) -> None:
        """Do what was left for a quiet moment: nothing runs."""


class Session:
    """Runs, changes and exports a bundle for one widget, one job at a time.

    Args:
        bundle: whose widget it is.
        painter: what shows the runs and messages.
        is_public: visitors try it, who may see neither code nor files of this machine.
    """

    def __init__(
        self, bundle: Bundle, painter: Painter, *, is_public: bool = False
    ) -> None:
        self.bundle, self.painter, self.is_public = bundle, painter, is_public
        self.worker = Worker(self._beat, painter.settle, self._report)
        self.replays: dict[str, Replay] = {}
        """What became of the examples that ran again, by name."""
        self._credentials: tuple[tuple[str, ...], Credentials] | None = None
        self._runs = 0
        self._cards: Cards | None = None
        self._painting = threading.Lock()
        self._state = self._bundles_state()
        self.standing = standing(bundle.captured)
        """What an answer depends on, as it was when something may have changed."""
        self._looks = 0
        self.last: Asked | None = None
        """What was run or opened here last."""

    def run(
        self, make: Callable[[], Any], *, live: bool = False, endpoint: str = "predict"
    ) -> None:
        """Run the bundle on what ``make`` returns, after what was asked for before.

        Args:
            make: gives the input, in the session's thread; it may read a file.
            live: nobody clicked; the newest such run replaces one that waits.
            endpoint: what it is sent to.
        """
        self.worker.submit(lambda: self._run(make, endpoint), gives_way=live)

    def stop(self) -> None:
        """Drop the runs that wait, and end the current one after its stage."""
        asked = self.worker.stop()
        self.painter.tell("Stopping …" if asked else "Nothing runs.")

    def replay(self) -> Iterator[str]:
        """Run each example again, and yield its name before."""
        for name in self.bundle.captured.examples:
            self.worker.check()
            yield name
            self.replays[name] = self.bundle.replay(name)

    def export(self, wish: Wish, tell: Callable[[str, float], None]) -> Outcome:
        """Write and prove the bundle; between two steps it can be stopped.

        Raises:
            TrussNBError: nothing was written, or it was stopped.
        """

        def step(name: str, done: float) -> None:
            self.worker.check()
            tell(name, done)

        def write(*folder: str, **options: Any) -> Export:
            try:
                return self.bundle.export(*folder, **options)
            except Stopped:
                raise TrussNBError(NOTHING_WRITTEN.format(wish.folder)) from None

        secrets = self.bundle.captured.secret_values()
        try:
            return carry_out(wish, write, secrets, step)
        except Stopped:
            told = f"Stopped: {wish.folder} is written, and not proven everywhere."
            raise TrussNBError(told) from None

    def credentials(self) -> Credentials:
        """Return what must not be shown; looked for once until the next cell."""
        values = tuple(self.bundle.captured.secret_values().values())
        if self._credentials is None or self._credentials[0] != values:
            self._credentials = values, self.bundle.captured.credentials()
        return self._credentials[1]

    def has_changed(self) -> bool:
        """Return whether anything has changed since this was last asked."""
        before, self._state = self._state, self._bundles_state()
        depended, self.standing = self.standing, standing(self.bundle.captured)
        self._looks += 1
        self._credentials = None  # a cell may have set a variable of the environment
        changed = [a is not b for a, b in zip(before, self._state, strict=True)]
        is_other = depended != self.standing or any(changed[:2])
        (*_, old), (*_, kept) = before, self._state
        self.replays = {
            name: replay
            for name, replay in self.replays.items()
            if not is_other and kept.get(name) is old.get(name)
        }
        return is_other or any(changed)

    def changed_since(self, depended: Standing) -> list[str]:
        """Return what an answer depended on, and is another now."""
        hide = self.credentials().hide
        changed = [*map(hide, since(depended, self.standing))]
        return ["something has changed"] if changed and self.is_public else changed

    def depending(self) -> Callable[[], Standing]:
        """Return what tells on what depended that which is done meanwhile."""
        before, looks = self.standing, self._looks

        def depended() -> Standing:
            self.standing = standing(self.bundle.captured)
            # What a cell has changed meanwhile is no memory of the bundle's own.
            is_alone = looks == self._looks
            return lasting(before, self.standing) if is_alone else before

        return depended

    def _bundles_state(self) -> tuple[Captured, int, Mapping[str, Example]]:
        captured = self.bundle.captured
        return captured, captured.revision, captured.examples

    def _run(self, make: Callable[[], Any], endpoint: str) -> None:
        self._runs += 1
        with self._painting:
            self.painter.tell("")  # it waits no longer
        with printed() as texts:
            captured, pause = self.bundle.captured, self.worker.check
            credentials = self.credentials()
            self._cards = Cards(captured, credentials, texts, pause, endpoint)
            run = self._finish(self._cards, make, endpoint)
        with self._painting:
            self._cards = None
            self._show(run)

    def _beat(self) -> None:
        """Show a job that takes its time as far as it has come, and how many wait."""
        self.painter.show_busy()
        with self._painting:
            if (waiting := self.worker.pending - 1) > 0:
                self.painter.tell(f"{waiting} waiting.")
            if self._cards is not None:
                self._show(Run(self._runs, self._cards.so_far()))

    def _show(self, run: Run) -> None:
        self.painter.show_run(run.for_visitors() if self.is_public else run)

    def _finish(self, cards: Cards, make: Callable[[], Any], endpoint: str) -> Run:
        """Run to the end, whatever that is, and return all there is to show."""
        told, trouble, asked, depended = None, "", None, self.depending()
        try:
            given = make()
            asked = snapshot(given), endpoint  # a stage may change it
            cards.gets(given)
            url = self.bundle.url
            curl = command(given, cards.credentials, endpoint, url)  # as above
            way = only_packed(given) if input_json(given) is None else ""
            trace = self.bundle.run(given, cards, endpoint=endpoint)
            told = reply(trace, curl, cards.credentials, packed=bool(way))
            told = told._replace(way=cards.credentials.hide(way))
        except Stopped:
            trouble = "Stopped."
        except TrussNBError as error:
            trouble = str(error)
        except BaseException as error:  # noqa: BLE001  # even exit() is shown
            trouble = f"{type(error).__name__} ended the run: {error}"
        self.last = self.bundle.captured.last
        trouble = cards.credentials.hide(trouble)
        stopped = cards.so_far(State.STOPPED)
        return Run(self._runs, stopped, told, trouble, asked, depended())

    def _report(self, error: BaseException) -> None:
        kind = "" if isinstance(error, TrussNBError) else f"{type(error).__name__}: "
        self.painter.tell(self.credentials().hide(f"{kind}{error}"))
