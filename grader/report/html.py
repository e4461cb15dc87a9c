"""The page of one submission: ``report.html`` for staff, ``student.html`` for its author."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal
from urllib.parse import quote

from markupsafe import Markup

from grader import __version__
from grader.i18n import both, tr
from grader.report import words
from grader.report.layers import LayerTable, layer_table
from grader.report.page import pieces
from grader.report.redact import Audience, for_audience, holds_staff_matter
from grader.report.stamp import with_marks
from grader.schema import CheckResult, Drawing, ExerciseResult, Lang, Painter, Result
from grader.text import clean_line, plain, tail

#: Bytes. Mail systems and course platforms take a page of this size.
MAX_BYTES = 1_500_000
#: Exercise -> what is drawn for it.
Drawings = Mapping[str, Sequence[Drawing]]


@dataclass(frozen=True)
class Caps:
    """How much of what a student can make long is shown. The page is made again with less until it fits."""

    text: int
    """Characters of one message, expected or actual value."""
    log: int
    """Characters of the program's output."""
    rows: int
    """Layers of a network."""
    frames: int
    pictures: Literal["all", "charts", "none"] = "all"
    """``charts``: none with images in them."""
    checks: int = 400
    """Checks of one exercise."""
    exercises: int = 100


CAPS = (
    Caps(text=4000, log=8000, rows=100, frames=8),
    Caps(text=1000, log=2000, rows=60, frames=4),
    Caps(text=1000, log=2000, rows=60, frames=4, pictures="charts"),
    Caps(text=300, log=500, rows=30, frames=2, pictures="none"),
    Caps(text=120, log=0, rows=12, frames=1, pictures="none"),
    Caps(text=20, log=0, rows=0, frames=0, pictures="none"),
    # So little that it fits, whatever is in the result: fewer than 1,000 texts of less than 500 bytes each.
    Caps(text=20, log=0, rows=0, frames=0, pictures="none", checks=10, exercises=20),
)


@dataclass(frozen=True)
class ExerciseView:
    """One exercise and what has to be computed for it."""

    result: ExerciseResult
    checks: tuple[CheckResult, ...]
    layers: LayerTable | None
    curves: Drawing | None
    pictures: tuple[Drawing, ...]
    stdout: str
    page: str = ""
    """Where the network can be tried out in a browser."""
    key: str = ""
    """Of all that its part of the page shows."""
    kept: Markup | None = None
    """That part, where an earlier page has it already; then only the head of the page asks for the rest."""

    @property
    def all_passed(self) -> bool:
        return words.exercise_badge(self.result).tone == "good"

    @property
    def short(self) -> str:
        return words.short_id(self.result.id)


def _view(exercise: ExerciseResult, caps: Caps, drawings: Sequence[Drawing], page: str, key: str) -> ExerciseView:
    shown = drawings
    if caps.pictures == "charts":
        shown = [one for one in shown if not any("<image" in figure.svg for figure in one.figures)]
    return ExerciseView(
        result=exercise,
        checks=exercise.checks[: caps.checks],
        layers=layer_table(exercise.model.layers, exercise.reference_layers, max_rows=caps.rows)
        if exercise.model is not None and caps.rows
        else None,
        curves=next((one for one in shown if one.kind == "curves"), None),
        pictures=tuple(one for one in shown if one.kind != "curves"),
        stdout=tail(exercise.stdout, limit=caps.log, lines=40) if caps.log else "",
        page=page,
        key=key,
    )


class Drawn(dict[str, Sequence[Drawing]]):
    """The pictures of each exercise, drawn when they are first asked for; the same for staff and student, since
    nothing hidden is in one."""

    def __init__(self, result: Result, painter: Painter) -> None:
        super().__init__()
        self._exercises = {exercise.id: exercise for exercise in result.exercises}
        self._painter = painter

    def __missing__(self, exercise: str) -> Sequence[Drawing]:
        self[exercise] = self._painter.draw_exercise(self._exercises[exercise])
        return self[exercise]


def to_html(
    result: Result,
    lang: Lang,
    *,
    drawings: Drawings | None = None,
    audience: Audience = "staff",
    pages: Mapping[str, str] | None = None,
    earlier: str = "",
) -> str:
    """One self-contained page in both languages that opens in ``lang``; the same bytes for the same result.

    Nothing on it comes from elsewhere, and its Content-Security-Policy allows nothing but its own style, its one
    script (by hash) and embedded images. Always smaller than 1.5 MB: texts that a student can make long are cut.

    Args:
        drawings: of :class:`Drawn`; without, the page has no pictures.
        pages: exercise -> where its network can be tried out, relative to this page.
        earlier: a page of the same submission; an exercise that it shows as it is to be shown is not drawn again.
    """
    shown = for_audience(result, audience)
    # What the page says of staff's matters would itself tell a student that there are some.
    staff = audience == "staff" and holds_staff_matter(result)
    ask = _asker(shown, lang) if audience == "student" else None
    make = _maker(shown, lang, drawings, pages or {}, staff=staff, ask=ask, parts=_parts(earlier))
    for caps in CAPS[:-1]:
        if (page := _within(make(caps))) is not None:
            return page
    return "".join(make(CAPS[-1]))


def _within(pieces: Iterator[str]) -> str | None:
    """The whole page; None, before the rest of it is made, where it is as large as none may be."""
    made, size = [], 0
    for piece in pieces:
        made.append(piece)
        size += len(piece.encode("utf-8"))
        if size >= MAX_BYTES:
            return None
    return "".join(made)


def _parts(page: str) -> Mapping[str, str]:
    """The parts of a page by their keys. No text on it can hold a comment: all of it is escaped."""
    found = (piece.partition(" -->\n") for piece in page.split("<!-- part ")[1:])
    return {key: rest.partition("<!-- end -->")[0] for key, _, rest in found}


@cache
def _looks() -> bytes:
    """What decides how a part looks, besides what is in it."""
    folder = files("grader.report") / "templates"
    templates = sorted((one.name, one.read_bytes()) for one in folder.iterdir() if one.name.endswith(".j2"))
    return hashlib.sha256(repr((__version__, templates)).encode()).digest()


#: Exercise and check -> addresses that begin a request: a mail's and a text file's.
Ask = Callable[[str, str], tuple[str, str]]


def _asker(result: Result, lang: Lang) -> Ask:
    """Requests in the form that ``grader gradebook request`` reads; they need no script."""
    student, work = clean_line(result.submission.id), result.submission.sha256
    head = tr(lang, "(Below “request:” write why this check should have passed.)")

    def ask(exercise: str, check: str) -> tuple[str, str]:
        text = f"{head}\nstudent: {student}\nexercise: {exercise}\ncheck: {check}\nwork: {work}\nrequest:\n"
        subject = quote(f"{exercise} {check}", safe="")
        mail = quote(text.replace("\n", "\r\n"), safe="")
        return f"mailto:?subject={subject}&body={mail}", f"data:text/plain;charset=utf-8,{quote(text, safe='')}"

    return ask


def _maker(
    result: Result,
    lang: Lang,
    drawings: Drawings | None,
    pages: Mapping[str, str],
    *,
    staff: bool,
    ask: Ask | None,
    parts: Mapping[str, str],
) -> Callable[[Caps], Iterator[str]]:
    name = plain(result.submission.name or result.submission.id, limit=100, one_line=True)
    whose = result.submission if ask is not None else None
    common = _looks() + repr((lang, staff, whose, drawings is None)).encode("utf-8", "replace")

    def view(exercise: ExerciseResult, caps: Caps) -> ExerciseView:
        page = pages.get(exercise.id, "")
        said = f"{caps}\n{page}\n{exercise.model_dump_json()}".encode("utf-8", "replace")
        key = hashlib.sha256(common + said).hexdigest()
        if key in parts:
            kept = Markup(with_marks(parts[key], result, {}))  # a person may have decided something since
            return ExerciseView(exercise, (), None, None, (), "", key=key, kept=kept)
        drawn = drawings[exercise.id] if drawings is not None and caps.pictures != "none" else ()
        return _view(exercise, caps, drawn, page, key)

    def make(caps: Caps) -> Iterator[str]:
        return pieces(
            "report.html.j2",
            lang,
            title=both("Results for {name}", name=name),
            styles=("pictures.css",),
            limit=caps.text,
            result=result,
            exercises=[view(exercise, caps) for exercise in result.exercises[: caps.exercises]],
            staff=staff,
            ask=ask,
            pending=words.ungraded(result)[: caps.exercises],
            standing=words.standing(result, {}),
            marks=dict.fromkeys(exercise.id for exercise in result.exercises),
            isolation=words.isolation_name(result),
            caps=caps,
        )

    return make
