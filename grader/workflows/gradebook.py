"""The gradebook of a class, its entries, and the policy that says what counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.choices import did_you_mean, nearest
from grader.errors import GradebookError, NotGraded, PolicyError
from grader.gradebook import Attempt, Gradebook, Policy, Recorded, open_gradebook, read_policy
from grader.i18n import both
from grader.schema import ClassEntry, Course, Result, Student
from grader.workflows.batch import ClassEntries

__all__ = [
    "Attempt",
    "class_entries",
    "known_gradebook",
    "known_policy",
    "open_known",
    "own_gradebook",
    "record",
]
_FILE = "gradebook.db"


def own_gradebook(out: Path) -> str:
    """The address of the gradebook that lies in ``out``, whether or not it is there yet."""
    return f"sqlite:///{(out / _FILE).resolve()}"


def known_gradebook(out: Path | None, db: str | None) -> str | None:
    """``db``, else the gradebook in ``out``; None where there is none."""
    if db is not None or out is None or not (out / _FILE).is_file():
        return db
    return own_gradebook(out)


def open_known(out: Path | None, db: str | None) -> Gradebook:
    """The gradebook at ``db``, else the one in ``out``.

    Raises:
        GradebookError: there is none, or it can't be opened.
    """
    address = known_gradebook(out, db)
    if address is not None:
        return open_gradebook(address, create=False)
    if out is None:
        raise GradebookError("Which gradebook? Name the folder of `grader batch --out`, or --db ADDRESS.")
    raise GradebookError(
        "There is no gradebook.db in {folder}. `grader gradebook record` makes one.", folder=str(out)
    )


def class_entries(out: Path) -> Sequence[ClassEntry]:
    """Everybody in ``out``: a graded class, or the one submission that ``grader grade`` graded there.

    Raises:
        NotGraded: there is no result.
    """
    if not out.is_dir():
        raise NotGraded("The folder {folder} does not exist.", folder=str(out))
    if (out / "result.json").is_file():
        try:
            result = Result.model_validate_json((out / "result.json").read_bytes())
        except ValueError as error:
            file = str(out / "result.json")
            raise NotGraded("{file} is not a result of this grader.", file=file) from error
        return [ClassEntry(student=Student(id=result.submission.id), folder=out, result=result)]
    entries = ClassEntries(out)
    if not len(entries):
        raise NotGraded("{folder} holds no graded submission (no result.json in it).", folder=str(out))
    return entries


def record(out: Path, db: str | None) -> Recorded:
    """Put the results in ``out`` into its gradebook, or the one at ``db``. Doing it twice changes nothing.

    Raises:
        NotGraded, GradebookError.
    """
    entries = class_entries(out)
    with open_gradebook(db or own_gradebook(out)) as book:
        return book.record(entries)


def known_policy(file: Path, book: Gradebook, course: Course) -> Policy:
    """The policy in ``file``; a deadline for an exercise that does not exist is a typing error, not a wish.

    Raises:
        PolicyError: it can't be read, or names an exercise or a student that nobody knows.
    """
    policy = read_policy(file)
    exercises = book.exercises().keys() | {exercise.id for exercise in course.exercises}
    if unknown := sorted(policy.deadlines.keys() - exercises):
        text = both(
            "{file}: no exercise is called {unknown}. There are: {known}.",
            file=file.name,
            unknown=", ".join(unknown),
            known=", ".join(sorted(exercises)),
        )
        raise PolicyError(did_you_mean(text, nearest(unknown[0], exercises, cutoff=0.6)))
    try:
        extensions = {book.find(student): due for student, due in policy.extensions.items()}
    except GradebookError as error:
        raise PolicyError("{file}: {reason}", file=file.name, reason=error.text) from error
    return policy.model_copy(update={"extensions": extensions})
