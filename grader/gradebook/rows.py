"""Queries, and which row comes next."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from grader.choices import did_you_mean, nearest
from grader.errors import GradebookError
from grader.gradebook.counting import Adjustment, Attempt
from grader.gradebook.policy import Policy
from grader.gradebook.tables import (
    AdjustmentRow,
    AnswerRow,
    AttemptRow,
    CommentRow,
    PolicyRow,
    RequestRow,
    StudentRow,
)
from grader.i18n import both
from grader.schema import ClassEntry, Comment, ExerciseResult, Request, Student
from grader.text import same_name


def work_hashes(entry: ClassEntry) -> dict[str, str]:
    """SHA-256 by exercise.

    Of the exercise's own files where ``submission.json`` lists them. A student who hands in everything again to
    add one exercise has not made new attempts at the others, and is not late with them.
    Else of the whole submission.
    """
    whole = entry.result.submission.sha256
    hashes = dict.fromkeys((exercise.id for exercise in entry.result.exercises), whole)
    hashes |= _own_files(entry.folder / "submission.json", whole)
    return {exercise.id: hashes[exercise.id] for exercise in entry.result.exercises}


def _own_files(stored: Path, whole: str) -> dict[str, str]:
    try:
        submission = json.loads(stored.read_bytes())
        if submission["sha256"] != whole:  # of another run
            return {}
        return {files["exercise"]: _together(files) for files in submission["exercises"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _together(files: dict[str, object]) -> str:
    parts = [files["source"], *files["models"]] if files["source"] else list(files["models"])  # type: ignore[misc, call-overload]
    names = sorted((str(part["name"]), str(part["sha256"])) for part in parts)
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


#: Rows of one query's ``IN``: databases limit the number of parameters.
CHUNK = 400


@dataclass(frozen=True)
class Recorded:
    """What ``record`` did, in exercises."""

    new: int = 0
    rescored: int = 0
    unchanged: int = 0


def enrol(session: Session, students: Sequence[Student]) -> None:
    known: dict[str, StudentRow] = {}
    for ids in _chunks([student.id for student in students]):
        known |= {row.id: row for row in session.scalars(select(StudentRow).where(StudentRow.id.in_(ids)))}
    for student in students:
        row = known.get(student.id)
        if row is None:
            session.add(StudentRow(id=student.id, name=student.name[:255], email=student.email[:255]))
        else:
            row.name = student.name[:255] or row.name
            row.email = student.email[:255] or row.email
    session.flush()


def record(session: Session, entries: Sequence[ClassEntry], when: datetime) -> Recorded:
    enrol(session, list({entry.student.id: entry.student for entry in entries}.values()))
    known: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
    for stored in attempts(session, [entry.student.id for entry in entries]):
        known[stored.student, stored.exercise].append(stored)
    counts = {"new": 0, "rescored": 0, "unchanged": 0}
    new = []
    for entry in entries:
        hashes = work_hashes(entry)
        for exercise in entry.result.exercises:
            earlier = known[entry.student.id, exercise.id]
            attempt = _next(entry, exercise, hashes[exercise.id], earlier, when)
            if attempt is None:
                counts["unchanged"] += 1
                continue
            counts["new" if attempt.version == 1 else "rescored"] += 1
            earlier.append(attempt)
            new.append(attempt.model_dump())
    if new:
        session.execute(insert(AttemptRow), new)
    return Recorded(**counts)


def _next(
    entry: ClassEntry, exercise: ExerciseResult, sha256: str, earlier: Sequence[Attempt], when: datetime
) -> Attempt | None:
    """The row to add; None where all of it is known."""
    number, version, submitted_at, late = 1, 1, entry.submitted_at, entry.late
    if earlier:
        latest = max(earlier, key=lambda a: (a.time, a.number, a.version))
        same = [attempt for attempt in earlier if attempt.sha256 == sha256]
        went_back = submitted_at is not None and latest.sha256 != sha256 and submitted_at > latest.time
        if same and not went_back:
            newest = max(same, key=lambda a: (a.number, a.version))
            if (newest.points, newest.max_points, newest.status) == (
                exercise.points,
                exercise.max_points,
                exercise.status,
            ):
                return None
            number, version = newest.number, newest.version + 1
            submitted_at, late = newest.submitted_at, newest.late
        else:
            number = max(attempt.number for attempt in earlier) + 1
    return Attempt(
        student=entry.student.id,
        exercise=exercise.id,
        number=number,
        version=version,
        submitted_at=submitted_at,
        recorded_at=when,
        points=exercise.points,
        max_points=exercise.max_points,
        sha256=sha256,
        status=exercise.status,
        late=late,
        source=f"vision-grader {entry.result.grader_version} ({entry.result.isolation})",
        passed=tuple(check.id for check in exercise.checks if check.outcome == "passed"),
    )


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


_COLUMNS = [getattr(AttemptRow, name) for name in Attempt.model_fields]


def attempts(session: Session, students: Sequence[str] | None = None) -> list[Attempt]:
    query = select(*_COLUMNS).order_by(AttemptRow.id)
    queries = [query] if students is None else [query.where(AttemptRow.student.in_(c)) for c in _chunks(students)]
    # The rows are our own: validating each again would be most of the time that reading takes.
    return [Attempt.model_construct(**row._mapping) for one in queries for row in session.execute(one)]


def adjustments(session: Session, student: str | None = None) -> list[Adjustment]:
    query = select(AdjustmentRow).order_by(AdjustmentRow.made_at, AdjustmentRow.id)
    if student is not None:
        query = query.where(AdjustmentRow.student == student)
    return [
        Adjustment(
            student=row.student,
            exercise=row.exercise,
            delta=row.delta,
            comment=row.comment,
            author=row.author,
            time=row.made_at,
            attempt=row.attempt,
            extra=row.extra is not False,
        )
        for row in session.scalars(query)
    ]


def exercises(session: Session) -> dict[str, float]:
    newest = select(func.max(AttemptRow.id)).group_by(AttemptRow.exercise)
    query = select(AttemptRow.exercise, AttemptRow.max_points).where(AttemptRow.id.in_(newest))
    return {row.exercise: row.max_points for row in session.execute(query.order_by(AttemptRow.exercise))}


def latest_work(tried: Iterable[Attempt]) -> dict[tuple[str, str], str]:
    """Student and exercise -> hash of what was handed in last."""
    newest: dict[tuple[str, str], Attempt] = {}
    for attempt in tried:
        key = (attempt.student, attempt.exercise)
        if key not in newest or (newest[key].time, newest[key].number) <= (attempt.time, attempt.number):
            newest[key] = attempt
    return {key: attempt.sha256 for key, attempt in newest.items()}


def comments(session: Session, work: Mapping[tuple[str, str], str]) -> list[Comment]:
    """In the order in which they were made; ``work`` is what is handed in now."""
    return [
        Comment(
            student=row.student,
            exercise=row.exercise,
            text=row.text,
            author=row.author,
            time=row.made_at,
            check=row.check,
            lines=None if row.first_line is None else (row.first_line, row.last_line or row.first_line),
            cell=row.cell,
            code=row.code,
            stale=work.get((row.student, row.exercise), "") != row.sha256,
        )
        for row in session.scalars(select(CommentRow).order_by(CommentRow.id))
    ]


def requests(session: Session, work: Mapping[tuple[str, str], str]) -> list[Request]:
    """In the order in which they came in, each with its answer."""
    query = select(RequestRow, AnswerRow).join(AnswerRow, AnswerRow.request == RequestRow.id, isouter=True)
    return [
        Request(
            number=row.id,
            student=row.student,
            exercise=row.exercise,
            check=row.check,
            text=row.text,
            time=row.made_at,
            stale=work.get((row.student, row.exercise), "") != row.sha256,
            decision="open" if answer is None else "accepted" if answer.accepted else "declined",
            answer="" if answer is None else answer.text,
            author="" if answer is None else answer.author,
        )
        for row, answer in session.execute(query.order_by(RequestRow.id))
    ]


def find_student(session: Session, word: str) -> str:
    """The id of the student with this id, name or e-mail. Raises GradebookError: nobody, or several."""
    if session.get(StudentRow, word) is not None:
        return word
    everybody = session.scalars(select(StudentRow).order_by(StudentRow.id)).all()
    wanted = same_name(word)
    found = [row for row in everybody if wanted and wanted in (same_name(row.name), same_name(row.email))]
    if len(found) > 1:
        ids = ", ".join(row.id for row in found)
        raise GradebookError("Several students are called “{student}”: {ids}.", student=word, ids=ids)
    if found:
        return found[0].id
    known = [known for row in everybody for known in (row.id, row.name) if known]
    text = both("The gradebook knows no student “{student}”.", student=word)
    raise GradebookError(did_you_mean(text, nearest(word, known, cutoff=0.6)))


def policy(session: Session) -> Policy:
    """The policy in force; the default one where none was set."""
    stored = session.scalar(select(PolicyRow.policy).order_by(PolicyRow.id.desc()).limit(1))
    return Policy() if stored is None else Policy.model_validate_json(stored)
