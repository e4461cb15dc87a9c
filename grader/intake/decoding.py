"""Bytes of a student's file as text. Most are UTF-8; Korean Windows and old editors have other ideas."""

from __future__ import annotations

import codecs
import re

from grader.errors import FileError
from grader.i18n import both
from grader.schema import Text

#: PEP 263 declarations that are believed; names as Python normalises them.
DECLARED = {"utf-8", "cp949", "euc_kr", "iso8859-1", "ascii", "johab", "cp1252"}

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


def decode(data: bytes) -> tuple[str, Text | None]:
    r"""The text of ``data`` with ``\n`` line ends, and a note where it is not UTF-8.

    Raises:
        FileError: it is no text.
    """
    text, encoding = _decode(data)
    if "\0" in text:
        raise FileError("The file contains NUL bytes; it is not a text file.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if encoding == "utf-8":
        return text, None
    return text, both(
        "The file is saved as {encoding}; it was read, but please save it as UTF-8.", encoding=encoding
    )


def _decode(data: bytes) -> tuple[str, str]:
    for bom, encoding, shown in (
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
    ):
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding), shown
            except UnicodeDecodeError as error:
                raise _no_text(error) from None
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        first = error
    for encoding in filter(None, (_declared(data), "cp949")):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise _no_text(first)


def _declared(data: bytes) -> str | None:
    for line in data.split(b"\n", 2)[:2]:
        match = _COOKIE.match(line)
        if match:
            try:
                name = codecs.lookup(match[1].decode("ascii")).name
            except LookupError:
                return None
            return name if name in DECLARED else None
    return None


def _no_text(error: UnicodeDecodeError) -> FileError:
    return FileError(
        "The file is not text in UTF-8 (byte {position} does not fit). Please save it as UTF-8.",
        position=error.start,
    )
