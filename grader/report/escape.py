"""Make text from strangers safe to show: on a page, in Markdown, in a terminal, in a CI log.

Everything that a student can influence (file names, exception messages, printed output, layer names, array values)
goes through :func:`plain` before it reaches a reader, and through the function of its medium after that.
HTML needs no function of its own: Jinja's autoescape does it, on top of :func:`plain`.
"""

from __future__ import annotations

import html
import re

#: Escape sequences of ECMA-48: CSI (``ESC [``), strings that end in BEL or ST (OSC, DCS, PM, APC, SOS), two-byte
#: ones; and the same introduced by a C1 byte. An unfinished string swallows the rest of its line only.
_ANSI = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]?"
    r"|\x9b[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
#: What reorders or hides its neighbours: bidirectional controls, zero-width spaces, byte order marks, language
#: tags, interlinear annotation, invisible operators.
_INVISIBLE = re.compile(
    "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2061-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile("\r\n|\n|\u2028|\u2029|\x85")

#: What could start a construct of (GitHub's) Markdown where it stands; the rest stays readable in the file itself.
_MARKDOWN = re.compile(
    r"[\\`*\[\]{}~|$]"  # code, emphasis, links, strike-through, table cells, formulas
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis, but not inside a name
    r"|^[-+=:#]|#(?=[\w#])"  # lists, rules, headings, issue numbers
    r"|:(?=[:/\w+-])|(?<=[wW])\."  # workflow commands, addresses, emoji
)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")
_WORD_JOINER = "\u2060"


def _name_control(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code == 0x08:  # progress bars rub out what they wrote
        return ""
    if code < 0x20:
        return chr(0x2400 + code)  # the symbol for it, such as ␀
    return "\u2421" if code == 0x7F else "\ufffd"


def _overwrite(line: str) -> str:
    """What a terminal would show of a line with carriage returns: the last state of a progress bar."""
    if "\r" not in line:
        return line
    return next((part for part in reversed(line.split("\r")) if part.strip()), "")


def _neutralise(text: str) -> str:
    text = _LINE_ENDS.sub("\n", text)
    text = "\n".join(_overwrite(line) for line in text.split("\n"))
    text = _ANSI.sub("", text)
    text = _CONTROL.sub(_name_control, text)
    text = _INVISIBLE.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)
    return _SURROGATE.sub("\ufffd", text)


def plain(text: str, *, limit: int | None = None, one_line: bool = False) -> str:
    """``text`` with nothing in it that acts: only characters that show, spaces, tabs and line feeds.

    Terminal sequences are removed, other control characters become their symbols (NUL is ``␀``), characters that
    reorder or hide text become their name (``⟨U+202E⟩``), lone surrogates become U+FFFD.

    Args:
        text: Anything.
        limit: Keep at most this many characters; a cut is shown by ``…``.
        one_line: Join lines with a space, for table cells and headings.
    """
    if limit is not None:  # before the work, so that a flood costs little; escape sequences count, cheaply
        text = text[: 8 * limit + 8]
    if not text.isprintable():  # most text is, and the page asks often
        text = _neutralise(text)
    if one_line:
        text = " ".join(text.split())
    if limit is not None and len(text) > limit:
        text = text[: max(limit - 1, 0)] + "…"
    return text


def tail(text: str, *, limit: int, lines: int) -> str:
    """The end of a log as :func:`plain` text: at most ``lines`` lines and ``limit`` characters."""
    kept = plain(text[-8 * limit :]).rstrip()
    rows = kept.split("\n")
    if len(rows) > lines:
        kept = "\n".join(["…", *rows[-lines:]])
    if len(kept) > limit:
        kept = "…" + kept[-(limit - 1) :]
    elif len(text) > 8 * limit and not kept.startswith("…"):
        kept = "…\n" + kept
    return kept


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
