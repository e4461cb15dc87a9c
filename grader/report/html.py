"""``report.html``: one page, nothing loaded from anywhere, both languages in it."""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.i18n import both, both_n
from grader.report import words
from grader.report.curves import Curve, draw_curves
from grader.report.layers import LayerTable, layer_table
from grader.report.pictures import Group, look_at
from grader.report.redact import Audience, for_audience, holds_staff_matter
from grader.schema import ExerciseResult, Lang, Result, Text
from grader.text import format_number, format_percent, format_points, plain, tail

#: Bytes. Mail systems and course platforms take a page of this size.
MAX_BYTES = 1_500_000


@dataclass(frozen=True)
class Caps:
    """How much of what a student can make long is shown. The page is made again with less until it fits."""

    text: int
    """Characters of one message, expected or actual value."""
    log: int
    """Characters of the program's output."""
    rows: int
    """Layers, problems."""
    frames: int
    pictures: bool = True
    curves: bool = True


CAPS = (
    Caps(text=4000, log=8000, rows=100, frames=8),
    Caps(text=1000, log=2000, rows=60, frames=4),
    Caps(text=1000, log=2000, rows=60, frames=4, pictures=False),
    Caps(text=300, log=500, rows=30, frames=2, pictures=False, curves=False),
    Caps(text=120, log=0, rows=12, frames=1, pictures=False, curves=False),
    Caps(text=20, log=0, rows=0, frames=0, pictures=False, curves=False),
)


def _spans(text: Text, limit: int | None) -> Markup:
    """Both languages, of which the style sheet shows one; a single text where they are the same."""
    ko, en = plain(text.ko, limit=limit), plain(text.en, limit=limit)
    if ko == en:
        return escape(ko)
    return Markup('<span class="t" lang="ko">{}</span><span class="t" lang="en">{}</span>').format(ko, en)


@cache
def _asset(name: str) -> str:
    return (files("grader.report") / "templates" / name).read_text(encoding="utf-8").strip() + "\n"


def _digest(script: str) -> str:
    """The hash by which the Content-Security-Policy knows our one script."""
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def _finalize(value: object) -> object:
    """Last thing before autoescape: no text gets on the page with characters that act."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("grader.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # gettext in templates gives both languages at once: the switch on the page must not need a second run.
    # Not "newstyle": fields are {named} and filled by grader.i18n, as everywhere else.
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message, **params: _spans(both(message, **params), None),
        lambda singular, plural, n, **params: _spans(both_n(singular, plural, n, **params), None),
        newstyle=False,
    )
    env.globals["both"] = both
    env.globals.update(
        number=format_number,
        points=format_points,
        percent=format_percent,
        exercise_badge=words.exercise_badge,
        check_badge=words.check_badge,
        where=words.where,
        data_name=words.data_name,
    )
    env.filters["percent"] = format_percent
    env.filters["dedent"] = lambda text: textwrap.dedent(plain(text, limit=4000))
    env.filters["cell"] = lambda text: plain(str(text), limit=80, one_line=True)
    env.filters["line"] = lambda text: plain(str(text), limit=300, one_line=True)
    return env


@dataclass(frozen=True)
class Drawn:
    """The pictures of one exercise; drawn once, however often the page is made."""

    curves: list[Curve]
    pictures: list[Group]

    @classmethod
    def of(cls, exercise: ExerciseResult) -> Drawn:
        learning = exercise.learning
        return cls(draw_curves(learning.history, learning.minimum) if learning else [], look_at(exercise))


@dataclass(frozen=True)
class ExerciseView:
    """One exercise and what has to be computed for it."""

    result: ExerciseResult
    layers: LayerTable | None
    curves: list[Curve]
    pictures: list[Group]
    stdout: str

    @property
    def all_passed(self) -> bool:
        return words.exercise_badge(self.result).tone == "good"


def _view(exercise: ExerciseResult, caps: Caps, drawn: Drawn) -> ExerciseView:
    return ExerciseView(
        result=exercise,
        layers=layer_table(exercise.model.layers, exercise.reference_layers, max_rows=caps.rows)
        if exercise.model is not None and caps.rows
        else None,
        curves=drawn.curves if caps.curves else [],
        pictures=drawn.pictures if caps.pictures else [],
        stdout=tail(exercise.stdout, limit=caps.log, lines=40) if caps.log else "",
    )


def _attribute(lang: Lang) -> Callable[[Text], Markup]:
    """``{{ attr(text) }}``: an attribute's value now, and both for the switch."""

    def attribute(text: Text) -> Markup:
        return Markup('"{}" data-ko="{}" data-en="{}"').format(
            plain(text.get(lang), one_line=True), plain(text.ko, one_line=True), plain(text.en, one_line=True)
        )

    return attribute


def _render(result: Result, lang: Lang, *, drawn: dict[str, Drawn], staff: bool, caps: Caps) -> str:
    script, style = _asset("page.js"), _asset("style.css")
    got, out_of = words.points_so_far(result)
    page = _environment().get_template("report.html.j2")
    return page.render(
        result=result,
        exercises=[_view(exercise, caps, drawn[exercise.id]) for exercise in result.exercises],
        lang=lang,
        title=both("Results for {name}", name=plain(result.submission.id, limit=100, one_line=True)),
        staff=staff,
        pending=words.ungraded(result),
        got=got,
        out_of=out_of,
        isolation=words.isolation_name(result),
        caps=caps,
        say=lambda text: _spans(text, caps.text),
        attr=_attribute(lang),
        # Ours, and inside elements whose content HTML does not unescape.
        style=Markup(style),
        script=Markup(script),
        script_hash=_digest(script),
    )


def to_html(result: Result, lang: Lang, *, audience: Audience = "staff") -> str:
    """One self-contained page in both languages that opens in ``lang``; the same bytes for the same result.

    Nothing on it comes from elsewhere, and its Content-Security-Policy allows nothing but its own style, its one
    script (by hash) and embedded pictures. Always smaller than 1.5 MB: texts that a student can make long are cut.
    """
    staff = audience == "staff" and holds_staff_matter(result)
    shown = for_audience(result, audience)
    drawn = {exercise.id: Drawn.of(exercise) for exercise in shown.exercises}
    page = ""
    for caps in CAPS:
        page = _render(shown, lang, drawn=drawn, staff=staff, caps=caps)
        if len(page.encode("utf-8")) < MAX_BYTES:
            break
    return page
