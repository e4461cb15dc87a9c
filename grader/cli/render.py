"""Results on a terminal, with Rich.

Texts from a student are never parsed as Rich markup and hold nothing that acts: they come as ``rich.text.Text``
made from ``for_terminal``. Wide characters (Hangul) are measured by Rich in cells, so columns line up.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Rich

from grader.i18n import both, tr, trn
from grader.places import where
from grader.report import words
from grader.schema import CheckResult, ExerciseResult, Frame, Lang, Problem, Result, Text
from grader.text import for_terminal, format_number, format_points, format_score, plain
from grader.workflows.regrade import CheckChange, result_changes

STYLES = {"good": "green", "bad": "red", "part": "yellow", "wait": "magenta"}
_LIMIT = 1500


def safe(text: Text, lang: Lang, style: str = "") -> Rich:
    """A text that may come from a student: nothing in it acts."""
    return Rich(for_terminal(text.get(lang), limit=_LIMIT), style=style)


def show_badge(badge: words.Badge, lang: Lang) -> Rich:
    """Mark and word in the badge's colour."""
    return Rich(f"{badge.mark} {badge.word.get(lang)}", style=STYLES[badge.tone])


def points_badge(status: str, points: float, *, passed: bool) -> words.Badge:
    """The state of an exercise of which the points are known, and whether all of it passed."""
    if (badge := words.status_badge(status)) is not None:
        return badge
    if passed:
        return words.Badge("good", "✓", both("All passed"))
    if points > 0:
        return words.Badge("part", "△", both("Partly passed"))
    return words.Badge("bad", "✗", both("Not passed"))


def quiet_table(*columns: tuple[str, str]) -> Table:
    """A quiet table; each column is a heading and how it is justified."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, show_edge=False)
    for heading, justify in columns:
        # A name may wrap; a number never does. With "ellipsis" Rich cuts a line of Hangul that just fits.
        right = justify == "right"
        table.add_column(heading, justify="right" if right else "left", no_wrap=right, overflow="fold")
    return table


def _score(points: float | None, max_points: float) -> Rich:
    return Rich(format_score(points, max_points), style="magenta" if points is None else "")


def print_result(console: Console, result: Result, lang: Lang, report_path: Path | None) -> None:
    """One submission: a table of its exercises, then what failed and why; of what passed only the count.

    Args:
        console: Where to print.
        result: What to print.
        lang: In which language.
        report_path: The full report, named at the end; None where there is none.
    """
    name = plain(result.submission.id, limit=80, one_line=True)
    console.print()
    console.print(Rich(tr(lang, "Results for {name}", name=for_terminal(name)), style="bold"))
    if result.exercises:
        console.print(_overview(result, lang))
    show_problems(console, result.problems, lang)
    for exercise in result.exercises:
        _exercise(console, exercise, lang)
    _closing(console, result, lang)
    if report_path is not None:
        line = Rich(tr(lang, "Full report:") + " ", style="dim")
        console.print(line.append(Rich(for_terminal(str(report_path)), style="not dim underline")), soft_wrap=True)


def _overview(result: Result, lang: Lang) -> Table:
    table = quiet_table(
        (tr(lang, "Exercise"), "left"),
        (tr(lang, "Points"), "right"),
        (tr(lang, "Status"), "left"),
        (tr(lang, "Data"), "left"),
    )
    for exercise in result.exercises:
        data = words.data_name(exercise.data)
        table.add_row(
            Rich(f"{exercise.id.split('_')[0]}  ", style="dim").append(safe(exercise.title, lang, "not dim")),
            _score(exercise.points, exercise.max_points),
            show_badge(words.exercise_badge(exercise), lang),
            Rich("–", style="dim") if data is None else safe(data, lang),
        )
    if len(result.exercises) > 1:
        table.add_section()
        table.add_row(Rich(tr(lang, "Total"), style="bold"), _score(result.points, result.max_points), "", "")
    return table


def _exercise(console: Console, exercise: ExerciseResult, lang: Lang) -> None:
    open_checks = [check for check in exercise.checks if check.outcome in ("failed", "ungraded")]
    if not (open_checks or exercise.message or exercise.problems):
        return
    console.print()
    passed = sum(check.outcome == "passed" for check in exercise.checks)
    skipped = sum(check.outcome == "skipped" for check in exercise.checks)
    heading = Rich.assemble((f"{exercise.id}  ", "dim"), safe(exercise.title, lang, "bold"))
    counts = [trn(lang, "{n} check passed", "{n} checks passed", passed)] if passed else []
    counts += [trn(lang, "{n} check was skipped", "{n} checks were skipped", skipped)] if skipped else []
    if counts:
        heading.append("  " + " · ".join(counts), style="dim")
    console.print(heading)
    if exercise.message is not None:
        badge = words.exercise_badge(exercise)
        console.print(Padding(safe(exercise.message, lang, STYLES[badge.tone]), (0, 0, 0, 2), expand=False))
        show_frames(console, exercise.frames, lang)
    show_problems(console, exercise.problems, lang)
    # What already stands above as the exercise's message is not said again under every check.
    same = [check for check in open_checks if check.message is not None and check.message == exercise.message]
    show_causes(console, exercise, lang)
    for check in open_checks:
        if check not in same:
            _check(console, check, lang)
    if same:
        line = trn(
            lang,
            "{n} check could not pass because of this.",
            "{n} checks could not pass because of this.",
            len(same),
        )
        console.print(Padding(Rich(line, style="dim"), (0, 0, 0, 4), expand=False))


def _check(console: Console, check: CheckResult, lang: Lang) -> None:
    badge = words.check_badge(check)
    title = Rich(f"{badge.mark} ", style=f"bold {STYLES[badge.tone]}").append(safe(check.title, lang, "bold"))
    title.append(f"  {format_points(check.points)} / {format_number(check.max_points)}", style="not bold dim")
    if check.visibility == "staff":
        title.append("  (" + tr(lang, "hidden from students") + ")", style="not bold dim")
    console.print(Padding(title, (0, 0, 0, 2), expand=False))
    if check.message is not None:
        console.print(Padding(safe(check.message, lang), (0, 0, 0, 4), expand=False))
    _details(console, check, lang)


def explain_check(
    console: Console, check: CheckResult, lang: Lang, exercise: ExerciseResult | None = None
) -> None:
    """One check that failed, in full: cause, message, expected and actual value, place, hint."""
    badge = words.check_badge(check)
    console.print(
        Rich(f"{badge.mark} ", style=f"bold {STYLES[badge.tone]}").append(safe(check.title, lang, "bold"))
    )
    if exercise is not None:
        show_causes(console, exercise, lang)
    if check.message is not None:
        console.print(Padding(safe(check.message, lang), (0, 0, 0, 4), expand=False))
    _details(console, check, lang)


def _details(console: Console, check: CheckResult, lang: Lang) -> None:
    rows: list[tuple[str, RenderableType]] = []
    if check.expected is not None:
        rows.append((tr(lang, "Expected:"), safe(check.expected, lang, "green")))
    if check.actual is not None:
        rows.append((tr(lang, "Actual:"), safe(check.actual, lang, "red")))
    if check.frames:
        rows.append((tr(lang, "Where:"), _frame(check.frames[-1], lang)))
    if check.hint is not None:
        rows.append((tr(lang, "Hint:"), safe(check.hint, lang, "cyan")))
    if rows:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column()
        for label, value in rows:
            grid.add_row(label, value)
        console.print(Padding(grid, (0, 0, 0, 4), expand=False))


def _frame(frame: Frame, lang: Lang) -> RenderableType:
    # In a file as terminals and editors open it with a click.
    at = f"{frame.file}:{frame.line}" if frame.cell is None else where(frame).get(lang)
    place = Rich(for_terminal(plain(at, limit=300, one_line=True)))
    if not frame.text.strip():
        return place
    return Group(place, Rich(for_terminal(frame.text.strip("\n"), limit=300), style="dim"))


def show_causes(console: Console, exercise: ExerciseResult, lang: Lang) -> None:
    """Why it is wrong, where a known wrong answer explains it."""
    for cause in words.causes(exercise):
        text = safe(cause.lead, lang, "bold cyan")
        for each in cause.texts:
            text.append(" ").append(safe(each, lang, "not bold default"))
        console.print(Padding(text, (0, 0, 0, 2), expand=False))


def show_frames(console: Console, frames: Sequence[Frame], lang: Lang) -> None:
    if frames:
        console.print(Padding(_frame(frames[-1], lang), (0, 0, 0, 4), expand=False))


def show_problems(console: Console, problems: Sequence[Problem], lang: Lang) -> None:
    for problem in problems[:20]:
        mark = Rich("! ", style="red") if problem.severity == "error" else Rich("· ", style="dim")
        file = for_terminal(plain(problem.file, limit=200, one_line=True))
        console.print(
            Padding(
                mark.append(f"{file} ", style="dim").append(safe(problem.message, lang)),
                (0, 0, 0, 2),
                expand=False,
            )
        )


def _closing(console: Console, result: Result, lang: Lang) -> None:
    console.print()
    pending = words.ungraded(result)
    if pending:
        names = ", ".join(exercise.id for exercise in pending)
        text = tr(lang, "Not everything could be graded.") + " "
        text += tr(lang, "The grader failed here, not you. This is not a zero: staff will look at it.")
        console.print(Rich(f"? {text} ({names})", style="bold magenta"))
        got, out_of = words.points_so_far(result)
        score = tr(lang, "So far") + f": {format_number(got)} / {format_number(out_of)}"
    else:
        score = format_score(result.points, result.max_points)
    console.print(Rich(score, style="bold"), Rich(f"({words.isolation_name(result).get(lang)})", style="dim"))


def short(exercise_id: str) -> str:
    """``06`` for ``06_cifar10_cnn``: thirteen columns must fit."""
    head = exercise_id.split("_")[0]
    return head if head.isdigit() else exercise_id


def print_changes(console: Console, before: Result, after: Result, lang: Lang) -> None:
    """What scoring again changed, check by check, and why it failed now; or that nothing did."""
    console.print(
        Rich(
            tr(lang, "Results for {name}", name=for_terminal(plain(after.submission.id, one_line=True))),
            style="bold",
        )
    )
    changes = list(result_changes(before, after))
    if changes:
        console.print(changes_table([("", change) for change in changes], lang))
    else:
        console.print(tr(lang, "Nothing changed."), style="dim")
    console.print(
        Rich.assemble(
            (format_score(before.points, before.max_points), "dim"),
            " → ",
            (format_score(after.points, after.max_points), "bold"),
        )
    )


def changes_table(changes: Sequence[tuple[str, CheckChange]], lang: Lang) -> Table:
    """Checks that come out otherwise than before, and why; with their students, where these are named."""
    named = any(student for student, _ in changes)
    table = quiet_table(
        *([(tr(lang, "Submission"), "left")] if named else []),
        (tr(lang, "Exercise"), "left"),
        (tr(lang, "Check"), "left"),
        (tr(lang, "Before"), "right"),
        (tr(lang, "Now"), "right"),
        (tr(lang, "Why"), "left"),
    )
    for student, change in changes:
        table.add_row(
            *([Rich(for_terminal(plain(student, limit=60, one_line=True)))] if named else []),
            Rich(short(change.exercise), style="dim"),
            safe(change.check.title, lang),
            _points_of(change.before),
            _points_of(change.after),
            Rich("") if change.why is None else safe(change.why, lang),
        )
    return table


def _points_of(check: CheckResult | None) -> Rich:
    if check is None:
        return Rich("–", style="dim")
    badge = words.check_badge(check)
    score = f"{badge.mark} {format_points(check.points)}/{format_number(check.max_points)}"
    return Rich(score, style=STYLES[badge.tone])
