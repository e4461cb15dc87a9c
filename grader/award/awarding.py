"""Facts and checks in, results out. Pure: the same of both give equal results, on any machine, at any time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader import bounds
from grader.award.checking import run_checks, unrun
from grader.award.diagnose import Known, read_signatures
from grader.award.explain import run_status
from grader.award.facts_view import FactsView
from grader.award.outcome import assemble
from grader.award.reference import Reference
from grader.award.suite import CheckFiles, CheckInfo, Suite, make_suite
from grader.award.traits import Traits
from grader.errors import ChecksError, CourseFault
from grader.schema import CheckResult, Exercise, ExerciseResult, Facts

if TYPE_CHECKING:
    import numpy as np

    from grader.award.plugin import Checker


def no_inputs() -> Mapping[str, np.ndarray[Any, Any]]:
    """For exercises whose checks use no inputs."""
    return {}


class Inputs(dict[str, Any]):
    """The fixture ``inputs``. A name that is not there is a fault of the course."""

    def __missing__(self, name: str) -> Any:
        raise CourseFault(f"inputs have no {name!r}")


@dataclass(frozen=True)
class AwardRequest:
    """One exercise of one submission, to be judged."""

    exercise: Exercise
    facts: Facts
    folder: Path
    """Where the facts' arrays are: ``<name>.npy``."""
    staff: bool = True
    """With the staff's hidden checks, where this installation has them."""
    inputs: Callable[[], Mapping[str, np.ndarray[Any, Any]]] = no_inputs
    """Makes the arrays of ``inputs.py``; called if a check asks, once for all requests with the same checks."""
    reads: dict[str, set[str]] | None = None
    """If given, filled: check -> the evidence that it looked at (see :attr:`FactsView.reads`)."""
    diagnose: bool = True
    """Explain what failed by the exercise's known wrong answers."""


def award(requests: Sequence[AwardRequest]) -> list[ExerciseResult]:
    """Judge ``requests`` and return their results in the same order.

    One pytest run in this process, however many requests there are: each checks module is imported once. Checks
    are trusted code and facts are data, so nothing of a student's is executed. A fault of the course or of the
    grader makes the exercise ``ungraded`` (points None), never a zero.

    Calls from several threads wait for each other (pytest's state is the process's); a call from within a pytest
    run is fine. stdout and stderr are caught while checks run.

    Raises:
        ValueError: facts of another exercise.
        KeyboardInterrupt: as it is.
    """
    from grader.award.plugin import CHECKS, PytestFailed, run_pytest

    for request in requests:
        if request.facts.exercise != request.exercise.id:
            raise ValueError(f"facts of {request.facts.exercise} for {request.exercise.id}")
    if not requests:
        return []
    groups = [CheckFiles.of(request.exercise, request.staff) for request in requests]
    results: list[ExerciseResult | None] = [None] * len(requests)

    def body(checker: Checker) -> None:
        benches = {files: _Bench(files, checker) for files in dict.fromkeys(groups)}
        for index, (request, files) in enumerate(zip(requests, groups, strict=True)):
            results[index] = benches[files].judge(request)

    fault = "pytest did not finish"
    try:
        with bounds.watched(CHECKS):
            run_pytest([path for files in dict.fromkeys(groups) for path in files.all], body)
    except PytestFailed as error:
        fault = str(error)
    return [
        result if result is not None else assemble(request.exercise, request.facts, (), fault=fault)
        for request, result in zip(requests, results, strict=True)
    ]


def list_checks(exercise: Exercise, staff: bool = True) -> tuple[CheckInfo, ...]:
    """The checks of ``exercise`` in the order of reports: visible ones, then the staff's.

    Raises:
        ChecksError: they can't be used; its ``text`` says why and its ``detail`` where.
    """
    from grader.award.plugin import PytestFailed, run_pytest
    from grader.i18n import both

    files = CheckFiles.of(exercise, staff)
    found: list[CheckInfo] = []

    def body(checker: Checker) -> None:
        try:
            found.extend(make_suite(files, checker.collected).checks)
        except ChecksError as error:
            errors.append(error)

    errors: list[ChecksError] = []
    try:
        run_pytest(files.all, body)
    except PytestFailed as error:
        raise ChecksError(both("pytest does not work here."), str(error)) from error
    if errors:
        raise errors[0]
    return tuple(found)


def check_points(exercise: Exercise, staff: bool = True) -> float:
    """The points of all checks together.

    Raises:
        ChecksError: see :func:`list_checks`.
    """
    return round(sum(info.points for info in list_checks(exercise, staff)), 2)


@dataclass
class _Bench:
    """What all requests with the same checks share."""

    files: CheckFiles
    checker: Checker
    suite: Suite | None = None
    fault: str = ""
    _inputs: Mapping[str, Any] | None = field(default=None, repr=False)
    _references: dict[Path | None, Reference] = field(default_factory=dict)
    _known: Known | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        try:
            self.suite = make_suite(self.files, self.checker.collected)
        except ChecksError as error:
            self.fault = str(error)

    def judge(self, request: AwardRequest) -> ExerciseResult:
        exercise, facts = request.exercise, request.facts
        reference = self._references.setdefault(exercise.reference_file, Reference(exercise.reference_file))
        if self.suite is None:
            return assemble(exercise, facts, (), reference=reference, fault=self.fault)
        status = run_status(facts)
        view = FactsView(exercise, facts, request.folder)
        checks: tuple[CheckResult, ...]
        if status in ("missing", "ungraded"):
            checks = tuple(
                unrun(info, "skipped" if status == "missing" else "ungraded") for info in self.suite.checks
            )
        else:
            views = [view]

            def fresh() -> FactsView:
                # A check may keep what it made of the facts, by their identity: the next one would not look again.
                views[0] = FactsView(exercise, facts.model_copy(), request.folder)
                return views[0]

            fixtures = {
                "facts": (lambda: view) if request.reads is None else fresh,
                "reference": lambda: reference,
                "inputs": lambda: self._make_inputs(request),
            }
            checks = run_checks(
                self.checker,
                self.suite,
                exercise,
                fixtures,
                untrained=_only_training_is_missing(facts),
                ran=lambda name: None if request.reads is None else request.reads.update({name: views[0].reads}),
            )
        result = assemble(exercise, facts, checks, reference=reference)
        if not request.diagnose or status == "ungraded" or all(check.outcome != "failed" for check in checks):
            return result
        return self._explained(result, request, view)

    def _explained(self, result: ExerciseResult, request: AwardRequest, view: FactsView) -> ExerciseResult:
        """``result`` with its diagnoses; why there can be none is a word for staff, and changes no mark."""
        try:
            with bounds.part("its diagnosis"):
                if self._known is None:
                    self._known = Known(read_signatures(request.exercise, staff=request.staff))
                diagnoses = self._known.diagnose(result.checks, Traits(view))
                return result.model_copy(update={"diagnoses": diagnoses})
        except Exception as error:  # whatever evidence does to it: the marks are made, and the class goes on
            reason = f"no diagnosis: {type(error).__name__}: {error}"
            detail = "\n\n".join(filter(None, (result.staff_detail, reason)))
            return result.model_copy(update={"staff_detail": detail})

    def _make_inputs(self, request: AwardRequest) -> Mapping[str, Any]:
        if self._inputs is None:
            made = Inputs()
            for name, array in request.inputs().items():
                made[name] = array.view()
                made[name].flags.writeable = False  # one check must not change what the next one sees
            self._inputs = made
        return self._inputs


def _only_training_is_missing(facts: Facts) -> bool:
    """Whether training was left out, and the run was sound but for that."""
    completed = facts.outcome is not None and facts.outcome.verdict == "completed"
    return facts.untrained and completed and all(step.status == "ok" for step in facts.steps)
