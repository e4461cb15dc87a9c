"""The course on a terminal, and in a working folder how far one has come."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console, RenderableType
from rich.text import Text as Rich

from grader.cli.render import points_badge, quiet_table, safe, short, show_badge
from grader.i18n import both, tr
from grader.report import words
from grader.schema import Course, Exercise, Lang
from grader.text import format_number, format_points, format_score

#: Exercise id -> ``{"points", "max_points", "status"}`` of the last check.
Standing = Mapping[str, Mapping[str, object]]
#: Columns of a terminal from which on a file has a column of its own.
_WIDE = 100


def exercise_table(
    console: Console, course: Course, standing: Standing | None, lang: Lang, *, suffix: str = ".py"
) -> None:
    """The course: number, title, file, points; with ``standing`` also one's own points and status.

    In a narrow window the file stands below the title.

    Args:
        standing: None: this is no working folder.
        suffix: of the files there.
    """
    narrow = console.width < _WIDE
    columns = [(tr(lang, "No."), "left"), (tr(lang, "Exercise"), "left")]
    columns += [] if narrow else [(tr(lang, "File"), "left")]
    columns += [(tr(lang, "Points"), "right")]
    if standing is not None:
        columns += [(tr(lang, "Yours"), "right"), (tr(lang, "Status"), "left")]
    table = quiet_table(*columns)
    for column in table.columns[2:]:
        column.no_wrap = True  # a file's name in two halves can't be typed
    for exercise in course.exercises:
        title, file = safe(exercise.title, lang), Rich(exercise.file + suffix, style="dim")
        row: list[RenderableType] = [
            Rich(short(exercise.id), style="dim"),
            *([title.append("\n").append(file)] if narrow else [title, file]),
            Rich(str(exercise.points)),
        ]
        if standing is not None:
            row += _standing(standing.get(exercise.id), lang)
        table.add_row(*row)
    table.add_section()
    total: list[RenderableType] = ["", Rich(tr(lang, "Total"), style="bold"), *([] if narrow else [""])]
    total.append(Rich(format_number(sum(exercise.points for exercise in course.exercises)), style="bold"))
    if standing is not None:
        total += _progress(course, standing, lang)
    table.add_row(*total)
    console.print(table)
    if standing is not None and any(_hidden(exercise, standing.get(exercise.id)) for exercise in course.exercises):
        console.print(tr(lang, "Hidden checks give the remaining points when your work is graded."), style="dim")


def _progress(course: Course, standing: Standing, lang: Lang) -> list[RenderableType]:
    """The points so far and of what was checked, and how many exercises are done."""
    states = [standing[exercise.id] for exercise in course.exercises if exercise.id in standing]
    got, out_of = (
        sum(value for state in states if isinstance(value := state.get(key), int | float))
        for key in ("points", "max_points")
    )
    done = sum(_badge(state).tone == "good" for state in states)
    text = tr(lang, "{done} of {all} passed", done=done, all=len(course.exercises))
    return [Rich(format_score(got, out_of) if states else "", style="bold"), Rich(text, style="bold")]


def _hidden(exercise: Exercise, state: Mapping[str, object] | None) -> bool:
    """Whether the last check could not give all of the exercise's points."""
    out_of = state.get("max_points") if state else None
    return isinstance(out_of, int | float) and out_of < exercise.points


def _standing(state: Mapping[str, object] | None, lang: Lang) -> list[RenderableType]:
    if state is None:
        return [Rich(""), Rich("· " + tr(lang, "not checked yet"), style="dim")]
    points, max_points = (
        value if isinstance(value := state.get(key), int | float) else None for key in ("points", "max_points")
    )
    score = f"{format_points(points)} / {format_points(max_points)}"
    return [Rich(score), show_badge(_badge(state), lang)]


def _badge(state: Mapping[str, object]) -> words.Badge:
    """One exercise's state. The file it is read from may have been edited: anything may be in it."""
    if state.get("untouched") is True:
        return words.Badge("wait", "·", both("As handed out"))
    if state.get("so_far") is True:
        return words.SO_FAR
    status, points, max_points = str(state.get("status")), state.get("points"), state.get("max_points")
    if isinstance(points, int | float) and isinstance(max_points, int | float):
        return points_badge(status, points, passed=points >= max_points)
    return words.status_badge(status) or words.Badge("wait", "?", both("Not graded yet"))
