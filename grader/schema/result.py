"""Marks and why. Built from facts alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from pydantic import Field

from grader.schema.base import Frozen, Isolation, Json, Text
from grader.schema.evidence import Frame
from grader.schema.facts import ModelFact
from grader.schema.pictures import Drawing, Picture
from grader.schema.submission import Problem

Outcome = Literal["passed", "failed", "skipped", "ungraded"]
Status = Literal["graded", "missing", "error", "timeout", "memory", "ungraded"]
Visibility = Literal["student", "staff"]


class CheckResult(Frozen):
    """One check's verdict."""

    id: str
    title: Text
    outcome: Outcome
    points: float | None
    """None: ungraded, which is not zero."""
    max_points: float
    message: Text | None = None
    expected: Text | None = None
    actual: Text | None = None
    hint: Text | None = None
    visibility: Visibility = "student"
    frames: tuple[Frame, ...] = ()
    """The student's lines, where the failure comes from one."""
    staff_detail: str = ""
    """Never shown to students."""
    raised: bool = False
    """It failed because the check's own code raised on the evidence: see ``staff_detail``."""


class Diagnosis(Frozen):
    """A known wrong answer that fails in the same way as this one, and so says why this one does."""

    id: str
    """Of the wrong answer."""
    text: Text
    """What was done and why it is not right."""
    checks: tuple[str, ...]
    """Ids of the failed checks that it explains."""
    whole: bool = True
    """It explains everything that failed."""


class StaffNote(Frozen):
    """What staff should look at. It changes no mark, and students never see it."""

    kind: Literal["check_raised", "over_limit", "accuracy", "optimizer_steps", "weights"]
    """``check_raised``: a check could not work with the evidence and failed. ``over_limit``: a part of our own
    work took more than it may, and was left out. The others are results that no honest training of the budget
    gives."""
    text: Text
    """What it is, with the numbers."""
    check: str = ""
    """Id of the check that it is about."""
    model: str = ""
    """Name of the model that it is about."""
    detail: str = ""
    """The lines of the check that raised, and what it raised."""


class Learning(Frozen):
    """What the report says about training."""

    accuracy: float
    minimum: float | None
    borderline: bool
    attempts: tuple[float, ...] = ()
    history: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    """The student's own ``History``: a claim, for the curve only."""


class ExerciseResult(Frozen):
    """One exercise."""

    id: str
    title: Text
    status: Status
    points: float | None
    max_points: float
    data: str | None
    budget: str
    checks: tuple[CheckResult, ...]
    diagnoses: tuple[Diagnosis, ...] = ()
    message: Text | None = None
    """What the status means for this student: the timeout, the syntax error, the missing file."""
    frames: tuple[Frame, ...] = ()
    problems: tuple[Problem, ...] = ()
    model: ModelFact | None = None
    """The graded model, for the layer table."""
    reference_layers: tuple[dict[str, object], ...] = ()
    learning: Learning | None = None
    pictures: tuple[Picture, ...] = ()
    handed_in: Literal["file", "untouched", "misnamed"] = "file"
    """``untouched``: all functions are as handed out; ``misnamed``: only files of another name are there."""
    feedback: tuple[str, ...] = ()
    """Files with feedback beside the report, such as ``feedback/convolution.ipynb``."""
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_mb: float = 0.0
    limited_by: Literal["cgroup", "sampling"] | None = None
    """What held the run's memory and CPU time (see :class:`grader.schema.RunOutcome`); for staff."""
    stdout: str = ""
    notes: tuple[StaffNote, ...] = ()
    """For staff only."""
    staff_detail: str = ""


class SubmissionId(Frozen):
    """Whose work it is."""

    id: str
    sha256: str
    name: str = ""
    """As people call the student; empty where nobody said."""


class Result(Frozen):
    """One submission's marks in both languages; a report renders it in one."""

    format_version: Literal[1] = 1
    grader_version: str
    isolation: Isolation
    submission: SubmissionId
    points: float | None
    max_points: float
    exercises: tuple[ExerciseResult, ...]
    problems: tuple[Problem, ...] = ()


class Painter(Protocol):
    """What draws for a page. Drawings are made anew for each page, and none of them fails: it is left out."""

    def draw_exercise(self, exercise: ExerciseResult) -> Sequence[Drawing]:
        """The pictures of one exercise."""

    def draw_marks(self, marks: Sequence[float], max_points: float) -> Drawing | None:
        """The distribution of a class's marks; None where there are none."""

    def draw_accuracies(self, accuracies: Sequence[float], minima: Sequence[float], below: int) -> Drawing | None:
        """The distribution of accuracies in [0, 1], of which ``below`` do not reach theirs of ``minima``."""


class Signature(Frozen):
    """One wrong answer by what it leaves."""

    text: Text
    """Its diagnosis."""
    failed: tuple[str, ...]
    """Checks that it fails."""
    found: dict[str, Json] = Field(default_factory=dict)
    """Traits in which it is not like a right answer; None where it lacks one."""
    of: str
    """Hash of what it was made from."""


class Signatures(Frozen):
    """An exercise's known wrong answers. A trait is a small part of the facts: ``array box_iou.unit values``."""

    of: str = ""
    """Hash of what ``reads``, ``right``, ``free`` and ``chance`` were made from."""
    reads: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Check -> the evidence that it looks at in a right answer."""
    right: dict[str, Json] = Field(default_factory=dict)
    """What all right answers share."""
    free: tuple[str, ...] = ()
    """Traits in which right answers differ."""
    chance: tuple[str, ...] = ()
    """Those that training makes, which is not quite the same on every machine."""
    answers: dict[str, Signature] = Field(default_factory=dict)

    def merged(self, other: Signatures) -> Signatures:
        """These and the staff's part of them."""
        answers = dict(other.answers)
        for name, one in self.answers.items():
            more = other.answers.get(name)
            if more is not None:
                both = (*one.failed, *(check for check in more.failed if check not in one.failed))
                one = one.model_copy(update={"failed": both, "found": one.found | more.found})
            answers[name] = one
        return Signatures(
            of=self.of,
            reads=self.reads | other.reads,
            right=self.right | other.right,
            free=(*self.free, *other.free),
            chance=(*self.chance, *other.chance),
            answers=dict(sorted(answers.items())),
        )
