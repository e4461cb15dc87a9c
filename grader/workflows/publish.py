"""What is written about a class as a whole: gradebook, table of marks, similar work, class report."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path

from grader import pictures
from grader.export import by_student, write_csv
from grader.gradebook import open_gradebook
from grader.i18n import both
from grader.report import stamp, write_class_report
from grader.schema import ClassEntry, Course, Downloads, Lang, Mark, Problem, Student
from grader.similarity import find_similar
from grader.workflows.batch import ClassEntries, Store, read_batch, read_similar, write_similar
from grader.workflows.gradebook import own_gradebook
from grader.workflows.reports import handed_out

#: Results that are in memory at a time.
_RECORDED_AT_ONCE = 50
#: In a class of at least this many, the marks and the report are made side by side: both read every result.
_MANY = 100


def publish(
    out: Path, course: Course, lang: Lang, downloads: Downloads | None, db: str | None, *, rescored: bool = False
) -> Path:
    """Write what is about the whole class. Entries are read one by one: memory does not grow with the class.

    Args:
        db: address of the gradebook; None: ``OUT/gradebook.db``.
        rescored: the work is what it was, so what is alike in it is not looked for again.

    Returns:
        The class report.

    Raises:
        GradebookError: the gradebook can't be written.
        OutputError: the table of marks or the class report can't be written.
    """
    entries = ClassEntries(out)
    absent = downloads.without_submission if downloads is not None else ()
    address = db or own_gradebook(out)
    many = len(entries) >= _MANY
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) if many else nullcontext() as pool:
        recording = pool.submit(record_marks, out, address, absent) if pool is not None else None
        marks = record_marks(out, address, absent) if recording is None else []
        stored = read_similar(out) if rescored else None
        if stored is None:
            left_out: dict[str, None] = {}
            similar = find_similar(entries, course, lambda student: left_out.update({student: None}))
            write_similar(out, similar)
            downloads = _not_compared(out, downloads, list(left_out))
        else:
            similar = stored
        if recording is not None:
            marks = recording.result()
    return write_class_report(
        out,
        lang,
        _stamped(entries, marks),
        marks=marks,
        downloads=downloads,
        similar=similar,
        painter=pictures,
        handed_out={exercise.id: handed_out(exercise) for exercise in course.exercises},
    )


def _not_compared(out: Path, downloads: Downloads | None, students: Sequence[str]) -> Downloads | None:
    """``downloads`` with a note on each of ``students``, which stays in the class's record."""
    record = read_batch(out)
    if not students or downloads is None or record is None:
        return downloads
    text = both("Not compared with others: that would exceed the limits for one submission.")
    notes = tuple(Problem(file=student, severity="note", message=text) for student in students)
    downloads = downloads.model_copy(update={"problems": (*downloads.problems, *notes)})
    record.model_copy(update={"downloads": downloads}).write(out)
    return downloads


def _stamped(entries: Iterable[ClassEntry], marks: Sequence[Mark]) -> Iterator[ClassEntry]:
    """``entries``, the marks of each put onto their pages on the way."""
    own = by_student(marks)
    for entry in entries:
        stamp(entry, own.get(entry.student.id, {}))
        yield entry


def record_marks(out: Path, address: str, absent: Sequence[Student]) -> list[Mark]:
    """Results into the gradebook, what counts into ``grades.csv``. Raises GradebookError, OutputError."""
    entries = ClassEntries(out)
    with open_gradebook(address) as book:
        for at in range(0, len(entries), _RECORDED_AT_ONCE):
            book.record(entries[at : at + _RECORDED_AT_ONCE])
        book.enrol(absent)
        marks = of_this_class(book.marks(), entries, absent)
    write_csv(entries, out / "grades.csv", marks=marks, students=absent)
    return marks


def of_this_class(marks: Sequence[Mark], entries: ClassEntries, absent: Sequence[Student]) -> list[Mark]:
    """A gradebook may hold other classes, too."""
    here = {*entries.names, *(student.id for student in absent)}
    return [mark for mark in marks if mark.student in here]


def republish(out: Path, course: Course, lang: Lang, db: str | None = None) -> None:
    """After a person has decided something: tables, class report and pages as the gradebook has it now.

    Raises:
        BatchError: a batch is writing to ``out``; it will do the same at its end.
    """
    with Store(out, resume=True):
        known = read_batch(out)
        publish(
            out,
            course,
            known.lang if known is not None else lang,
            known.downloads if known is not None else None,
            db,
            rescored=True,
        )
