"""Has the confined inspector look at a submission's models, and reads what it found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.child.npy import BadArray, array_info
from grader.schema import (
    Evidence,
    Exercise,
    InspectPlan,
    Job,
    Limits,
    ModelFact,
    ModelFile,
    Refusal,
    RunOutcome,
    Sandbox,
)

#: Our own code on one submission's models: rebuilding, a few steps of training, thousands of predictions.
LIMITS = Limits(wall_seconds=180, cpu_seconds=400, memory_mb=6144, disk_mb=2048, log_kb=256)
MAX_JSON = 32 << 20
#: Inputs of one prediction; a name in ``predict`` that stands for the hidden test images.
TEST = "test"


@dataclass(frozen=True)
class Inspection:
    """What the inspector found."""

    outcome: RunOutcome | None = None
    """Of its last run; None where there was nothing to inspect."""
    models: dict[str, ModelFact] = field(default_factory=dict)
    arrays: dict[str, Path] = field(default_factory=dict)
    """``<plan>.predict.<input>`` -> ``.npy`` file, each checked to be one."""

    @property
    def harness_fault(self) -> str:
        """Not empty where the inspector could not do its work through no fault of the submission."""
        outcome = self.outcome
        return f"inspector: {outcome.detail}" if outcome is not None and outcome.verdict == "harness" else ""


def inspect_models(
    exercise: Exercise,
    evidence: Evidence | None,
    evidence_dir: Path,
    *,
    models: Sequence[ModelFile],
    inputs: Mapping[str, Path],
    test_images: Path | None,
    sandbox: Sandbox,
    work_dir: Path,
    threads: int,
    given: Mapping[str, Path] | None = None,
) -> Inspection:
    """Rebuild and measure every model that ``exercise.inspect`` plans and that is there.

    A model that takes the inspector down (memory, time, a crash) is refused as ``resources``, and the others are
    inspected without it.

    Args:
        given: the given files as this run has them; by default those of the exercise's folder.
    """
    if given is None:
        given = {name: exercise.public_dir / name for name in exercise.given}
    files = {
        name: _find(name, plan, evidence, evidence_dir, models, given) for name, plan in exercise.inspect.items()
    }
    plans = {name: exercise.inspect[name] for name, path in files.items() if path is not None}
    if not any(plan.source != "given" for plan in plans.values()):
        return Inspection()
    found = Inspection()
    run = 0
    while plans:
        run += 1
        out = work_dir / f"inspection-{run}"
        out.mkdir(parents=True)
        job = _job(exercise, plans, {name: files[name] for name in plans}, inputs, test_images, threads)
        outcome = sandbox.run(job, out)
        found = replace(
            found,
            outcome=outcome,
            models={**found.models, **_read_models(out, plans)},
            arrays={**found.arrays, **_read_arrays(out)},
        )
        if outcome.verdict in ("completed", "harness"):
            break
        culprit = next((name for name in plans if name not in found.models and _begun(out, name)), None)
        if culprit is None:
            # It went down between two models: nothing points at a submission's file.
            found = replace(
                found, outcome=outcome.model_copy(update={"verdict": "harness", "detail": outcome.stderr[-2000:]})
            )
            break
        if outcome.verdict == "exited" and outcome.exit_code == 1:
            # An exception that the inspector does not know is a gap of ours, not proof against the student.
            found = replace(
                found, outcome=outcome.model_copy(update={"verdict": "harness", "detail": outcome.stderr[-2000:]})
            )
            break
        label = plans[culprit].file or f"{culprit}.keras"
        refusal = Refusal(kind="resources", detail=outcome.verdict)
        found.models[culprit] = ModelFact(name=culprit, file=label, refused=refusal)
        plans = {name: plan for name, plan in plans.items() if name not in found.models or plan.source == "given"}
        if not any(plan.source != "given" for plan in plans.values()):
            break
    return found


def _find(
    name: str,
    plan: InspectPlan,
    evidence: Evidence | None,
    evidence_dir: Path,
    models: Sequence[ModelFile],
    given: Mapping[str, Path],
) -> Path | None:
    """The plan's file, if it is there."""
    if plan.source == "given":
        return given.get(plan.file or f"{name}.keras")
    if plan.source == "submission":
        return next((model.path for model in models if model.name == plan.file), None)
    if evidence is None:
        return None
    stem = plan.file.removesuffix(".keras") if plan.file else name
    if stem in evidence.models:
        return evidence_dir / f"{stem}.keras"
    if stem in evidence.architectures:
        return evidence_dir / f"{stem}.architecture.json"
    return None


def _job(
    exercise: Exercise,
    plans: Mapping[str, InspectPlan],
    paths: Mapping[str, Path | None],
    inputs: Mapping[str, Path],
    test_images: Path | None,
    threads: int,
) -> Job:
    available = dict(inputs)
    if test_images is not None:
        available[TEST] = test_images
    files: dict[str, Path] = {}
    request: dict[str, Any] = {}
    for name, plan in plans.items():
        path = paths[name]
        assert path is not None
        architecture = path.name.endswith(".architecture.json")
        inside = f"{name}.architecture.json" if architecture else f"{name}.keras"
        files[inside] = path
        predict = [wanted for wanted in plan.predict if wanted in available]
        wanted_arrays = predict + ([plan.fit.x, plan.fit.y] if plan.fit else [])
        files.update({f"{array}.npy": available[array] for array in wanted_arrays})
        request[name] = {
            "label": plan.file or f"{name}.keras",
            "file": inside,
            "architecture": architecture,
            "predict": predict,
            "fit": plan.fit.model_dump() if plan.fit else None,
            "compare": plan.compare,
            "scale": plan.scale,
        }
    return Job(entry="inspect", request={"plans": request}, files=files, limits=LIMITS, threads=threads)


def _begun(out: Path, name: str) -> bool:
    return (out / f"{name}.begun.json").exists()


def _read_models(out: Path, plans: Mapping[str, InspectPlan]) -> dict[str, ModelFact]:
    """The finished models. The inspector handles hostile bytes, so its word is checked like anybody's."""
    read = {}
    for name in plans:
        path = out / f"{name}.model.json"
        if not path.is_file() or path.stat().st_size > MAX_JSON:
            continue
        try:
            fact = ModelFact.model_validate(json.loads(path.read_bytes()))
        except (ValueError, ValidationError, RecursionError):
            continue
        if fact.name == name:
            read[name] = fact
    return read


def _read_arrays(out: Path) -> dict[str, Path]:
    arrays = {}
    for path in sorted(out.glob("*.predict.*.npy")):
        try:
            array_info(path)
        except BadArray:
            continue
        arrays[path.name.removesuffix(".npy")] = path
    return arrays
