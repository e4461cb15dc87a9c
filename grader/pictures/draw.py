"""All pictures of one exercise, ready for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from grader.pictures.curves import draw_curves
from grader.pictures.matrix import draw_confusion
from grader.pictures.movement import draw_movement
from grader.pictures.network import draw_network
from grader.pictures.panels import draw_sheet
from grader.schema import Confusion, Drawing, ExerciseResult, Movement


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
