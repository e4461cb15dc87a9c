"""Takes out of a notebook's JSON what grading reads, and steps over the rest without making an object of it.

Outputs are most of a notebook's bytes and nothing looks at them. One pass from left to right; the time is linear
in the text, and the memory is that of the parts asked for.
"""

from __future__ import annotations

import io
import json
import re
from typing import Any, NamedTuple, TypeAlias

from grader.errors import FileError

#: Deeper than any notebook's own structure; outputs of widgets come to about 20.
MAX_DEPTH = 64

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*+")
_SCALAR = re.compile(r"true|false|null|NaN|-?+(?:Infinity|[0-9][0-9.eE+-]*+)")
#: Everything up to the next bracket that is not in a string, innermost lists and objects included.
_FLAT = re.compile(r'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+"|\[[^"\[\]{}]*+\]|\{[^"\[\]{}]*+\})*+', re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


class Text(NamedTuple):
    """Where in the JSON a text stands that is decoded only when somebody wants it."""

    start: int
    end: int


class ListOf(NamedTuple):
    """A list of which at most ``limit`` items are read."""

    item: Shape
    limit: int


#: What to read: ``"scalar"`` a string, number or literal; ``"text"`` the place of a string or a list of strings; a
#: dict its keys; and ``None``, or anything of another shape, is stepped over and becomes None.
Shape: TypeAlias = "str | dict[str, Shape] | ListOf | None"


class NotebookJson:
    """The JSON ``text`` of a notebook."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self, shape: Shape) -> Any:
        """The parts of the document that ``shape`` names.

        Raises:
            FileError: it is not JSON (with line and column), or is nested too deeply.
        """
        value = self._value(shape, 0)
        self._space()
        if self._at < len(self._text):
            raise self._damaged("Extra data")
        return value

    def decoded(self, place: Text | None, limit: int) -> str | None:
        """The string at ``place``, or its list of strings as one; "" where there is none.

        Returns:
            None where it is longer than ``limit`` characters of JSON.

        Raises:
            FileError: a string in it can't be decoded.
        """
        if place is None:
            return ""
        if place.end - place.start > limit:
            return None
        self._at = place.start
        if self._text[self._at] == '"':
            return self._string()
        whole = io.StringIO()
        first = True
        while self._more("]", first=first):
            first = False
            if self._text[self._at : self._at + 1] == '"':
                whole.write(self._string())
            else:
                self._skip(0)
        return whole.getvalue()

    def _space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        assert match is not None
        self._at = match.end()

    def _value(self, shape: Shape, depth: int) -> Any:
        self._space()
        letter = self._text[self._at : self._at + 1]
        if letter == "{" and isinstance(shape, dict):
            return self._object(shape, depth + 1)
        if letter == "[" and isinstance(shape, ListOf):
            return self._list(shape, depth + 1)
        if shape == "scalar" and letter == '"':
            return self._string()
        start = self._at
        self._skip(depth)
        if shape == "text" and letter in ('"', "["):
            return Text(start, self._at)
        if shape == "scalar" and letter not in ("{", "["):
            return _number(self._text[start : self._at])
        return None

    def _object(self, shape: dict[str, Shape], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first = True
        while self._more("}", first=first):
            first = False
            if self._text[self._at : self._at + 1] != '"':
                raise self._damaged("Expecting property name enclosed in double quotes")
            key = self._string()
            self._space()
            self._expect(":")
            value = self._value(shape.get(key), depth)
            if key in shape:
                found[key] = value
        return found

    def _list(self, shape: ListOf, depth: int) -> list[Any]:
        found: list[Any] = []
        first = True
        while self._more("]", first=first):
            first = False
            found.append(self._value(shape.item, depth))
            if len(found) == shape.limit:
                self._leave(depth, depth - 1)
                break
        return found

    def _more(self, end: str, *, first: bool) -> bool:
        """Step over the bracket or the comma before the next item; False at the end."""
        self._at += first
        self._space()
        if self._text[self._at : self._at + 1] == end:
            self._at += 1
            return False
        if not first:
            self._expect(",")
            self._space()
        return True

    def _expect(self, letter: str) -> None:
        if self._text[self._at : self._at + 1] != letter:
            raise self._damaged(f"Expecting '{letter}' delimiter")
        self._at += 1

    def _string(self) -> str:
        try:
            value, self._at = _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._at = error.pos
            raise self._damaged(error.msg) from None
        return str(value)

    def _skip(self, depth: int) -> None:
        """Step over one value, of which nothing but brackets and strings is looked at."""
        letter = self._text[self._at : self._at + 1]
        if letter not in ("{", "["):
            match = (_STRING if letter == '"' else _SCALAR).match(self._text, self._at)
            if match is None:
                raise self._damaged("Unterminated string" if letter == '"' else "Expecting value")
            self._at = match.end()
            return
        self._at += 1
        self._leave(depth + 1, depth)

    def _leave(self, depth: int, outside: int) -> None:
        """Step over the rest of lists and objects, from ``depth`` up to ``outside``."""
        while depth > outside:
            match = _FLAT.match(self._text, self._at)
            assert match is not None
            self._at = match.end()
            letter = self._text[self._at : self._at + 1]
            if letter not in ("{", "[", "}", "]"):
                raise self._damaged("Unterminated string" if letter else "Unexpected end")
            depth += 1 if letter in ("{", "[") else -1
            if depth > MAX_DEPTH:
                raise FileError("This is not a notebook: its JSON is nested too deeply.")
            self._at += 1

    def _damaged(self, reason: str) -> FileError:
        return FileError(
            "The notebook is damaged: its JSON can't be read (line {line}, column {column}: {reason}). "
            "Please open it in Jupyter or Colab and save it again.",
            line=self._text.count("\n", 0, self._at) + 1,
            column=self._at - self._text.rfind("\n", 0, self._at),
            reason=reason,
        )


def _number(text: str) -> float | int | bool | None:
    """A number or literal; None for ``null``, and for a number that is too long to mean anything here."""
    if text in ("true", "false"):
        return text == "true"
    try:
        return int(text) if text.lstrip("-").isdigit() and len(text) < 20 else None
    except ValueError:
        return None
