"""Ten kinds of small pictures that stand in for CIFAR-10 where that is not at hand.

They are drawn, not photographed: things with CIFAR-10's names, of any size, place, direction and colour, mostly
where such things are found, sometimes elsewhere, under clutter and noise. The chapter's network learns them in a
few epochs and not perfectly; a linear classifier of the pixels does much worse, for no pixel means anything alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grader.datasets.builtin.canvas import SIZE, Canvas, Dice, place, random_bits
from grader.datasets.builtin.objects import DRAWINGS
from grader.datasets.builtin.scenes import MEADOW, ROAD, ROOM, SCENES, SEA, SKY, WOOD, clutter

#: Part of every random stream and of the cached file's name: a change of any pixel needs a new one.
VERSION = 1
CLASSES = 10

#: Where the things of each class are at home.
_HOMES = (SKY, ROAD, SKY, ROOM, WOOD, ROOM, WOOD, MEADOW, SEA, ROAD)
#: Cat, dog and frog.
_FACES = frozenset({3, 5, 6})
#: Of 100 pictures, how many are elsewhere.
_ELSEWHERE = 50
#: Half extents and largest shift of most things, and of faces: mirroring does not vary those.
_SIZES = (22, 30)
_SHIFT = 10
_FACE_SIZES = (20, 30)
_FACE_SHIFT = 12
_NOISE = (4, 20)
#: Fixed places in the parameters, so that one part can't move another's numbers.
_SCENE_AT, _CLUTTER_AT, _OBJECT_AT, _CAMERA_AT = 2, 64, 96, 240
_BATCH = 500


def render(split: int, count: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The first ``count`` pictures of a split (0: training, 1: test) and their classes.

    A picture depends on ``split`` and its index alone: fewer pictures are a prefix of more. Class ids go round:
    picture i shows class i % 10.

    Returns:
        Images uint8 (count, 32, 32, 3) and labels int64 (count,).
    """
    labels = np.arange(count, dtype=np.int64) % CLASSES
    images = np.empty((count, SIZE, SIZE, 3), dtype=np.uint8)
    for label in range(CLASSES):
        indices = np.flatnonzero(labels == label)
        # In batches that stay in the processor's cache.
        for start in range(0, len(indices), _BATCH):
            batch = indices[start : start + _BATCH]
            images[batch] = _pictures(label, split, batch)
    return images, labels


def _pictures(label: int, split: int, indices: NDArray[np.int64]) -> NDArray[np.uint8]:
    bits, noise = random_bits(VERSION, split, indices)
    canvas = Canvas(len(indices))
    dice = Dice(bits)
    elsewhere, anywhere = dice.between(0, 99).ravel() < _ELSEWHERE, dice.between(0, len(SCENES) - 1).ravel()
    scenes = np.where(elsewhere, anywhere, _HOMES[label])
    for number, scene in enumerate(SCENES):
        rows = np.flatnonzero(scenes == number)
        part = Canvas(len(rows))
        scene(part, Dice(bits[rows], _SCENE_AT))
        canvas.planes[:, rows] = part.planes
    clutter(canvas, Dice(bits, _CLUTTER_AT))
    dice = Dice(bits, _OBJECT_AT)
    face = label in _FACES
    frame = place(dice, _FACE_SIZES if face else _SIZES, _FACE_SHIFT if face else _SHIFT)
    DRAWINGS[label](canvas, dice, frame)
    return canvas.finish(Dice(bits, _CAMERA_AT), noise, _NOISE)
