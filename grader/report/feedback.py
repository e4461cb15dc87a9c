"""A notebook that was handed in, given back with feedback after each part: as a notebook and as a page."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.i18n import tr
from grader.report import words
from grader.report.markdown import failed_check, say
from grader.schema import CheckResult, ExerciseResult, Lang, Result, SourceFile, Submission
from grader.text import format_number, format_points, format_score

#: Our cells carry this; a notebook that is handed in again is read without them.
TAG = "vision-grader-feedback"
FOLDER = "feedback"
_LIMIT = 2000
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}\.ipynb")


def feedback_files(source: SourceFile | None) -> tuple[str, ...]:
    """Where, beside the report, ``source`` comes back with feedback; nothing unless it is a notebook."""
    if source is None or not source.notebook or not _PLAIN.fullmatch(source.name):
        return ()
    stem = source.name.removesuffix(".ipynb")
    return f"{FOLDER}/{stem}.ipynb", f"{FOLDER}/{stem}.html"


def notebooks_with_feedback(result: Result, out: Path, lang: Lang) -> Iterator[tuple[str, str]]:
    """Names and contents of all feedback files of ``result``; the notebooks come from ``out/submission.json``.

    Args:
        result: as a student may see it.
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
        from grader.report.feedback_page import to_page  # nbconvert takes a second, and most have no notebook

        notebook = with_feedback(source, exercise, lang)
        name, page = exercise.feedback
        yield name, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
        yield page, to_page(notebook, exercise.title.get(lang), lang)


def with_feedback(source: SourceFile, exercise: ExerciseResult, lang: Lang) -> dict[str, Any]:
    """The notebook of ``source`` (nbformat 4) with our cells: the result on top, then each part's own."""
    import nbformat

    notebook: dict[str, Any] = json.loads(source.notebook)
    places = functions(source)
    groups: dict[int | None, list[CheckResult]] = {}
    for check in exercise.checks:
        groups.setdefault(_cell_of(check, places), []).append(check)
    names = {cell: [name for name, place in places.items() if place == cell] for cell in places.values()}
    broken = exercise.frames[-1].cell if exercise.frames else None
    cells = [_cell(_head(exercise, lang))]
    number = 0
    for cell in notebook["cells"]:
        if TAG in cell["metadata"].get("tags", ()):
            continue
        cells.append(cell)
        if cell["cell_type"] != "code":
            continue
        number += 1
        if number == broken and exercise.message is not None:
            here = tr(lang, "Here:")
            cells.append(_cell([f"**{here}** {say(exercise.message, lang, _LIMIT)}"]))
        if number in groups:
            title = ", ".join(f"`{name}`" for name in names.get(number, ()))
            cells.append(_cell(_group(title, groups[number], lang)))
    if None in groups:
        cells.append(_cell(_group(tr(lang, "The exercise as a whole"), groups[None], lang)))
    notebook["cells"] = cells
    nbformat.validate(notebook)
    return notebook


def functions(source: SourceFile) -> dict[str, int]:
    """Functions and classes on the top level of a notebook's code, and the code cell that defines each (the last
    counts, as in Python)."""
    try:
        tree = ast.parse(source.code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.lineno <= len(
            source.lines
        ):
            cell = source.lines[node.lineno - 1].cell
            if cell is not None:
                found[node.name] = cell
    return found


def _cell_of(check: CheckResult, places: dict[str, int]) -> int | None:
    """Where a check belongs: the cell its failure comes from, else that of the function it is named after.

    None where neither is known.
    """
    if check.frames and check.frames[-1].cell is not None:
        return check.frames[-1].cell
    texts = [text.en for text in (check.title, check.message, check.hint) if text is not None]
    for text in (check.id, *texts):
        named = [name for name in places if re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9])", text)]
        if named:
            return places[max(named, key=len)]
    return None


def _head(exercise: ExerciseResult, lang: Lang) -> list[str]:
    badge = words.exercise_badge(exercise)
    score = format_score(exercise.points, exercise.max_points)
    lines = [f"# {badge.mark} {say(exercise.title, lang, _LIMIT)}: {score}", ""]
    if exercise.message is not None:
        lines += [say(exercise.message, lang, _LIMIT), ""]
    lines.append(
        tr(lang, "Feedback stands after the cell that it is about. Outputs are not kept; run the cells again.")
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
