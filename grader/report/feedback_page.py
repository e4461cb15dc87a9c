"""A notebook as one page that loads nothing and runs nothing, whatever its author put into it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from grader.report.html import CAPS
from grader.report.page import render
from grader.report.remarks import Remark, cells_of, definitions, remarks
from grader.schema import ExerciseResult, Lang, SourceFile
from grader.text import plain

#: What Markdown makes, and no element that loads, runs or embeds anything. Headings become bold paragraphs: those
#: of the page are ours.
_TAGS = frozenset(
    [
        "p",
        "br",
        "hr",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "code",
        "a",
        "em",
        "strong",
        "del",
        "sub",
        "sup",
        "b",
        "i",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
    ]
)
#: Lines of a docstring from which on it is folded, where it is as it was handed out.
_LONG = 4
_CELL_LIMIT = 200_000


@dataclass(frozen=True)
class Piece:
    """Some of a cell as HTML; ``lines`` is how many are folded away, 0 for what is shown."""

    html: Markup
    lines: int = 0


@dataclass(frozen=True)
class Block:
    """Part of a cell and what is to be said after it."""

    kind: str
    """``code`` or ``text``."""
    pieces: tuple[Piece, ...]
    remark: Remark | None = None
    label: int | None = None
    """What stands beside a cell (``[3]``), where it begins."""


def to_page(source: SourceFile, exercise: ExerciseResult, lang: Lang, *, handed_out: str = "") -> str:
    """The notebook of ``source`` with its feedback: Markdown sanitised, outputs left out.

    Args:
        exercise: as a student may see it.
        handed_out: the text that students start from; docstrings and Markdown that are still as in it are folded.
    """
    found, whole = remarks(source, exercise)
    return render(
        "feedback.html.j2",
        lang,
        title=exercise.title,
        styles=("code.css",),
        limit=CAPS[0].text,
        exercise=exercise,
        blocks=list(_blocks(source, found, handed_out)),
        whole=whole,
        caps=CAPS[0],
        colours=Markup(_colours()),
    )


def _blocks(source: SourceFile, found: Sequence[Remark], handed_out: str) -> Iterator[Block]:
    folded = _docstrings(source, handed_out)
    for number, cell in cells_of(source):
        text = "".join(cell["source"])[:_CELL_LIMIT]
        if number is None:
            if cell["cell_type"] == "markdown":
                given = len(text.strip()) > 0 and text.strip() in handed_out
                yield Block("text", (Piece(_prose(text), text.count("\n") + 1 if given else 0),))
            continue
        lines = text.split("\n")
        start = 1
        here = [remark for remark in found if remark.after.cell == number]
        for remark in here:
            end = min(remark.after.line, len(lines))
            pieces = tuple(_pieces(lines, start, end, folded.get(number, ())))
            yield Block("code", pieces, remark, cell["execution_count"] if start == 1 else None)
            start = end + 1
        if start <= len(lines):
            pieces = tuple(_pieces(lines, start, len(lines), folded.get(number, ())))
            yield Block("code", pieces, label=cell["execution_count"] if start == 1 else None)


def _docstrings(source: SourceFile, handed_out: str) -> dict[int, list[tuple[int, int]]]:
    """Cell -> first and last line of each long docstring that is as it was handed out."""
    found: dict[int, list[tuple[int, int]]] = {}
    code = source.code.split("\n")
    for node in definitions(source.code):
        first = node.body[0]
        if not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)) or first.end_lineno is None:
            continue
        text = "\n".join(code[first.lineno - 1 : first.end_lineno])
        if (
            first.end_lineno - first.lineno + 1 >= _LONG
            and text in handed_out
            and first.end_lineno <= len(source.lines)
        ):
            begin, end = source.lines[first.lineno - 1], source.lines[first.end_lineno - 1]
            if begin.cell is not None and begin.cell == end.cell:
                found.setdefault(begin.cell, []).append((begin.line, end.line))
    return found


def _pieces(lines: Sequence[str], start: int, end: int, folded: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """Lines ``start`` to ``end`` of a cell, highlighted, those of ``folded`` apart."""
    for first, last in folded:
        if start <= first and last <= end:
            yield from _code(lines[start - 1 : first - 1])
            yield from _code(lines[first - 1 : last], folded=True)
            start = last + 1
    yield from _code(lines[start - 1 : end])


def _code(lines: Sequence[str], *, folded: bool = False) -> Iterator[Piece]:
    from pygments import highlight  # type: ignore[import-untyped]
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
    from pygments.lexers import PythonLexer  # type: ignore[import-untyped]

    text = plain("\n".join(lines))
    if text.strip():
        html = highlight(text, PythonLexer(stripnl=False, ensurenl=False), HtmlFormatter(nowrap=True))
        yield Piece(Markup(html), len(lines) if folded else 0)


def _prose(text: str) -> Markup:
    """Markdown as HTML without anything that acts."""
    import nh3

    html = nh3.clean(
        _markdown()(plain(text)),
        tags=set(_TAGS),
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
    )
    return Markup(html)


@cache
def _markdown() -> Callable[[str], str]:
    """A notebook's Markdown (tables, formulas, strike-through) as nbconvert makes it."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):  # type: ignore[misc]
        def heading(self, text: str, level: int, **attributes: object) -> str:
            return f"<p><strong>{text}</strong></p>\n"

    return lambda text: str(MarkdownWithMath(renderer=Renderer(escape=False)).render(text))


@cache
def _colours() -> str:
    """Code in colours that are legible (WCAG AA) on a light and on a dark page."""
    from pygments.formatters import HtmlFormatter

    light, dark = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in ("xcode", "github-dark"))
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
