"""Drawn cats and dogs of different sizes that stand in for the Kaggle photographs where those are not at hand.

Each picture has a size of its own and one animal: the faces of :mod:`~grader.datasets.builtin.objects`, of any
size, place, slant and colour, in a room or a garden, with things around that mean nothing. Small networks tell
them apart after an epoch or two, and not perfectly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grader.datasets.builtin.canvas import Canvas, Colour, Dice, Frame, Ints
from grader.datasets.builtin.objects import Drawing, cat, dog

#: Part of every random stream and of the cached file's name: a change of any pixel needs a new one.
VERSION = 1
CLASSES = 2
#: Sides in pixels, from and to.
_SIDES = (96, 176)
#: 16-bit numbers for a picture's parameters.
_PARAMETERS = 256
#: Keeps these streams apart from those of other data sets with the same version.
_KEY = 1_000
_SCENE_AT, _CLUTTER_AT, _OBJECT_AT, _CAMERA_AT = 2, 32, 96, 200
_NOISE = (6, 26)


class Picture(Canvas):
    """One picture of its own size: planes red, green and blue of int32 (1, height, width)."""

    def __init__(self, height: int, width: int) -> None:
        self.planes = np.zeros((3, 1, height, width), dtype=np.int32)
        self.x = (2 * np.arange(width, dtype=np.int32) + 1).reshape(1, 1, -1)
        """Pixel centres in half pixels."""
        self.y = (2 * np.arange(height, dtype=np.int32) + 1).reshape(1, -1, 1)
        self.width, self.height = width, height


def render(split: int, count: int) -> tuple[list[NDArray[np.uint8]], NDArray[np.int64]]:
    """The first ``count`` pictures of a split (0: training, 1: test) and their classes (0: cat, 1: dog).

    A picture depends on ``split`` and its index alone; cats and dogs take turns.

    Returns:
        Pictures uint8 (h, w, 3), each of its own size, and labels int64 (count,).
    """
    labels = np.arange(count, dtype=np.int64) % CLASSES
    pictures = [
        paint((cat, dog)[label], (_KEY + VERSION, split, index)) for index, label in enumerate(labels.tolist())
    ]
    return pictures, labels


def paint(drawing: Drawing, stream: tuple[int, int, int]) -> NDArray[np.uint8]:
    """One picture of ``drawing``, whatever it draws.

    Args:
        stream: seeds the PCG64 that decides everything else; numbers from 1000 to 1999 in the first place are
            those of this data set.

    Returns:
        uint8 (h, w, 3), of a size of its own.
    """
    generator = np.random.PCG64(stream)
    words = generator.random_raw(_PARAMETERS // 4).astype("<u8")
    bits = words.view("<u2").astype(np.uint16).reshape(1, _PARAMETERS)
    dice = Dice(bits)
    picture = Picture(int(dice.between(*_SIDES).item()), int(dice.between(*_SIDES).item()))
    _scene(picture, Dice(bits, _SCENE_AT))
    _clutter(picture, Dice(bits, _CLUTTER_AT))
    dice = Dice(bits, _OBJECT_AT)
    frame = _place(picture, dice)
    drawing(picture, dice, frame)
    noise = generator.random_raw(-(-picture.planes.size // 8)).astype("<u8").view(np.uint8)
    shape = (1, picture.height, picture.width, 3)
    pixels: NDArray[np.uint8] = picture.finish(
        Dice(bits, _CAMERA_AT), noise[: picture.planes.size].reshape(shape), _NOISE
    )[0]
    return pixels


def _scene(picture: Picture, dice: Dice) -> None:
    """Wallpaper over a floor, or a sky over grass."""
    room = dice.between(0, 1)
    wall, sky = dice.colour((110, 100, 100), (235, 225, 225)), dice.colour((110, 140, 180), (210, 225, 250))
    wood, grass = dice.colour((80, 55, 40), (180, 140, 110)), dice.colour((50, 100, 30), (140, 180, 90))
    above, below = _either(room, wall, sky), _either(room, wood, grass)
    stripes = (picture.x + dice.between(0, 60)) // dice.between(14, 50) % 2 * dice.between(0, 30)
    picture.fill(_shaded(above, stripes))
    edge = picture.height * dice.between(40, 90) // 50
    boards = (picture.y + dice.between(0, 60)) // dice.between(14, 50) % 2 * dice.between(0, 30)
    where = np.broadcast_to(edge < picture.y, picture.planes.shape[1:])
    picture.fill(_shaded(below, boards), where)


def _clutter(picture: Picture, dice: Dice) -> None:
    """Balls and boxes of any colour anywhere."""
    for kind in ("oval", "box", "oval", "box"):
        half = dice.between(8, 22)
        u = (picture.x - picture.width * dice.between(5, 95) // 50) * 64 // half
        v = (picture.y - picture.height * dice.between(5, 95) // 50) * 64 // half
        frame = Frame(*np.broadcast_arrays(u, v))
        far = (np.abs(frame.u) > 64) | (np.abs(frame.v) > 64)
        inside = frame.oval(0, 0, 64, 64) if kind == "oval" else frame.box(0, 0, 64, 64)
        picture.fill(dice.colour((0, 0, 0), (255, 255, 255)), inside & ~far)


def _place(picture: Picture, dice: Dice) -> Frame:
    """Half extent 30 to 48 percent of the shorter side, anywhere near the middle, a little slanted."""
    half = 2 * min(picture.width, picture.height) * dice.between(30, 48) // 100
    u = (picture.x - picture.width * dice.between(84, 116) // 100) * 64 // half
    v = (picture.y - picture.height * dice.between(84, 116) // 100) * 64 // half
    u, v = np.broadcast_arrays(u * (2 * dice.between(0, 1) - 1), v)
    return Frame(u=u + (v * dice.between(-14, 14) >> 6), v=v + (u * dice.between(-10, 10) >> 6))


def _either(first: Ints, a: Colour, b: Colour) -> Colour:
    red, green, blue = (one * first + other * (1 - first) for one, other in zip(a, b, strict=True))
    return red, green, blue


def _shaded(colour: Colour, shade: Ints) -> Colour:
    red, green, blue = (value - shade for value in colour)
    return red, green, blue
