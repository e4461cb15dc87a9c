"""Runs a solution as a submission would be run, to measure the accuracy a right answer reaches."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal

from grader.authoring import Measurement
from grader.errors import MeasurementError
from grader.i18n import both
from grader.inspect import load_facts
from grader.schema import BudgetName, Course, Exercise, Facts, ModelFact
from grader.workflows.grade import Grader
from grader.workflows.options import Options

#: The model as it was before training, by convention the plan of this name.
UNTRAINED = "untrained"


class Trainer:
    """Measures solutions through the whole pipeline; a warm grader for each budget. Use as a context manager."""

    def __init__(
        self,
        course: Course,
        *,
        data_dir: Path | None,
        builtin: bool,
        isolation: Literal["auto", "namespace", "process"] = "auto",
    ) -> None:
        self._make: Callable[[Options], Grader] = lambda options: Grader(course, options, isolation=isolation)
        self._data_dir = data_dir
        self._builtin = builtin
        self._graders: dict[BudgetName, Grader] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="grader-calibrate-"))

    def __enter__(self) -> Trainer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for grader in self._graders.values():
            grader.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def train(self, exercise: Exercise, budget: BudgetName, data: str, seed: int) -> Measurement:
        """One run of the solution.

        Raises:
            MeasurementError: it reached no accuracy, or on other data than ``data``.
        """
        if exercise.solution_dir is None:
            raise MeasurementError(both("{exercise} has no solution here.", exercise=exercise.id))
        out = self._folder / f"{exercise.id}-{budget}-{seed}"
        self._grader(budget).grade(
            exercise.solution_dir / f"{exercise.file}.py",
            out,
            only=[exercise.id],
            seed=seed,
            also_predict=UNTRAINED,
        )
        facts = load_facts(out / "facts" / exercise.id)
        shutil.rmtree(out)
        trained = facts.models.get(facts.graded_model or "")
        if facts.data != data or trained is None or "test" not in trained.scores:
            raise MeasurementError(
                both(
                    "The solution of {exercise} came to no accuracy on {data}: {reason}",
                    exercise=exercise.id,
                    data=data,
                    reason=_reason(facts, trained),
                )
            )
        score = trained.scores["test"]
        before = facts.models.get(UNTRAINED)
        untrained = before.scores["test"].accuracy if before and "test" in before.scores else 0.0
        return Measurement(
            accuracy=score.accuracy,
            untrained_accuracy=untrained,
            images=score.images,
            classes=sum(any(row) for row in score.confusion),
        )

    def _grader(self, budget: BudgetName) -> Grader:
        if budget not in self._graders:
            options = Options(budget=budget, data_dir=self._data_dir, builtin=self._builtin, staff=False, reruns=0)
            self._graders[budget] = self._make(options)
        return self._graders[budget]


def _reason(facts: Facts, trained: ModelFact | None) -> str:
    if facts.harness_fault:
        return facts.harness_fault
    if trained is not None and trained.refused is not None:
        return f"{trained.refused.kind} {trained.refused.detail}"
    failed = [step for step in facts.steps if step.status != "ok"]
    error = failed[0].error if failed else None
    return f"{failed[0].name}: {error.message if error else failed[0].status}" if failed else f"data {facts.data}"
