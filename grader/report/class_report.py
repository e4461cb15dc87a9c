"""``index.html`` of a class: one page, nothing loaded from anywhere, both languages in it. For staff."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from grader import __version__
from grader.files import explain_write, write_whole
from grader.i18n import both
from grader.report.class_look import (
    ORDER,
    Look,
    LookGroup,
    LookLine,
    group,
    kind_words,
    roster_lines,
    similar_reason,
)
from grader.report.class_pairs import PairView, pair_views
from grader.report.class_plots import Picture, accuracy_picture, marks_picture
from grader.report.class_stats import ClassStats, ExerciseStats, Spread, gather, spread
from grader.report.html import _asset, _attribute, _digest, _environment, _spans
from grader.schema import ClassEntry, Downloads, Lang, SimilarPair, Text

#: Wrong answers of a check that are shown.
ANSWERS = 3


@dataclass(frozen=True)
class ExerciseView:
    """One exercise with what has to be computed for it."""

    stats: ExerciseStats
    accuracy: Picture | None
    minima: tuple[float, ...]
    wall: Spread | None
    cpu: Spread | None
    memory: Spread | None


def _view(stats: ExerciseStats) -> ExerciseView:
    minima = tuple(sorted(minimum for minimum, _ in stats.minima.most_common(3)))
    return ExerciseView(
        stats=stats,
        accuracy=accuracy_picture(stats.accuracies, minima, stats.below),
        minima=minima,
        wall=spread(stats.wall),
        cpu=spread(stats.cpu),
        memory=spread(stats.memory),
    )


def short_id(exercise: str) -> str:
    """``06`` for ``06_cifar10_cnn``: thirteen columns must fit."""
    head = exercise.split("_")[0]
    return head if head.isdigit() else exercise


def _quantiles(marks: Sequence[float]) -> list[tuple[Text, float]]:
    """Five numbers that say where the class stands; quartiles are interpolated ("inclusive")."""
    if not marks:
        return []
    known = [*marks, *marks] if len(marks) == 1 else marks  # a class of one has quartiles too
    low, middle, high = statistics.quantiles(known, n=4, method="inclusive")
    return [
        (both("Highest"), max(marks)),
        (both("Upper quarter from"), high),
        (both("Median"), middle),
        (both("Lower quarter up to"), low),
        (both("Lowest"), min(marks)),
    ]


def _look_badges(looks: Sequence[Look]) -> list[tuple[Text, str]]:
    """Each kind of reason once: its title and tone."""
    kinds = {look.kind for look in looks}
    return [(title, tone) for kind in ORDER if kind in kinds for title, _, tone in (kind_words(kind),)]


def _look_groups(
    stats: ClassStats, downloads: Downloads | None, pairs: Sequence[PairView]
) -> tuple[list[LookGroup], dict[str, list[Look]]]:
    """The list by kind, and the reasons by student id for the table."""
    lines = [LookLine(row.label, row.link, look) for row in stats.rows for look in row.look]
    by_student: dict[str, list[Look]] = {row.id: list(row.look) for row in stats.rows if row.look}
    for view in pairs:
        for row, other, name in (
            (view.first, view.second, view.pair.second),
            (view.second, view.first, view.pair.first),
        ):
            if row is None:
                continue
            look = Look("similar", view.title, similar_reason(view.pair, other.label if other else name))
            by_student.setdefault(row.id, []).append(look)
        first, second = (
            row.label if row else name
            for row, name in ((view.first, view.pair.first), (view.second, view.pair.second))
        )
        look = Look("similar", view.title, similar_reason(view.pair, second))
        lines.append(LookLine(first, view.first.link if view.first else None, look))
    lines += roster_lines(downloads)
    return group(lines), by_student


def to_class_html(
    lang: Lang,
    entries: Iterable[ClassEntry],
    *,
    downloads: Downloads | None = None,
    similar: Sequence[SimilarPair] = (),
) -> str:
    """The class report as a page; see :func:`write_class_report`."""
    stats = gather(entries)
    pairs = pair_views(similar, stats)
    groups, reasons = _look_groups(stats, downloads, pairs)
    marks = stats.marks
    script = _asset("page.js") + _asset("class.js")
    return (
        _environment()
        .get_template("class.html.j2")
        .render(
            lang=lang,
            title=both("Class report"),
            version=__version__,
            stats=stats,
            marks=marks,
            mean=statistics.fmean(marks) if marks else None,
            median=statistics.median(marks) if marks else None,
            quantiles=_quantiles(marks),
            picture=marks_picture(marks, stats.max_points),
            exercises=[_view(exercise) for exercise in stats.exercises.values()],
            groups=groups,
            reasons=reasons,
            to_look_at=sum(len(found.lines) for found in groups),
            pairs=pairs,
            has_names=any(row.name and row.name != row.id for row in stats.rows),
            has_times=any(row.submitted_at is not None or row.late for row in stats.rows),
            short_id=short_id,
            look_badges=_look_badges,
            answers=ANSWERS,
            say=lambda text: _spans(text, None),
            attr=_attribute(lang),
            # Ours, and inside elements whose content HTML does not unescape.
            style=Markup(_asset("style.css") + _asset("class.css")),
            script=Markup(script),
            script_hash=_digest(script),
        )
    )


def write_class_report(
    out: Path,
    lang: Lang,
    entries: Iterable[ClassEntry],
    *,
    downloads: Downloads | None = None,
    similar: Sequence[SimilarPair] = (),
) -> Path:
    """Write ``out/index.html``, made whole before it replaces the old one.

    Args:
        out: Folder of the class; the reports it links to lie in ``out/<student>/``.
        lang: The language in which the page opens; both are in it.
        entries: The class, read once, one after the other; results are not kept.
        downloads: For who is on the roster without a submission, or the other way round.
        similar: Pairs to show side by side. Their code is read from the students' folders.

    Returns:
        The path of the page.

    Raises:
        OutputError: ``out`` cannot be written.
    """
    page = to_class_html(lang, entries, downloads=downloads, similar=similar)
    path = out / "index.html"
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain_write(path, error) from error
    write_whole(path, page)
    return path
