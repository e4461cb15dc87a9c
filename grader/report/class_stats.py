"""What a class report shows, gathered in one pass: numbers and short texts, never the results themselves."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from grader.i18n import both
from grader.report import words
from grader.report.class_causes import ClassCauses
from grader.report.class_items import Analysis, analyse
from grader.report.class_review import Reason, reasons_of
from grader.schema import CheckResult, ClassEntry, ExerciseResult, Mark, Outcome, Request, Text
from grader.text import plain

#: Characters of one text that is kept of a wrong answer.
TEXT_LIMIT = 300
#: Different wrong answers of one check that are told apart; the rest are counted together.
MAX_ANSWERS = 300
#: Students named beside a wrong answer.
MAX_NAMED = 3


def _short(text: Text | None) -> Text | None:
    if text is None:
        return None
    return Text(ko=plain(text.ko, limit=TEXT_LIMIT), en=plain(text.en, limit=TEXT_LIMIT))


@dataclass(frozen=True)
class Answer:
    """What a failed check said: the key by which wrong answers are counted."""

    message: Text | None
    expected: Text | None
    actual: Text | None


@dataclass
class CheckStats:
    """One check over the class."""

    id: str
    title: Text
    staff: bool
    max_points: float
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    answers: Counter[Answer] = field(default_factory=Counter)
    named: dict[Answer, list[str]] = field(default_factory=dict)
    """The first students who gave this answer."""

    def add(self, check: CheckResult, student: str) -> None:
        self.outcomes[check.outcome] += 1
        if check.outcome != "failed":
            return
        answer = Answer(_short(check.message), _short(check.expected), _short(check.actual))
        if answer not in self.answers and len(self.answers) >= MAX_ANSWERS:
            return
        self.answers[answer] += 1
        names = self.named.setdefault(answer, [])
        if len(names) < MAX_NAMED:
            names.append(student)

    @property
    def judged(self) -> int:
        """All but the ungraded ones, which say nothing about students."""
        return self.outcomes.total() - self.outcomes["ungraded"]

    @property
    def rate(self) -> float | None:
        """Share that passed, 0 to 1; None where nothing was graded."""
        return self.outcomes["passed"] / self.judged if self.judged else None

    def commonest(self, n: int) -> list[tuple[Answer, int]]:
        """The most frequent wrong answers, most frequent first."""
        return self.answers.most_common(n)

    def further(self, n: int) -> int:
        """How many failures are not among the ``n`` commonest answers."""
        return self.outcomes["failed"] - sum(count for _, count in self.answers.most_common(n))


@dataclass(frozen=True)
class Spread:
    """How a cost is spread over the class."""

    median: float
    high: float
    """Nine of ten are at or below it."""
    largest: float


def spread(values: Sequence[float]) -> Spread | None:
    """Median, 90th percentile (nearest rank) and maximum; None where there are no values."""
    known = sorted(value for value in values if math.isfinite(value))
    if not known:
        return None
    return Spread(statistics.median(known), known[math.ceil(0.9 * len(known)) - 1], known[-1])


@dataclass
class ExerciseStats:
    """One exercise over the class."""

    id: str
    title: Text
    max_points: float
    points: list[float] = field(default_factory=list)
    """Of those who were graded."""
    ungraded: int = 0
    missing: int = 0
    full: int = 0
    """How many passed everything."""
    checks: dict[str, CheckStats] = field(default_factory=dict)
    accuracies: list[float] = field(default_factory=list)
    minima: Counter[float] = field(default_factory=Counter)
    """Minimum accuracy -> for how many it held; more than one where data or budgets differ."""
    borderline: int = 0
    below: int = 0
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    slowest: str = ""
    """Student id of the longest run."""
    items: list[dict[str, float]] = field(default_factory=list)
    """Check -> points, of each student whose code ran."""
    tries: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Check -> the first attempt that passed it, of students with several."""

    def add(self, exercise: ExerciseResult, student: str, label: str, counted: float | None) -> None:
        self.max_points = max(self.max_points, exercise.max_points)
        if exercise.status == "missing":
            self.missing += 1
        if counted is None:
            self.ungraded += 1
        else:
            self.points.append(counted)
        if words.exercise_badge(exercise).tone == "good":
            self.full += 1
        for check in exercise.checks:
            known = self.checks.get(check.id)
            if known is None:
                known = CheckStats(check.id, check.title, check.visibility == "staff", check.max_points)
                self.checks[check.id] = known
            known.add(check, label)
        if exercise.status == "graded" and exercise.points is not None:
            self.items.append({check.id: check.points or 0.0 for check in exercise.checks})
        self._add_learning(exercise)
        if exercise.wall_seconds > 0:
            if exercise.wall_seconds > max(self.wall, default=0.0):
                self.slowest = student
            self.wall.append(exercise.wall_seconds)
            self.cpu.append(exercise.cpu_seconds)
            self.memory.append(exercise.peak_memory_mb)

    def _add_learning(self, exercise: ExerciseResult) -> None:
        learning = exercise.learning
        if learning is None or not math.isfinite(learning.accuracy):
            return
        self.accuracies.append(min(max(learning.accuracy, 0.0), 1.0))
        self.borderline += learning.borderline
        if learning.minimum is not None:
            self.minima[learning.minimum] += 1
            self.below += learning.accuracy < learning.minimum

    def add_mark(self, mark: Mark) -> None:
        """The way to it."""
        if len(mark.path) > 1:
            for check, number in mark.tries:
                self.tries[check].append(number)

    @property
    def analysis(self) -> Analysis:
        return analyse(self.items, self.tries)

    @property
    def count(self) -> int:
        """How many handed something in for it."""
        return len(self.points) + self.ungraded - self.missing

    @property
    def mean(self) -> float | None:
        return statistics.fmean(self.points) if self.points else None

    @property
    def hardest(self) -> CheckStats | None:
        """The check that most students fail; None where all pass."""
        rated = [check for check in self.checks.values() if check.rate is not None and check.rate < 1]
        return min(rated, key=lambda check: check.rate or 0.0, default=None)


@dataclass(frozen=True)
class Row:
    """One student, as the table shows them."""

    id: str
    name: str
    email: str
    link: str
    """Relative address of their report, percent-encoded."""
    folder: Path
    got: float
    automatic: float
    """What the grader gave for the work that is shown."""
    complete: bool
    """False: something is ungraded, so ``got`` is not their mark yet."""
    cells: dict[str, tuple[float | None, words.Badge]]
    """Points and state by exercise."""
    seconds: float
    submitted_at: datetime | None
    late: bool | None
    reasons: tuple[Reason, ...]

    @property
    def label(self) -> str:
        """Name and id, or the id alone."""
        return f"{self.name} ({self.id})" if self.name and self.name != self.id else self.id


@dataclass(frozen=True)
class Asked:
    """A student's request beside what is stored of the check that it is about."""

    row: Row
    exercise: Text
    check: CheckResult | None
    request: Request


@dataclass
class ClassStats:
    """The whole class."""

    asked: list[Asked] = field(default_factory=list)
    """Requests that nobody has answered."""
    ways: list[tuple[Row, Text, Mark]] = field(default_factory=list)
    """Marks of students who have tried more than once."""

    rows: list[Row] = field(default_factory=list)
    exercises: dict[str, ExerciseStats] = field(default_factory=dict)
    causes: ClassCauses = field(default_factory=ClassCauses)
    reused: int = 0

    @property
    def max_points(self) -> float:
        """Of all exercises that anyone handed in: the same scale for everyone, whatever they left out."""
        return round(sum(exercise.max_points for exercise in self.exercises.values()), 2)

    @property
    def marks(self) -> list[float]:
        """Marks of those of whom everything is graded."""
        return [row.got for row in self.rows if row.complete]

    def row(self, student: str) -> Row | None:
        return next((row for row in self.rows if row.id == student), None)


def report_link(folder: Path) -> str:
    """``<student>/report.html`` as an address relative to the class report."""
    return f"{quote(folder.name, safe='')}/report.html"


def _row(entry: ClassEntry, marks: Mapping[str, Mark]) -> Row:
    result = entry.result
    standing = words.standing(result, marks)
    cells = {
        e.id: (marks[e.id].points if e.id in marks else e.points, words.exercise_badge(e))
        for e in result.exercises
    }
    cells |= {
        m.exercise: (m.points, words.Badge("part", "△", both("From an earlier hand-in"))) for m in standing.others
    }
    return Row(
        id=plain(entry.student.id, limit=100, one_line=True),
        name=plain(entry.student.name, limit=100, one_line=True),
        email=plain(entry.student.email, limit=100, one_line=True),
        link=report_link(entry.folder),
        folder=entry.folder,
        got=standing.got,
        automatic=standing.automatic,
        complete=standing.complete,
        cells=cells,
        seconds=sum(exercise.wall_seconds for exercise in result.exercises),
        submitted_at=entry.submitted_at,
        late=entry.late,
        reasons=reasons_of(entry),
    )


def gather(entries: Iterable[ClassEntry], marks: Sequence[Mark] = ()) -> ClassStats:
    """Everything the report needs, in one pass; of each result only numbers and cut texts stay in memory."""
    stats = ClassStats()
    counted: dict[str, dict[str, Mark]] = defaultdict(dict)
    for mark in marks:
        counted[mark.student][mark.exercise] = mark
    for entry in entries:
        stats.reused += entry.reused and bool(entry.result.exercises)
        own = counted[entry.student.id]
        row = _row(entry, own)
        stats.rows.append(row)
        for exercise in entry.result.exercises:
            known = stats.exercises.get(exercise.id)
            if known is None:
                known = ExerciseStats(exercise.id, exercise.title, exercise.max_points)
                stats.exercises[exercise.id] = known
            points = own[exercise.id].points if exercise.id in own else exercise.points
            known.add(exercise, row.id, row.label, points)
            stats.causes.add(exercise, row.id)
            if (got := own.get(exercise.id)) is not None:
                known.add_mark(got)
                if len(got.path) > 1:
                    stats.ways.append((row, exercise.title, got))
                checks = {check.id: check for check in exercise.checks}
                stats.asked += [
                    Asked(row, exercise.title, checks.get(asked.check), asked)
                    for asked in got.requests
                    if asked.decision == "open"
                ]
        for mark in words.standing(entry.result, own).others:
            title = Text(ko=mark.exercise, en=mark.exercise)
            known = stats.exercises.setdefault(mark.exercise, ExerciseStats(mark.exercise, title, mark.max_points))
            known.max_points = max(known.max_points, mark.max_points)
            if mark.points is not None:
                known.points.append(mark.points)
    stats.exercises = dict(sorted(stats.exercises.items()))
    return stats
