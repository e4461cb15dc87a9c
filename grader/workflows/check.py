"""A student's own files checked again and again: one warm grader, one working folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.schema import CheckResult, Exercise, ExerciseResult, Lang, Result
from grader.workflows.grade import Grader
from grader.workflows.options import Progress, no_progress
from grader.workflows.reports import write_reports
from grader.workflows.workplace import Workplace


class Checker:
    """Checks, remembers how far one is, and knows what comes next."""

    def __init__(self, grader: Grader, place: Workplace, lang: Lang, only: Sequence[Exercise] = ()) -> None:
        self._grader = grader
        self._lang = lang
        self.place = place
        self.exercises = tuple(only) or grader.course.exercises
        """What is looked at."""

    @property
    def report(self) -> Path:
        """The page of the last check that wrote its reports."""
        return self.place.reports / "report.html"

    def check(
        self,
        only: Sequence[Exercise] = (),
        *,
        train: bool | None = None,
        reports: bool = True,
        progress: Progress = no_progress,
    ) -> Result:
        """Check the files of ``only``; by default of every exercise whose file is there.

        Args:
            train: False leaves out what needs training; by default as the grader's options say.
            reports: False leaves them to :meth:`write_reports`, for a caller that shows the result first.

        Raises:
            As :meth:`grader.workflows.grade.Grader.grade`; OutputError: what was found out can't be remembered.
        """
        result = self._grader.grade(
            self.place.folder,
            self.place.reports,
            only=[exercise.id for exercise in only],
            lang=self._lang,
            train=train,
            reports=reports,
            progress=progress,
        )
        self.place.remember(result)
        return result

    def write_reports(self, result: Result) -> None:
        """The pages of a check without ``reports``."""
        write_reports(result, self.place.reports, self._lang, self._grader.course.exercises)

    def unfinished_after(self, current: Exercise | None) -> Exercise | None:
        """The next exercise without full points in its last check, from ``current`` on and around."""
        standing = self.place.standing()
        start = self.exercises.index(current) + 1 if current in self.exercises else 0
        for exercise in (*self.exercises[start:], *self.exercises[:start]):
            state = standing.get(exercise.id, {})
            if exercise != current and state.get("points") != state.get("max_points", -1):
                return exercise
        return None

    def files(self, exercise: Exercise) -> Iterator[Path]:
        """The student's files of ``exercise``, the one that counts first."""
        for suffix in (".py", ".ipynb"):
            yield from self.place.folder.glob(f"**/{exercise.file}{suffix}")


def first_failure(result: Result) -> tuple[ExerciseResult, CheckResult | None] | None:
    """What to mend first: the exercise, and the check where it is one; None where nothing failed."""
    for exercise in result.exercises:
        failed = next((check for check in exercise.checks if check.outcome in ("failed", "ungraded")), None)
        if exercise.message is not None:
            # The file does not run, or is not there: no check says more than that.
            same = failed is None or failed.message == exercise.message or not failed.message
            return exercise, None if same else failed
        if failed is not None:
            return exercise, failed
    return None


def hinted(result: Result) -> list[CheckResult]:
    """Checks that have a hint to give, the first failure's first."""
    found = [check for exercise in result.exercises for check in exercise.checks if check.hint]
    first = first_failure(result)
    return sorted(found, key=lambda check: first is None or check is not first[1])


def waits_for_training(result: Result) -> bool:
    """Whether something was left out although nothing failed."""
    skipped = any(check.outcome == "skipped" for exercise in result.exercises for check in exercise.checks)
    return skipped and first_failure(result) is None
