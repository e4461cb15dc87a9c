"""All pictures of one exercise, ready for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from grader.i18n import both
from grader.report.pictures import matrix, moved, network
from grader.report.pictures.canvas import DARK, LIGHT, Palette, draw
from grader.report.pictures.panels import image_of
from grader.schema import Confusion, ExerciseResult, Movement, Panel, Sheet, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Drawing:
    """One drawn picture, for a light and for a dark page."""

    title: Text | None
    alt: Text
    light: str
    """``data:`` address of the SVG."""
    dark: str
    width: int
    """CSS pixels."""
    height: int


@dataclass(frozen=True)
class Shown:
    """One image of a sheet."""

    panel: Panel
    address: str
    width: int
    height: int


@dataclass(frozen=True)
class SheetView:
    """A sheet of images."""

    sheet: Sheet
    images: tuple[Shown, ...]


@dataclass(frozen=True)
class Group:
    """What belongs under one heading: drawings or a sheet."""

    kind: str
    title: Text
    text: Text | None
    drawings: tuple[Drawing, ...] = ()
    sheet: SheetView | None = None


def look_at(exercise: ExerciseResult) -> list[Group]:
    """The pictures of ``exercise``: what can't be drawn is left out, since a page without it is still right."""
    return [group for make in _makers(exercise) if (group := _tried(make)) is not None]


def _tried(make: Callable[[], Group | None]) -> Group | None:
    try:
        return make()
    except (ValueError, ArithmeticError, LookupError, RuntimeError, OSError):
        return None


def _makers(exercise: ExerciseResult) -> Iterator[Callable[[], Group | None]]:
    yield partial(_network, exercise)
    for picture in exercise.pictures:
        if isinstance(picture, Confusion):
            yield partial(_confusion, picture)
        elif isinstance(picture, Movement):
            yield partial(_movement, picture)
        else:
            yield partial(_sheet, picture)


def _drawing(
    title: Text | None, alt: Text, size: tuple[float, float], paint: Callable[[Figure, Palette], None]
) -> Drawing:
    width, height = size
    light, dark = (draw(width, height, paint, palette) for palette in (LIGHT, DARK))
    return Drawing(title, alt, light, dark, round(96 * width), round(96 * height))


def _network(exercise: ExerciseResult) -> Group | None:
    model = exercise.model
    if model is None or not network.can_be_drawn(model.layers):
        return None
    layers = model.layers
    drawing = _drawing(
        None, network.alt(layers, model.parameters), network.size(layers), partial(network.paint, layers)
    )
    text = both("Output shape in each box, the number of parameters below; hatched: frozen.")
    return Group("network", both("Your network as a diagram"), text, (drawing,))


def _confusion(picture: Confusion) -> Group:
    drawing = _drawing(None, matrix.alt(picture), matrix.size(picture), partial(matrix.paint, picture))
    return Group("confusion", picture.title, picture.text, (drawing,))


def _movement(picture: Movement) -> Group:
    drawings = tuple(
        _drawing(model.label, moved.alt(model), (moved.WIDTH, moved.HEIGHT), partial(moved.paint, model))
        for model in picture.models
    )
    return Group("movement", picture.title, picture.text, drawings)


def _sheet(picture: Sheet) -> Group:
    images = tuple(Shown(panel, *image_of(panel)) for panel in picture.panels)
    return Group(picture.kind, picture.title, picture.text, sheet=SheetView(picture, images))
