"""Puts together what is known of one exercise of one submission, stores it and reads it back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from grader.inspect.mistakes import PICTURE_PREFIX
from grader.inspect.models import Inspection
from grader.schema import Budget, BudgetName, Evidence, Exercise, ExerciseFiles, Facts


def build_facts(
    exercise: Exercise,
    files: ExerciseFiles | None,
    *,
    evidence: Evidence | None,
    inspection: Inspection | None,
    budget_name: BudgetName,
    budget: Budget | None,
    data: str | None,
    seed: int,
) -> Facts:
    """The facts of one run and its inspection. ``files`` is None where nothing was handed in."""
    models = dict(inspection.models) if inspection else {}
    present = [name for name in exercise.graded_model if name in models]
    outcome = evidence.outcome if evidence else None
    fault = f"run: {outcome.detail}" if outcome is not None and outcome.verdict == "harness" else ""
    # What a model predicts is the inspector's to say: evidence of such a name would stand in where it is silent.
    reserved = (PICTURE_PREFIX, *(f"{plan}.predict." for plan in exercise.inspect))
    claimed = {name for name in (evidence.arrays if evidence else ()) if not name.startswith(reserved)}
    arrays = {*claimed, *(inspection.arrays if inspection else ())}
    return Facts(
        exercise=exercise.id,
        present=files is not None
        and (
            files.source is not None
            or bool(files.models)
            or any(problem.severity == "error" for problem in files.problems)
        ),
        budget_name=budget_name,
        budget=budget,
        data=data,
        seed=seed,
        outcome=outcome,
        inspection=inspection.outcome if inspection else None,
        steps=evidence.steps if evidence else (),
        top_level=evidence.top_level if evidence else (),
        values=evidence.values if evidence else {},
        arrays=tuple(sorted(arrays)),
        models=models,
        graded_model=present[0] if present else None,
        problems=files.problems if files else (),
        harness_fault=fault or (inspection.harness_fault if inspection else ""),
    )


def save_facts(facts: Facts, arrays: Mapping[str, Path], folder: Path) -> None:
    """Store ``facts`` and its arrays in ``folder``, replacing what was there; all of it or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name in facts.arrays:
            if name in arrays:
                shutil.copyfile(arrays[name], fresh / f"{name}.npy")
        (fresh / "facts.json").write_text(facts.model_dump_json(indent=1) + "\n", encoding="utf-8")
        fresh.chmod(0o755)
        if folder.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
            folder.replace(old / "facts")
            fresh.replace(folder)
            shutil.rmtree(old, ignore_errors=True)
        else:
            fresh.replace(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def load_facts(folder: Path) -> Facts:
    """The facts stored in ``folder``.

    Raises:
        OSError: they are not there.
        ValueError: they are not what this version stores.
    """
    return Facts.model_validate_json((folder / "facts.json").read_bytes())
