"""Text that people read: numbers in one form, names in natural order, strangers' text safe for each medium.

HTML needs no function of its own: Jinja's autoescape does it, on top of :func:`plain`.
"""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Callable
from numbers import Integral
from typing import TypeVar

from grader.wire.sanitise import clean_line, natural_key, plain, tail

__all__ = [
    "clean_line",
    "for_markdown",
    "for_markdown_block",
    "for_spreadsheet",
    "for_terminal",
    "for_workflow",
    "format_change",
    "format_number",
    "format_percent",
    "format_points",
    "format_score",
    "format_size",
    "format_value",
    "natural_key",
    "plain",
    "same_name",
    "tail",
    "told_apart",
]

_V = TypeVar("_V")

#: What could start a construct of (GitHub's) Markdown where it stands; the rest stays readable in the file itself.
_MARKDOWN = re.compile(
    r"[\\`*\[\]{}~|$]"  # code, emphasis, links, strike-through, table cells, formulas
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis, but not inside a name
    r"|^[-+=:#]|#(?=[\w#])"  # lists, rules, headings, issue numbers
    r"|:(?=[:/\w+-])|(?<=[wW])\."  # workflow commands, addresses, emoji
)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")
_WORD_JOINER = "\u2060"


def for_markdown(text: str, *, limit: int | None = None) -> str:
    """``text`` as Markdown that shows exactly that text, in a paragraph, a list or a table cell.

    Markup, HTML, table bars, headings, links (bare addresses too), mentions and workflow commands (``::error::``,
    ``##[error]``, should someone print the file in a log) all lose their effect. Line feeds become ``<br>``.
    """
    clean = html.escape(plain(text, limit=limit), quote=False)
    lines = (" ".join(line.split()) for line in clean.strip("\n").split("\n"))  # no indented code, no lazy lists
    escaped = (_NUMBERED.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\g<0>", line)) for line in lines)
    return "<br>".join(escaped).replace("@", "@" + _WORD_JOINER)


def for_markdown_block(text: str, *, limit: int | None = None) -> str:
    """``text`` as a preformatted block (``<pre>``), which no content of its own can end.

    A fence would show ``::error::`` as it is; here every mark that means anything is an HTML entity.
    """
    clean = html.escape(plain(text, limit=limit), quote=True)
    for mark in ":#`|*_[]~@$":
        # "&#39;" and the like hold a "#": leave entities alone.
        clean = clean.replace(mark, f"&#{ord(mark)};") if mark != "#" else re.sub(r"(?<!&)#", "&#35;", clean)
    # A blank line would end the block in renderers that read <pre> as an ordinary HTML block.
    lines = [line or "&#32;" for line in clean.split("\n")]
    return "<pre>" + "\n".join(lines) + "</pre>"


def for_terminal(text: str, *, limit: int | None = None) -> str:
    """``text`` for a terminal or a CI log: :func:`plain`, and no line of it is a workflow command.

    GitHub's runner reads ``::name::`` at the start of a line and ``##[name]`` anywhere. An invisible word joiner
    in between leaves the text readable. Rich markup is not touched: put the text in a ``rich.text.Text``.
    """
    clean = plain(text, limit=limit)
    clean = re.sub(r":(?=:[A-Za-z])", f":{_WORD_JOINER}", clean)  # anywhere: wrapping makes new line starts
    return clean.replace("##[", f"##{_WORD_JOINER}[")


def for_workflow(text: str, *, is_property: bool = False, limit: int | None = None) -> str:
    """``text`` as the message (or a property's value) of a GitHub workflow command, such as ``::error file=…::…``.

    Escapes what ``@actions/core`` escapes (``escapeData`` and ``escapeProperty``).
    """
    clean = plain(text, limit=limit).replace("%", "%25").replace("\n", "%0A")
    return clean.replace(":", "%3A").replace(",", "%2C") if is_property else clean


#: What makes a spreadsheet take a cell for a formula, where a cell begins or could be made to begin. The wide
#: forms are typed with Korean and Japanese keyboards, and some spreadsheets read them alike. After OWASP's page
#: "CSV Injection".
_FORMULA = re.compile(r"(^|[;|,\t])(\s*)([=+\-@＝＋－＠])")


def for_spreadsheet(text: str, *, limit: int = 500) -> str:
    """``text`` as one line that a spreadsheet shows and does not run."""
    return _FORMULA.sub(r"\1\2'\3", plain(text, limit=limit, one_line=True))


def same_name(text: str) -> str:
    """``text`` as names are compared: composed, with single spaces, in small letters."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


# Numbers, in both languages: points and counts with at most two decimals, shares in percent with one, measured
# values with four significant digits. Nothing else in the grader chooses digits.


def format_number(value: float, digits: int = 2) -> str:
    """At most ``digits`` decimals, no trailing zeros, thousands separated: 20, 87.5, 1,234."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_value(value: float, more: int = 0) -> str:
    """A measured value: 7.086, 0.00125, 1,792, 1.2e-07; the words of Python for what is no number.

    Args:
        value: an integer is written in full.
        more: significant digits beyond four, see :func:`told_apart`.
    """
    if isinstance(value, Integral):
        return f"{int(value):,}"
    value = float(value)
    if not math.isfinite(value):
        return str(value)
    digits = 4 + more
    if value and not 1e-5 <= abs(value) < 1e9:
        return f"{value:.{digits}g}"
    whole = math.floor(math.log10(abs(value))) + 1 if value else 1
    return format_number(value, min(max(digits - whole, 0), 20))


def format_points(value: float | None) -> str:
    """Points for a table; a dash is "not graded", which is not zero."""
    return "–" if value is None else format_number(value)


def format_change(points: float) -> str:
    """Points that are added or taken away: +2, −0.5."""
    return ("+" if points > 0 else "−" if points < 0 else "") + format_number(abs(points))


def format_score(points: float | None, max_points: float) -> str:
    """Points of how many: ``17.5 / 20``."""
    return f"{format_points(points)} / {format_number(max_points)}"


def format_percent(value: float, more: int = 0) -> str:
    """A share between 0 and 1 with one decimal, such as ``41.2%``; ``more`` as for :func:`format_value`."""
    return f"{value * 100:.{1 + more}f}%" if math.isfinite(value) else "–"


def told_apart(form: Callable[[_V, int], str], one: _V, other: _V) -> tuple[str, str]:
    """Two values that are compared, with as many digits ``more`` as it takes for them to look different."""
    shown = form(one, 0), form(other, 0)
    for more in range(1, 14):
        if shown[0] != shown[1]:
            break
        shown = form(one, more), form(other, more)
    return shown


def format_size(size: float) -> str:
    """Bytes in decimal units, as file managers and browsers show them: 35 kB, 170.5 MB."""
    return f"{format_number(size / 1e3, 0)} kB" if size < 1e6 else f"{format_number(size / 1e6, 1)} MB"
