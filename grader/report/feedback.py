"""A notebook that was handed in, given back with feedback after each part: as a notebook and as a page."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Place:
    """Lines of a code cell; both count from 1."""

    cell: int
    line: int


@dataclass(frozen=True)
class Remark:
    """What belongs after one place of a notebook."""

    after: Place
    names: tuple[str, ...]
    """Functions that end there."""
    checks: tuple[CheckResult, ...]
    stops_here: bool = False
    """The notebook did not run further."""


def functions(source: SourceFile) -> dict[str, tuple[int, Place]]:
    """Functions and classes on the top level: the line where each begins in its cell, and where it ends (the last
    one of a name counts, as in Python)."""
    found = {}
    for node in definitions(source.code):
        if node.end_lineno is not None and node.end_lineno <= len(source.lines):
            first, last = source.lines[node.lineno - 1], source.lines[node.end_lineno - 1]
            if first.cell is not None and first.cell == last.cell:
                found[node.name] = (first.line, Place(first.cell, last.line))
    return found


def definitions(code: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Top-level functions and classes of Python text; none where it can't be read."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]


def remarks(source: SourceFile, exercise: ExerciseResult) -> tuple[list[Remark], tuple[CheckResult, ...]]:
    """What is to be said after each function or cell, in the notebook's order, and of the exercise as a whole."""
    spans = functions(source)
    groups: dict[Place | None, list[CheckResult]] = {}
    for check in exercise.checks:
        groups.setdefault(_place_of(check, spans), []).append(check)
    whole = tuple(groups.pop(None, ()))
    stop = exercise.frames[-1] if exercise.frames and exercise.message is not None else None
    broken = Place(stop.cell, _END) if stop is not None and stop.cell is not None else None
    if broken is not None:
        groups.setdefault(broken, [])
    found = []
    for place, checks in groups.items():
        assert place is not None
        names = tuple(name for name, (_, end) in spans.items() if end == place)
        found.append(Remark(place, names, tuple(checks), stops_here=place == broken))
    return sorted(found, key=lambda remark: (remark.after.cell, remark.after.line)), whole


#: After all lines of a cell.
_END = 10**9


def _place_of(check: CheckResult, spans: Mapping[str, tuple[int, Place]]) -> Place | None:
    """Where a check belongs: the function or else the cell that its failure comes from, else the function that it
    is named after; None where neither is known."""
    frame = check.frames[-1] if check.frames else None
    if frame is not None and frame.cell is not None:
        around = [
            end for first, end in spans.values() if end.cell == frame.cell and first <= frame.line <= end.line
        ]
        return around[0] if around else Place(frame.cell, _END)
    texts = [text.en for text in (check.title, check.message, check.hint) if text is not None]
    for text in (check.id, *texts):
        named = [name for name in spans if re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9])", text)]
        if named:
            return spans[max(named, key=len)][1]
    return None


def cells_of(source: SourceFile) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """The author's own cells, code cells with their number from 1."""
    number = 0
    for cell in json.loads(source.notebook)["cells"]:
        if TAG in cell["metadata"].get("tags", ()):
            continue
        number += cell["cell_type"] == "code"
        yield (number if cell["cell_type"] == "code" else None), cell


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
