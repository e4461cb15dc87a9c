"""Has the confined inspector look at a submission's models, and reads what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.inspect.claims import parse, read_plain
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
from grader.wire.npy import BadArray, array_info

#: Our own code on all of one exercise's models together, in however many runs: rebuilding, a few steps of
#: training, thousands of predictions.
LIMITS = Limits(wall_seconds=180, cpu_seconds=400, memory_mb=4096, disk_mb=2048, log_kb=256)
#: With less of ``LIMITS`` left than these seconds there is no further run.
_LEAST_SECONDS = 5.0
MAX_JSON = 32 << 20
#: Parts of one model's facts: a few hundred layers, and as many thousand numbers about weights.
MAX_ITEMS = 1_000_000
#: Parts of what the inspector keeps of a model's first convolution: ``picture.<plan>.<part>``.
FIRST_CONVOLUTION = ("image", "filters", "maps")
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
    faults: tuple[str, ...] = ()
    """What the inspector failed at through no fault of the submission."""

    @property
    def harness_fault(self) -> str:
        """Not empty where marks can't rest on what was found."""
        outcome = self.outcome
        faults = [outcome.detail or "no outcome"] if outcome is not None and outcome.verdict == "harness" else []
        return "; ".join(f"inspector: {fault}" for fault in (*faults, *self.faults))


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
    inspected without it, in what is left of the time; when nothing is, so are they. Where the inspector itself
    fails, or a given file is refused, ``harness_fault`` says so.

    Args:
        models: ``.keras`` files that were handed in.
        inputs: arrays that plans may name, as ``.npy`` files; ``test_images`` is what they call ``test``.
        work_dir: a folder for what comes back.
        given: the given files as this run has them; by default those of the exercise's folder.
    """
    if given is None:
        given = {name: exercise.public_dir / name for name in exercise.given}
    files = {
        name: _find(name, plan, evidence, evidence_dir, models, given) for name, plan in exercise.inspect.items()
    }
    plans = {name: exercise.inspect[name] for name, path in files.items() if path is not None}
    found = Inspection()
    limits, run = LIMITS, 0
    while any(plan.source != "given" for name, plan in plans.items() if name not in found.models):
        run += 1
        out = work_dir / f"inspection-{run}"
        out.mkdir(parents=True)
        job = _job(exercise, plans, {name: files[name] for name in plans}, inputs, test_images, threads, limits)
        outcome = sandbox.run(job, out)
        limits = _left(limits, outcome)
        found = replace(
            found,
            outcome=outcome,
            # A model that was inspected again, for others to be compared with, is what it was the first time.
            models={**_read_models(out, plans), **found.models},
            arrays={**_read_arrays(out, plans), **found.arrays},
        )
        if outcome.verdict == "harness":
            break
        failed = _read_faults(out, plans)
        left = [name for name in plans if name not in found.models and name not in failed]
        if failed or outcome.verdict == "completed":
            failed |= dict.fromkeys(left, "no facts came back")
            found = replace(found, faults=tuple(f"{name}: {fault}" for name, fault in sorted(failed.items())))
            break
        culprit = next((name for name in left if _begun(out, name)), None)
        if culprit is None or plans[culprit].source == "given" or outcome.exit_code == 1:
            # Nothing points at a submission's file; or an exception that nobody expected, which is a gap of ours.
            found = replace(found, faults=(f"{culprit}: {outcome.verdict}: {outcome.stderr[-2000:]}",))
            break
        refusal = Refusal(kind="resources", detail=outcome.verdict)
        exhausted = min(limits.wall_seconds, limits.cpu_seconds) < _LEAST_SECONDS
        for name in [name for name in left if plans[name].source != "given"] if exhausted else [culprit]:
            found.models[name] = ModelFact(name=name, file=_label(name, plans[name]), refused=refusal)
        plans = _without_finished(plans, found.models)
    return _checked_given(exercise, found)


def _left(limits: Limits, outcome: RunOutcome) -> Limits:
    """What the next run may take: together they have one total."""
    wall, cpu = limits.wall_seconds - outcome.wall_seconds, limits.cpu_seconds - outcome.cpu_seconds
    return limits.model_copy(update={"wall_seconds": max(wall, 0.1), "cpu_seconds": max(cpu, 0.1)})


def _without_finished(plans: Mapping[str, InspectPlan], done: Mapping[str, ModelFact]) -> dict[str, InspectPlan]:
    """What is left to do, with the models that it is compared with."""
    left = {name: plan for name, plan in plans.items() if name not in done}
    wanted = {plan.compare for plan in left.values()}
    refused = {name for name, model in done.items() if model.refused is not None}
    return {name: plan for name, plan in plans.items() if name in left or (name in wanted and name not in refused)}


def _checked_given(exercise: Exercise, found: Inspection) -> Inspection:
    """A given file is the course's: when it can't be used, nobody can be compared with it."""
    refused = [
        f"{name}: {model.refused.kind}: {model.refused.detail}"
        for name, model in found.models.items()
        if model.refused is not None and exercise.inspect[name].source == "given"
    ]
    return replace(found, faults=(*found.faults, *refused)) if refused else found


def _label(name: str, plan: InspectPlan) -> str:
    """What facts call the plan's file."""
    return plan.file or f"{name}.keras"


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
        return given.get(_label(name, plan))
    if plan.source == "submission":
        return next((model.path for model in models if model.name == plan.file), None)
    if evidence is None:
        return None
    stem = plan.file.removesuffix(".keras") if plan.file else name
    if stem in evidence.models:
        return evidence_dir / f"{stem}.keras"
    # Without weights there is nothing to predict, train or compare: a configuration is no stand-in for a model.
    if stem in evidence.architectures and not (plan.predict or plan.fit or plan.compare or plan.look):
        return evidence_dir / f"{stem}.architecture.json"
    return None


def _job(
    exercise: Exercise,
    plans: Mapping[str, InspectPlan],
    paths: Mapping[str, Path | None],
    inputs: Mapping[str, Path],
    test_images: Path | None,
    threads: int,
    limits: Limits,
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
        look = plan.look if plan.look in available else None
        wanted_arrays = predict + ([plan.fit.x, plan.fit.y] if plan.fit else []) + ([look] if look else [])
        files.update({f"{array}.npy": available[array] for array in wanted_arrays})
        request[name] = {
            "label": _label(name, plan),
            "file": inside,
            "architecture": architecture,
            "predict": predict,
            "fit": plan.fit.model_dump() if plan.fit else None,
            "compare": plan.compare,
            "scale": plan.scale,
            "look": look,
        }
    return Job(entry="inspect", request={"plans": request}, files=files, limits=limits, threads=threads)


def _begun(out: Path, name: str) -> bool:
    return (out / f"{name}.begun.json").exists()


def _read_models(out: Path, plans: Mapping[str, InspectPlan]) -> dict[str, ModelFact]:
    """The finished models. The inspector handles hostile bytes, so its word is checked like anybody's."""
    read = {}
    for name in plans:
        value = parse(read_plain(out / f"{name}.model.json", MAX_JSON) or b"", items=MAX_ITEMS, nan=True)
        try:
            fact = ModelFact.model_validate(value)
        except ValidationError:
            continue
        if fact.name == name and not fact.scores:
            read[name] = fact
    return read


def _read_faults(out: Path, plans: Mapping[str, InspectPlan]) -> dict[str, str]:
    """Models that we failed at, and how."""
    faults = {}
    for name in plans:
        data = read_plain(out / f"{name}.fault.json", MAX_JSON)
        if data is not None:
            value = parse(data)
            faults[name] = str(value.get("fault"))[:2000] if isinstance(value, dict) else "unreadable"
    return faults


def _read_arrays(out: Path, plans: Mapping[str, InspectPlan]) -> dict[str, Path]:
    """Predictions that were asked for, and what a picture is made of."""
    arrays = {}
    for name, plan in plans.items():
        looks = [f"picture.{name}.{part}" for part in FIRST_CONVOLUTION] if plan.look else []
        for stem in (*(f"{name}.predict.{wanted}" for wanted in plan.predict), *looks):
            path = out / f"{stem}.npy"
            try:
                array_info(path)
            except BadArray:
                continue
            arrays[path.name.removesuffix(".npy")] = path
    return arrays
