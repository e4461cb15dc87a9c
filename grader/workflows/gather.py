"""Second stage: what is known of each exercise, found out by running it or taken over from before."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader import bounds, inspect
from grader.award import AwardRequest, award, borderline_minimum, refused_file
from grader.catalog import probe_file
from grader.errors import OverLimit
from grader.i18n import both
from grader.schema import (
    Evidence,
    Exercise,
    ExerciseFiles,
    Facts,
    Isolation,
    Job,
    Limits,
    Problem,
    RunOutcome,
    Sandbox,
)
from grader.text import format_points
from grader.workflows.decide import Decision, Request
from grader.workflows.materials import Materials, Workshop
from grader.workflows.options import Options
from grader.workflows.score import award_request

#: The part of the grader's own work: what a run left, read and stored.
EVIDENCE = "reading what its run left"


@dataclass(frozen=True)
class _Attempt:
    """One run with one seed, and the folders of what it left."""

    facts: Facts
    arrays: dict[str, Path]
    evidence_dir: Path

    @property
    def accuracy(self) -> float:
        """Of the graded model on the hidden test images; -1 where there is none."""
        model = self.facts.models.get(self.facts.graded_model or "")
        score = model.scores.get("test") if model else None
        return score.accuracy if score else -1.0


def gather(
    request: Request, decision: Decision, workshop: Workshop, sandbox: Callable[[], Sandbox]
) -> list[AwardRequest]:
    """The facts of every wanted exercise, stored below ``request.out``."""
    gathered = []
    for exercise in decision.wanted:
        facts_dir = request.out / "facts" / exercise.id
        if exercise.id in decision.run:
            request.progress("prepare", exercise)
            exercise = with_prediction(exercise, request.also_predict)
            materials = workshop.materials(exercise, train=request.options.train)
            try:
                with bounds.part(EVIDENCE):
                    facts = gather_facts(request, exercise, materials, sandbox)
            except OverLimit as error:
                facts = _without_evidence(request, exercise, materials, decision.planned, error)
        else:
            request.previous.carry_over(exercise.id, request.out)
            facts = inspect.load_facts(facts_dir)
        gathered.append(award_request(exercise, facts, facts_dir, staff=request.options.staff))
    return gathered


def with_prediction(exercise: Exercise, plan: str | None) -> Exercise:
    """``exercise`` with one more model that predicts the hidden test images."""
    if plan is None or plan not in exercise.inspect:
        return exercise
    changed = exercise.inspect[plan].model_copy(update={"predict": (*exercise.inspect[plan].predict, "test")})
    return exercise.model_copy(update={"inspect": {**exercise.inspect, plan: changed}})


def gather_facts(
    request: Request, exercise: Exercise, materials: Materials, sandbox: Callable[[], Sandbox]
) -> Facts:
    """Run the student's code, recompute the facts and store them with the evidence they are from.

    A test accuracy just under the minimum is tried again with other seeds before it can fail anyone: training is
    random, and the threshold is a statement about its distribution. The best attempt counts; all are recorded.
    """
    files = request.files.get(exercise.id)
    facts, best = _with_reruns(request, exercise, files, materials, sandbox)
    if files is not None and files.source is not None and files.models:
        notes = unusable_files(exercise, facts)
        with_file = 0.0 if notes or not request.options.train else _lost(request, exercise, facts, best)
        if notes or with_file:
            # What the code earns by itself is not lost to a file that nobody had to hand in.
            code = files.model_copy(update={"models": (), "problems": (*files.problems, *notes)})
            alone = _with_reruns(request, exercise, code, materials, sandbox)
            if notes:
                facts, best = alone
            elif (by_itself := _lost(request, exercise, *alone)) < with_file:
                text = both(
                    "{file} would get {points} points less than your code by itself, so it was left out: your "
                    "code was graded.",
                    file=", ".join(model.name for model in files.models),
                    points=format_points(with_file - by_itself),
                )
                problem = Problem(file=files.models[0].name, severity="note", message=text)
                facts, best = alone
                facts = facts.model_copy(update={"problems": (*facts.problems, problem)})
    inspect.save_facts(facts, best.arrays, request.out / "facts" / exercise.id)
    if best.evidence_dir.exists():
        _move(best.evidence_dir, request.out / "evidence" / exercise.id)
    return facts


def _lost(request: Request, exercise: Exercise, facts: Facts, attempt: _Attempt) -> float:
    """Points that are not earned."""
    folder = attempt.evidence_dir.with_name("facts")
    inspect.save_facts(facts, attempt.arrays, folder)
    (result,) = award([award_request(exercise, facts, folder, staff=request.options.staff, diagnose=False)])
    return result.max_points - (result.points or 0.0)


def _with_reruns(
    request: Request,
    exercise: Exercise,
    files: ExerciseFiles | None,
    materials: Materials,
    sandbox: Callable[[], Sandbox],
) -> tuple[Facts, _Attempt]:
    """The facts of the best attempt, with the accuracies of all, and that attempt."""
    best = _attempt(request, exercise, files, materials, sandbox, 0)
    accuracies = [best.accuracy]
    for rerun in range(1, request.options.reruns + 1):
        limits = borderline_minimum(exercise, best.facts)
        if limits is None or not limits.low <= max(accuracies) < limits.minimum:
            break
        request.progress("rerun", exercise)
        again = _attempt(request, exercise, files, materials, sandbox, rerun)
        accuracies.append(again.accuracy)
        if again.accuracy > best.accuracy:
            best = again
    attempts = tuple(accuracies) if len(accuracies) > 1 else ()
    return best.facts.model_copy(update={"attempts": attempts}), best


def _without_evidence(
    request: Request, exercise: Exercise, materials: Materials, level: Isolation, error: OverLimit
) -> Facts:
    """The facts of a run whose evidence takes more to read than anybody's work may: none, and so no points."""
    files = request.files.get(exercise.id)
    outcome = RunOutcome(verdict="evidence", isolation=level, detail=error.text.en)
    facts = _facts(request, exercise, materials, Evidence(outcome=outcome), None, request.options.seed, files)
    inspect.save_facts(facts, materials.known, request.out / "facts" / exercise.id)
    return facts


def _move(folder: Path, target: Path) -> None:
    """Put ``folder`` in the place of ``target``, also on another file system.

    Unlike ``shutil.move`` it stops at the first error and keeps its number: a full disk has to be told as one.
    """
    if target.exists():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        for path in sorted(folder.rglob("*")):
            copy = target / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                shutil.copyfile(path, copy)
        shutil.rmtree(folder)


def _attempt(
    request: Request,
    exercise: Exercise,
    files: ExerciseFiles | None,
    materials: Materials,
    sandbox: Callable[[], Sandbox],
    rerun: int,
) -> _Attempt:
    options = request.options
    seed = options.seed + rerun
    request.work_dir.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{exercise.id}-{rerun}-", dir=request.work_dir))
    evidence_dir, hidden_dir = folder / "evidence", folder / "hidden"
    evidence_dir.mkdir()
    hidden_dir.mkdir()
    evidence = None
    source = files.source if files else None
    if files is not None and source is not None:
        request.progress("run", exercise)
        job = student_job(exercise, files, materials, options, seed, folder)
        evidence = inspect.read_evidence(evidence_dir, sandbox().run(job, evidence_dir), source)
        imported = not any(step.name == "import" and step.status == "failed" for step in evidence.steps)
        if evidence.outcome.verdict == "completed" and imported and materials.hidden:
            # In a run of their own, so that they change nothing of what a student sees.
            job = student_job(exercise, files, materials, options, seed, folder, hidden=True)
            hidden = inspect.read_evidence(hidden_dir, sandbox().run(job, hidden_dir), source)
            evidence = inspect.join_evidence(evidence, hidden, evidence_dir, hidden_dir)
    inspection = None
    if files is not None and exercise.inspect and (evidence is not None or files.models):
        request.progress("inspect", exercise)
        inspection = inspect.inspect_models(
            exercise,
            evidence,
            evidence_dir,
            models=files.models,
            inputs=materials.inputs,
            given=materials.given,
            test_images=materials.test_images,
            sandbox=sandbox(),
            work_dir=folder,
            threads=options.threads,
        )
        if materials.labels is not None:
            inspection = inspect.score_predictions(inspection, materials.labels)
            inspection = inspect.keep_mistakes(
                exercise, inspection, materials.labels, materials.test_images, folder
            )
    facts = _facts(request, exercise, materials, evidence, inspection, seed, files)
    arrays = {name: evidence_dir / f"{name}.npy" for name in (evidence.arrays if evidence else ())}
    arrays.update(inspection.arrays if inspection else {})
    arrays.update(materials.known)  # last: no evidence of the same name takes their place
    return _Attempt(facts, arrays, evidence_dir)


def _facts(
    request: Request,
    exercise: Exercise,
    materials: Materials,
    evidence: Evidence | None,
    inspection: inspect.Inspection | None,
    seed: int,
    files: ExerciseFiles | None,
) -> Facts:
    facts = inspect.build_facts(
        exercise,
        files,
        evidence=evidence,
        inspection=inspection,
        budget_name=request.options.budget,
        budget=materials.budget,
        data=materials.data,
        seed=seed,
    )
    arrays = tuple(sorted({*facts.arrays, *materials.known}))
    return facts.model_copy(update={"arrays": arrays, "untrained": not request.options.train})


def student_job(
    exercise: Exercise,
    files: ExerciseFiles,
    materials: Materials,
    options: Options,
    seed: int,
    folder: Path,
    *,
    hidden: bool = False,
) -> Job:
    """The run of a student's code: the probe, the code, the inputs; no label, no solution, no expected value.

    Args:
        hidden: with the staff's inputs alone, instead of with all others.
    """
    if files.source is None:
        raise ValueError(f"{exercise.id}: no code to run")
    code = folder / "student.py"
    code.write_text(files.source.code, encoding="utf-8", errors="surrogatepass")
    budget = materials.budget
    arrays = materials.hidden if hidden else materials.arrays
    return Job(
        entry="student",
        request={
            "module": exercise.file,
            "name": files.source.name,
            "code_file": "student.py",
            "probe_file": "probe.py",
            "functions": list(exercise.functions),
            "arrays": sorted(arrays),
            "hidden": hidden,
            "files": sorted(materials.given),
            "epochs": budget.epochs if budget else None,
            "training": options.train,
            "submitted": [model.name for model in files.models],
        },
        files={
            "student.py": code,
            "probe.py": probe_file(exercise),
            **{f"{name}.npy": path for name, path in arrays.items()},
            **materials.given,
        },
        limits=run_limits(exercise.limits, budget.wall_seconds if budget else None, options.threads),
        threads=options.threads,
        seed=seed,
        tensorflow=needs_tensorflow(exercise, files.source.code),
    )


def needs_tensorflow(exercise: Exercise, code: str = "") -> bool:
    """Whether a run of ``code`` will want it: probe, code or inspections speak of it. What is wrong here costs
    time: such a run imports it itself."""
    said = code + probe_file(exercise).read_text(encoding="utf-8")
    return bool(exercise.inspect) or "keras" in said or "tensorflow" in said


def unusable_files(exercise: Exercise, facts: Facts) -> list[Problem]:
    """Notes on the model files that were handed in and are refused."""
    return [
        Problem(file=plan.file, severity="note", message=refused_file(name, fact.refused, facts, exercise))
        for name, plan in exercise.inspect.items()
        if plan.source == "submission"
        and (fact := facts.models.get(name)) is not None
        and fact.refused is not None
        and fact.refused.kind != "missing"
    ]


def run_limits(limits: Limits, wall_seconds: float | None, threads: int) -> Limits:
    """The exercise's limits, with the budget's time where training needs more."""
    if wall_seconds is None:
        return limits
    # CPU time runs as many times faster as there are threads; a little more keeps "timeout" the honest word.
    return limits.model_copy(update={"wall_seconds": wall_seconds, "cpu_seconds": wall_seconds * (threads + 0.5)})
