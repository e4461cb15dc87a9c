"""Pairs of similar work as the class report shows them: the evidence side by side, never a verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from grader.report.class_stats import ClassStats, Row
from grader.schema import SimilarPair, SourceFile, Text

#: Pairs that are shown with code; the others with their numbers only.
MAX_WITH_CODE = 40
#: Passages of one pair, and lines of one passage, that are shown.
MAX_PASSAGES = 12
MAX_LINES = 40
_LINE_LIMIT = 200
#: Bytes of a submission.json that is opened; one that is larger was not written by intake.
_MAX_FILE = 64_000_000


@dataclass(frozen=True)
class CodeLine:
    """One line: its number as its author sees it, and its text."""

    label: str
    text: str


@dataclass(frozen=True)
class Passage:
    """Lines of one submission that are like lines of the other."""

    lines: tuple[CodeLine, ...]
    cut: int
    """Lines that are left out."""


@dataclass(frozen=True)
class PairView:
    """One pair with what its reader needs."""

    pair: SimilarPair
    title: Text
    first: Row | None
    second: Row | None
    first_file: str
    second_file: str
    passages: tuple[tuple[Passage, Passage], ...]
    further: int
    """Passages that are left out."""


def _source(folder: Path, exercise: str) -> SourceFile | None:
    """The code that was compared; None where it is not stored (any more) or is not as intake writes it."""
    path = folder / "submission.json"
    try:
        if path.stat().st_size > _MAX_FILE:
            return None
        stored = json.loads(path.read_bytes())
        for files in stored["exercises"]:
            if files["exercise"] == exercise and files["source"] is not None:
                return SourceFile.model_validate(files["source"])
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        return None
    return None


def _passage(source: SourceFile, code: Sequence[str], first: int, last: int) -> Passage:
    first, last = max(first, 1), min(last, len(code))
    lines = []
    for n in range(first, min(last, first + MAX_LINES - 1) + 1):
        place = source.lines[n - 1] if n <= len(source.lines) else None
        label = str(n) if place is None else f"{place.cell}:{place.line}" if place.cell else str(place.line)
        lines.append(CodeLine(label, code[n - 1][:_LINE_LIMIT]))
    return Passage(tuple(lines), max(last - first + 1 - len(lines), 0))


def pair_views(pairs: Sequence[SimilarPair], stats: ClassStats) -> list[PairView]:
    """The pairs, most alike first, the code of the first ones read from the students' folders."""
    rows = {row.id: row for row in stats.rows}
    views = []
    for n, pair in enumerate(sorted(pairs, key=lambda p: (-p.score, p.exercise, p.first, p.second))):
        first, second = rows.get(pair.first), rows.get(pair.second)
        known = stats.exercises.get(pair.exercise)
        sources = [
            _source(row.folder, pair.exercise)
            if row is not None and pair.kind == "code" and n < MAX_WITH_CODE
            else None
            for row in (first, second)
        ]
        passages: list[tuple[Passage, Passage]] = []
        if sources[0] is not None and sources[1] is not None:
            left, right = sources[0].code.split("\n"), sources[1].code.split("\n")
            ranges = list(zip(pair.first_lines, pair.second_lines, strict=False))
            for a, b in ranges[:MAX_PASSAGES]:
                passages.append((_passage(sources[0], left, *a), _passage(sources[1], right, *b)))
        views.append(
            PairView(
                pair=pair,
                title=known.title if known else Text(ko=pair.exercise, en=pair.exercise),
                first=first,
                second=second,
                first_file=sources[0].name if sources[0] else "",
                second_file=sources[1].name if sources[1] else "",
                passages=tuple(passages),
                further=max(len(pair.first_lines) - len(passages), 0) if passages else 0,
            )
        )
    return views
