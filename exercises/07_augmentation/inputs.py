"""공개 채점에 쓰는 영상 | The images of the checks that students see.

* ``markers``: a grey picture with three discs of different sizes. Where they are after augmentation tells how the
  picture was mirrored, moved, turned and zoomed; the grey tells its brightness.
* ``colours``: 40 plain pictures, not square, reddish, greenish, bluish by turns: they tell the order.
* ``textures``: 12 pictures that use all values from 0 to 1.
* ``gallery``: a drawing; nothing is checked on it, the report shows what augmentation makes of it.
* ``train.*``, ``val.*``: squares of three colours, always in the left half; in ``train.mirrored`` they are in the
  right half. Among the validation pictures there is a fourth class, white squares, that training does not have.
"""

import numpy as np

#: Side of ``markers``, and (x, y, radius) of its discs in pixels from the middle.
SIDE = 96
DISCS = ((-8.0, 6.0, 5.5), (9.0, 5.0, 3.8), (1.0, -9.0, 2.5))


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name: images float32 in [0, 1], labels int64."""
    rng = np.random.Generator(np.random.PCG64(seed + 7))
    x, y = squares(rng, 180, 3)
    x_val, y_val = squares(rng, 80, 4)
    return {
        "markers": markers(SIDE, DISCS),
        "colours": plain_colours(40, 48, 64),
        "textures": textures(rng, 12),
        "gallery": scene(64),
        "train.x": x,
        "train.y": y,
        "train.mirrored": x[:90, :, ::-1].copy(),
        "val.x": x_val,
        "val.y": y_val,
    }


def markers(side: int, discs: tuple[tuple[float, float, float], ...]) -> np.ndarray:
    """Discs of 0.8 on 0.4, float32 (side, side, 3), with soft edges."""
    place = np.arange(side) - (side - 1) / 2
    picture = np.full((side, side), 0.4)
    for x, y, radius in discs:
        distance = np.hypot(place[None, :] - x, place[:, None] - y)
        picture = np.maximum(picture, 0.4 + 0.4 * np.clip(radius + 0.5 - distance, 0, 1))
    return np.repeat(picture[..., None], 3, axis=2).astype(np.float32)


def scene(side: int) -> np.ndarray:
    """A house, a tree and the sun, float32 (side, side, 3): one sees what was turned, moved or mirrored."""
    y, x = (np.mgrid[:side, :side] + 0.5) / side
    sky = np.array([0.45, 0.68, 0.92]) * (1 - 0.25 * y[..., None]) + 0.2 * y[..., None]
    picture = np.where(y[..., None] < 0.72, sky, np.array([0.36, 0.6, 0.3]))
    shapes = (
        ((x - 0.82) ** 2 + (y - 0.18) ** 2 < 0.009, (0.98, 0.82, 0.25)),
        ((np.abs(x - 0.4) < 0.2) & (y > 0.45) & (y < 0.8), (0.86, 0.74, 0.6)),
        ((np.abs(x - 0.4) < (y - 0.22) * 1.05) & (y > 0.22) & (y < 0.46), (0.7, 0.26, 0.2)),
        ((np.abs(x - 0.32) < 0.05) & (np.abs(y - 0.56) < 0.05), (0.35, 0.5, 0.7)),
        ((np.abs(x - 0.48) < 0.045) & (y > 0.6) & (y < 0.8), (0.42, 0.27, 0.17)),
        ((np.abs(x - 0.76) < 0.02) & (y > 0.6) & (y < 0.82), (0.42, 0.27, 0.17)),
        ((x - 0.76) ** 2 + (y - 0.52) ** 2 < 0.016, (0.18, 0.45, 0.22)),
    )
    for where, colour in shapes:
        picture[where] = colour
    return picture.astype(np.float32)


def plain_colours(count: int, height: int, width: int) -> np.ndarray:
    """Picture i has 0.7 in channel i % 3 and 0.3 in the others, float32 (count, height, width, 3)."""
    pictures = np.full((count, height, width, 3), 0.3, dtype=np.float32)
    for index in range(count):
        pictures[index, :, :, index % 3] = 0.7
    return pictures


def textures(rng: np.random.Generator, count: int) -> np.ndarray:
    """Coarse random patches from 0 to 1, float32 (count, 32, 32, 3)."""
    patches = rng.random(size=(count, 8, 8, 3))
    patches -= patches.min(axis=(1, 2, 3), keepdims=True)
    patches /= patches.max(axis=(1, 2, 3), keepdims=True)
    return patches.repeat(4, axis=1).repeat(4, axis=2).astype(np.float32)


def squares(rng: np.random.Generator, count: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """One square on black in the left half; red, green, blue, white are classes 0 to 3."""
    images = np.zeros((count, 32, 32, 3), dtype=np.float32)
    labels = np.arange(count, dtype=np.int64) % classes
    for index, label in enumerate(labels):
        left, top = rng.integers(1, 5), rng.integers(6, 17)
        channels = slice(None) if label == 3 else slice(label, label + 1)
        images[index, top : top + 9, left : left + 9, channels] = rng.uniform(0.6, 0.9)
    return images, labels
