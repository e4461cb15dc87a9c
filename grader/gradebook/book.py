"""The gradebook's door: record, adjust, read."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import TypeVar

from sqlalchemy import URL, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from grader.errors import GradebookError
from grader.gradebook import rows
from grader.gradebook.connect import connect, explained, parse
from grader.gradebook.counting import Adjustment, Attempt, count
from grader.gradebook.policy import Policy
from grader.gradebook.rows import Recorded
from grader.gradebook.tables import AdjustmentRow, AnswerRow, CommentRow, PolicyRow, RequestRow, StudentRow
from grader.schema import ClassEntry, Comment, Mark, Request, Student
from grader.text import format_number

#: How often a write is tried when another writer was faster.
TRIES = 7

T = TypeVar("T")


def open_gradebook(url: str | URL, *, create: bool = True) -> Gradebook:
    """The gradebook in the database at ``url`` (any SQLAlchemy URL); its tables are made where they are missing.

    Args:
        url: such as ``sqlite:////home/me/out/gradebook.db`` or ``postgresql://grader@host/marks``.
        create: False: a gradebook must be there already.

    Raises:
        GradebookError: it cannot be opened; ``text`` says why.
    """
    return Gradebook(parse(url), create=create)


class Gradebook:
    """Attempts, adjustments and policies of a class. Close it, or use it in a ``with``.

    Every method is one short transaction. Any number of processes may use one gradebook at the same time.
    """

    def __init__(self, url: URL, *, create: bool = True) -> None:
        self._url = url
        self._engine = connect(url, create=create)
        self._writing = self._engine.execution_options(grader_writes=True)

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _write(self, work: Callable[[Session], T]) -> T:
        """``work`` in one transaction, again from its start where another writer came between."""
        with explained(self._url):
            for attempt in range(TRIES):
                try:
                    with Session(self._writing) as session, session.begin():
                        return work(session)
                except (IntegrityError, OperationalError):
                    if attempt == TRIES - 1:
                        raise
                    time.sleep(0.05 * 2**attempt)
        raise AssertionError("unreachable")

    def _read(self, work: Callable[[Session], T]) -> T:
        with explained(self._url), Session(self._engine) as session:
            return work(session)

    def enrol(self, students: Iterable[Student]) -> None:
        """Make students known, with or without a submission; a known name or e-mail is not emptied."""
        listed = list({student.id: student for student in students}.values())
        self._write(lambda session: rows.enrol(session, listed))

    def record(self, entries: Iterable[ClassEntry], *, when: datetime | None = None) -> Recorded:
        """Note what a class got. Doing it again changes nothing.

        New work is a new attempt. The same work (see :mod:`grader.gradebook.rows`) with other points is a new
        version of its attempt. The same work handed in again stays the attempt it was, and as early; only when the
        student goes back to it, after having handed in something else, it is an attempt of its own.

        Args:
            entries: One per student; ``submitted_at`` decides about lateness where it is known.
            when: The time of recording, with a zone; now by default.

        Raises:
            GradebookError: the database refuses.
        """
        listed = list(entries)
        moment = when or datetime.now(UTC)
        return self._write(lambda session: rows.record(session, listed, moment))

    def find(self, student: str) -> str:
        """The id of the student with this id, name or e-mail.

        Raises:
            GradebookError: nobody, or several.
        """
        return self._read(lambda session: rows.find_student(session, student))

    def adjust(
        self,
        student: str,
        exercise: str,
        delta: float,
        comment: str,
        author: str,
        *,
        extra: bool = False,
        when: datetime | None = None,
    ) -> None:
        """Give or take points of the attempt that counts now. To take it back, adjust the other way.

        Args:
            student: id, name or e-mail.
            extra: more than full marks are meant.

        Raises:
            GradebookError: no such student, an exercise that nobody tried, no comment or author, a number that is
                none, or more than full marks without ``extra``.
        """
        _need(comment, author)
        if not -1e6 < delta < 1e6 or delta == 0:
            raise GradebookError("An adjustment is a number of points other than 0.")
        self._write(lambda session: _adjust(session, student, exercise, delta, comment, author, extra, when))

    def comment(
        self,
        student: str,
        exercise: str,
        text: str,
        author: str,
        *,
        check: str = "",
        lines: tuple[int, int] | None = None,
        cell: int | None = None,
        code: str = "",
        when: datetime | None = None,
    ) -> None:
        """Write something about the work that was handed in last; it stays when that is scored again.

        Args:
            student: id, name or e-mail.
            check: id of the check that it is about.
            lines, cell: first and last line that it is about (of a notebook's cell); ``code`` holds them.

        Raises:
            GradebookError: no such student, nothing of theirs for the exercise, no text or no author.
        """
        _need(text, author)

        def work(session: Session) -> None:
            who = rows.find_student(session, student)
            sha256 = rows.latest_work(rows.attempts(session, [who])).get((who, exercise))
            if sha256 is None:
                raise GradebookError(
                    "{student} has handed in nothing for {exercise}.", student=who, exercise=exercise
                )
            first, last = lines or (None, None)
            session.add(
                CommentRow(
                    student=who,
                    exercise=exercise,
                    check=check[:200],
                    cell=cell,
                    first_line=first,
                    last_line=last,
                    code=_clean(code),
                    text=_clean(text),
                    author=_clean(author),
                    made_at=when or datetime.now(UTC),
                    sha256=sha256,
                )
            )

        self._write(work)

    def request(
        self, student: str, exercise: str, check: str, text: str, *, current: bool, when: datetime | None = None
    ) -> int:
        """Take in what a student asks; the number of the request. The same one again keeps its number.

        Args:
            current: it is about the work that is graded now.

        Raises:
            GradebookError: no such student.
        """

        def work(session: Session) -> int:
            who = rows.find_student(session, student)
            sha256 = rows.latest_work(rows.attempts(session, [who])).get((who, exercise), "") if current else ""
            new = {
                "student": who,
                "exercise": exercise[:100],
                "check": check[:200],
                "text": _clean(text),
                "sha256": sha256,
            }
            known = session.scalar(select(RequestRow.id).filter_by(**new).limit(1))
            if known is not None:
                return known
            row = RequestRow(**new, made_at=when or datetime.now(UTC))
            session.add(row)
            session.flush()
            return row.id

        return self._write(work)

    def answer(
        self,
        number: int,
        text: str,
        author: str,
        *,
        delta: float | None = None,
        extra: bool = False,
        when: datetime | None = None,
    ) -> None:
        """Decide a request: decline it, or accept it and adjust the mark by ``delta`` (0: nothing to adjust).

        Raises:
            GradebookError: no such request, or one that is answered; and as :meth:`adjust`.
        """
        _need(text, author)

        def work(session: Session) -> None:
            asked = session.get(RequestRow, number)
            if asked is None:
                raise GradebookError("There is no request {number}.", number=number)
            if session.scalar(select(AnswerRow.id).filter_by(request=number)) is not None:
                raise GradebookError("Request {number} has been answered already.", number=number)
            moment = when or datetime.now(UTC)
            if delta:
                _adjust(session, asked.student, asked.exercise, delta, text, author, extra, moment)
            session.add(
                AnswerRow(
                    request=number,
                    accepted=delta is not None,
                    text=_clean(text),
                    author=_clean(author),
                    made_at=moment,
                )
            )

        self._write(work)

    def requests(self) -> list[Request]:
        """All of them, in the order in which they came in."""
        return self._read(lambda session: rows.requests(session, rows.latest_work(rows.attempts(session))))

    def set_policy(self, policy: Policy, author: str, *, when: datetime | None = None) -> None:
        """From now on ``policy`` is in force; the earlier ones stay in the history.

        Raises:
            GradebookError: no author.
        """
        if not author.strip():
            raise GradebookError("A policy needs an author.")
        row = {"policy": policy.model_dump_json(), "author": author, "made_at": when or datetime.now(UTC)}
        self._write(lambda session: session.execute(insert(PolicyRow), [row]))

    def policy(self) -> Policy:
        """The policy in force; the default one where none was set."""
        return self._read(_policy)

    def policies(self) -> list[tuple[datetime, str, Policy]]:
        """All that were set, the oldest first: when, by whom, what."""
        found = self._read(lambda session: session.scalars(select(PolicyRow).order_by(PolicyRow.id)).all())
        return [(row.made_at, row.author, Policy.model_validate_json(row.policy)) for row in found]

    def marks(self, policy: Policy | None = None) -> list[Mark]:
        """What counts, sorted by student and exercise, under ``policy`` (by default the one in force)."""

        def work(session: Session) -> list[Mark]:
            tried = rows.attempts(session)
            marks = count(
                tried,
                rows.adjustments(session),
                policy or _policy(session),
                max_points=rows.exercises(session),
            )
            handed_in = rows.latest_work(tried)
            remarks: dict[tuple[str, str], list[Comment]] = defaultdict(list)
            for comment in rows.comments(session, handed_in):
                remarks[comment.student, comment.exercise].append(comment)
            asked: dict[tuple[str, str], list[Request]] = defaultdict(list)
            for request in rows.requests(session, handed_in):
                asked[request.student, request.exercise].append(request)
            said = remarks.keys() | asked.keys()
            return [
                mark.model_copy(update={"remarks": tuple(remarks[key]), "requests": tuple(asked[key])})
                if (key := (mark.student, mark.exercise)) in said
                else mark
                for mark in marks
            ]

        return self._read(work)

    def history(self, student: str) -> list[Attempt | Adjustment]:
        """All that is known of one student, in the order in which it was recorded.

        Raises:
            GradebookError: nobody of that id.
        """

        def work(session: Session) -> list[Attempt | Adjustment]:
            who = rows.find_student(session, student)
            return [*rows.attempts(session, [who]), *rows.adjustments(session, who)]

        def moment(line: Attempt | Adjustment) -> datetime:
            return line.recorded_at if isinstance(line, Attempt) else line.time

        return sorted(self._read(work), key=moment)

    def students(self) -> list[Student]:
        """Everybody, sorted by id."""
        found = self._read(lambda session: session.scalars(select(StudentRow).order_by(StudentRow.id)).all())
        return [Student(id=row.id, name=row.name, email=row.email) for row in found]

    def exercises(self) -> dict[str, float]:
        """Every exercise that somebody tried, and what it is worth now."""
        return self._read(rows.exercises)


def _need(text: str, author: str) -> None:
    if not text.strip() or not author.strip():
        raise GradebookError("This needs a comment and an author.")


def _clean(text: str) -> str:
    return text.replace("\0", "").strip()


def _policy(session: Session) -> Policy:
    stored = session.scalar(select(PolicyRow.policy).order_by(PolicyRow.id.desc()).limit(1))
    return Policy() if stored is None else Policy.model_validate_json(stored)


def _adjust(
    session: Session,
    student: str,
    exercise: str,
    delta: float,
    comment: str,
    author: str,
    extra: bool,
    when: datetime | None,
) -> None:
    who = rows.find_student(session, student)
    worth = rows.exercises(session)
    if exercise not in worth:
        raise GradebookError("Nobody in the gradebook has tried the exercise {exercise}.", exercise=exercise)
    policy = _policy(session)
    tried = [attempt for attempt in rows.attempts(session, [who]) if attempt.exercise == exercise]
    known = [adjustment for adjustment in rows.adjustments(session, who) if adjustment.exercise == exercise]
    now = count(tried, known, policy, max_points=worth)
    row = AdjustmentRow(
        student=who,
        exercise=exercise,
        delta=delta,
        comment=_clean(comment),
        author=_clean(author),
        made_at=when or datetime.now(UTC),
        attempt=now[0].attempt if tried else 0,
        extra=extra,
    )
    trial = Adjustment(
        student=who,
        exercise=exercise,
        delta=delta,
        comment="",
        author="",
        time=row.made_at,
        attempt=row.attempt,
        extra=True,
    )
    of_attempt = [attempt for attempt in tried if attempt.number == row.attempt]
    (after,) = count(of_attempt, [*known, trial], policy, max_points=worth)
    points = after.adjustment if after.points is None else after.points
    if delta > 0 and not extra and points > after.max_points:
        raise GradebookError(
            "That would be {points} of {max} points. If it is meant so, add --allow-extra.",
            points=format_number(points),
            max=format_number(after.max_points),
        )
    session.add(row)
