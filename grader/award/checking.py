"""One check on one submission: what pytest says becomes a :class:`CheckResult`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grader import bounds
from grader.award.failures import CheckFailed, MissingEvidence, bilingual, clip
from grader.award.layer_difference import compare_layers
from grader.award.show import plain, show
from grader.award.suite import CheckInfo, Suite, needed_by
from grader.errors import OverLimit
from grader.i18n import both
from grader.layers import LayerTable
from grader.schema import CheckResult, Exercise, Outcome, Text

if TYPE_CHECKING:
    from grader.award.plugin import Checker, Comparison, Ended

Fixtures = Mapping[str, Callable[[], Any]]


def run_checks(
    checker: Checker,
    suite: Suite,
    exercise: Exercise,
    fixtures: Fixtures,
    *,
    untrained: bool = False,
    ran: Callable[[str], None] | None = None,
) -> tuple[CheckResult, ...]:
    """Run all checks of an exercise on one submission; results in the order in which they are reported.

    Args:
        untrained: training was left out, and nothing else went wrong: what is missing is missing because of that.
        ran: told of each check that was run, after it.
    """
    results: dict[str, CheckResult] = {}
    causes: dict[str, list[CheckInfo]] = {}
    for info in suite.order:
        blocking = [other for other in needed_by(info, suite.checks) if results[other.id].outcome != "passed"]
        if blocking:
            # The checks to mend are those at the root: a needed check that was itself skipped is none of them.
            roots = {root.id: root for other in blocking for root in causes.get(other.id, [other])}
            causes[info.id] = list(roots.values())
            results[info.id] = _blocked(info, causes[info.id], [results[i] for i in roots])
        else:
            ended = checker.run(suite.items[info.id], fixtures)
            if ran is not None:
                ran(info.id)
            waits = untrained and (ended.kind in ("raised", "fault") or getattr(ended.error, "never_made", False))
            results[info.id] = _waiting(info) if waits else _bounded_result(info, ended, exercise)
    return tuple(results[info.id] for info in suite.checks)


def unrun(info: CheckInfo, outcome: Outcome) -> CheckResult:
    """A check that was not run: ``skipped`` for 0 points, or ``ungraded``, which is no zero."""
    return CheckResult(
        id=info.id,
        title=info.title,
        outcome=outcome,
        points=None if outcome == "ungraded" else 0.0,
        max_points=info.points,
        visibility=info.visibility,
    )


def _waiting(info: CheckInfo) -> CheckResult:
    """A check that has to wait for a training."""
    message = both("Not checked yet: this needs training, which was left out this time.")
    return unrun(info, "skipped").model_copy(update={"message": message})


def _blocked(info: CheckInfo, causes: Sequence[CheckInfo], results: Sequence[CheckResult]) -> CheckResult:
    # What can't be judged because of our fault is no zero either.
    ungraded = any(result.outcome == "ungraded" for result in results)
    names = Text(
        ko=", ".join(f"“{cause.title.ko}”" for cause in causes),
        en=", ".join(f"“{cause.title.en}”" for cause in causes),
    )
    message = both("Not checked yet. Fix this first: {checks}.", checks=names)
    return unrun(info, "ungraded" if ungraded else "skipped").model_copy(update={"message": message})


def _bounded_result(info: CheckInfo, ended: Ended, exercise: Exercise) -> CheckResult:
    """What is compared may be a stranger's, and large: showing it is bounded as the check was."""
    try:
        with bounds.part("showing its checks"):
            return _result(info, ended, exercise)
    except OverLimit as error:
        return _failed(info, replace(ended, kind="raised", trace=str(error)), exercise)


def _result(info: CheckInfo, ended: Ended, exercise: Exercise) -> CheckResult:
    if ended.kind == "passed":
        return CheckResult(
            id=info.id,
            title=info.title,
            outcome="passed",
            points=info.points,
            max_points=info.points,
            visibility=info.visibility,
        )
    if ended.kind == "fault":
        message = both("The grader could not judge this. It is not your fault and not a zero.")
        return unrun(info, "ungraded").model_copy(update={"message": message, "staff_detail": ended.trace})
    if ended.kind == "skipped":
        message = bilingual(clip(ended.text)) if ended.text else both("Not checked.")
        return unrun(info, "skipped").model_copy(update={"message": message})
    return _failed(info, ended, exercise)


def _failed(info: CheckInfo, ended: Ended, exercise: Exercise) -> CheckResult:
    error = ended.error
    if ended.kind == "raised":
        message = both(
            "This check cannot work with the form of what your code produced. Your instructor can see "
            "what happened."
        )
        failed = unrun(info, "failed")
        return failed.model_copy(update={"message": message, "staff_detail": ended.trace, "raised": True})
    expected: Text | None = None
    actual: Text | None = None
    hint: str | Text | None = None
    frames: tuple[Any, ...] = ()
    if isinstance(error, CheckFailed):
        message, expected, actual = error.message, error.expected, error.actual
        hint, frames = error.hint, error.frames
    elif ended.comparison is not None:
        message, expected, actual = _compared(ended.comparison)
        if ended.text:
            message = bilingual(clip(ended.text, 600))
    else:
        # The condition itself is code of the check; only its author may find it telling.
        message = (
            bilingual(clip(ended.text, 600)) if ended.text else both("The condition of this check is not met.")
        )
    if hint is None and not isinstance(error, MissingEvidence):
        hint = info.id
    return CheckResult(
        id=info.id,
        title=info.title,
        outcome="failed",
        points=0.0,
        max_points=info.points,
        message=message,
        expected=show(expected) if expected else None,
        actual=show(actual) if actual else None,
        hint=_hint(hint, exercise),
        visibility=info.visibility,
        frames=frames,
        staff_detail=ended.trace,
    )


def _hint(hint: str | Text | None, exercise: Exercise) -> Text | None:
    """A key of the exercise's hints, or a text of the check's own."""
    if hint is None or isinstance(hint, Text):
        return hint
    found = exercise.hints.get(hint) or exercise.hints.get(hint.partition("[")[0])
    return found or (Text(ko=hint, en=hint) if " " in hint else None)


def _compared(comparison: Comparison) -> tuple[Text, Text, Text]:
    """Message, expected and actual of a plain ``assert actual <op> expected``."""
    op, left, right = comparison.op, comparison.left, comparison.right
    if isinstance(left, LayerTable) and isinstance(right, LayerTable) and op == "==":
        difference = compare_layers(left, right)
        if difference is not None:
            return difference.message, difference.expected, difference.actual
    return both("This is not the expected value."), _wanted(op, right), show(left)


def _wanted(op: str, right: object) -> Text:
    shown = plain(right)
    if op in (">", ">=", "<", "<="):
        return show(
            {
                ">": both("more than {value}", value=shown),
                ">=": both("at least {value}", value=shown),
                "<": both("less than {value}", value=shown),
                "<=": both("at most {value}", value=shown),
            }[op]
        )
    if op in ("!=", "is not"):
        return show(both("anything but {value}", value=shown))
    if op == "in":
        return show(both("one of {value}", value=shown))
    if op == "not in":
        return show(both("none of {value}", value=shown))
    return show(right)
