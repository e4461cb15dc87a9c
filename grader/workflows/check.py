"""A student's own files checked again and again: one warm grader, one working folder."""

from __future__ import annotations

import hashlib
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
        self._course = grader.course.exercises
        self._kept: list[str] = []

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
        work = {e.id: self._work(e) for e in self._course if e.id in {one.id for one in result.exercises}}
        self._kept = self.place.remember(result, work, trained=train is not False)
        return result

    def _work(self, exercise: Exercise) -> str:
        digest = hashlib.sha256()
        names = [*(f"{exercise.file}{suffix}" for suffix in (".py", ".ipynb")), *exercise.models]
        for name in names:
            for path in sorted(self.place.folder.glob(f"**/{name}")):
                digest.update(path.read_bytes() if path.is_file() else b"")
        return digest.hexdigest()

    def write_reports(self, result: Result) -> None:
        """The pages of a check without ``reports``, unless those there say more of the same work."""
        if len(self._kept) < len(result.exercises):
            write_reports(result, self.place.reports, self._lang, self._course)

    def unfinished_after(self, current: Exercise | None) -> Exercise | None:
        """The course's next exercise without full points in its last check, from ``current`` on and around."""
        standing = self.place.standing()
        start = self._course.index(current) + 1 if current in self._course else 0
        for exercise in (*self._course[start:], *self._course[:start]):
            state = standing.get(exercise.id, {})
            if exercise != current and state.get("points") != state.get("max_points", -1):
                return exercise
        return None

    def files(self, exercise: Exercise) -> Iterator[Path]:
        """The student's files of ``exercise``, the one that counts first."""
        for suffix in (".py", ".ipynb"):
            yield from self.place.folder.glob(f"**/{exercise.file}{suffix}")


def failed_check(exercise: ExerciseResult) -> CheckResult | None:
    """What to mend first; None where the exercise as a whole says it, or nothing failed."""
    failed = next((check for check in exercise.checks if check.outcome in ("failed", "ungraded")), None)
    # Where the file does not run, or is not there, no check says more than that.
    same = failed is None or not failed.message or failed.message == exercise.message
    return None if exercise.message is not None and same else failed


def first_failure(result: Result) -> tuple[ExerciseResult, CheckResult | None] | None:
    """What to mend first: the exercise, and the check where it is one; None where nothing failed."""
    for exercise in result.exercises:
        failed = failed_check(exercise)
        if failed is not None or exercise.message is not None:
            return exercise, failed
    return None


def failures(result: Result) -> list[tuple[ExerciseResult, CheckResult | None]]:
    """Everything that failed, as :func:`first_failure` says it of the first."""
    found: list[tuple[ExerciseResult, CheckResult | None]] = []
    for exercise in result.exercises:
        first, told = failed_check(exercise), exercise.message
        if first is not None or told is not None:
            found.append((exercise, first))
            rest = [c for c in exercise.checks if c.outcome in ("failed", "ungraded") and c is not first]
            found += [(exercise, c) for c in rest if told is None or (c.message and c.message != told)]
    return found


def hinted(result: Result) -> list[CheckResult]:
    """Checks that have a hint to give, the first failure's first."""
    found = [check for exercise in result.exercises for check in exercise.checks if check.hint]
    first = first_failure(result)
    return sorted(found, key=lambda check: first is None or check is not first[1])


def waits_for_training(result: Result) -> bool:
    """Whether something was left out although nothing failed."""
    skipped = any(check.outcome == "skipped" for exercise in result.exercises for check in exercise.checks)
    return skipped and first_failure(result) is None
