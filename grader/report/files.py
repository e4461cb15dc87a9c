"""Put reports into a folder, each whole or not at all."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from grader.files import explain_write, write_whole
from grader.report.feedback import notebooks_with_feedback
from grader.report.html import to_html
from grader.report.json_report import to_json
from grader.report.markdown import to_markdown
from grader.report.redact import Audience, for_audience
from grader.report.remember import INDEX, index_of, remembered
from grader.schema import Lang, Result


def write_reports(
    result: Result,
    out: Path,
    lang: Lang,
    *,
    audience: Audience = "staff",
    changed: Collection[str] | None = None,
) -> None:
    """Write ``report.json``, ``report.html``, ``report.md`` and ``result.json`` to ``out``, made if need be.

    All are made before the first is written, so a fault of ours leaves the old ones as they were. ``result.json``
    holds both languages, for exports and for scoring again; for students it is as redacted as the rest. A notebook
    that was handed in (``submission.json`` has it) comes back in ``feedback/``, as a notebook and as a page.

    Args:
        changed: exercises whose notebooks are written; by default all. Those of the others are there already.

    Raises:
        OutputError: ``out`` cannot be written.
    """
    shown = for_audience(result, audience)
    with remembered(out / "report.html") as pictures:
        page = to_html(result, lang, audience=audience)
    contents = {
        "result.json": shown.model_dump_json(indent=1) + "\n",
        "report.json": to_json(shown, lang),
        "report.md": to_markdown(shown, lang),
        "report.html": page,
    }
    if pictures:
        contents[INDEX] = index_of(pictures)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain_write(out / "report.json", error) from error
    # Before the page that links to them. They are for the student, whoever the page is for.
    student = for_audience(result, "student")
    if changed is not None:
        kept = tuple(exercise for exercise in student.exercises if exercise.id in changed)
        student = student.model_copy(update={"exercises": kept})
    for name, content in notebooks_with_feedback(student, out, lang):
        write_whole(out / name, content)
    for name, content in contents.items():
        write_whole(out / name, content)
