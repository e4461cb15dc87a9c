"""Text that people read: numbers in one form, names in natural order, strangers' text safe for each medium.

HTML needs no function of its own: Jinja's autoescape does it, on top of :func:`plain`.
"""

from __future__ import annotations

import html
import math
import re
import unicodedata

from grader.wire.sanitise import clean_line, natural_key, plain, tail

__all__ = [
    "clean_line",
    "for_markdown",
    "for_markdown_block",
    "for_spreadsheet",
    "for_terminal",
    "for_workflow",
    "format_number",
    "format_percent",
    "format_points",
    "format_score",
    "natural_key",
    "plain",
    "same_name",
    "tail",
]

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


def format_number(value: float, digits: int = 2) -> str:
    """At most ``digits`` decimals, no trailing zeros, thousands separated: 20, 87.5, 1,234 (in both languages)."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_points(value: float | None) -> str:
    """Points for a table; a dash is "not graded", which is not zero."""
    return "–" if value is None else format_number(value)


def format_score(points: float | None, max_points: float) -> str:
    """Points of how many: ``17.5 / 20``."""
    return f"{format_points(points)} / {format_number(max_points)}"


def format_percent(value: float) -> str:
    """A share between 0 and 1 with one decimal, such as ``41.2%`` (in both languages)."""
    return f"{value * 100:.1f}%" if math.isfinite(value) else "–"
