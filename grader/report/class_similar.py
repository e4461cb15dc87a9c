"""Similar submissions as the class report shows them: clusters, the evidence side by side, never a verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from grader.i18n import both
from grader.places import cell_mark
from grader.report.class_stats import ClassStats, Row
from grader.schema import SimilarPair, SourceFile, Text
from grader.text import format_percent, natural_key

#: Pairs that are shown with code; the others with their numbers only.
MAX_WITH_CODE = 40
#: Pairs of one cluster that are listed.
MAX_LISTED = 30
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
    given: int = 0
    """Stands for so many lines that are as they were handed out, which say nothing about anyone."""


@dataclass(frozen=True)
class Passage:
    """Lines of one submission that are like lines of the other."""

    lines: tuple[CodeLine, ...]
    cut: int
    """Lines that are left out."""


@dataclass(frozen=True)
class PairView:
    """Two of a cluster, with the passages in which they are alike."""

    pair: SimilarPair
    first: str
    second: str
    first_file: str = ""
    second_file: str = ""
    passages: tuple[tuple[Passage, Passage], ...] = ()
    further: int = 0
    """Passages that are left out."""


@dataclass(frozen=True)
class Cluster:
    """Submissions for one exercise that are connected by likeness."""

    title: Text
    kind: str
    members: tuple[Row | str, ...]
    """In the order of the class; a string where the student has no row."""
    low: float
    high: float
    """The least and the greatest likeness of two of them."""
    pairs: tuple[PairView, ...]
    """Those that connect the cluster first, which have their code with them; then the most alike."""
    further: int
    """Pairs that are not listed."""

    @property
    def share(self) -> str:
        """How alike they are."""
        low, high = format_percent(self.low), format_percent(self.high)
        return high if low == high else f"{low}–{high}"

    @property
    def reason(self) -> Text:
        """In one line, for the list of what to review."""
        names = ", ".join(m if isinstance(m, str) else m.label for m in self.members)
        if self.kind == "code":
            return both("Code is {share} alike: {names}", share=self.share, names=names)
        return both("Trained models are {share} alike: {names}", share=self.share, names=names)


def clusters(pairs: Sequence[SimilarPair], stats: ClassStats, handed_out: Mapping[str, str]) -> list[Cluster]:
    """Connected submissions, the largest clusters first; code is read from the students' folders.

    Args:
        handed_out: exercise -> the text that students start from; its lines are left out of passages.
    """
    rows = {row.id: row for row in stats.rows}
    groups: dict[tuple[str, str], list[SimilarPair]] = {}
    for pair in sorted(pairs, key=lambda p: (-p.score, p.exercise, p.first, p.second)):
        groups.setdefault((pair.exercise, pair.kind), []).append(pair)
    found = []
    budget = MAX_WITH_CODE
    for (exercise, kind), alike in groups.items():
        given = frozenset(line.strip() for line in handed_out.get(exercise, "").split("\n")) - {""}
        for connected, connecting in _connected(alike):
            with_code = connecting[:budget] if kind == "code" else []
            budget -= len(with_code)
            shown = [*with_code, *(pair for pair in connected if pair not in with_code)][:MAX_LISTED]
            names = {name for pair in connected for name in (pair.first, pair.second)}
            known = stats.exercises.get(exercise)
            found.append(
                Cluster(
                    title=known.title if known else Text(ko=exercise, en=exercise),
                    kind=kind,
                    members=tuple(rows.get(name, name) for name in sorted(names, key=natural_key)),
                    low=min(pair.score for pair in connected),
                    high=max(pair.score for pair in connected),
                    pairs=tuple(_pair(pair, rows, given, code=pair in with_code) for pair in shown),
                    further=len(connected) - len(shown),
                )
            )
    return sorted(found, key=lambda cluster: (-len(cluster.members), -cluster.high, cluster.title.en))


def _connected(pairs: Sequence[SimilarPair]) -> list[tuple[list[SimilarPair], list[SimilarPair]]]:
    """Pairs by cluster, and the fewest, most alike ones that hold each together (Kruskal 1956)."""
    home: dict[str, set[str]] = {}
    connecting = []
    for pair in pairs:
        one, other = (home.setdefault(name, {name}) for name in (pair.first, pair.second))
        if one is not other:
            connecting.append(pair)
            one |= other
            home.update(dict.fromkeys(other, one))
    by_id = {id(home[pair.first]): home[pair.first] for pair in pairs}
    return [
        ([p for p in pairs if p.first in members], [p for p in connecting if p.first in members])
        for members in by_id.values()
    ]


def _pair(pair: SimilarPair, rows: Mapping[str, Row], given: frozenset[str], *, code: bool) -> PairView:
    known = [(rows.get(name), name) for name in (pair.first, pair.second)]
    labels = [name if row is None else row.label for row, name in known]
    left, right = (None if row is None or not code else _source(row.folder, pair.exercise) for row, _ in known)
    if left is None or right is None:
        return PairView(pair, labels[0], labels[1])
    ranges = zip(pair.first_lines, pair.second_lines, strict=False)
    sides = ((_passage(left, *a, given), _passage(right, *b, given)) for a, b in ranges)
    own = [(a, b) for a, b in sides if a.lines and b.lines]
    shown = tuple(own[:MAX_PASSAGES])
    return PairView(pair, labels[0], labels[1], left.name, right.name, shown, len(own) - len(shown))


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


def _passage(source: SourceFile, first: int, last: int, given: frozenset[str]) -> Passage:
    """Lines ``first`` to ``last`` as their author sees them, less those handed out; empty where none is left."""
    code = source.code.split("\n")
    lines: list[CodeLine] = []
    for n in range(max(first, 1), min(last, len(code)) + 1):
        text = code[n - 1]
        skipping = not lines or bool(lines[-1].given)
        if text.strip() in given or (skipping and not text.strip()):
            before = lines.pop().given if lines and skipping else 0
            lines.append(CodeLine("", "", before + 1))
            continue
        lines.append(CodeLine(_number(source, n), text[:_LINE_LIMIT]))
    while lines and (lines[-1].given or not lines[-1].text.strip()):
        lines.pop()
    if lines and lines[0].given:
        lines.pop(0)
    return Passage(tuple(lines[:MAX_LINES]), max(len(lines) - MAX_LINES, 0))


def _number(source: SourceFile, n: int) -> str:
    """Line ``n`` of the code as its author counts: ``12``, in a notebook ``[3]:2``, or ``5:2`` without a label."""
    place = source.lines[n - 1] if n <= len(source.lines) else None
    if place is None or place.cell is None:
        return str(n if place is None else place.line)
    return f"{cell_mark(place.cell, source.labels.get(place.cell))}:{place.line}"
