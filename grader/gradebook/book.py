"""The gradebook's door: record, adjust, read."""

from __future__ import annotations

import time
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
from grader.gradebook.tables import AdjustmentRow, PolicyRow, StudentRow
from grader.i18n import both
from grader.schema import ClassEntry, Mark, Student

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

        New work is a new attempt. The same work (see :mod:`grader.gradebook.hashes`) with other points is a new
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

    def adjust(
        self,
        student: str,
        exercise: str,
        delta: float,
        comment: str,
        author: str,
        *,
        when: datetime | None = None,
    ) -> None:
        """Give or take points by hand; stays in the history for good. To take it back, adjust the other way.

        Raises:
            GradebookError: nobody of that id, an exercise that nobody tried, no comment, no author, or a number of
                points that is none.
        """
        if not comment.strip() or not author.strip():
            raise GradebookError(both("An adjustment needs a comment and an author."))
        if not -1e6 < delta < 1e6 or delta == 0:
            raise GradebookError(both("An adjustment is a number of points other than 0."))

        def work(session: Session) -> None:
            rows.require_student(session, student)
            if exercise not in rows.exercises(session):
                raise GradebookError(
                    both("Nobody in the gradebook has tried the exercise {exercise}.", exercise=exercise)
                )
            session.add(
                AdjustmentRow(
                    student=student,
                    exercise=exercise,
                    delta=delta,
                    comment=comment.replace("\0", ""),
                    author=author.replace("\0", ""),
                    made_at=when or datetime.now(UTC),
                )
            )

        self._write(work)

    def set_policy(self, policy: Policy, author: str, *, when: datetime | None = None) -> None:
        """From now on ``policy`` is in force; the earlier ones stay in the history.

        Raises:
            GradebookError: no author.
        """
        if not author.strip():
            raise GradebookError(both("A policy needs an author."))
        row = {"policy": policy.model_dump_json(), "author": author, "made_at": when or datetime.now(UTC)}
        self._write(lambda session: session.execute(insert(PolicyRow), [row]))

    def policy(self) -> Policy:
        """The policy in force; the default one where none was set."""
        stored = self._read(
            lambda session: session.scalar(select(PolicyRow.policy).order_by(PolicyRow.id.desc()).limit(1))
        )
        return Policy() if stored is None else Policy.model_validate_json(stored)

    def policies(self) -> list[tuple[datetime, str, Policy]]:
        """All that were set, the oldest first: when, by whom, what."""
        found = self._read(lambda session: session.scalars(select(PolicyRow).order_by(PolicyRow.id)).all())
        return [(row.made_at, row.author, Policy.model_validate_json(row.policy)) for row in found]

    def marks(self, policy: Policy | None = None) -> list[Mark]:
        """What counts, sorted by student and exercise, under ``policy`` (by default the one in force)."""
        rules = policy or self.policy()

        def work(session: Session) -> list[Mark]:
            return count(
                rows.attempts(session), rows.adjustments(session), rules, max_points=rows.exercises(session)
            )

        return self._read(work)

    def history(self, student: str) -> list[Attempt | Adjustment]:
        """All that is known of one student, in the order in which it was recorded.

        Raises:
            GradebookError: nobody of that id.
        """

        def work(session: Session) -> list[Attempt | Adjustment]:
            rows.require_student(session, student)
            return [*rows.attempts(session, [student]), *rows.adjustments(session, student)]

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
