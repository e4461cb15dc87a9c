"""One result below a cell: HTML that runs nothing and suits light and dark pages, and the same as text."""

from __future__ import annotations

from jinja2 import PackageLoader
from markupsafe import Markup

from grader.i18n import tr
from grader.pictures import draw_exercise
from grader.places import where
from grader.report import words
from grader.report.page import asset, fragment
from grader.schema import ExerciseResult, Lang, Problem, Result
from grader.text import format_score, plain
from grader.workflows.check import failed_check


def result_html(result: Result, lang: Lang, *, train_later: bool = False) -> str:
    """A fragment of HTML: no script, nothing loaded from anywhere, every text of a stranger escaped."""
    return fragment(
        PackageLoader("grader.notebook", "templates"),
        "check.html.j2",
        lang,
        exercises=[(exercise, failed_check(exercise), draw_exercise(exercise)) for exercise in result.exercises],
        style=Markup(asset("pictures.css")),
        train_later=train_later and _waits(result),
        problems=_others(result),
        ungraded=words.ungraded(result),
        level=words.isolation_name(result) if result.isolation == "process" else None,
    )


def result_text(result: Result, lang: Lang, *, train_later: bool = False) -> str:
    """The same as plain text."""
    lines = []
    for exercise in result.exercises:
        badge = words.exercise_badge(exercise)
        title = plain(exercise.title.get(lang), one_line=True)
        lines.append(f"{badge.mark} {title}  {format_score(exercise.points, exercise.max_points)}")
        lines += [f"  {problem.message.get(lang)}" for problem in exercise.problems]
        for check in exercise.checks:
            mark = words.check_badge(check).mark
            score = format_score(check.points, check.max_points)
            lines.append(f"  {mark} {plain(check.title.get(lang), one_line=True)}  {score}")
        lines += _explained(exercise, lang)
    lines += [f"· {problem.message.get(lang)}" for problem in _others(result)]
    if train_later and _waits(result):
        lines.append(tr(lang, "Some checks need training: add --train."))
    if result.isolation == "process":
        lines.append(words.isolation_name(result).get(lang))
    return plain("\n".join(lines))


def _others(result: Result) -> list[Problem]:
    """What is said of the submission as a whole, and not of an exercise already."""
    told = {problem.message.en for exercise in result.exercises for problem in exercise.problems}
    return [problem for problem in result.problems if problem.message.en not in told]


def _explained(exercise: ExerciseResult, lang: Lang) -> list[str]:
    check = failed_check(exercise)
    message = check.message if check is not None else exercise.message
    if message is None:
        return []
    lines = ["", *(f"  {line}" for line in words.cause_lines(exercise, lang)), f"  {message.get(lang)}"]
    if check is not None:
        for label, value in ((tr(lang, "Expected"), check.expected), (tr(lang, "Actual"), check.actual)):
            if value is not None:
                lines.append(f"    {label}: {value.get(lang)}")
    for frame in (check.frames if check is not None else exercise.frames)[-1:]:
        lines.append(f"    {where(frame).get(lang)}: {frame.text}")
    if check is not None and check.hint is not None:
        lines.append(f"    {tr(lang, 'Hint:')} {check.hint.get(lang)}")
    return lines


def _waits(result: Result) -> bool:
    return any(check.outcome == "skipped" for exercise in result.exercises for check in exercise.checks)
