"""A class: who is in it, what they handed in, what they got, and who resembles whom."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from grader.schema.base import Frozen, Text
from grader.schema.result import Result
from grader.schema.submission import Problem


class Student(Frozen):
    """One line of the roster; from a folder's name where there is none."""

    id: str
    """Also the name of the folder of their reports: safe in a path, unique in the class."""
    name: str = ""
    email: str = ""
    usernames: tuple[str, ...] = ()
    """What else platforms call the person by: a GitHub login, another number."""


class Download(Frozen):
    """One student's work as a learning management system hands it out, not opened yet."""

    student: Student
    paths: tuple[Path, ...] = Field(default=(), exclude=True)
    """Folders and files that make up this submission, in the order in which a later one wins."""
    names: tuple[str, ...] = Field((), exclude=True)
    """For each path the name that its author gave the file; "" for a folder, which counts with what it holds."""
    submitted_at: datetime | None = None
    """With a time zone; None where neither the name nor the archive says."""
    late: bool | None = None
    """As the learning management system says; None where it does not."""


class Downloads(Frozen):
    """All that was found in a folder of downloads."""

    layout: str
    """Name of the platform that packed it; ``folders`` or ``zips`` where people did."""
    students: tuple[Download, ...]
    without_submission: tuple[Student, ...] = ()
    """On the roster, and nothing of theirs was found."""
    not_on_roster: tuple[Student, ...] = ()
    """Handed in, and not on the roster; graded all the same."""
    problems: tuple[Problem, ...] = ()


class Comment(Frozen):
    """What a person wrote about a student's work."""

    student: str
    exercise: str
    text: str
    author: str
    time: datetime
    check: str = ""
    lines: tuple[int, int] | None = None
    """First and last line of the student's code that it is about."""
    cell: int | None = None
    """In a notebook: the cell that these lines are in."""
    code: str = ""
    """These lines as they were."""
    stale: bool = False
    """The student has handed in other work since."""


class Request(Frozen):
    """What a student asks about a mark, and what was decided."""

    number: int
    student: str
    exercise: str
    check: str
    text: str
    time: datetime
    stale: bool = False
    """It is about other work than what is graded now."""
    decision: Literal["open", "accepted", "declined"] = "open"
    answer: str = ""
    author: str = ""
    """Who decided."""


class ClassEntry(Frozen):
    """One student of a graded class."""

    student: Student
    folder: Path = Field(exclude=True)
    """``OUT/<student>``: report.html, result.json, facts, evidence."""
    result: Result
    submitted_at: datetime | None = None
    late: bool | None = None
    received: tuple[str, ...] = ()
    """What the platform's download calls this student's files and folders."""
    reused: bool = False
    """Nothing had to be run: the same work had been graded before."""


class SimilarPair(Frozen):
    """Two submissions that a person should look at; never a verdict."""

    exercise: str
    first: str
    second: str
    """Student ids, in order."""
    kind: Literal["code", "model"]
    score: float
    """0 to 1: the share of the smaller code that is in the other one; for models 1 - the relative distance."""
    evidence: Text
    """What is alike, in words."""
    first_lines: tuple[tuple[int, int], ...] = ()
    second_lines: tuple[tuple[int, int], ...] = ()
    """Line ranges that are alike, both ends included, in corresponding order."""


class Mark(Frozen):
    """What counts for one student and exercise, after policy and adjustments."""

    student: str
    exercise: str
    points: float | None
    """None: ungraded. Never below 0."""
    max_points: float
    graded_points: float | None
    """Before penalty and adjustment."""
    penalty: float = 0.0
    """Points taken off for lateness."""
    adjustment: float = 0.0
    """Points given or taken by hand."""
    attempt: int = 1
    """Which attempt counts, from 1."""
    comments: tuple[str, ...] = ()
    """Why points were given or taken by hand."""
    remarks: tuple[Comment, ...] = ()
    requests: tuple[Request, ...] = ()
    path: tuple[float | None, ...] = ()
    """Graded points of every attempt, the first one first."""
    tries: tuple[tuple[str, int], ...] = ()
    """Check -> the first attempt that passed it, where that is known."""
