"""A batch from what was handed in to everybody's stored result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader import __version__
from grader.errors import BatchStopped, OutputError
from grader.files import is_full
from grader.i18n import both
from grader.schema import Course, Downloads, ExerciseResult, Lang, Problem, Result, Submission, SubmissionId
from grader.text import natural_key
from grader.workflows.batch.store import Store, StudentRecord, discard, sync_tree
from grader.workflows.batch.tasks import Done, Executor, Lost, Outcome, Task, disk_full
from grader.workflows.reports import write_reports


@dataclass
class Summary:
    """A batch that came to its end: one small line for each student, in the order of their ids."""

    lines: list[Done] = field(default_factory=list)

    def count(self, what: str) -> int:
        """Exercises that were ``run``, ``rescored`` or ``reused``."""
        return sum(len(getattr(line, what)) for line in self.lines)

    @property
    def reused(self) -> list[str]:
        """Students for whom nothing had to be run."""
        return [line.student for line in self.lines if not line.run and not line.detail]

    @property
    def ungraded(self) -> list[Done]:
        return [line for line in self.lines if line.ungraded]


def no_watch(line: Done | None, student: str) -> None:
    """For callers that do not watch."""


def run_batch(
    downloads: Downloads,
    store: Store,
    executor: Executor,
    *,
    course: Course,
    lang: Lang,
    only: Sequence[str] = (),
    watch: Callable[[Done | None, str], None] = no_watch,
) -> Summary:
    """Grade everybody in ``downloads``; each result is stored, whole, as soon as it is there.

    Args:
        only: exercise ids that are graded for everybody; by default what each has handed in.
        watch: called with None when a student is begun, and with their line when they are done.

    Raises:
        BatchStopped, KeyboardInterrupt: as :class:`~grader.workflows.batch.Executor`; what is stored is whole.
    """
    summary = Summary()
    results = _Results(store, course, lang, only)

    def tasks() -> Iterator[Task]:
        for download in downloads.students:
            student = download.student.id
            yield Task(download, store.fresh(student), store.stored(student))

    def finished(task: Task, outcome: Outcome, seconds: float) -> None:
        try:
            done = results.ungraded(task, outcome.detail) if isinstance(outcome, Lost) else outcome
            results.keep(task)
        except (OSError, OutputError) as error:
            if not is_full(error):
                raise
            raise BatchStopped(disk_full(), str(error)) from error
        line = replace(done, seconds=seconds)
        summary.lines.append(line)
        watch(line, task.download.student.id)

    executor.run(tasks(), lambda task: watch(None, task.download.student.id), finished)
    summary.lines.sort(key=lambda line: natural_key(line.student))
    return summary


@dataclass(frozen=True)
class _Results:
    """Puts what workers made, or could not make, into the store."""

    store: Store
    course: Course
    lang: Lang
    only: Sequence[str]

    def keep(self, task: Task) -> None:
        """A new folder takes the old one's place; where there is none, the old one still holds."""
        student = task.download.student.id
        if task.out.is_dir():
            self.store.put(student, task.out)
        else:
            StudentRecord.of(task.download).write(self.store.out / student)

    def ungraded(self, task: Task, detail: str) -> Done:
        """A result that says that the grader failed: no mark, and everybody is told."""
        student = task.download.student.id
        ids = self.only or _handed_in(task.out)
        discard(task.out)
        exercises = tuple(
            ExerciseResult(
                id=exercise.id,
                title=exercise.title,
                status="ungraded",
                points=None,
                max_points=float(exercise.points),
                data=None,
                budget="",
                checks=(),
                staff_detail=detail,
            )
            for exercise in self.course.exercises
            if exercise.id in ids
        )
        message = both("The grader failed on this submission. It has no mark yet; this is not a zero.")
        result = Result(
            grader_version=__version__,
            isolation="process",
            submission=SubmissionId(id=student, sha256="", name=task.download.student.name),
            points=None,
            max_points=sum(exercise.max_points for exercise in exercises),
            exercises=exercises,
            problems=(Problem(file="", severity="error", message=message),),
        )
        task.out.mkdir(parents=True)
        submission = Submission(id=student, sha256="", exercises=(), problems=result.problems)
        (task.out / "submission.json").write_text(submission.model_dump_json(indent=1), encoding="utf-8")
        write_reports(result, task.out, self.lang, self.course.exercises)
        StudentRecord.of(task.download).write(task.out)
        sync_tree(task.out)
        return Done.of(result, run=ids, detail=detail)


def _handed_in(out: Path) -> tuple[str, ...]:
    """What the worker had read before it died."""
    try:
        submission = Submission.model_validate_json((out / "submission.json").read_bytes())
    except (OSError, ValueError):
        return ()
    return tuple(files.exercise for files in submission.exercises)
