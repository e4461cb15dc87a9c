"""Students to review, and why: what a person has to decide because no program should."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from grader.i18n import both
from grader.schema import ClassEntry, Downloads, ExerciseResult, Text
from grader.text import format_number, format_percent, plain

Kind = Literal[
    "ungraded",
    "refused",
    "misnamed",
    "download",
    "broken",
    "limit",
    "untouched",
    "note",
    "borderline",
    "similar",
    "roster",
]

#: Reasons of one kind that are kept for one student: a folder may hold a thousand bad files.
MAX_PER_STUDENT = 5
_TEXT_LIMIT = 300


@dataclass(frozen=True)
class Reason:
    """One reason to review one student's work."""

    kind: Kind
    exercise: Text | None
    text: Text


@dataclass(frozen=True)
class ReviewLine:
    """A line of the list: who (with a link where there is a report), and why."""

    student: str | Text
    link: str | None
    reason: Reason


@dataclass(frozen=True)
class ReviewGroup:
    """All lines of one kind."""

    kind: Kind
    title: Text
    explanation: Text
    tone: str
    lines: tuple[ReviewLine, ...]


def reasons_of(entry: ClassEntry) -> tuple[Reason, ...]:
    """Everything in one student's result that a person should see."""
    found: list[Reason] = []
    for exercise in entry.result.exercises:
        found.extend(_exercise(exercise))
    problems = [problem for problem in entry.result.problems if problem.severity == "error"]
    found.extend(
        Reason("refused", None, _refused(problem.file, problem.message)) for problem in problems[:MAX_PER_STUDENT]
    )
    if not entry.result.exercises and not problems:
        found.append(Reason("refused", None, both("No file of any exercise was found.")))
    return tuple(found)


def _exercise(exercise: ExerciseResult) -> Iterator[Reason]:
    def because(kind: Kind, text: Text) -> Reason:
        return Reason(kind, exercise.title, text)

    if exercise.status == "ungraded" or exercise.points is None:
        yield because("ungraded", _cut(exercise.message or both("The grader failed here.")))
    if exercise.status == "timeout":
        yield because("limit", both("Stopped after {seconds} s.", seconds=format_number(exercise.wall_seconds, 1)))
    if exercise.status == "memory":
        memory = format_number(exercise.peak_memory_mb, 0)
        yield because("limit", both("Stopped at {memory} MB of memory.", memory=memory))
    if exercise.status == "error" and exercise.message is not None:
        yield because("broken", _cut(exercise.message))
    if exercise.handed_in == "misnamed":
        for problem in exercise.problems[:MAX_PER_STUDENT]:
            yield because("misnamed", _refused(problem.file, problem.message))
    if exercise.handed_in == "untouched":
        yield because("untouched", both("All functions are as they were handed out."))
    for note in exercise.notes[:MAX_PER_STUDENT]:
        yield because("note", _cut(note.text))
    learning = exercise.learning
    if learning is not None and learning.borderline:
        yield because(
            "borderline",
            both(
                "Accuracy {accuracy}, minimum {minimum}; runs: {runs}",
                accuracy=format_percent(learning.accuracy),
                minimum="–" if learning.minimum is None else format_percent(learning.minimum),
                runs=", ".join(format_percent(value) for value in learning.attempts[:10]) or "–",
            ),
        )
    errors = [problem for problem in exercise.problems if problem.severity == "error"]
    for problem in errors[:MAX_PER_STUDENT]:
        yield because("refused", _refused(problem.file, problem.message))
    model = exercise.model
    if model is not None and model.refused is not None:
        # The kind and detail are the inspector's words; the report of the student explains them.
        detail = plain(f"{model.refused.kind}: {model.refused.detail}", limit=_TEXT_LIMIT, one_line=True)
        yield because("refused", _refused(model.file, Text(ko=detail, en=detail)))


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
            text = both("The grader failed here, not the student. Grade these again; they are not zeros.")
            return both("Not graded yet"), text, "wait"
        case "limit":
            text = both(
                "An endless loop, or a slow machine at a bad moment: compare with the others' times below."
            )
            return both("Time or memory limit"), text, "bad"
        case "borderline":
            text = both("The training ran again with other seeds, and the best run counts.")
            return both("Borderline accuracy"), text, "part"
        case "refused":
            text = both("Damaged, refused or missing: a student may have handed in the wrong file.")
            return both("Unusable files"), text, "bad"
        case "misnamed":
            text = both("Graded as missing: rename the file and grade it again if you accept it.")
            return both("Misnamed files"), text, "bad"
        case "broken":
            text = both(
                "A syntax error, or an error while the file is imported: often one line, worth all points."
            )
            return both("Code that does not run"), text, "bad"
        case "untouched":
            text = both("Handed in as handed out: perhaps the wrong copy of the file.")
            return both("Untouched files"), text, "part"
        case "note":
            text = both("Noticed by the grader and not judged; no mark depends on it.")
            return both("Results to question"), text, "part"
        case "similar":
            text = both("A reason to read them side by side (further down), not a verdict on anyone.")
            return both("Similar submissions"), text, "part"
        case "roster":
            return both("Roster"), both("On the roster without a submission, or the other way round."), "part"
        case "download":
            return both("Unreadable downloads"), both("Nothing was graded for these."), "bad"


ORDER: tuple[Kind, ...] = get_args(Kind)


def group(lines: Sequence[ReviewLine]) -> list[ReviewGroup]:
    """Lines by kind, the most urgent kind first; kinds without a line are left out."""
    groups = []
    for kind in ORDER:
        chosen = tuple(line for line in lines if line.reason.kind == kind)
        if chosen:
            title, explanation, tone = kind_words(kind)
            groups.append(ReviewGroup(kind, title, explanation, tone, chosen))
    return groups


def roster_lines(downloads: Downloads | None) -> list[ReviewLine]:
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
        lines.append(ReviewLine(name, None, Reason("download", None, _cut(problem.message))))
    return lines


def _unmatched(student: str, name: str, reason: Text) -> ReviewLine:
    label = f"{name} ({student})" if name and name != student else student
    return ReviewLine(plain(label, limit=200, one_line=True), None, Reason("roster", None, reason))
