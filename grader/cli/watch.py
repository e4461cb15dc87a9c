"""``grader check --watch``: from a saved file to its verdict in under a second, and single keys for the rest.

The sandbox's worker stays warm between checks. A save never starts a training: that is what the key ``t`` is for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text as Rich

from grader.cli.common import console
from grader.cli.keys import Keys
from grader.cli.render import say, short
from grader.cli.verdict import first_failure, print_verdict
from grader.i18n import tr
from grader.schema import Course, Exercise, Lang, Result

if TYPE_CHECKING:
    from grader.cli.training import Training
    from grader.cli.workplace import Workplace
    from grader.workflows import Grader

#: Files whose change is worth a look.
SUFFIXES = (".py", ".ipynb", ".keras")
#: Milliseconds: an editor's save is several changes; more than this apart are two saves.
_DEBOUNCE, _STEP, _KEYS = 120, 30, 60


class Watch:
    """One session at the terminal."""

    def __init__(
        self, grader: Grader, place: Workplace, only: Sequence[Exercise], lang: Lang, training: Training
    ) -> None:
        self._grader = grader
        self._place = place
        self._folder = place.folder.resolve()
        self._only = list(only)
        self._lang = lang
        self._training = training
        self._screen = console()
        self._outcomes: dict[tuple[str, str], str] = {}
        self._result: Result | None = None
        self._current: Exercise | None = only[0] if only else None
        self._hints = 0

    @property
    def course(self) -> Course:
        """The course."""
        return self._grader.course

    def run(self) -> None:
        """Until ``q``, Ctrl-C, or the end of the terminal."""
        with Keys() as keys:
            for event in self._events(keys):
                if event is None:
                    self._help(keys)
                    if self._only:
                        self.check(self._only)
                elif isinstance(event, list):
                    self._current = event[0]
                    self.check(event)
                elif not self._key(event):
                    return

    def check(self, exercises: Sequence[Exercise], *, train: bool = False) -> None:
        """Check and say how it went; the full report is written after that."""
        from grader.errors import NothingToGrade
        from grader.workflows.reports import write_reports

        started = time.perf_counter()
        names = [exercise.id for exercise in exercises]
        self._screen.rule(time.strftime("%H:%M:%S"), style="dim")
        out = self._place.reports
        try:
            with self._training.shown():
                result = self._grader.grade(
                    self._place.folder,
                    out,
                    only=names,
                    lang=self._lang,
                    train=train,
                    reports=False,
                    progress=self._training.stage,
                )
        except NothingToGrade as nothing:
            self._screen.print(Rich(nothing.text.get(self._lang), style="red"))
            return
        self._result, self._hints = result, 0
        print_verdict(self._screen, result, self._lang, None, changed=self._outcomes)
        self._outcomes |= {(e.id, c.id): c.outcome for e in result.exercises for c in e.checks}
        seconds = f"{time.perf_counter() - started:.2f}"
        self._screen.print(Rich(tr(self._lang, "Checked in {seconds} s.", seconds=seconds), style="dim"))
        if not train and _waits(result):
            self._screen.print(Rich(tr(self._lang, "Some checks need training: press t."), style="dim"))
        self._place.remember(result)
        write_reports(result, out, self._lang, self._grader.course)

    def _key(self, key: str) -> bool:
        """Do what ``key`` means; False: stop."""
        if key == "q":
            return False
        if key == "t":
            self._with_current(lambda exercise: self.check([exercise], train=True))
        elif key == "h":
            self._hint()
        elif key == "o":
            self._open()
        elif key == "n":
            self._next()
        return True

    def _with_current(self, act: object) -> None:
        assert callable(act)
        if self._current is None:
            self._screen.print(tr(self._lang, "Save a file first, or press n for the next exercise."), style="dim")
        else:
            act(self._current)

    def _hint(self) -> None:
        """The next hint: of the first failure, then of the other ones."""
        failed = [c for e in (self._result.exercises if self._result else ()) for c in e.checks if c.hint]
        first = first_failure(self._result) if self._result else None
        if first is not None and first[1] in failed:
            failed.remove(first[1])
            failed.insert(0, first[1])
        if not failed:
            self._screen.print(tr(self._lang, "There is no hint to give: nothing failed."), style="dim")
            return
        check = failed[self._hints % len(failed)]
        self._hints += 1
        assert check.hint is not None
        line = (
            say(check.title, self._lang, "bold").append(": ").append(say(check.hint, self._lang, "not bold cyan"))
        )
        self._screen.print(line)

    def _open(self) -> None:
        report = self._place.reports / "report.html"
        if not report.is_file():
            self._screen.print(tr(self._lang, "There is no report yet."), style="dim")
            return
        import webbrowser

        self._screen.print(Rich(str(report), style="underline"), soft_wrap=True)
        webbrowser.open(report.resolve().as_uri())

    def _next(self) -> None:
        """Go on to the next exercise that is not finished, and check it."""
        exercises = self._only or list(self.course.exercises)
        standing = self._place.standing()
        start = exercises.index(self._current) + 1 if self._current in exercises else 0
        for exercise in (*exercises[start:], *exercises[:start]):
            state = standing.get(exercise.id, {})
            if exercise != self._current and state.get("points") != state.get("max_points", -1):
                self._current = exercise
                file = next(self._files(exercise), None)
                line = Rich.assemble((f"{short(exercise.id)}  ", "dim"), say(exercise.title, self._lang, "bold"))
                line.append(f"  {file.relative_to(self._place.folder) if file else exercise.file}", style="dim")
                self._screen.print(line)
                if file is not None:
                    self.check([exercise])
                return
        self._screen.print(tr(self._lang, "There is no other exercise left to do."), style="green")

    def _files(self, exercise: Exercise) -> Iterator[Path]:
        for suffix in (".py", ".ipynb"):
            yield from self._place.folder.glob(f"**/{exercise.file}{suffix}")

    def _help(self, keys: Keys) -> None:
        self._screen.print(tr(self._lang, "Watching for changes; Ctrl-C ends it."), style="dim")
        if keys.usable:
            text = tr(self._lang, "t train · h hint · n next exercise · o open the report · q quit")
        else:
            text = tr(self._lang, "There are no keys here: this is not a terminal.")
        self._screen.print(text, style="dim")

    def _events(self, keys: Keys) -> Iterator[list[Exercise] | str | None]:
        """Keys, and exercises whose file was saved; first of all None, as soon as no save can be missed."""
        from watchfiles import watch

        watched = self._only or self.course.exercises
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
            touched = [exercise for exercise in watched if exercise.file in stems]
            if touched:
                yield touched
            while key := keys.pressed():
                yield key

    def _is_work(self, path: Path) -> bool:
        """Whether a student wrote it: our own reports, and an editor's hidden files, are no work."""
        inside = path.relative_to(self._folder) if path.is_relative_to(self._folder) else Path(path.name)
        return path.suffix in SUFFIXES and not any(part.startswith(".") for part in inside.parts)


def _waits(result: Result) -> bool:
    """Whether something was left out although nothing failed."""
    return (
        any(c.outcome == "skipped" for e in result.exercises for c in e.checks) and first_failure(result) is None
    )
