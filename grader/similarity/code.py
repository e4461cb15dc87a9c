"""Similar code: k-grams of normalised tokens, less what everybody has to write.

copydetect does the reading: it replaces names by one letter each and drops comments and white space, so that a
renamed variable, another layout or another order of functions hides nothing, and it hashes every k-gram
(Schleimer, Wilkerson, Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003).

Boilerplate is subtracted with ``numpy.isin``: copydetect's ``numpy.intersect1d(…, assume_unique=True)`` takes a
k-gram that a program merely repeats for boilerplate.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from grader import bounds
from grader.errors import OverLimit
from grader.i18n import both, both_n
from grader.schema import Exercise, SimilarPair
from grader.similarity.passages import Passage, passages
from grader.similarity.program import Code, Integers, covered, normalise
from grader.text import format_percent

#: Share of the smaller code from which on a pair is shown.
THRESHOLD = 0.8
#: Normalised characters of one's own (about ten lines) below which nothing is compared: too little to tell.
MIN_OWN = 100
#: A k-gram in more than this share of the class is what the task itself asks for (MOSS's "-m").
COMMON_SHARE = 0.25
COMMON_AT_LEAST = 5
#: Pairs of one exercise that are compared in full, and that are shown.
MAX_CANDIDATES = 2000
MAX_PAIRS = 100
#: The part of the grader's own work (:mod:`grader.bounds`).
COMPARING = "comparing it with others"


def similar_code(
    exercise: Exercise, codes: Mapping[str, str], left_out: Callable[[str], None] | None = None
) -> list[SimilarPair]:
    """Pairs whose code is alike, most alike first.

    The score is the share of the smaller code's own part that is in the other one. "Own" is what is left without

    * the stub that everyone starts from,
    * what two of the course's right answers have in common, where they are here: independent authors wrote it,
    * what more than a quarter of the class wrote (and at least five programs).

    So what the task forces on everyone says nothing about anyone. The price: a passage that more than a quarter of
    a class copied from each other is not seen either.

    Args:
        exercise: For its stub and its right answers.
        codes: student -> Python text as it ran.
        left_out: told of students whose code takes more to compare than the work on one submission may.
    """
    told = left_out or (lambda student: None)
    students = []
    known: dict[str, Code] = {}
    programs: list[Code] = []
    for student in sorted(codes):
        key = hashlib.sha256(codes[student].encode("utf-8", "replace")).hexdigest()
        try:
            with bounds.part(COMPARING):
                if key not in known:
                    known[key] = normalise(codes[student])
        except OverLimit:
            told(student)
            continue
        students.append(student)
        programs.append(known[key])
    common = _common(exercise, programs)
    own = {id(program): _without(program, common) for program in known.values()}
    programs = [own[id(program)] for program in programs]
    chosen = [i for i, program in enumerate(programs) if covered(program.own_places) >= MIN_OWN]
    return _pairs(exercise, [students[i] for i in chosen], [programs[i] for i in chosen], told)


def _without(program: Code, common: Integers) -> Code:
    own = ~np.isin(program.hashes, common)
    return Code(program.text, program.length, program.hashes, program.offsets, own)


def _texts(exercise: Exercise) -> tuple[list[str], list[str]]:
    """Stubs, and right answers (empty where the solutions are not here)."""
    stubs = [exercise.public_dir / f"{exercise.file}.py"]
    right: list[Path] = []
    if exercise.solution_dir is not None:
        right = [
            exercise.solution_dir / f"{exercise.file}.py",
            *(exercise.solution_dir / "alternative").glob("*.py"),
        ]
    read = [
        [path.read_text(encoding="utf-8") for path in sorted(paths) if path.is_file()] for paths in (stubs, right)
    ]
    return read[0], read[1]


def _common(exercise: Exercise, programs: Sequence[Code]) -> Integers:
    """Hashes of the k-grams that say nothing about who wrote them."""
    stubs, right = _texts(exercise)
    hashes = {int(value) for stub in stubs for value in normalise(stub).hashes}
    answers = Counter(int(value) for text in right for value in np.unique(normalise(text).hashes))
    hashes.update(value for value, count in answers.items() if count > 1)
    least = max(COMMON_AT_LEAST, int(COMMON_SHARE * len(programs)) + 1)
    if len(programs) >= least:
        values, counts = np.unique(np.concatenate([np.unique(p.hashes) for p in programs]), return_counts=True)
        hashes.update(values[counts >= least].tolist())
    return np.fromiter(hashes, dtype=np.int64, count=len(hashes))


def _candidates(programs: Sequence[Code]) -> list[tuple[int, int]]:
    """Pairs that share enough k-grams to be worth comparing, the most promising first.

    All at once, as a product of sparse matrices (program by k-gram): (n, n), how many k-grams each two share.
    """
    from scipy import sparse  # type: ignore[import-untyped]

    sets = [np.unique(program.hashes[program.own]) for program in programs]
    sizes = np.array([len(values) for values in sets], dtype=np.int64)
    columns = np.unique(np.concatenate(sets), return_inverse=True)[1]
    rows = np.repeat(np.arange(len(sets)), sizes)
    table: Any = sparse.csr_matrix(
        (np.ones(len(rows), dtype=np.int32), (rows, columns)), shape=(len(sets), int(columns.max()) + 1)
    )
    shared = sparse.triu(table @ table.T, k=1).tocoo()
    share = shared.data / np.minimum(sizes[shared.row], sizes[shared.col])
    # A changed character costs up to K k-grams but at most K characters: look well below the threshold.
    keep = np.flatnonzero(share >= 0.5 * THRESHOLD)
    keep = keep[np.lexsort((shared.col[keep], shared.row[keep], -share[keep]))][:MAX_CANDIDATES]
    return [(int(shared.row[i]), int(shared.col[i])) for i in keep]


def _pairs(
    exercise: Exercise, students: Sequence[str], programs: Sequence[Code], left_out: Callable[[str], None]
) -> list[SimilarPair]:
    if len(programs) < 2:
        return []
    scored = []
    for i, j in _candidates(programs):
        try:
            with bounds.part(COMPARING):
                score, size = _score(programs[i], programs[j])
        except OverLimit:
            left_out(students[i])
            continue
        if score >= THRESHOLD and size >= MIN_OWN:
            scored.append((-score, i, j))
    scored.sort()
    found = []
    for score, i, j in scored[:MAX_PAIRS]:
        try:
            with bounds.part(COMPARING):
                found.append(_pair(exercise, students[i], students[j], programs[i], programs[j], -score))
        except OverLimit:
            left_out(students[i])
    return found


def _score(a: Code, b: Code) -> tuple[float, int]:
    """Share of the smaller code's own part that is in the other one, 0 to 1, and its size in characters."""
    if covered(b.own_places) < covered(a.own_places):
        a, b = b, a
    shared = covered(np.flatnonzero(a.own & np.isin(a.hashes, b.hashes[b.own])))
    return min(shared / covered(a.own_places), 1.0), shared


def _pair(exercise: Exercise, first: str, second: str, a: Code, b: Code, score: float) -> SimilarPair:
    found = passages(a, b)
    lines = sum(passage.first[1] - passage.first[0] + 1 for passage in found)
    same = a.text == b.text
    detail = (
        both("The two files are the same, character by character.")
        if same
        else both_n(
            "{n} line in the same order of tokens; names, comments and layout are not compared.",
            "{n} lines in the same order of tokens; names, comments and layout are not compared.",
            lines,
        )
    )
    evidence = both(
        "{share} of the smaller code is in the other one too, not counting what the stub gives and what many in "
        "the class wrote. {detail}",
        share=format_percent(score),
        detail=detail,
    )
    return SimilarPair(
        exercise=exercise.id,
        first=first,
        second=second,
        kind="code",
        score=round(score, 4),
        evidence=evidence,
        first_lines=_ranges(found, 0),
        second_lines=_ranges(found, 1),
    )


def _ranges(found: Sequence[Passage], side: int) -> tuple[tuple[int, int], ...]:
    return tuple((passage.first, passage.second)[side] for passage in found)
