"""``grader check --watch``: from a saved file to its verdict in under a second, and single keys for the rest.

The sandbox's worker stays warm between checks. A save never starts a training: that is what the key ``t`` is for.
"""

from __future__ import annotations

import sys
import time
import webbrowser
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.text import Text as Rich

from grader.cli.render import safe, short, show_frames
from grader.cli.screen import console
from grader.cli.standing import exercise_table
from grader.cli.training import Training
from grader.cli.verdict import print_verdict
from grader.errors import NothingToGrade
from grader.i18n import tr
from grader.schema import Course, Exercise, Lang, Result
from grader.text import format_number
from grader.workflows.check import Checker, first_failure, hinted, waits_for_training


class Keys:
    """``with Keys() as keys: keys.pressed()`` is the key that was pressed since, or ``""``.

    The terminal is as it was afterwards. Where there is none (a pipe, a CI log) there are no keys: ``usable`` is
    False. Ctrl-C stays what it is.
    """

    def __init__(self) -> None:
        self.usable = False
        self._saved: list[Any] | None = None

    def __enter__(self) -> Self:
        if not sys.stdin.isatty():
            return self
        if sys.platform == "win32":
            self.usable = True
            return self
        try:
            import termios
            import tty

            self._saved = termios.tcgetattr(sys.stdin.fileno())
            tty.setcbreak(sys.stdin.fileno())
        except (ImportError, OSError):
            return self
        except termios.error:
            return self
        self.usable = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._saved is not None:
            import termios

            termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._saved)
            self._saved = None

    def pressed(self) -> str:
        """The next key, in lower case; empty where none was pressed. Never waits."""
        if not self.usable:
            return ""
        if sys.platform == "win32":
            import msvcrt

            return msvcrt.getwch().lower() if msvcrt.kbhit() else ""
        import os
        import select

        if not select.select([sys.stdin], [], [], 0)[0]:
            return ""
        data = os.read(sys.stdin.fileno(), 1)
        if not data:
            self.usable = False  # the terminal is gone
        return data.decode("ascii", "ignore").lower()


#: Files whose change is worth a look.
SUFFIXES = (".py", ".ipynb", ".keras")
#: Milliseconds: an editor's save is several changes; more than this apart are two saves.
_DEBOUNCE, _STEP, _KEYS = 120, 30, 60


class Watch:
    """One session at the terminal."""

    def __init__(
        self, checker: Checker, course: Course, only: Sequence[Exercise], lang: Lang, training: Training
    ) -> None:
        self._checker = checker
        self._course = course
        self._folder = checker.place.folder.resolve()
        self._only = list(only)
        self._lang = lang
        self._training = training
        self._screen = console()
        self._outcomes: dict[tuple[str, str], str] = {}
        self._result: Result | None = None
        self._current: Exercise | None = only[0] if only else None
        self._hints = 0
        self._keys = {"t": self._train, "h": self._hint, "o": self._open, "n": self._next}

    def run(self) -> None:
        """Until ``q``, Ctrl-C, or the end of the terminal."""
        with Keys() as keys:
            for event in self._events(keys):
                if event is None:
                    self._help(keys)
                    if self._only:
                        self.check(self._only)
                    else:
                        place = self._checker.place
                        exercise_table(
                            self._screen, self._course, place.standing(), self._lang, suffix=place.suffix
                        )
                elif isinstance(event, list):
                    self._current = event[0]
                    self.check(event)
                elif event == "q":
                    return
                elif event in self._keys:
                    self._keys[event]()

    def check(self, exercises: Sequence[Exercise], *, train: bool = False) -> None:
        """Check and say how it went; the full report is written after that."""
        started = time.perf_counter()
        self._screen.rule(time.strftime("%H:%M:%S"), style="dim")
        try:
            with self._training.shown():
                result = self._checker.check(exercises, train=train, reports=False, progress=self._training.stage)
        except NothingToGrade as nothing:
            self._screen.print(Rich(nothing.text.get(self._lang), style="red"))
            return
        self._result, self._hints = result, 0
        print_verdict(self._screen, result, self._lang, None, changed=self._outcomes)
        self._outcomes |= {(e.id, c.id): c.outcome for e in result.exercises for c in e.checks}
        seconds = format_number(time.perf_counter() - started, 1)
        self._say(tr(self._lang, "Checked in {seconds} s.", seconds=seconds))
        if not train and waits_for_training(result):
            self._say(tr(self._lang, "Some checks need training: press t."))
        self._checker.write_reports(result)

    def _say(self, message: str, style: str = "dim") -> None:
        self._screen.print(Rich(message, style=style), soft_wrap=True)

    def _train(self) -> None:
        if self._current is None:
            self._say(tr(self._lang, "Save a file first, or press n for the next exercise."))
        else:
            self.check([self._current], train=True)

    def _hint(self) -> None:
        """The next hint: of the first failure, then of the other ones."""
        checks = hinted(self._result) if self._result else []
        failed = first_failure(self._result) if self._result else None
        if not checks and failed is not None:
            message = failed[1].message if failed[1] is not None else failed[0].message
            self._say(tr(self._lang, "There is no hint for this one. What it says:"))
            if message is not None:
                self._screen.print(safe(message, self._lang))
            show_frames(self._screen, failed[1].frames if failed[1] is not None else failed[0].frames, self._lang)
            return
        if not checks:
            self._say(tr(self._lang, "There is no hint to show: nothing failed."))
            return
        check = checks[self._hints % len(checks)]
        self._hints += 1
        assert check.hint is not None
        line = safe(check.title, self._lang, "bold").append(": ")
        self._screen.print(line.append(safe(check.hint, self._lang, "not bold cyan")))

    def _open(self) -> None:
        report = self._checker.report
        if not report.is_file():
            self._say(tr(self._lang, "There is no report yet."))
            return
        self._say(str(report), "underline")
        webbrowser.open(report.resolve().as_uri())

    def _next(self) -> None:
        """Go on to the next exercise that is not finished, and check it."""
        exercise = self._checker.unfinished_after(self._current)
        if exercise is None:
            self._say(tr(self._lang, "There is no other exercise left to do."), "green")
            return
        self._current = exercise
        file = next(self._checker.files(exercise), None)
        line = Rich.assemble((f"{short(exercise.id)}  ", "dim"), safe(exercise.title, self._lang, "bold"))
        shown = file.relative_to(self._checker.place.folder) if file else exercise.file
        self._screen.print(line.append(f"  {shown}", style="dim"))
        if file is not None:
            self.check([exercise])

    def _help(self, keys: Keys) -> None:
        self._say(tr(self._lang, "Watching for changes; Ctrl-C ends it."))
        if keys.usable:
            self._say(tr(self._lang, "t train · h hint · n next exercise · o open the report · q quit"))
        else:
            self._say(tr(self._lang, "There are no keys here: this is not a terminal."))

    def _events(self, keys: Keys) -> Iterator[list[Exercise] | str | None]:
        """Keys, and exercises whose file was saved; first of all None, as soon as no save can be missed."""
        from watchfiles import watch

        ready = False
        for changes in watch(
            self._folder,
            raise_interrupt=True,
            debounce=_DEBOUNCE,
            step=_STEP,
            rust_timeout=_KEYS,
            yield_on_timeout=True,
        ):
            if not ready:
                ready = True
                yield None
            stems = {Path(path).stem for _, path in changes if self._is_work(Path(path))}
            watched = {exercise.id for exercise in (*self._checker.exercises, self._current) if exercise}
            touched = [each for each in self._course.exercises if each.id in watched and each.file in stems]
            if touched:
                yield touched
            while key := keys.pressed():
                yield key

    def _is_work(self, path: Path) -> bool:
        """Whether a student wrote it: our own reports, and an editor's hidden files, are no work."""
        inside = path.relative_to(self._folder) if path.is_relative_to(self._folder) else Path(path.name)
        return path.suffix in SUFFIXES and not any(part.startswith(".") for part in inside.parts)
