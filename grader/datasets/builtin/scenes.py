"""Backgrounds: sky, sea, road, meadow, wood and room, with clutter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.datasets.builtin.canvas import SIZE, Canvas, Colour, Dice, Frame, Ints, pixel_grid

_X, _Y = pixel_grid()


def _blend(top: Colour, bottom: Colour) -> Colour:
    """From ``top`` down to ``bottom``."""
    red, green, blue = (a + ((b - a) * _Y >> 6) for a, b in zip(top, bottom, strict=True))
    return red, green, blue


def _patches(dice: Dice, colour: Colour, amount: int) -> Colour:
    """A colour that varies from one 8x8 patch to the next, as leaves and grass do."""
    rows = np.concatenate([dice.between(-amount, amount) for _ in range(16)], axis=1).reshape(-1, 4, 4)
    shade: Ints = np.repeat(np.repeat(rows, SIZE // 4, axis=1), SIZE // 4, axis=2)
    red, green, blue = (value + shade for value in colour)
    return red, green, blue


def sky(canvas: Canvas, dice: Dice) -> None:
    """Blue above, paler below, two clouds."""
    blue = dice.colour((60, 120, 190), (140, 190, 250))
    canvas.fill(_blend(blue, dice.colour((130, 170, 200), (210, 225, 250))))
    for _ in range(2):
        cloud = Frame(u=_X - dice.between(0, 64), v=(_Y - dice.between(0, 64)) * 2)
        canvas.fill(dice.grey(195, 245), cloud.oval(0, 0, 16, 14))


def sea(canvas: Canvas, dice: Dice) -> None:
    """A horizon, waves below it."""
    canvas.fill(dice.colour((130, 160, 180), (220, 225, 250)))
    horizon = dice.between(20, 40)
    water = dice.colour((10, 60, 100), (70, 120, 170))
    canvas.fill(water, np.broadcast_to(horizon < _Y, canvas.planes.shape[1:]))
    wave = ((_Y + (np.abs((_X + dice.between(0, 15)) % 16 - 8) >> 1)) // dice.between(4, 6)) % 2 == 0
    red, green, blue = water
    canvas.fill((red + 40, green + 40, blue + 40), wave & (horizon < _Y))


def road(canvas: Canvas, dice: Dice) -> None:
    """A wall of houses, tarmac, a dashed line."""
    canvas.fill(dice.colour((120, 110, 100), (220, 210, 200)))
    house = (_X + dice.between(0, 40)) // dice.between(12, 22) % 2 == 0
    canvas.fill(dice.colour((70, 60, 60), (180, 160, 150)), house & (_Y < 40))
    kerb = dice.between(30, 44)
    canvas.fill(dice.grey(60, 120), np.broadcast_to(kerb < _Y, canvas.planes.shape[1:]))
    dashes = (_X + dice.between(0, 31)) % 24 < 14
    canvas.fill(dice.grey(190, 240), dashes & (np.abs(_Y - kerb - 14) <= 1))


def meadow(canvas: Canvas, dice: Dice) -> None:
    """Sky above, uneven grass below."""
    canvas.fill(dice.colour((120, 150, 180), (210, 220, 250)))
    grass = _patches(dice, dice.colour((60, 110, 30), (140, 180, 90)), 22)
    canvas.fill(grass, np.broadcast_to(dice.between(10, 36) < _Y, canvas.planes.shape[1:]))


def wood(canvas: Canvas, dice: Dice) -> None:
    """Leaves with tree trunks."""
    canvas.fill(_patches(dice, dice.colour((30, 70, 20), (90, 130, 70)), 26))
    trunk = (_X + dice.between(0, 30)) % dice.between(14, 24) < 5
    canvas.fill(dice.colour((50, 35, 20), (110, 80, 60)), np.broadcast_to(trunk, canvas.planes.shape[1:]))


def room(canvas: Canvas, dice: Dice) -> None:
    """Wallpaper and a floor."""
    wall = dice.colour((110, 100, 100), (235, 225, 225))
    canvas.fill(wall)
    red, green, blue = wall
    stripes = (_X + dice.between(0, 20)) % dice.between(8, 20) < 4
    canvas.fill((red - 25, green - 25, blue - 25), np.broadcast_to(stripes, canvas.planes.shape[1:]))
    floor = np.broadcast_to(dice.between(44, 70) < _Y, canvas.planes.shape[1:])
    canvas.fill(dice.colour((80, 55, 40), (180, 140, 110)), floor)


def clutter(canvas: Canvas, dice: Dice) -> None:
    """A small blob and a small box of any colour anywhere: they mean nothing."""
    spot = Frame(u=_X - dice.between(2, 62), v=_Y - dice.between(2, 62))
    canvas.fill(dice.colour((0, 0, 0), (255, 255, 255)), spot.oval(0, 0, 6, 5))
    spot = Frame(u=_X - dice.between(2, 62), v=_Y - dice.between(2, 62))
    canvas.fill(dice.colour((0, 0, 0), (255, 255, 255)), spot.box(0, 0, 5, 5))


SCENES: tuple[Callable[[Canvas, Dice], None], ...] = (sky, sea, road, meadow, wood, room)
SKY, SEA, ROAD, MEADOW, WOOD, ROOM = range(len(SCENES))
