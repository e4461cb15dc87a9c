"""The gradebook's door: record, and read what counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import URL, insert, select
from sqlalchemy.orm import Session

from grader.errors import GradebookError
from grader.gradebook import rows
from grader.gradebook.connect import parse
from grader.gradebook.counting import Adjustment, Attempt, count
from grader.gradebook.decisions import Decisions
from grader.gradebook.policy import Policy
from grader.gradebook.rows import Recorded
from grader.gradebook.tables import PolicyRow, StudentRow
from grader.schema import ClassEntry, Comment, Mark, Request, Student


def open_gradebook(url: str | URL, *, create: bool = True) -> Gradebook:
    """The gradebook in the database at ``url`` (any SQLAlchemy URL); its tables are made where they are missing.

    Args:
        url: such as ``sqlite:////home/me/out/gradebook.db`` or ``postgresql://grader@host/marks``.
        create: False: a gradebook must be there already.

    Raises:
        GradebookError: it cannot be opened; ``text`` says why.
    """
    return Gradebook(parse(url), create=create)


class Gradebook(Decisions):
    """Attempts, adjustments and policies of a class. Close it, or use it in a ``with``.

    Every method is one short transaction. Any number of processes may use one gradebook at the same time.
    """

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
        return self._read(rows.policy)

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
                policy or rows.policy(session),
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
