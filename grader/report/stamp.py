"""Marks put onto a page that is there: to draw it again takes a second, and nothing else of it has changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from grader.files import write_whole
from grader.report import words
from grader.report.json_report import to_json
from grader.report.markdown import to_markdown
from grader.report.page import part
from grader.report.redact import for_student
from grader.schema import ClassEntry, Lang, Mark, Result

#: What a student's text can't contain: it would be escaped.
_PLACE = re.compile(r"<!--mark:(total|score|cell|remarks|head):([\w.-]*)-->.*?<!--/mark-->", re.DOTALL)


#: A place for remarks that is not empty.
_REMARKS = re.compile(r"<!--mark:remarks:[\w.-]*-->(?!\s*<!--/mark-->)")


def with_marks(page: str, result: Result, marks: Mapping[str, Mark]) -> str:
    """``page`` of ``result`` (as its reader may see it) with what counts, by exercise."""
    exercises = {exercise.id: exercise for exercise in result.exercises}

    def fresh(place: re.Match[str]) -> str:
        macro, name = place[1], place[2]
        if macro == "total":
            return part("mark.html.j2", macro, words.standing(result, marks)).strip()
        if name not in exercises:
            return place[0]
        return part("mark.html.j2", macro, exercises[name], marks.get(name)).strip()

    return _PLACE.sub(fresh, page)


def stamp(entry: ClassEntry, marks: Mapping[str, Mark]) -> None:
    """Bring the pages of one student up to date. Raises OutputError."""
    if _automatic(entry.result, marks) and _bears_nothing(entry.folder):
        return
    _rewrite(entry.folder / "report.html", lambda old: with_marks(old, entry.result, marks))
    student = readable(entry.result)
    for name in ("student.html", *(n for e in entry.result.exercises for n in e.feedback if n.endswith(".html"))):
        _rewrite(entry.folder / name, lambda old: with_marks(old, student, marks))
    path = entry.folder / "report.json"
    if path.is_file():
        old = path.read_text(encoding="utf-8")
        lang: Lang = "en" if json.loads(old)["lang"] == "en" else "ko"
        if (new := to_json(entry.result, lang, marks)) != old:
            _rewrite(entry.folder / "report.md", lambda _: to_markdown(entry.result, lang, marks=marks))
            write_whole(path, new)  # last: what it says is what all of them say


def _automatic(result: Result, marks: Mapping[str, Mark]) -> bool:
    """Whether ``marks`` are what the checks gave, and nobody said anything about them."""
    given = {exercise.id: (exercise.points, exercise.max_points) for exercise in result.exercises}
    return all(
        given.get(name) == (mark.points, mark.max_points)
        and not (mark.penalty or mark.adjustment or mark.comments or mark.remarks or mark.requests)
        and mark.attempt >= len(mark.path)
        for name, mark in marks.items()
    )


def _bears_nothing(folder: Path) -> bool:
    """Whether the pages in ``folder`` are as they were first written: what checks gave, and no remarks."""
    try:
        report = json.loads((folder / "report.json").read_bytes())
        pages = [(folder / name).read_text(encoding="utf-8") for name in ("report.html", "student.html")]
        return (
            not report["earlier"]
            and not any(e["late_penalty"] or e["adjustment"] or e["comments"] for e in report["exercises"])
            and all(e["points"] == e["automatic_points"] for e in report["exercises"])
            and not any(_REMARKS.search(page) for page in pages)
        )
    except (OSError, ValueError, KeyError):
        return False


def _rewrite(path: Path, make: Callable[[str], str]) -> None:
    if path.is_file():
        old = path.read_text(encoding="utf-8")
        if (new := make(old)) != old:
            write_whole(path, new)


def readable(result: Result) -> Result:
    """For the student: ids as they are, so that remarks find their check, and titles as they may be read."""
    shown = for_student(result)
    return shown.model_copy(
        update={
            "exercises": tuple(
                e.model_copy(
                    update={
                        "checks": tuple(
                            c.model_copy(update={"id": real.id})
                            for c, real in zip(e.checks, known.checks, strict=True)
                        )
                    }
                )
                for e, known in zip(shown.exercises, result.exercises, strict=True)
            )
        }
    )
