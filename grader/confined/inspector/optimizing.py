"""The optimizer's state as the file stores it: iterations, learning rate, then the moments of each weight."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from grader.confined.inspector.comparing import Named
from grader.confined.inspector.describe import weight_fact
from grader.confined.inspector.weights import WeightFile

_PLACE = re.compile(r"vars/([0-9]{1,6})")
#: The first where mixed precision puts an optimizer that scales losses around the chosen one.
_FOLDERS = ("optimizer/inner_optimizer/", "optimizer/")


def stored_state(weights: WeightFile) -> Named:
    """Variables in Keras' order, named ``optimizer/<number>``; empty where the file stores none."""
    for folder in _FOLDERS:
        names = [name for name in weights.datasets if name.startswith(folder)]
        found = [(match, name) for name in names if (match := _PLACE.fullmatch(name.removeprefix(folder)))]
        if found:
            places = sorted((int(match[1]), name) for match, name in found)
            return [(f"optimizer/{number}", weights.read(name)) for number, name in places]
    return []


def named_state(state: Named, model: Any) -> Named:
    """The same variables, named after the weights that they belong to: ``dense/kernel:0`` is its first moment.

    Keras stores the iterations, the learning rate (unless a schedule gives it), then for each trainable weight its
    moments. Where that does not fit the model (a state from before the last change to it), the numbers stay.
    """
    trainable = model.trainable_variables
    for head in (["iterations", "learning_rate"], ["iterations"]):
        moments = len(state) - len(head)
        if not trainable or moments <= 0 or moments % len(trainable):
            continue
        each = moments // len(trainable)
        wanted = [(f"{v.path}:{moment}", tuple(v.shape)) for v in trainable for moment in range(each)]
        rest = state[len(head) :]
        if [shape for _, shape in wanted] == [value.shape for _, value in rest]:
            names = [*head, *(name for name, _ in wanted)]
            return [(name, value) for name, (_, value) in zip(names, state, strict=True)]
    return state


def state_of(model: Any) -> Named:
    """The state of a model's live optimizer."""
    variables = model.optimizer.variables
    return named_state([(f"optimizer/{i}", np.asarray(v)) for i, v in enumerate(variables)], model)


def optimizer_fact(state: Named) -> dict[str, Any] | None:
    """``schema.OptimizerFact``; None where there is no state."""
    if not state or state[0][1].size != 1 or state[0][1].dtype.kind not in "iu":
        return None
    return {
        "iterations": int(state[0][1].reshape(())),
        "variables": [weight_fact(path, value, trainable=False) for path, value in state],
    }
