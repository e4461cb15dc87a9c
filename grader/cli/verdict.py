"""What ``grader check`` says: each check in a line, the first failure explained, one hint, where the rest is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text as Rich

from grader.cli.render import (
    STYLES,
    explain_check,
    safe,
    short,
    show_badge,
    show_causes,
    show_frames,
    show_problems,
)
from grader.i18n import tr, trn
from grader.report import words
from grader.schema import CheckResult, ExerciseResult, Lang, Result
from grader.text import format_number, format_percent, format_points, format_score
from grader.workflows.check import failures

#: Exercises above which those that passed get no list of their checks.
MANY = 2


def print_verdict(
    console: Console,
    result: Result,
    lang: Lang,
    report: Path | None,
    *,
    changed: Mapping[tuple[str, str], str] | None = None,
    every: bool = False,
) -> None:
    """One check of a student's own files.

    Args:
        changed: outcomes of the check before, by exercise and check: what changed is marked.
        every: explain all that failed, not only the first.
    """
    for exercise in result.exercises:
        _exercise(console, exercise, lang, changed or {}, brief=len(result.exercises) > MANY)
    show_problems(console, result.problems, lang)
    failed = failures(result)
    told: set[str] = set()
    for exercise, check in failed if every else failed[:1]:
        _explain(console, exercise, check, lang, told)
        told.add(exercise.id)
    others = len(failed) - 1
    if others > 0 and not every:
        text = trn(lang, "{n} more check failed.", "{n} more checks failed.", others)
        text += " " + tr(lang, "`grader check --all` explains each of them.")
        console.print(Padding(Rich(text, style="dim"), (1, 0, 0, 2)))
    _closing(console, result, lang)
    if report is not None:
        line = Rich(tr(lang, "Full report:") + " ", style="dim")
        console.print(line.append(Rich(str(report), style="not dim underline")), soft_wrap=True)


def _exercise(
    console: Console, exercise: ExerciseResult, lang: Lang, changed: Mapping[tuple[str, str], str], *, brief: bool
) -> None:
    badge = words.exercise_badge(exercise)
    score = format_score(exercise.points, exercise.max_points)
    head = Rich.assemble((f"{short(exercise.id)}  ", "dim"), safe(exercise.title, lang, "bold"), f"  {score}  ")
    head.append(show_badge(badge, lang))
    console.print()
    console.print(head)
    if brief and badge.tone == "good":
        return
    show_problems(console, exercise.problems, lang)
    for check in exercise.checks:
        console.print(Padding(_line(check, exercise, lang, changed), (0, 0, 0, 2), expand=False))
    if (learning := exercise.learning) is not None:
        text = f"{tr(lang, 'Accuracy')} {format_percent(learning.accuracy)}"
        if learning.minimum is not None:
            text += " · " + tr(lang, "minimum {value}", value=format_percent(learning.minimum))
        console.print(Padding(Rich(text, style="dim"), (0, 0, 0, 4), expand=False))


def _line(
    check: CheckResult, exercise: ExerciseResult, lang: Lang, changed: Mapping[tuple[str, str], str]
) -> Rich:
    badge = words.check_badge(check)
    style = STYLES[badge.tone]
    quiet = "dim" if check.outcome == "skipped" else ""
    line = Rich(f"{badge.mark} ", style=f"bold {style}").append(
        safe(check.title, lang, f"not bold default {quiet}")
    )
    line.append(f"  {format_points(check.points)} / {format_number(check.max_points)}", style="not bold dim")
    before = changed.get((exercise.id, check.id))
    if before is not None and before != check.outcome and check.outcome in ("passed", "failed"):
        line.append("  ← " + tr(lang, "new"), style=f"bold {style}")
    return line


def _explain(
    console: Console, exercise: ExerciseResult, check: CheckResult | None, lang: Lang, told: Collection[str]
) -> None:
    """One failure in full; of the exercises in ``told`` the cause was said before."""
    console.print()
    if not told:
        console.print(Rich(tr(lang, "First:"), style="bold"), end=" ")
    else:
        console.print(Rich(f"{short(exercise.id)} ", style="dim"), end="")
    if check is None:
        badge = words.exercise_badge(exercise)
        console.print(show_badge(badge, lang))
        if exercise.message is not None:
            console.print(Padding(safe(exercise.message, lang), (0, 0, 0, 4), expand=False))
        show_causes(console, exercise, lang)
        show_frames(console, exercise.frames, lang)
        hint = next((other.hint for other in exercise.checks if other.hint is not None), None)
        if hint is not None and exercise.status == "graded":
            console.print(Padding(Rich(tr(lang, "Hint:") + " ", "dim").append(safe(hint, lang)), (0, 0, 0, 4)))
    else:
        explain_check(console, check, lang, exercise if exercise.id not in told else None)


def _closing(console: Console, result: Result, lang: Lang) -> None:
    console.print()
    got, out_of = words.points_so_far(result)
    score = format_score(got, out_of)
    if words.ungraded(result):
        text = tr(lang, "The grader failed here, not you. This is not a zero: staff will look at it.")
        console.print(Rich(f"? {text}", style="bold magenta"))
    if len(result.exercises) > 1 or words.ungraded(result):
        console.print(Rich(score, style="bold"))
