"""Put reports into a folder, each written atomically."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from grader.files import explain_write, write_whole
from grader.report.feedback import notebooks_with_feedback
from grader.report.html import Drawn, to_html
from grader.report.json_report import to_json
from grader.report.markdown import to_markdown
from grader.report.redact import Audience, for_audience
from grader.schema import Lang, Painter, Result


def write_reports(
    result: Result,
    out: Path,
    lang: Lang,
    *,
    painter: Painter | None = None,
    handed_out: Mapping[str, str] | None = None,
    pages: Mapping[str, str] | None = None,
    audience: Audience = "staff",
    changed: Collection[str] | None = None,
) -> None:
    """Write ``report.json``, ``.html``, ``.md``, ``student.html`` and ``result.json`` to ``out``, made if need be.

    All are made before the first is written, so a fault of ours leaves the old ones as they were. ``student.html``
    is what the student may see and nothing else, whoever the others are for. ``result.json`` holds both languages,
    for exports and for scoring again; for students it is as redacted as the rest. A notebook that was handed in
    (``submission.json`` has it) comes back in ``feedback/``, as a notebook and as a page.

    Args:
        painter: draws the pictures; without, there are none.
        pages: exercise -> where its network can be tried out in a browser, relative to ``out``.
        handed_out: exercise -> the code that students start from, which feedback pages fold away.
        changed: exercises whose notebooks are written; by default all. Those of the others are there already.

    Raises:
        OutputError: ``out`` cannot be written.
    """
    shown, student = for_audience(result, audience), for_audience(result, "student")
    drawings = Drawn(result, painter) if painter is not None else None
    earlier = {name: _text_of(out / name) for name in ("report.html", "student.html")}
    contents = {
        "result.json": shown.model_dump_json(indent=1) + "\n",
        "report.json": to_json(shown, lang),
        "report.md": to_markdown(shown, lang),
        "report.html": to_html(
            shown, lang, drawings=drawings, audience=audience, pages=pages, earlier=earlier["report.html"]
        ),
        "student.html": to_html(
            student, lang, drawings=drawings, audience="student", pages=pages, earlier=earlier["student.html"]
        ),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain_write(out / "report.json", error) from error
    # Before the page that links to them. They are for the student, whoever the page is for.
    if changed is not None:
        kept = tuple(exercise for exercise in student.exercises if exercise.id in changed)
        student = student.model_copy(update={"exercises": kept})
    for name, content in notebooks_with_feedback(student, out, lang, handed_out or {}):
        write_whole(out / name, content)
    for name, content in contents.items():
        write_whole(out / name, content)


def _text_of(page: Path) -> str:
    """What is there; empty where nothing is."""
    try:
        return page.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
