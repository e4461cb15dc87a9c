"""The tables. Rows are added and never changed or deleted, except a student's name and e-mail.

Only what happened is stored. What follows from a policy (which attempt counts, what lateness costs) is worked out
when marks are read, so a change of mind about the policy changes no row.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, DateTime, Dialect, Double, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

#: Of the tables below. A gradebook of a later version is refused, not guessed at.
FORMAT_VERSION = 2


class Moment(TypeDecorator[datetime]):
    """A point in time: stored as UTC without a zone, because SQLite keeps none; read with one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a time zone: {value}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """All tables of a gradebook; their names start alike, so that it can share a database."""


class AboutRow(Base):
    """One row: the version of the tables."""

    __tablename__ = "gradebook_about"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    format_version: Mapped[int]


class StudentRow(Base):
    """A student, with or without a submission."""

    __tablename__ = "gradebook_students"

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), default="")
    email: Mapped[str] = mapped_column(String(255), default="")


class AttemptRow(Base):
    """One scoring of one attempt at one exercise.

    ``number`` counts what the student handed in, ``version`` how often that was scored: the newest version of an
    attempt is what it is worth.
    """

    __tablename__ = "gradebook_attempts"
    __table_args__ = (UniqueConstraint("student", "exercise", "number", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    student: Mapped[str] = mapped_column(ForeignKey(StudentRow.id))
    exercise: Mapped[str] = mapped_column(String(100))
    number: Mapped[int]
    version: Mapped[int]
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    """None where nobody said: the time of grading says nothing about lateness."""
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    points: Mapped[float | None] = mapped_column(Double)
    """None: ungraded, which is not zero."""
    max_points: Mapped[float] = mapped_column(Double)
    sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20))
    late: Mapped[bool | None]
    """As the learning management system says."""
    source: Mapped[str] = mapped_column(String(255), default="")
    """Which grader wrote it, and how isolated the student's code was."""
    passed: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Ids of the checks that passed; None in rows of version 1."""


class AdjustmentRow(Base):
    """Points given or taken by a person. Taking it back is another row."""

    __tablename__ = "gradebook_adjustments"

    id: Mapped[int] = mapped_column(primary_key=True)
    student: Mapped[str] = mapped_column(ForeignKey(StudentRow.id), index=True)
    exercise: Mapped[str] = mapped_column(String(100))
    delta: Mapped[float] = mapped_column(Double)
    comment: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Moment)
    attempt: Mapped[int | None]
    """The attempt's number; 0 where there was none. None in rows of version 1: the newest before it."""
    extra: Mapped[bool | None]
    """Whether it may lift the mark above full marks; None, in rows of version 1, means yes."""


class CommentRow(Base):
    """What a person wrote about one student's work."""

    __tablename__ = "gradebook_comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    student: Mapped[str] = mapped_column(ForeignKey(StudentRow.id), index=True)
    exercise: Mapped[str] = mapped_column(String(100))
    check: Mapped[str] = mapped_column("check_id", String(200), default="")
    cell: Mapped[int | None]
    first_line: Mapped[int | None]
    last_line: Mapped[int | None]
    code: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Moment)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the work, as in :class:`AttemptRow`."""


class RequestRow(Base):
    """What a student asks about a mark."""

    __tablename__ = "gradebook_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    student: Mapped[str] = mapped_column(ForeignKey(StudentRow.id), index=True)
    exercise: Mapped[str] = mapped_column(String(100))
    check: Mapped[str] = mapped_column("check_id", String(200))
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the work that it is about, as in :class:`AttemptRow`; empty where it is not what is graded now."""
    made_at: Mapped[datetime] = mapped_column(Moment)


class AnswerRow(Base):
    """What was decided about a request; a request is answered once."""

    __tablename__ = "gradebook_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    request: Mapped[int] = mapped_column(ForeignKey(RequestRow.id), unique=True)
    accepted: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Moment)


class PolicyRow(Base):
    """A policy and who set it; the newest is in force."""

    __tablename__ = "gradebook_policies"

    id: Mapped[int] = mapped_column(primary_key=True)
    policy: Mapped[str] = mapped_column(Text)
    """JSON of :class:`grader.gradebook.Policy`."""
    author: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Moment)
