"""Reads what a run left. The student's process wrote every byte: strict, bounded, never an exception."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from grader.inspect.claims import read_lines
from grader.inspect.frames import Places
from grader.schema import Evidence, Json, RunOutcome, SourceFile, Step, StepError
from grader.text import clean_line, plain
from grader.wire.description import Description
from grader.wire.npy import BadArray, array_info

MAX_STEPS = 2000
MAX_VALUES = 5000
MAX_FILES = 5000
MAX_TOP_LEVEL = 50

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_KINDS = frozenset(get_args(StepError.model_fields["kind"].annotation))
#: The step that stands for the probe itself (see ``grader.confined.student.run``).
PROBE_STEP = "probe"


def read_evidence(evidence_dir: Path, outcome: RunOutcome, source: SourceFile | None) -> Evidence:
    """The claims in ``evidence_dir``, with the student's lines put where the student wrote them.

    Lines that are malformed, too long or too deep are left out. A ``{"fault": …}`` line becomes a failed step
    named ``probe``: the student's process can write one too, so it explains and never excuses. A probe says each
    name once: a value that is said twice counts for nothing, and neither does the step it belongs to; a step that
    ends twice fails.

    Args:
        source: the code that ran; maps lines to a notebook's cells. Frames outside of it are dropped.
    """
    arrays, models, architectures = _files(evidence_dir)
    values, twice = _values(evidence_dir / "values.jsonl")
    places = Places(source)
    steps = _steps(evidence_dir / "steps.jsonl", places)
    for name in twice:
        _fail_twice(steps, name)
    if outcome.verdict == "completed" and (
        not steps or any(step.status == "unfinished" for step in steps.values())
    ):
        # Anyone can leave with the exit code of a completed run, but a completed run has ended its steps.
        outcome = outcome.model_copy(update={"verdict": "exited"})
    return Evidence(
        outcome=outcome,
        steps=tuple(steps.values()),
        top_level=_top_level(evidence_dir / "steps.jsonl", places),
        values=values,
        arrays=arrays,
        models=models,
        architectures=architectures,
    )


def _files(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Names of the arrays that are whole, of the model files, and of the configurations without weights."""
    arrays, models, architectures = [], [], []
    try:
        with os.scandir(folder) as found:
            names = sorted(
                entry.name for entry, _ in zip(found, range(MAX_FILES), strict=False) if _is_plain(entry)
            )
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


def _is_plain(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file(follow_symlinks=False)
    except OSError:
        return False


def _values(path: Path) -> tuple[dict[str, Json], set[str]]:
    """Values that were said once, and the names that were said more often."""
    values: dict[str, Json] = {}
    twice: set[str] = set()
    for line in read_lines(path):
        name = line.get("name")
        if isinstance(name, str) and _NAME.fullmatch(name) and "value" in line:
            if name in values:
                twice.add(name)
            elif len(values) >= MAX_VALUES:
                break
            else:
                values[name] = line["value"]
    return {name: value for name, value in values.items() if name not in twice}, twice


def _steps(path: Path, places: Places) -> dict[str, Step]:
    """Steps in the order in which they began; of several endings the first counts, unless it was a good one."""
    steps: dict[str, Step] = {}
    for line in read_lines(path):
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
        if line.get("event") == "end":
            if before.status == "unfinished":
                steps[name] = _ended(name, line, places)
            else:
                _fail_twice(steps, name)
    return steps


def _top_level(path: Path, places: Places) -> tuple[StepError, ...]:
    claims = [line["top_level"] for line in read_lines(path) if "top_level" in line]
    return tuple(_error(claim, places) for claim in claims[:MAX_TOP_LEVEL])


def _fail_twice(steps: dict[str, Step], name: str) -> None:
    """Fail the step to which ``name`` belongs, if it had come to a good end."""
    parts = name.split(".")
    wholes = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    step = next((steps[whole] for whole in wholes if whole in steps), None)
    if step is not None and step.status == "ok":
        error = StepError(kind="said_twice", name=name)
        steps[step.name] = step.model_copy(update={"status": "failed", "error": error})


def _ended(name: str, line: dict[str, Any], places: Places) -> Step:
    seconds = line.get("seconds")
    took = min(float(seconds), 1e6) if isinstance(seconds, int | float) and seconds > 0 else 0.0
    if line.get("ok") is True:
        return Step(name=name, status="ok", seconds=took)
    return Step(name=name, status="failed", seconds=took, error=_error(line.get("error"), places))


def _error(claim: Json, places: Places) -> StepError:
    if not isinstance(claim, dict):
        return StepError(kind="exception")
    kind = claim.get("kind")
    column = claim.get("column")
    known: dict[str, Any] = {
        "kind": kind if isinstance(kind, str) and kind in _KINDS else "exception",
        "message": plain(_text(claim, "message"), limit=2000),
        **{key: clean_line(_text(claim, key), 100) for key in ("type", "name", "near", "unknown")},
        "binds": _names(claim.get("binds")),
        **{key: Description.of(claim.get(key)) for key in ("expected", "actual", "words")},
        "column": column if isinstance(column, int) and 0 < column < 100_000 else None,
        "frames": places.frames(claim.get("frames"), indented=kind == "syntax"),
    }
    try:
        return StepError(**known)
    except ValidationError:  # can't happen with the types above; hostile input must never get further than this
        return StepError(kind="exception")


def _names(claim: Json) -> tuple[str, ...]:
    items = claim[:MAX_TOP_LEVEL] if isinstance(claim, list) else []
    return tuple(clean_line(item, 100) for item in items if isinstance(item, str))


def _text(claim: dict[str, Any], key: str) -> str:
    value = claim.get(key)
    return value if isinstance(value, str) else ""


_NOTES = ("steps.jsonl", "values.jsonl")


def join_evidence(visible: Evidence, hidden: Evidence, folder: Path, hidden_folder: Path) -> Evidence:
    """``visible`` with what ``hidden`` adds to it; the hidden run's files are moved into ``folder``.

    What the visible run said stays as it is, whatever the other one says of the same name: what a student sees of
    it is what ``grader check`` shows. A step that only failed in the hidden run is named ``hidden.<step>``.
    """
    taken = {step.name for step in visible.steps}
    # What the visible run said twice counts as not said, and the other run's word does not take its place.
    twice = {s.error.name for s in visible.steps if s.error is not None and s.error.kind == "said_twice"}
    steps: list[Step] = []
    for step in hidden.steps:
        if step.name not in taken:
            steps.append(step)
        elif step.status != "ok":
            steps.append(step.model_copy(update={"name": f"hidden.{step.name}"[:80]}))
    files = []
    for path in sorted(hidden_folder.iterdir()):
        target = folder / (f"hidden.{path.name}" if path.name in _NOTES else path.name)
        if not target.exists():
            path.rename(target)
            files += [file for file in hidden.outcome.files if file.name == path.name and path.name not in _NOTES]
    outcome = _outcome(visible.outcome, hidden.outcome)
    return visible.model_copy(
        update={
            "outcome": outcome.model_copy(update={"files": (*visible.outcome.files, *files)}),
            "steps": (*visible.steps, *steps),
            "values": {k: v for k, v in hidden.values.items() if k not in twice} | visible.values,
            "arrays": tuple(sorted({*visible.arrays, *hidden.arrays})),
            "models": tuple(sorted({*visible.models, *hidden.models})),
            "architectures": tuple(sorted({*visible.architectures, *hidden.architectures})),
        }
    )


def _outcome(visible: RunOutcome, hidden: RunOutcome) -> RunOutcome:
    """What both took, with the end of the one that did not complete. What the hidden run printed stays behind: it
    may hold the staff's inputs, and what is printed is shown to students."""
    update = {
        "wall_seconds": visible.wall_seconds + hidden.wall_seconds,
        "cpu_seconds": visible.cpu_seconds + hidden.cpu_seconds,
        "peak_memory_mb": max(visible.peak_memory_mb, hidden.peak_memory_mb),
        "refused": (*visible.refused, *hidden.refused),
    }
    if visible.verdict == "completed" != hidden.verdict:
        ended = ("verdict", "exit_code", "signal", "stderr", "detail")
        update |= {name: getattr(hidden, name) for name in ended}
    return visible.model_copy(update=update)
