"""A whole class scored again: stored facts, today's checks, no TensorFlow, and what changed and why."""

from __future__ import annotations

import csv
import multiprocessing
import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TextIO

from grader.catalog import load_course
from grader.export.table import number
from grader.schema import Course, Lang, Text
from grader.text import for_spreadsheet
from grader.workflows.batch import Store, read_batch, student_folders
from grader.workflows.options import usable_cores
from grader.workflows.regrade import CheckChange, regrade_all, result_changes

#: Submissions that a process scores before it answers.
PART = 40
#: Fewer are scored right here: a process takes a second to start.
FEW = 60
#: Changes that are kept for whoever shows them; all of them are in the file.
SHOWN = 30
CHANGES_FILE = "changes.csv"

_course = cache(load_course)


@dataclass
class Scored:
    """What scoring again came to."""

    students: int = 0
    exercises: int = 0
    moved: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    """Student -> points before and now, where these differ."""
    changes: list[tuple[str, CheckChange]] = field(default_factory=list)
    """Student and check; in a sum the first :data:`SHOWN`."""
    changed: int = 0
    """How many there are in all."""
    ungraded: bool = False
    damaged: list[Text] = field(default_factory=list)
    """Why some could not be scored; they are left as they are."""

    def add(self, part: Scored) -> None:
        """Count ``part`` in."""
        self.students += part.students
        self.exercises += part.exercises
        self.moved |= part.moved
        self.changes += part.changes[: SHOWN - len(self.changes)]
        self.changed += part.changed
        self.ungraded |= part.ungraded or bool(part.damaged)
        self.damaged += part.damaged


@dataclass(frozen=True)
class RegradedClass:
    """A class with its marks of today."""

    scored: Scored
    changes_file: Path
    report: Path
    """The class report."""


def regrade_class(
    out: Path, course: Course, root: Path | None, *, lang: Lang | None, file_lang: Lang, db: str | None
) -> RegradedClass:
    """Score everybody in ``out`` again; bring the class report and the gradebook up to date.

    Args:
        root: of the course, for processes that load it themselves; None: the one that comes with the grader.
        lang: of the reports; None keeps each as it is.
        file_lang: of ``changes.csv``, and of the class report where nothing says which it had.
        db: address of the gradebook; None: ``OUT/gradebook.db``.

    Raises:
        BatchError: another batch writes to ``out``; GradebookError, OutputError: something can't be written.
    """
    from grader.workflows.publish import publish  # a database, which processes that score do without

    total = Scored()
    with Store(out, resume=True):
        fresh = out / f".{CHANGES_FILE}"
        with fresh.open("w", encoding="utf-8-sig", newline="") as file:
            _write_changes(_parts(list(student_folders(out)), root, lang), file_lang, file, total)
        fresh.replace(out / CHANGES_FILE)
        known = read_batch(out)
        report = publish(
            out,
            course,
            lang or (known.lang if known is not None else file_lang),
            known.downloads if known is not None else None,
            db,
            rescored=True,
        )
    return RegradedClass(total, out / CHANGES_FILE, report)


def _write_changes(parts: Iterable[Scored], lang: Lang, file: TextIO, total: Scored) -> None:
    table = csv.writer(file)
    table.writerow(["student", "exercise", "check", "title", "before", "now", "outcome", "why"])
    for part in parts:
        total.add(part)
        for student, change in part.changes:
            old, new = change.before, change.after
            outcomes = f"{old.outcome if old else '–'} → {new.outcome if new else '–'}"
            why = change.why.get(lang) if change.why else ""
            points = (number(one.points if one else None) for one in (old, new))
            words = (student, change.exercise, change.check.id, change.check.title.get(lang))
            text = partial(for_spreadsheet, limit=1000)
            table.writerow([*map(text, words), *points, text(outcomes), text(why)])


def score_part(folders: Sequence[Path], root: Path | None, lang: Lang | None) -> Scored:
    """Score some students again; runs in a process of its own, where there are many."""
    part = Scored()
    course = _course(root)
    for done in regrade_all(folders, course, lang=lang, damaged=lambda _, error: part.damaged.append(error.text)):
        part.students += 1
        part.exercises += len(done.scored)
        part.ungraded |= done.after.points is None
        if done.after != done.before:
            name = done.folder.name
            if done.before.points != done.after.points:
                part.moved[name] = (done.before.points, done.after.points)
            part.changes += [(name, change) for change in result_changes(done.before, done.after)]
    part.changed = len(part.changes)
    return part


def _parts(folders: Sequence[Path], root: Path | None, lang: Lang | None) -> Iterator[Scored]:
    """Scores in as many processes as there are cores; few at a time are on their way, so memory stays flat."""
    parts = [folders[at : at + PART] for at in range(0, len(folders), PART)]
    if len(folders) <= FEW or usable_cores() == 1:
        for part in parts:
            yield score_part(part, root, lang)
        return
    jobs = min(usable_cores(), len(parts))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(root,)) as pool:
        waiting: list[Future[Scored]] = []
        try:
            for part in parts:
                waiting.append(pool.submit(score_part, part, root, lang))
                if len(waiting) >= 2 * jobs:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _begin(root: Path | None) -> None:
    """The course is read once in a process; Ctrl-C is for the coordinator, and what has begun is finished."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _course(root)
