"""Put reports into a folder, each whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Collection
from pathlib import Path

from grader.i18n import both
from grader.report.feedback import notebooks_with_feedback
from grader.report.html import to_html
from grader.report.json_report import to_json
from grader.report.markdown import to_markdown
from grader.report.redact import Audience, for_audience
from grader.report.remember import INDEX, index_of, remembered
from grader.schema import Lang, Result, Text


class ReportError(Exception):
    """A report could not be written; ``text`` says why and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def _explain(path: Path, error: OSError) -> ReportError:
    folder = str(path.parent)
    match error.errno:
        case errno.EACCES | errno.EPERM | errno.EROFS:
            text = both(
                "Reports cannot be written to {folder}: it is read-only. Choose another folder.", folder=folder
            )
        case errno.ENOSPC | errno.EDQUOT:
            text = both(
                "Reports cannot be written to {folder}: the disk is full. Make room and try again.", folder=folder
            )
        case errno.ENOTDIR | errno.EEXIST | errno.EISDIR:
            text = both(
                "Reports cannot be written to {folder}: something that is no folder is there.", folder=folder
            )
        case _:
            text = both(
                "Reports cannot be written to {folder}: {reason}.",
                folder=folder,
                reason=error.strerror or repr(error),
            )
    return ReportError(text)


def write_whole(path: Path, content: str) -> None:
    """Write ``content`` (UTF-8, line feeds as they are) so that a reader sees the old file or the new one.

    Raises:
        ReportError: the folder cannot be written or the disk is full; the old file, if any, is untouched.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        # Not tempfile: its files are for their owner only, and a report is for whoever may read the folder.
        with temporary.open("xb") as file:
            file.write(content.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 (the same call, but the one that tests intercept)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise _explain(path, error) from error


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
        ReportError: ``out`` cannot be written.
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
        raise _explain(out / "report.json", error) from error
    # Before the page that links to them. They are for the student, whoever the page is for.
    student = for_audience(result, "student")
    if changed is not None:
        kept = tuple(exercise for exercise in student.exercises if exercise.id in changed)
        student = student.model_copy(update={"exercises": kept})
    for name, content in notebooks_with_feedback(student, out, lang):
        (out / name).parent.mkdir(exist_ok=True)
        write_whole(out / name, content)
    for name, content in contents.items():
        write_whole(out / name, content)
