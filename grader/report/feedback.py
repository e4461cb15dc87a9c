"""A notebook that was handed in, given back with feedback after each part: as a notebook and as a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.i18n import tr
from grader.report import words
from grader.report.markdown import causes, failed_check, say
from grader.report.remarks import TAG, cells_of, remarks
from grader.schema import CheckResult, ExerciseResult, Lang, Result, SourceFile, Submission
from grader.text import format_number, format_points, format_score

FOLDER = "feedback"
_LIMIT = 2000
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}\.ipynb")


def feedback_files(source: SourceFile | None) -> tuple[str, ...]:
    """Where, beside the report, ``source`` comes back with feedback; nothing unless it is a notebook."""
    if source is None or not source.notebook or not _PLAIN.fullmatch(source.name):
        return ()
    stem = source.name.removesuffix(".ipynb")
    return f"{FOLDER}/{stem}.ipynb", f"{FOLDER}/{stem}.html"


def notebooks_with_feedback(
    result: Result, out: Path, lang: Lang, handed_out: Mapping[str, str] | None = None
) -> Iterator[tuple[str, str]]:
    """Names and contents of all feedback files of ``result``; the notebooks come from ``out/submission.json``.

    Args:
        result: as a student may see it.
        handed_out: exercise -> the text that students start from; the page folds away what is still as it was.
    """
    wanted = [exercise for exercise in result.exercises if exercise.feedback]
    stored = out / "submission.json"
    if not wanted or not stored.is_file():
        return
    try:
        submission = Submission.model_validate_json(stored.read_bytes())
    except ValidationError:
        return
    sources = {files.exercise: files.source for files in submission.exercises}
    for exercise in wanted:
        source = sources.get(exercise.id)
        if source is None or feedback_files(source) != exercise.feedback:
            continue
        from grader.report.feedback_page import to_page  # most have no notebook, and need no highlighter

        name, page = exercise.feedback
        yield name, json.dumps(with_feedback(source, exercise, lang), ensure_ascii=False, indent=1) + "\n"
        yield page, to_page(source, exercise, lang, handed_out=(handed_out or {}).get(exercise.id, ""))


def with_feedback(source: SourceFile, exercise: ExerciseResult, lang: Lang) -> dict[str, Any]:
    """The notebook of ``source`` (nbformat 4) with our cells: the result on top, then each part's own."""
    import nbformat

    notebook: dict[str, Any] = json.loads(source.notebook)
    found, whole = remarks(source, exercise)
    cells = [_cell(_head(exercise, lang))]
    for number, cell in cells_of(source):
        cells.append(cell)
        here = [remark for remark in found if remark.after.cell == number]
        if any(remark.stops_here for remark in here):
            stop = tr(lang, "Here:")
            cells.append(_cell([f"**{stop}** {say(exercise.message, lang, _LIMIT)}"]))
        if checks := [check for remark in here for check in remark.checks]:
            title = ", ".join(f"`{name}`" for remark in here for name in remark.names)
            cells.append(_cell(_group(title, checks, lang)))
    if whole:
        cells.append(_cell(_group(tr(lang, "The exercise as a whole"), whole, lang)))
    notebook["cells"] = cells
    nbformat.validate(notebook)
    return notebook


def _head(exercise: ExerciseResult, lang: Lang) -> list[str]:
    badge = words.exercise_badge(exercise)
    score = format_score(exercise.points, exercise.max_points)
    lines = [f"# {badge.mark} {say(exercise.title, lang, _LIMIT)}: {score}", ""]
    if exercise.message is not None:
        lines += [say(exercise.message, lang, _LIMIT), ""]
    if exercise.problems:
        lines += [*(f"* {say(problem.message, lang, _LIMIT)}" for problem in exercise.problems[:50]), ""]
    lines += causes(exercise, lang, _LIMIT)
    lines.append(
        tr(lang, "Feedback follows the cell that it is about. Outputs are not kept; run the cells again.")
    )
    return lines


def _group(title: str, checks: Sequence[CheckResult], lang: Lang) -> list[str]:
    known = [check.points for check in checks if check.points is not None]
    score = f"{format_number(sum(known))} / {format_number(sum(check.max_points for check in checks))}"
    heading = tr(lang, "Feedback")
    lines = [f"### {heading}: {title} ({score})", ""]
    for check in checks:
        if check.outcome in ("failed", "ungraded"):
            lines += failed_check(check, lang, _LIMIT)
    for check in checks:
        if check.outcome in ("passed", "skipped"):
            badge = words.check_badge(check)
            note = "" if check.message is None else f": {say(check.message, lang, 300)}"
            lines.append(
                f"* {badge.mark} {say(check.title, lang, 300)} "
                f"({format_points(check.points)}/{format_number(check.max_points)}){note}"
            )
    return lines


def _cell(lines: Sequence[str]) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {"tags": [TAG]}, "source": "\n".join(lines).rstrip()}
