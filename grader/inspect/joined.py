"""The evidence of a run and of the run with the staff's inputs, as one."""

from __future__ import annotations

from pathlib import Path

from grader.schema import Evidence, RunOutcome, Step

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
