"""The one sanitiser: text from strangers with nothing in it that acts. Both sides of the boundary use it.

Everything that a student can influence (file names, exception messages, printed output, layer names, array values)
goes through :func:`plain` before it reaches a reader, and through the function of its medium (:mod:`grader.text`)
after that. Its time is linear in what it keeps.
"""

from __future__ import annotations

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


def clean_line(text: str, limit: int = 200) -> str:
    """:func:`plain` on one line, for names and short messages."""
    return plain(text, limit=limit, one_line=True)


def natural_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Sort key that puts ``s2`` before ``s10``: runs of ASCII digits compare as numbers, before any letter;
    the name itself decides between ``s2`` and ``s02``."""
    parts = re.split(r"([0-9]{1,18})", name)
    return tuple((0, int(part), "") if i % 2 else (1, 0, part) for i, part in enumerate(parts) if part), name
