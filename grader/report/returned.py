"""A student's file as it goes back: what counts and what was said on top, the student's own work below."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from grader.i18n import tr
from grader.report import words
from grader.report.markdown import to_markdown
from grader.report.remarks import TAG
from grader.schema import ExerciseResult, Lang, Mark, Result
from grader.text import for_markdown, format_change, format_number, format_points, format_score


def mark_sheet(result: Result, marks: Mapping[str, Mark], lang: Lang, *, only: str | None = None) -> str:
    """What counts, and what people said, as Markdown.

    Args:
        result: as the student may see it, but for the checks' ids.
        only: of this exercise alone.
    """
    standing = words.standing(result, marks)
    total = f"{format_number(standing.got)} / {format_number(standing.max_points)}"
    lines = ["# " + tr(lang, "Your mark: {points}", points=total), ""]
    for exercise in result.exercises:
        if only in (None, exercise.id):
            lines += _exercise(exercise, marks.get(exercise.id), lang)
    lines += [
        f"* {mark.exercise}: {format_score(mark.points, mark.max_points)}"
        for mark in standing.others
        if only is None
    ]
    return "\n".join(lines).rstrip() + "\n"


def _exercise(exercise: ExerciseResult, mark: Mark | None, lang: Lang) -> list[str]:
    title = for_markdown(exercise.title.get(lang))
    if mark is None:
        return [f"* {title}: {format_score(exercise.points, exercise.max_points)}"]
    lines = [f"* {title}: {format_score(mark.points, mark.max_points)}"]
    if (mark.points, mark.max_points) != (exercise.points, exercise.max_points):
        lines.append("  * " + tr(lang, "Automatic points: {points}", points=format_points(mark.graded_points)))
    if mark.penalty:
        lines.append("  * " + tr(lang, "Late: −{points}", points=format_number(mark.penalty)))
    if mark.comments:
        why = for_markdown("; ".join(mark.comments))
        lines.append("  * " + tr(lang, "By hand: {points}", points=format_change(mark.adjustment)) + f": {why}")
    titles = {check.id: check.title.get(lang) for check in exercise.checks}
    for said in mark.remarks:
        about = [titles.get(said.check, "")]
        about += [tr(lang, "about an earlier hand-in")] if said.stale else []
        place = for_markdown(" · ".join(word for word in (said.author, *about) if word))
        lines += ["", f"**{place}**: {for_markdown(said.text)}"]
        lines += ["", *(f"    {line}" for line in said.code.split("\n"))] if said.code else []
    for asked in mark.requests:
        if asked.answer:
            lines += ["", f"**{for_markdown(asked.author)}**: {for_markdown(asked.answer)}"]
    return lines


def notebook_with(content: str, sheet: str) -> str:
    """A notebook (JSON, format 4) with ``sheet`` as its first cell; of nothing, a notebook of that cell alone."""
    empty: dict[str, Any] = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    notebook: dict[str, Any] = json.loads(content) if content else empty
    cell: dict[str, Any] = {"cell_type": "markdown", "metadata": {"tags": [TAG]}, "source": sheet}
    if notebook["nbformat_minor"] >= 5:
        cell["id"] = "mark"
    notebook["cells"] = [cell, *notebook["cells"]]
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def code_with(code: str, sheet: str, shown: Result, lang: Lang, marks: Mapping[str, Mark]) -> str:
    """Python code with ``sheet`` and the report as comments above it: it still runs."""
    text = f"{sheet}\n{to_markdown(shown, lang, marks=marks)}"
    comments = "\n".join(f"# {line}".rstrip() for line in text.splitlines())
    return f"{comments}\n\n{code}"
