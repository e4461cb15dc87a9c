"""Where in a student's own text a failure comes from: claimed line numbers, and our own copy of the text."""

from __future__ import annotations

from typing import Any

from grader.schema import Frame, Json, SourceFile
from grader.text import clean_line, plain

#: Lines shown before and after the one that a failure comes from.
BEFORE, AFTER = 2, 1
MAX_FRAMES = 20
#: Frames of all steps together.
MAX_ALL = 2000
_WIDTH = 200


class Places:
    """The student's text, taken apart once. Frames outside of it are dropped."""

    def __init__(self, source: SourceFile | None) -> None:
        self._source = source
        self._left = MAX_ALL
        # What is cut here is never shown; a line can be as long as the file.
        self._code = [line[: 8 * _WIDTH] for line in source.code.split("\n")] if source else []

    def frames(self, claims: Json, *, indented: bool) -> tuple[Frame, ...]:
        """The frames that are claimed; their text is taken from the code we have, not from the claim.

        Args:
            indented: keep a line's indentation, because a column refers to it.
        """
        if self._source is None or not isinstance(claims, list):
            return ()
        made = [self._frame(claim, self._source, indented) for claim in claims[-min(MAX_FRAMES, self._left) :]]
        frames = tuple(frame for frame in made if frame is not None)
        self._left = max(1, self._left - len(frames))
        return frames

    def _frame(self, claim: Any, source: SourceFile, indented: bool) -> Frame | None:
        line = claim.get("line") if isinstance(claim, dict) else None
        if not isinstance(line, int) or isinstance(line, bool) or claim.get("file") != source.name:
            return None
        if not 1 <= line <= len(self._code):
            return None
        place = source.lines[line - 1] if line <= len(source.lines) else None
        first, context = self._context(line, source)
        text, function = self._code[line - 1], claim.get("function")
        return Frame(
            file=source.name,
            line=place.line if place else line,
            cell=place.cell if place else None,
            label=source.labels.get(place.cell) if place and place.cell is not None else None,
            function=clean_line(function, 100) if isinstance(function, str) else "",
            text=plain(text.rstrip() if indented else text.strip(), limit=_WIDTH),
            context=context,
            context_from=(place.line if place else line) - (line - first),
        )

    def _context(self, line: int, source: SourceFile) -> tuple[int, tuple[str, ...]]:
        """The number of the first line, and the lines around ``line`` (from 1) that belong to the same cell."""
        code = self._code

        def near(number: int) -> bool:
            inside = 1 <= number <= len(code) and (not source.lines or number <= len(source.lines))
            return inside and (not source.lines or source.lines[number - 1].cell == source.lines[line - 1].cell)

        numbers = [number for number in range(line - BEFORE, line + AFTER + 1) if near(number)]
        if source.lines:  # the empty line that intake puts after a cell is not the student's
            numbers = [n for n in numbers if n <= line or source.lines[n - 1].line > source.lines[n - 2].line]
        while numbers and numbers[-1] > line and not code[numbers[-1] - 1].strip():
            numbers.pop()
        while numbers and numbers[0] < line and not code[numbers[0] - 1].strip():
            numbers.pop(0)
        shown = tuple(plain(code[n - 1].rstrip(), limit=_WIDTH) for n in numbers)
        return numbers[0] if numbers else line, shown
