"""Drawing many small pictures at once, in integers only.

Everything here is integer arithmetic on numbers that depend on the picture's own index alone, so a picture is the
same on every machine, in every batch and with every NumPy version: the bits come from ``PCG64.random_raw``, whose
stream NumPy promises to keep (the methods of ``Generator`` it does not).

Pictures are ``SIZE`` x ``SIZE``. Shapes are drawn in a frame of their own: ``u`` to the front and ``v`` down, both
from -64 to 64 over the object's extent, so a drawing is a handful of constants.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZE = 32
Ints = NDArray[np.int32]
Mask = NDArray[np.bool_]
Colour = tuple[Ints, Ints, Ints]

#: 16-bit numbers for a picture's parameters, and bytes for its noise.
PARAMETERS = 256
NOISE = SIZE * SIZE * 3
_WORDS = PARAMETERS // 4 + NOISE // 8


def random_bits(key: int, split: int, indices: NDArray[np.int64]) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Random bits of the pictures ``indices``: parameters (n, 256) uint16 and noise (n, 32, 32, 3) uint8.

    Each picture has a PCG64 stream seeded with (``key``, ``split``, index).
    """
    words = np.empty((len(indices), _WORDS), dtype="<u8")
    for row, index in enumerate(indices):
        words[row] = np.random.PCG64((key, split, int(index))).random_raw(_WORDS)
    data = words.view(np.uint8)
    parameters = np.ascontiguousarray(data[:, : PARAMETERS * 2]).view("<u2")
    noise = data[:, PARAMETERS * 2 :].reshape(-1, SIZE, SIZE, 3)
    return parameters.astype(np.uint16), noise


class Dice:
    """The parameters of ``n`` pictures, drawn in a fixed order."""

    def __init__(self, bits: NDArray[np.uint16], first: int = 0) -> None:
        self._bits = bits
        self._next = first

    def __len__(self) -> int:
        return len(self._bits)

    def between(self, low: int, high: int) -> Ints:
        """Whole numbers from ``low`` to ``high``, both included, shape (n, 1, 1)."""
        bits = self._bits[:, self._next].astype(np.int32)
        self._next += 1
        return (low + ((bits * (high - low + 1)) >> 16)).reshape(-1, 1, 1)

    def colour(self, low: tuple[int, int, int], high: tuple[int, int, int]) -> Colour:
        """Red, green and blue, each from its own range."""
        red, green, blue = (self.between(a, b) for a, b in zip(low, high, strict=True))
        return red, green, blue

    def grey(self, low: int, high: int) -> Colour:
        """Shades of grey."""
        value = self.between(low, high)
        return value, value, value


@dataclass(frozen=True)
class Frame:
    """An object's own coordinates in each picture, (n, 32, 32)."""

    u: Ints
    v: Ints

    def box(self, u: int, v: int, half_width: int, half_height: int) -> Mask:
        """An upright rectangle around (u, v)."""
        return (np.abs(self.u - u) <= half_width) & (np.abs(self.v - v) <= half_height)

    def oval(self, u: int, v: int, half_width: int, half_height: int) -> Mask:
        """An upright ellipse around (u, v)."""
        across, down = (self.u - u) * half_height, (self.v - v) * half_width
        # At most (200 * 64)^2 * 2 < 2^31 for every pixel of the picture.
        inside: Mask = across * across + down * down <= (half_width * half_height) ** 2
        return inside

    def wedge(self, u: int, top: int, bottom: int, upper: int, lower: int) -> Mask:
        """A symmetric trapezium: half width ``upper`` at ``top`` and ``lower`` at ``bottom``."""
        height = bottom - top
        half = upper * height + (lower - upper) * (self.v - top)
        inside: Mask = (self.v >= top) & (self.v <= bottom) & (np.abs(self.u - u) * height <= half)
        return inside

    def bar(self, u: int, v: int, end_u: int, end_v: int, half_width: int) -> Mask:
        """A slanted bar from (u, v) to (end_u, end_v), as thick as ``half_width`` measured along ``u``."""
        height = end_v - v
        centre = u * height + (end_u - u) * (self.v - v)
        low, high = min(v, end_v), max(v, end_v)
        near = np.abs(self.u * height - centre) <= half_width * abs(height)
        inside: Mask = (self.v >= low) & (self.v <= high) & near
        return inside


class Canvas:
    """``n`` pictures being drawn: planes red, green and blue of int32 (n, 32, 32)."""

    def __init__(self, n: int) -> None:
        self.planes = np.zeros((3, n, SIZE, SIZE), dtype=np.int32)

    def fill(self, colour: Colour, where: Mask | None = None) -> None:
        """Paint the pixels ``where`` (all of them by default)."""
        for plane, value in zip(self.planes, colour, strict=True):
            if where is None:
                plane[...] = value
            else:
                np.copyto(plane, value, where=where)

    def finish(self, dice: Dice, noise: NDArray[np.uint8], strength: tuple[int, int]) -> NDArray[np.uint8]:
        """Light, contrast and noise of a camera; uint8 (n, 32, 32, 3)."""
        gain, offset, amount = dice.between(50, 74), dice.between(-18, 18), dice.between(*strength)
        pixels = np.moveaxis(((self.planes - 128) * gain >> 6) + (128 + offset), 0, -1)
        pixels = pixels + ((noise.astype(np.int32) - 128) * amount[..., None] >> 7)
        result: NDArray[np.uint8] = np.clip(pixels, 0, 255).astype(np.uint8)
        return result


def pixel_grid() -> tuple[Ints, Ints]:
    """Pixel centres in half pixels: x as (1, 1, 32), y as (1, 32, 1), from 1 to 63."""
    steps = 2 * np.arange(SIZE, dtype=np.int32) + 1
    return steps.reshape(1, 1, -1), steps.reshape(1, -1, 1)


def place(dice: Dice, sizes: tuple[int, int], shift: int, *, mirrored: bool = True) -> Frame:
    """Where the object is in each picture: size, place, direction and slant are all by chance.

    Args:
        sizes: half extents in half pixels (32 fills the picture).
        shift: largest distance of its centre from the picture's, in half pixels.
    """
    x, y = pixel_grid()
    size = dice.between(*sizes)
    width, height = size + dice.between(-2, 2), size + dice.between(-2, 2)
    u = (x - 32 - dice.between(-shift, shift)) * 64 // width
    v = (y - 32 - dice.between(-shift, shift)) * 64 // height
    if mirrored:
        u = u * (2 * dice.between(0, 1) - 1)
    u, v = np.broadcast_arrays(u, v)
    return Frame(u=u + (v * dice.between(-14, 14) >> 6), v=v + (u * dice.between(-10, 10) >> 6))
