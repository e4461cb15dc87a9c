"""Which pictures an exercise's facts allow, what is in them, and all of them drawn for the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from grader.i18n import both
from grader.pictures import sheets
from grader.pictures.curves import draw_curves
from grader.pictures.matrix import draw_confusion
from grader.pictures.movement import draw_movement
from grader.pictures.network import draw_network
from grader.pictures.panels import draw_sheet
from grader.pictures.pixels import NoPicture
from grader.pictures.sheets import class_name
from grader.pictures.source import Inputs, Source
from grader.schema import (
    Confusion,
    Drawing,
    Exercise,
    ExerciseResult,
    Facts,
    ModelFact,
    MovedLayer,
    MovedModel,
    Movement,
    Picture,
    PicturePlan,
    Text,
)


def make_pictures(
    exercise: Exercise, facts: Facts, folder: Path, inputs: Inputs
) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """The pictures of one exercise, and for staff why others are missing.

    The arrays are a student's claim. One that can't be shown leaves its picture out; nothing here
    raises, and nothing here changes a mark. The same facts give the same pictures, byte for byte.
    """
    source = Source(facts, folder, inputs, exercise.reference_file)
    made: list[Picture] = []
    notes: list[str] = []
    makers: list[tuple[str, Callable[[], Picture | None]]] = [
        (plan.kind, partial(_planned, plan, source)) for plan in exercise.pictures
    ]
    makers += [
        ("first_convolution", lambda: sheets.first_convolution(source)),
        ("confusion", lambda: confusion(facts, exercise.classes)),
        ("mistakes", lambda: sheets.mistakes(source, exercise.classes)),
    ]
    for kind, make in makers:
        try:
            picture = make()
        except NoPicture as reason:
            notes.append(f"{kind}: {reason}")
        except Exception as error:
            # The data is a stranger's: no error that it provokes in NumPy may cost the marks.
            notes.append(f"{kind}: {type(error).__name__}: {error}"[:500])
        else:
            made += [picture] if picture is not None else []
    return tuple(made), tuple(notes)


def _planned(plan: PicturePlan, source: Source) -> Picture | None:
    if plan.kind == "movement":
        return movement(plan, source.facts)
    if plan.kind == "gallery":
        return sheets.gallery(plan, source)
    if plan.kind == "activation_maps":
        return sheets.activation_maps(plan, source)
    return sheets.feature_maps(plan, source)


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
            "The commonest confusion: {true}, predicted as {predicted}, {n} times.",
            true=names[worst[1]],
            predicted=names[worst[2]],
            n=worst[0],
        )
        text = Text.join((text, most))
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


def draw_exercise(exercise: ExerciseResult) -> tuple[Drawing, ...]:
    """The pictures of ``exercise``: what can't be drawn is left out, since a page without it is still right."""
    return tuple(drawing for make in _makers(exercise) if (drawing := _tried(make)) is not None)


def _tried(make: Callable[[], Drawing | None]) -> Drawing | None:
    try:
        return make()
    except (ValueError, ArithmeticError, LookupError, RuntimeError):
        return None


def _makers(exercise: ExerciseResult) -> Iterator[Callable[[], Drawing | None]]:
    if exercise.learning is not None:
        yield partial(draw_curves, exercise.learning.history, exercise.learning.minimum)
    if exercise.model is not None:
        yield partial(draw_network, exercise.model.layers, exercise.model.parameters)
    for picture in exercise.pictures:
        if isinstance(picture, Confusion):
            yield partial(draw_confusion, picture)
        elif isinstance(picture, Movement):
            yield partial(draw_movement, picture)
        else:
            yield partial(draw_sheet, picture)
