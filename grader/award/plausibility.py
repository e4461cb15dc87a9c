"""Results that no honest training of the budget gives. Staff are told, with the numbers; no mark depends on it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from statistics import fmean
from typing import Any

from grader.award.reference import Reference, threshold_rows
from grader.i18n import both
from grader.samples import groups, spread
from grader.schema import Exercise, Facts, ModelFact, StaffNote
from grader.text import format_percent

#: Standard deviations above the mean of ten runs that one more run goes beyond once in a thousand: the quantile
#: 0.999 of Student's t with nine degrees of freedom, 4.30, times sqrt(1 + 1/10).
FAR = 4.5
#: Images in a batch from which steps are counted: with fewer, an epoch has more steps than is usual.
SMALLEST_BATCH = 8


def implausible(exercise: Exercise, facts: Facts, reference: Reference) -> Iterator[StaffNote]:
    """What staff should look at.

    Raises:
        CourseFault: the thresholds of ``reference`` are no table.
    """
    for name, model in facts.models.items():
        plan = exercise.inspect.get(name)
        if plan is not None and plan.source != "given" and not model.finite:
            yield StaffNote(kind="weights", model=name, text=both("{model}: some weights are NaN.", model=name))
    graded = facts.models.get(facts.graded_model or "")
    plan = exercise.inspect.get(facts.graded_model or "")
    if graded is None or plan is None or plan.source == "given" or "test" not in graded.scores:
        return  # what nobody measures was not meant to be trained
    # How long a file was trained that came with the submission, the budget does not say.
    free = plan.source == "submission"
    yield from _accuracy(facts, graded, threshold_rows(reference), free)
    yield from _steps(facts, graded, free)


def _accuracy(facts: Facts, model: ModelFact, rows: list[dict[str, Any]], free: bool) -> Iterator[StaffNote]:
    score, budget = model.scores.get("test"), facts.budget
    if score is None or budget is None:
        return
    mine = [row for row in rows if row.get("data") == facts.data]
    if not free:
        mine = [row for row in mine if (row.get("train"), row.get("epochs")) == (budget.train, budget.epochs)]
    bounds = [bound for row in mine if (bound := highest_honest(row)) is not None]
    if bounds and score.accuracy > max(bounds):
        yield StaffNote(
            kind="accuracy",
            model=model.name,
            text=both(
                "{model}: its accuracy is {accuracy}. With this budget, one training of the solution in a "
                "thousand goes beyond {bound}.",
                model=model.name,
                accuracy=format_percent(score.accuracy),
                bound=format_percent(max(bounds)),
            ),
        )


def highest_honest(row: Mapping[str, Any]) -> float | None:
    """The accuracy that one honest run in a thousand goes beyond, by the samples of a threshold's row.

    Of the choice that does best. On the scale of log odds, where shares near 1 spread as widely as others do. None
    for fewer than two samples of a choice.
    """
    images = row.get("test")
    if not isinstance(images, int) or isinstance(images, bool) or images < 1:
        return None
    odds = [[_log_odds(share, images) for share in values] for values in groups(row.get("samples")).values()]
    deviation, freedom = spread(odds)
    if not freedom:
        return None
    return 1 / (1 + math.exp(-(max(map(fmean, odds)) + FAR * deviation)))


def _log_odds(share: float, images: int) -> float:
    """With half an image added on either side, so that all right is finite."""
    right = share * images
    return math.log((right + 0.5) / (images - right + 0.5))


def _steps(facts: Facts, model: ModelFact, free: bool) -> Iterator[StaffNote]:
    if model.optimizer is None or facts.budget is None:
        return
    steps, epochs = model.optimizer.iterations, facts.budget.epochs
    most = epochs * math.ceil(facts.budget.train / SMALLEST_BATCH)
    if steps == 0:
        text = both("{model}: its optimizer took no step, so its weights come from elsewhere.", model=model.name)
    elif not free and steps < epochs:
        text = both(
            "{model}: its optimizer took {steps} steps, fewer than {epochs} epochs have.",
            model=model.name,
            steps=f"{steps:,}",
            epochs=epochs,
        )
    elif not free and steps > most:
        text = both(
            "{model}: its optimizer took {steps} steps. {epochs} epochs of {images} images have {most} at most, "
            "in batches of {batch}.",
            model=model.name,
            steps=f"{steps:,}",
            epochs=epochs,
            images=f"{facts.budget.train:,}",
            most=f"{most:,}",
            batch=SMALLEST_BATCH,
        )
    else:
        return
    yield StaffNote(kind="optimizer_steps", model=model.name, text=text)
