"""Pictures of numbers that the grader measured itself: confusion, and what training moved."""

from __future__ import annotations

import math

from grader.i18n import both
from grader.pictures.sheets import class_name
from grader.schema import Confusion, Facts, ModelFact, MovedLayer, MovedModel, Movement, PicturePlan, Text

#: A larger matrix can't be read.
MAX_CLASSES = 20
MAX_LAYERS = 60


def confusion(facts: Facts, classes: tuple[Text, ...]) -> Confusion | None:
    """The graded model's confusion matrix on the hidden test images."""
    model = facts.models.get(facts.graded_model or "")
    score = model.scores.get("test") if model else None
    if score is None or not 2 <= len(score.confusion) <= MAX_CLASSES:
        return None
    counts = score.confusion
    worst = max(
        ((counts[i][j], i, j) for i in range(len(counts)) for j in range(len(counts)) if i != j),
        key=lambda entry: (entry[0], -entry[1], -entry[2]),
    )
    names = tuple(class_name(classes, index) for index in range(len(counts)))
    text = both(
        "{right} of {all} test images are right (the diagonal).",
        right=sum(counts[i][i] for i in range(len(counts))),
        all=sum(map(sum, counts)),
    )
    if worst[0]:
        most = both(
            "Most often, {true} is taken for {predicted}: {n} times.",
            true=names[worst[1]],
            predicted=names[worst[2]],
            n=worst[0],
        )
        text = Text(ko=f"{text.ko} {most.ko}", en=f"{text.en} {most.en}")
    return Confusion(title=both("Confusion matrix"), text=text, names=names, counts=counts)


def movement(plan: PicturePlan, facts: Facts) -> Movement | None:
    """Each compared model's layers: frozen or trainable, and how far training moved them."""
    models = []
    for name, label in plan.models.items():
        model = facts.models.get(name)
        if model is None or model.refused is not None or model.compare is None or model.compare.weights is None:
            continue
        layers = _layers(model, model.compare.weights)
        if layers:
            models.append(MovedModel(label=label, layers=layers))
    return Movement(title=plan.title, text=plan.text, models=tuple(models)) if models else None


def _layers(model: ModelFact, changes: dict[str, float]) -> tuple[MovedLayer, ...]:
    """Variables by the layer that they belong to, in the network's order."""
    layers: dict[str, MovedLayer] = {}
    for weight, change in zip(model.weights, changes.values(), strict=False):
        name = weight.path.rpartition("/")[0] or weight.path
        size = math.prod(weight.shape)
        old = layers.get(name)
        layers[name] = MovedLayer(
            name=name[-80:],
            parameters=size + (old.parameters if old else 0),
            trainable=weight.trainable or (old.trainable if old else False),
            change=max(change, old.change if old else 0.0),
        )
    return tuple(layers.values())[:MAX_LAYERS]
