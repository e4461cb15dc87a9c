"""Reads what a run left. The student's process wrote every byte: strict, bounded, never an exception."""

from __future__ import annotations

import json
import math
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from grader.schema import Evidence, Frame, Json, RunOutcome, SourceFile, Step, StepError
from grader.text import clean_line, plain
from grader.wire.description import Description
from grader.wire.npy import BadArray, array_info

MAX_LINE = 1024 * 1024
MAX_BYTES = 8 * 1024 * 1024
MAX_STEPS = 2000
MAX_VALUES = 5000
MAX_DEPTH = 20
MAX_ITEMS = 100_000
MAX_STRING = 10_000
#: Lines shown before and after the one that a failure comes from.
BEFORE, AFTER = 2, 1
MAX_FRAMES = 20
MAX_FILES = 5000

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_KINDS = frozenset(get_args(StepError.model_fields["kind"].annotation))
#: The step that stands for the probe itself (see ``grader.confined.student.run``).
PROBE_STEP = "probe"


def read_evidence(evidence_dir: Path, outcome: RunOutcome, source: SourceFile | None) -> Evidence:
    """The claims in ``evidence_dir``, with the student's lines put where the student wrote them.

    Lines that are malformed, too long or too deep are left out. A ``{"fault": …}`` line becomes a failed step
    named ``probe``: the student's process can write one too, so it explains and never excuses.

    Args:
        source: the code that ran; maps lines to a notebook's cells. Frames outside of it are dropped.
    """
    arrays, models, architectures = _files(evidence_dir)
    steps = _steps(evidence_dir / "steps.jsonl", source)
    if outcome.verdict == "completed" and (not steps or any(step.status == "unfinished" for step in steps)):
        # Anyone can leave with the exit code of a completed run, but a completed run has ended its steps.
        outcome = outcome.model_copy(update={"verdict": "exited"})
    return Evidence(
        outcome=outcome,
        steps=steps,
        values=_values(evidence_dir / "values.jsonl"),
        arrays=arrays,
        models=models,
        architectures=architectures,
    )


def _files(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Names of the arrays that are whole, of the model files, and of the configurations without weights."""
    arrays, models, architectures = [], [], []
    try:
        with os.scandir(folder) as found:
            names = sorted(entry.name for entry, _ in zip(found, range(MAX_FILES), strict=False) if _plain(entry))
    except OSError:
        return (), (), ()
    for name in names:
        stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a name, not a path
        if not _NAME.fullmatch(stem):
            continue
        if suffix == ".keras":
            models.append(stem)
        elif name.endswith(".architecture.json"):
            architectures.append(name.removesuffix(".architecture.json"))
        elif suffix == ".npy":
            try:
                array_info(folder / name)
            except BadArray:
                continue
            arrays.append(stem)
    return tuple(arrays), tuple(models), tuple(architectures)


def _plain(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file(follow_symlinks=False)
    except OSError:
        return False


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file of lines, those that can be read."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError:
        return
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return
        data = file.read(MAX_BYTES)
    for line in data.split(b"\n"):
        if 0 < len(line) <= MAX_LINE:
            value = _parse(line)
            if isinstance(value, dict):
                yield value


def _parse(line: bytes) -> Json:
    """One line's value, cleaned, or None."""
    if _depth(line) > MAX_DEPTH:
        return None
    try:
        value = json.loads(line.decode("utf-8"), parse_constant=lambda _: None, parse_float=_float, parse_int=_int)
        return _cleaned(value, [MAX_ITEMS])
    except (ValueError, RecursionError, MemoryError):
        return None


def _depth(line: bytes) -> int:
    """How deep brackets may nest, at most: those inside strings count too, which is what a bound may do."""
    deepest = level = 0
    for byte in re.sub(rb'"[^"\\]*(?:\\.[^"\\]*)*"', b"", line):
        if byte in b"[{":
            level += 1
            deepest = max(deepest, level)
        elif byte in b"]}":
            level -= 1
    return deepest


def _float(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _int(text: str) -> int | float | None:
    if len(text) <= 18:
        return int(text)
    value = _float(text[:400])
    if value is not None and abs(value) < 2**63:
        return int(text)
    return value


def _cleaned(value: Json, budget: list[int]) -> Json:
    budget[0] -= 1
    if budget[0] < 0:
        raise ValueError("too many parts")
    if isinstance(value, str):
        return plain(value, limit=MAX_STRING)
    if isinstance(value, list):
        return [_cleaned(item, budget) for item in value]
    if isinstance(value, dict):
        return {plain(key, limit=200): _cleaned(item, budget) for key, item in value.items()}
    return value


def _values(path: Path) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for line in _lines(path):
        name = line.get("name")
        if isinstance(name, str) and _NAME.fullmatch(name) and "value" in line:
            if name not in values and len(values) >= MAX_VALUES:
                break
            values[name] = line["value"]
    return values


def _steps(path: Path, source: SourceFile | None) -> tuple[Step, ...]:
    """Steps in the order in which they began; of several endings the first counts."""
    steps: dict[str, Step] = {}
    for line in _lines(path):
        if "fault" in line:
            message = plain(str(line["fault"]), limit=2000)
            error = StepError(kind="exception", type="ProbeFault", message=message)
            steps.setdefault(PROBE_STEP, Step(name=PROBE_STEP, status="failed", error=error))
            continue
        name = line.get("step")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            continue
        if name not in steps and len(steps) >= MAX_STEPS:
            break
        before = steps.setdefault(name, Step(name=name, status="unfinished"))
        if line.get("event") == "end" and before.status == "unfinished":
            steps[name] = _ended(name, line, source)
    return tuple(steps.values())


def _ended(name: str, line: dict[str, Any], source: SourceFile | None) -> Step:
    seconds = line.get("seconds")
    took = min(float(seconds), 1e6) if isinstance(seconds, int | float) and seconds > 0 else 0.0
    if line.get("ok") is True:
        return Step(name=name, status="ok", seconds=took)
    return Step(name=name, status="failed", seconds=took, error=_error(line.get("error"), source))


def _error(claim: Json, source: SourceFile | None) -> StepError:
    if not isinstance(claim, dict):
        return StepError(kind="exception")
    kind = claim.get("kind")
    column = claim.get("column")
    frames = claim.get("frames")
    known: dict[str, Any] = {
        "kind": kind if isinstance(kind, str) and kind in _KINDS else "exception",
        "message": plain(_text(claim, "message"), limit=2000),
        "type": clean_line(_text(claim, "type"), 100),
        "name": clean_line(_text(claim, "name"), 100),
        "near": clean_line(_text(claim, "near"), 100),
        **{key: Description.of(claim.get(key)) for key in ("expected", "actual", "words")},
        "column": column if isinstance(column, int) and 0 < column < 100_000 else None,
        "frames": _frames(frames, source, indented=kind == "syntax") if isinstance(frames, list) else (),
    }
    try:
        return StepError(**known)
    except ValidationError:  # can't happen with the types above; hostile input must never get further than this
        return StepError(kind="exception")


def _text(claim: dict[str, Any], key: str) -> str:
    value = claim.get(key)
    return value if isinstance(value, str) else ""


def _frames(claims: list[Any], source: SourceFile | None, *, indented: bool) -> tuple[Frame, ...]:
    """Frames of the student's own file; their text is taken from the code we have, not from the claim.

    Args:
        indented: keep a line's indentation, because a column refers to it.
    """
    if source is None:
        return ()
    code = source.code.split("\n")
    frames = []
    for claim in claims[-MAX_FRAMES:]:
        line = claim.get("line") if isinstance(claim, dict) else None
        if not isinstance(line, int) or isinstance(line, bool) or claim.get("file") != source.name:
            continue
        if not 1 <= line <= len(code):
            continue
        place = source.lines[line - 1] if line <= len(source.lines) else None
        first, context = _context(code, line, source)
        frames.append(
            Frame(
                file=source.name,
                line=place.line if place else line,
                cell=place.cell if place else None,
                function=clean_line(_text(claim, "function"), 100),
                text=plain(code[line - 1].rstrip() if indented else code[line - 1].strip(), limit=200),
                context=context,
                context_from=(place.line if place else line) - (line - first),
            )
        )
    return tuple(frames)


def _context(code: list[str], line: int, source: SourceFile) -> tuple[int, tuple[str, ...]]:
    """The number of the first line, and the lines around ``line`` (from 1) that belong to the same cell."""

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
    return numbers[0] if numbers else line, tuple(plain(code[n - 1].rstrip(), limit=200) for n in numbers)
