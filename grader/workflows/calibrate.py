"""Runs a solution as a submission would be run, to measure the accuracy a right answer reaches."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import TracebackType

from grader.authoring import Measurement, Threshold
from grader.authoring import calibrate as measure
from grader.errors import MeasurementError
from grader.inspect import load_facts
from grader.schema import BudgetName, Course, Exercise, Facts, Level, ModelFact
from grader.workflows.grade import Grader
from grader.workflows.options import Options, Progress, no_progress
from grader.workflows.prove import need_solutions

#: The model as it was before training, by convention the plan of this name.
UNTRAINED = "untrained"


class Trainer:
    """Measures solutions through the whole pipeline; a warm grader for each budget. Use as a context manager."""

    def __init__(self, course: Course, *, data_dir: Path | None, builtin: bool, isolation: Level = "auto") -> None:
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

    def train(
        self, exercise: Exercise, budget: BudgetName, data: str, seed: int, code: str | None = None
    ) -> Measurement:
        """One run of ``code``; None: of the solution.

        Raises:
            MeasurementError: it reached no accuracy, or on other data than ``data``.
        """
        if exercise.solution_dir is None:
            raise MeasurementError("{exercise} has no solution here.", exercise=exercise.id)
        out = self._folder / f"{exercise.id}-{budget}-{seed}"
        file = exercise.solution_dir / f"{exercise.file}.py"
        if code is not None:
            file = self._folder / file.name
            file.write_text(code, encoding="utf-8")
        self._grader(budget).grade(
            file,
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
                "The solution of {exercise} came to no accuracy on {data}: {reason}",
                exercise=exercise.id,
                data=data,
                reason=_reason(facts, trained),
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


def calibrate(
    course: Course,
    exercise: Exercise,
    *,
    budgets: Collection[str],
    choices: Collection[str] = (),
    seeds: int,
    data_dir: Path | None,
    isolation: Level,
    progress: Progress = no_progress,
) -> Sequence[Threshold]:
    """Measure the thresholds of ``exercise`` and write them into its ``reference.json``.

    Args:
        budgets: these alone; by default all that the exercise has.
        choices: these alone; by default the solution and all that the task leaves open.
        seeds: runs for each choice of each threshold.
        data_dir: where real data is; None: thresholds for the built-in images.

    Raises:
        CourseError: there is no solution, or its runs give no threshold.
        MeasurementError: a run came to no accuracy.
    """
    need_solutions([exercise])
    with Trainer(course, data_dir=data_dir, builtin=data_dir is None, isolation=isolation) as trainer:
        return measure(
            exercise,
            budgets=[name for name in exercise.budgets if not budgets or name in budgets],
            seeds=range(seeds),
            train=trainer.train,
            only=choices,
            data=exercise.dataset or "builtin" if data_dir is not None else "builtin",
            progress=lambda name, seed: progress("run", exercise),
        )


def _reason(facts: Facts, trained: ModelFact | None) -> str:
    if facts.harness_fault:
        return facts.harness_fault
    if trained is not None and trained.refused is not None:
        return f"{trained.refused.kind} {trained.refused.detail}"
    failed = [step for step in facts.steps if step.status != "ok"]
    error = failed[0].error if failed else None
    return f"{failed[0].name}: {error.message if error else failed[0].status}" if failed else f"data {facts.data}"
