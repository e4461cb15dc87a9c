"""What people decide and say about the work of a class: adjustments, comments, requests and their answers."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.errors import GradebookError
from grader.gradebook import rows
from grader.gradebook.counting import Adjustment, count
from grader.gradebook.tables import AdjustmentRow, AnswerRow, CommentRow, RequestRow
from grader.gradebook.transactions import Transactions
from grader.schema import Request
from grader.text import format_number


class Decisions(Transactions):
    """Every method is one short transaction; nothing that was decided is ever taken out again."""

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


def _need(text: str, author: str) -> None:
    if not text.strip() or not author.strip():
        raise GradebookError("This needs a comment and an author.")


def _clean(text: str) -> str:
    return text.replace("\0", "").strip()


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
    policy = rows.policy(session)
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
