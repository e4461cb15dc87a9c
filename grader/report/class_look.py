"""Who needs a look, and why: what a person has to decide because no program should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grader.i18n import both
from grader.schema import ClassEntry, Downloads, ExerciseResult, SimilarPair, Text
from grader.text import format_number, format_percent, plain

Kind = Literal["ungraded", "limit", "borderline", "refused", "similar", "roster", "download"]

#: Reasons of one kind that are kept for one student: a folder may hold a thousand bad files.
MAX_PER_STUDENT = 5
_TEXT_LIMIT = 300


@dataclass(frozen=True)
class Look:
    """One reason to look at one student's work."""

    kind: Kind
    exercise: Text | None
    reason: Text


@dataclass(frozen=True)
class LookLine:
    """A line of the list: who (with a link where there is a report), and why."""

    student: str
    link: str | None
    look: Look


@dataclass(frozen=True)
class LookGroup:
    """All lines of one kind."""

    kind: Kind
    title: Text
    explanation: Text
    tone: str
    lines: tuple[LookLine, ...]


def look_into(entry: ClassEntry) -> tuple[Look, ...]:
    """Everything in one student's result that a person should see."""
    found: list[Look] = []
    for exercise in entry.result.exercises:
        found.extend(_exercise(exercise))
    problems = [problem for problem in entry.result.problems if problem.severity == "error"]
    found.extend(
        Look("refused", None, _refused(problem.file, problem.message)) for problem in problems[:MAX_PER_STUDENT]
    )
    if not entry.result.exercises and not problems:
        found.append(Look("refused", None, both("No file of any exercise was found.")))
    return tuple(found)


def _exercise(exercise: ExerciseResult) -> list[Look]:
    found = []
    if exercise.status == "ungraded" or exercise.points is None:
        reason = exercise.message or both("The grader failed here.")
        found.append(Look("ungraded", exercise.title, _cut(reason)))
    if exercise.status == "timeout":
        found.append(
            Look(
                "limit",
                exercise.title,
                both("Stopped after {seconds} s.", seconds=format_number(exercise.wall_seconds)),
            )
        )
    if exercise.status == "memory":
        found.append(
            Look(
                "limit",
                exercise.title,
                both("Stopped at {memory} MB of memory.", memory=format_number(exercise.peak_memory_mb, 0)),
            )
        )
    learning = exercise.learning
    if learning is not None and learning.borderline:
        minimum = "–" if learning.minimum is None else format_percent(learning.minimum)
        found.append(
            Look(
                "borderline",
                exercise.title,
                both(
                    "Accuracy {accuracy}, minimum {minimum}; runs: {runs}",
                    accuracy=format_percent(learning.accuracy),
                    minimum=minimum,
                    runs=", ".join(format_percent(value) for value in learning.attempts[:10]) or "–",
                ),
            )
        )
    errors = [problem for problem in exercise.problems if problem.severity == "error"]
    found.extend(
        Look("refused", exercise.title, _refused(problem.file, problem.message))
        for problem in errors[:MAX_PER_STUDENT]
    )
    model = exercise.model
    if model is not None and model.refused is not None:
        # The kind and detail are the inspector's words; the report of the student explains them.
        detail = plain(f"{model.refused.kind}: {model.refused.detail}", limit=_TEXT_LIMIT, one_line=True)
        found.append(Look("refused", exercise.title, _refused(model.file, Text(ko=detail, en=detail))))
    return found


def _cut(text: Text) -> Text:
    return Text(
        ko=plain(text.ko, limit=_TEXT_LIMIT, one_line=True), en=plain(text.en, limit=_TEXT_LIMIT, one_line=True)
    )


def _refused(file: str, message: Text) -> Text:
    name = plain(file, limit=120, one_line=True)
    cut = _cut(message)
    return Text(ko=f"{name}: {cut.ko}", en=f"{name}: {cut.en}") if name else cut


def kind_words(kind: Kind) -> tuple[Text, Text, str]:
    """Title (short enough for a badge), explanation and tone."""
    match kind:
        case "ungraded":
            return (
                both("Not graded yet"),
                both("The grader failed here, not the student. Grade these again; they are not zeros."),
                "wait",
            )
        case "limit":
            return (
                both("Time or memory limit"),
                both("An endless loop, or a slow machine at a bad moment: compare with the others' times below."),
                "bad",
            )
        case "borderline":
            return (
                both("Borderline accuracy"),
                both("The training ran again with other seeds, and the best run counts."),
                "part",
            )
        case "refused":
            return (
                both("Unusable files"),
                both("Damaged, refused or missing: a student may have handed in the wrong file."),
                "bad",
            )
        case "similar":
            return (
                both("Similar work"),
                both("A reason to look at both side by side (further down), not a finding about anyone."),
                "part",
            )
        case "roster":
            return (
                both("Roster"),
                both("On the roster without a submission, or the other way round."),
                "part",
            )
        case "download":
            return (
                both("Unreadable downloads"),
                both("Nothing was graded for these."),
                "bad",
            )


ORDER: tuple[Kind, ...] = ("ungraded", "refused", "download", "limit", "borderline", "similar", "roster")


def group(lines: Sequence[LookLine]) -> list[LookGroup]:
    """Lines by kind, the most urgent kind first; kinds without a line are left out."""
    groups = []
    for kind in ORDER:
        chosen = tuple(line for line in lines if line.look.kind == kind)
        if chosen:
            title, explanation, tone = kind_words(kind)
            groups.append(LookGroup(kind, title, explanation, tone, chosen))
    return groups


def roster_lines(downloads: Downloads | None) -> list[LookLine]:
    """Students on one side only, and downloads that could not be read; none of them has a report to link to."""
    if downloads is None:
        return []
    lines = []
    for student in downloads.without_submission:
        lines.append(_unmatched(student.id, student.name, both("On the roster; nothing was handed in.")))
    for student in downloads.not_on_roster:
        lines.append(_unmatched(student.id, student.name, both("Handed in and graded; not on the roster.")))
    for problem in downloads.problems:
        name = plain(problem.file, limit=120, one_line=True)
        lines.append(LookLine(name, None, Look("download", None, _cut(problem.message))))
    return lines


def _unmatched(student: str, name: str, reason: Text) -> LookLine:
    label = f"{name} ({student})" if name and name != student else student
    return LookLine(plain(label, limit=200, one_line=True), None, Look("roster", None, reason))


def similar_reason(pair: SimilarPair, other: str) -> Text:
    """Why one of a pair should be looked at."""
    share = format_percent(pair.score)
    if pair.kind == "code":
        return both("{share} of the code is like that of {other}.", share=share, other=other)
    return both("The trained model is like that of {other} ({share}).", share=share, other=other)
