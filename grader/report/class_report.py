"""``index.html`` of a class: one page, nothing loaded from anywhere, both languages in it. For staff."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.files import explain_write, write_whole
from grader.i18n import both
from grader.report.class_items import Analysis
from grader.report.class_review import (
    ORDER,
    Reason,
    ReviewGroup,
    ReviewLine,
    group,
    kind_words,
    roster_lines,
)
from grader.report.class_similar import Cluster, clusters
from grader.report.class_stats import ClassStats, ExerciseStats, Spread, gather, spread
from grader.report.page import render
from grader.report.words import short_id
from grader.schema import ClassEntry, Downloads, Drawing, Lang, Mark, Painter, SimilarPair, Text

#: Wrong answers of a check that are shown.
ANSWERS = 3


@dataclass(frozen=True)
class ExerciseView:
    """One exercise with what has to be computed for it."""

    stats: ExerciseStats
    analysis: Analysis
    accuracy: Drawing | None
    minima: tuple[float, ...]
    wall: Spread | None
    cpu: Spread | None
    memory: Spread | None


def _view(stats: ExerciseStats, painter: Painter | None) -> ExerciseView:
    minima = tuple(sorted(minimum for minimum, _ in stats.minima.most_common(3)))
    return ExerciseView(
        stats=stats,
        analysis=stats.analysis,
        accuracy=painter.draw_accuracies(stats.accuracies, minima, stats.below) if painter else None,
        minima=minima,
        wall=spread(stats.wall),
        cpu=spread(stats.cpu),
        memory=spread(stats.memory),
    )


def _quantiles(marks: Sequence[float]) -> list[tuple[Text, float]]:
    """Five numbers that say where the class stands; quartiles are interpolated ("inclusive")."""
    if not marks:
        return []
    known = [*marks, *marks] if len(marks) == 1 else marks  # a class of one has quartiles too
    low, middle, high = statistics.quantiles(known, n=4, method="inclusive")
    return [
        (both("Highest"), max(marks)),
        (both("Upper quartile"), high),
        (both("Median"), middle),
        (both("Lower quartile"), low),
        (both("Lowest"), min(marks)),
    ]


def _badges(reasons: Sequence[Reason]) -> list[tuple[Text, str]]:
    """Each kind of reason once: its title and tone."""
    kinds = {reason.kind for reason in reasons}
    return [(title, tone) for kind in ORDER if kind in kinds for title, _, tone in (kind_words(kind),)]


def _review(
    stats: ClassStats, downloads: Downloads | None, alike: Sequence[Cluster]
) -> tuple[list[ReviewGroup], dict[str, list[Reason]]]:
    """The list by kind, a cluster of similar work as one line; and the reasons by student id for the table."""
    lines = [ReviewLine(row.label, row.link, reason) for row in stats.rows for reason in row.reasons]
    by_student: dict[str, list[Reason]] = {row.id: list(row.reasons) for row in stats.rows if row.reasons}
    for cluster in alike:
        reason = Reason("similar", cluster.title, cluster.reason)
        for member in cluster.members:
            if not isinstance(member, str):
                by_student.setdefault(member.id, []).append(reason)
        count = both("{n} submissions", n=len(cluster.members))
        lines.append(ReviewLine(count, "#similar", reason))
    lines += roster_lines(downloads)
    return group(lines), by_student


def to_class_html(
    lang: Lang,
    entries: Iterable[ClassEntry],
    *,
    marks: Sequence[Mark] = (),
    downloads: Downloads | None = None,
    similar: Sequence[SimilarPair] = (),
    painter: Painter | None = None,
    handed_out: Mapping[str, str] | None = None,
) -> str:
    """The class report as a page; see :func:`write_class_report`."""
    stats = gather(entries, marks)
    alike = clusters(similar, stats, handed_out or {})
    groups, reasons = _review(stats, downloads, alike)
    totals = stats.marks
    return render(
        "class.html.j2",
        lang,
        title=both("Class report"),
        styles=("pictures.css", "class.css"),
        scripts=("class.js",),
        stats=stats,
        marks=totals,
        mean=statistics.fmean(totals) if totals else None,
        median=statistics.median(totals) if totals else None,
        quantiles=_quantiles(totals),
        picture=painter.draw_marks(totals, stats.max_points) if painter else None,
        exercises=[_view(exercise, painter) for exercise in stats.exercises.values()],
        groups=groups,
        reasons=reasons,
        known=stats.causes.known(),
        unknown=stats.causes.shared(),
        by_id={row.id: row for row in stats.rows},
        to_review=sum(len(found.lines) for found in groups),
        clusters=alike,
        has_times=any(row.submitted_at is not None or row.late for row in stats.rows),
        short_id=short_id,
        badges=_badges,
        answers=ANSWERS,
    )


def write_class_report(
    out: Path,
    lang: Lang,
    entries: Iterable[ClassEntry],
    *,
    marks: Sequence[Mark] = (),
    downloads: Downloads | None = None,
    similar: Sequence[SimilarPair] = (),
    painter: Painter | None = None,
    handed_out: Mapping[str, str] | None = None,
) -> Path:
    """Write ``out/index.html``, made whole before it replaces the old one.

    Args:
        out: Folder of the class; the reports it links to lie in ``out/<student>/``.
        lang: The language in which the page opens; both are in it.
        entries: The class, read once, one after the other; results are not kept.
        marks: The gradebook's; they count in the place of results.
        downloads: For who is on the roster without a submission, or the other way round.
        similar: Pairs to show side by side. Their code is read from the students' folders.
        painter: Draws the distributions; without, there are none.
        handed_out: Exercise -> the text that students start from, which is left out of what is alike.

    Returns:
        The path of the page.

    Raises:
        OutputError: ``out`` cannot be written.
    """
    page = to_class_html(
        lang, entries, marks=marks, downloads=downloads, similar=similar, painter=painter, handed_out=handed_out
    )
    path = out / "index.html"
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain_write(path, error) from error
    write_whole(path, page)
    return path
