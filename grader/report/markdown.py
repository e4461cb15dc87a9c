"""``report.md``: a table and what failed. Also what CI shows as the run's summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.i18n import tr, trn
from grader.places import where
from grader.report import words
from grader.report.redact import Audience, for_audience
from grader.schema import CheckResult, ExerciseResult, Frame, Lang, Mark, Problem, Result, Text
from grader.text import for_markdown, for_markdown_block, format_number, format_points, format_score, plain

#: GitHub takes a step summary of 1 MiB.
MAX_BYTES = 900_000
_LIMITS = (2000, 500, 120, 40)


def say(text: Text | None, lang: Lang, limit: int) -> str:
    return "" if text is None else for_markdown(text.get(lang), limit=limit)


def _value(label: str, text: Text | None, lang: Lang, limit: int) -> list[str]:
    if text is None:
        return []
    value = plain(text.get(lang), limit=limit)
    if "\n" in value:
        return [f"**{label}**", "", for_markdown_block(value), ""]
    return [f"**{label}** {for_markdown(value)}", ""]


def _frames(frames: Sequence[Frame], lang: Lang, limit: int) -> list[str]:
    if not frames:
        return []
    frame = frames[-1]
    place = for_markdown(where(frame).get(lang), limit=limit)
    source = for_markdown_block(frame.text.strip("\n"), limit=limit) if frame.text.strip() else ""
    return [f"↳ {place}", "", *([source, ""] if source else [])]


def failed_check(check: CheckResult, lang: Lang, limit: int) -> list[str]:
    badge = words.check_badge(check)
    score = f"{format_points(check.points)}/{format_number(check.max_points)}"
    hidden = " · " + tr(lang, "hidden from students") if check.visibility == "staff" else ""
    lines = [
        f"#### {badge.mark} {say(check.title, lang, limit)} ({score}{hidden})",
        "",
    ]
    if check.message is not None:
        lines += [say(check.message, lang, limit), ""]
    lines += _value(tr(lang, "Expected:"), check.expected, lang, limit)
    lines += _value(tr(lang, "Actual:"), check.actual, lang, limit)
    lines += _frames(check.frames, lang, limit)
    if check.hint is not None:
        lines += [
            "<details><summary>" + tr(lang, "Hint") + "</summary>",
            "",
            say(check.hint, lang, limit),
            "",
            "</details>",
            "",
        ]
    return lines


def causes(exercise: ExerciseResult, lang: Lang, limit: int) -> list[str]:
    """Why it is wrong, where a known wrong answer explains it."""
    lines = []
    for cause in words.causes(exercise):
        lines += [f"**{say(cause.lead, lang, limit)}**", ""]
        lines += [line for text in cause.texts for line in (say(text, lang, limit), "")]
    return lines


def _problems(problems: Sequence[Problem], lang: Lang, limit: int) -> list[str]:
    if not problems:
        return []
    rows = [
        f"- {'⚠' if problem.severity == 'error' else 'ℹ'} {for_markdown(problem.file, limit=200)}"
        f" {say(problem.message, lang, limit)}"
        for problem in problems[:50]
    ]
    return [*rows, ""]


def _exercise(exercise: ExerciseResult, lang: Lang, limit: int) -> list[str]:
    open_checks = [check for check in exercise.checks if check.outcome in ("failed", "ungraded")]
    if not (open_checks or exercise.message or exercise.problems):
        return []
    badge = words.exercise_badge(exercise)
    lines = [f"### {badge.mark} {say(exercise.title, lang, limit)}", ""]
    if exercise.message is not None:
        lines += [f"**{say(badge.word, lang, limit)}** {say(exercise.message, lang, limit)}", ""]
        lines += _frames(exercise.frames, lang, limit)
    lines += _problems(exercise.problems, lang, limit)
    lines += causes(exercise, lang, limit)
    for check in open_checks:
        lines += failed_check(check, lang, limit)
    skipped = sum(check.outcome == "skipped" for check in exercise.checks)
    if skipped:
        lines += [trn(lang, "{n} check was skipped.", "{n} checks were skipped.", skipped), ""]
    return lines


def _table(result: Result, lang: Lang, marks: Mapping[str, Mark]) -> list[str]:
    head = (tr(lang, "Exercise"), tr(lang, "Points"), tr(lang, "Status"), tr(lang, "Data"))
    lines = ["| " + " | ".join(head) + " |", "| --- | ---: | --- | --- |"]
    for exercise in result.exercises:
        badge = words.exercise_badge(exercise)
        data = words.data_name(exercise.data)
        cells = (
            for_markdown(exercise.title.get(lang), limit=200),
            _score(exercise, marks.get(exercise.id), lang),
            f"{badge.mark} {for_markdown(badge.word.get(lang))}",
            "–" if data is None else for_markdown(data.get(lang), limit=100),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def _score(exercise: ExerciseResult, mark: Mark | None, lang: Lang) -> str:
    """What counts, with the automatic points where they differ."""
    if mark is None or mark.points == exercise.points:
        return format_score(exercise.points, exercise.max_points)
    automatic = tr(lang, "automatic: {points}", points=format_points(exercise.points))
    return f"{format_score(mark.points, mark.max_points)} ({automatic})"


def _render(result: Result, lang: Lang, limit: int, marks: Mapping[str, Mark]) -> str:
    name = for_markdown(plain(result.submission.id, limit=100, one_line=True))
    lines = ["## " + tr(lang, "Results for {name}", name=name), ""]
    pending = words.ungraded(result)
    if pending:
        titles = ", ".join(for_markdown(exercise.title.get(lang), limit=100) for exercise in pending)
        lines += [
            "> [!WARNING]",
            "> **"
            + tr(lang, "Not everything could be graded.")
            + "** "
            + tr(lang, "The grader failed here, not you. This is not a zero: staff will look at it.")
            + f" ({titles})",
            "",
        ]
    standing = words.standing(result, marks)
    if standing.complete:
        lines += [f"**{format_number(standing.got)} / {format_number(standing.max_points)}**", ""]
    else:
        so_far = f"{format_number(standing.got)} / {format_number(standing.out_of)}"
        lines += ["**" + tr(lang, "So far") + f": {so_far}**", ""]
    lines += _table(result, lang, marks)
    lines += [
        f"- {for_markdown(mark.exercise)}: {format_score(mark.points, mark.max_points)}"
        for mark in standing.others
    ]
    lines += _problems(result.problems, lang, limit)
    for exercise in result.exercises:
        lines += _exercise(exercise, lang, limit)
    lines += [f"<sub>vision-grader {result.grader_version} · {words.isolation_name(result).get(lang)}</sub>"]
    return "\n".join(lines) + "\n"


def to_markdown(
    result: Result, lang: Lang, *, audience: Audience = "staff", marks: Mapping[str, Mark] | None = None
) -> str:
    """A compact report in GitHub's Markdown, under 1 MB: marks, then what failed, each hint folded.

    Args:
        marks: a gradebook's, by exercise: what counts.
    """
    shown = for_audience(result, audience)
    text = ""
    for limit in _LIMITS:
        text = _render(shown, lang, limit, marks or {})
        if len(text.encode("utf-8")) < MAX_BYTES:
            break
    return text
