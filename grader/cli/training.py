"""A line on the terminal while a check runs: what is being done, which epoch, how long it may still take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from grader.cli.screen import console
from grader.i18n import tr
from grader.schema import Exercise, Lang

if TYPE_CHECKING:
    from grader.workflows import Progress, Stage


class Training:
    """Told of stages and epochs, it shows them while :meth:`shown`.

    The epochs are what the student's program prints (``Epoch 2/5``, as Keras does unless ``verbose=0``), read by
    the sandbox's trusted parent while the run goes on. Where nothing is printed, the elapsed time is shown alone.
    """

    def __init__(self, lang: Lang, who: str = "") -> None:
        self._lang = lang
        self._who = who
        self._update: Callable[..., None] | None = None
        self._stage = ""
        self._began: dict[int, float] = {}

    def stage(self, stage: Stage, exercise: Exercise | None) -> None:
        """What is done now."""
        parts = (self._who, exercise.title.get(self._lang) if exercise else "", stage_name(stage, self._lang))
        self._stage = " · ".join(part for part in parts if part)
        self._began.clear()
        if self._update is not None:
            self._update(description=self._stage, total=None, completed=0)

    def epoch(self, number: int, epochs: int) -> None:
        """Epoch ``number`` of ``epochs`` begins. Claims of a stranger: nonsense is not shown."""
        if self._update is None or not 1 <= number <= epochs:
            return
        if number in self._began or any(other > number for other in self._began):
            self._began.clear()  # another training
        self._began[number] = time.monotonic()
        text = tr(self._lang, "epoch {n} of {all}", n=number, all=epochs)
        left = self.seconds_left(number, epochs)
        if left is not None:
            text += " · " + tr(self._lang, "about {seconds} s left", seconds=left)
        self._update(description=f"{self._stage} · {text}", total=epochs, completed=number - 1)

    def seconds_left(self, number: int, epochs: int) -> int | None:
        """How long the epochs from ``number`` on may take, going by the last finished one; None before that."""
        earlier = [other for other in self._began if other < number]
        if not earlier:
            return None
        last = max(earlier)
        each = (self._began[number] - self._began[last]) / (number - last)
        return max(1, round(each * (epochs - number + 1)))

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show a spinner, a bar for the epochs and the elapsed time on stderr, where that is a terminal."""
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        screen = console(stderr=True)
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=16),
            TimeElapsedColumn(),
            console=screen,
            transient=True,
            disable=not screen.is_terminal,
        ) as bar:
            task = bar.add_task(self._who or "…", total=None)
            self._update = lambda **fields: bar.update(task, **fields)
            try:
                yield
            finally:
                self._update = None


@contextmanager
def live_progress(lang: Lang, who: str = "") -> Iterator[Progress]:
    """What is being done, and for how long, on stderr where that is a terminal."""
    training = Training(lang, who)
    with training.shown():
        yield training.stage


def stage_name(stage: str, lang: Lang) -> str:
    """What happens now, in words."""
    names = {
        "prepare": tr(lang, "preparing"),
        "run": tr(lang, "running the code"),
        "inspect": tr(lang, "examining the evidence"),
        "rerun": tr(lang, "close to the minimum: running again with another seed"),
        "award": tr(lang, "scoring"),
        "done": tr(lang, "done"),
    }
    return names[stage]
