"""공개 채점에 쓰는 입력 | The inputs of the checks that students see: small pictures that this file draws.

Four kinds of pictures of 32x32 pixels: the sea (0), a forest (1), a sunflower (2), a building (3). Colours, edges
and layout all tell them apart, so every sensible feature works; light, tint, place and noise vary.
"""

import numpy as np

SIZE = 32
KINDS = ("sea", "forest", "sunflower", "building")
#: Class ids by kind for the same pictures under other numbers: what a classifier learns, and rules do not.
OTHER_IDS = (7, 2, 9, 4)
TRAIN, TEST = 120, 80


def draw(kind: str, rng: np.random.Generator) -> np.ndarray:
    """One picture as (32, 32, 3) uint8."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(float)
    picture = PAINT[kind](y, x, rng)
    picture = picture * rng.uniform(0.65, 1.25) * rng.uniform(0.85, 1.15, size=3)
    picture = picture + rng.normal(0.0, rng.uniform(8.0, 26.0), size=picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def sea(y: np.ndarray, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light sky above dark water with waves."""
    horizon = rng.uniform(9.0, 17.0)
    sky = colour(165, 195, 220, rng)
    wave = 22.0 * np.sin(y * rng.uniform(1.4, 2.2) + 0.6 * np.sin(x / rng.uniform(3.0, 6.0)))
    water = colour(45, 85, 130, rng) + wave[..., np.newaxis]
    return np.where((y < horizon)[..., np.newaxis], sky, water)


def forest(y: np.ndarray, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Green leaves, and trunks from top to bottom."""
    leaves = colour(60, 105, 50, rng) + 12.0 * rng.normal(size=(SIZE, SIZE, 1))
    trunk = np.zeros((SIZE, SIZE), dtype=bool)
    for place in rng.uniform(0.0, SIZE, size=rng.integers(3, 6)):
        trunk |= np.abs(x - place - rng.normal(0.0, 0.05) * y) < rng.uniform(1.2, 2.4)
    return np.where(trunk[..., np.newaxis], colour(52, 36, 24, rng), leaves)


def sunflower(y: np.ndarray, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A yellow disc with a dark middle on a meadow."""
    row, column = rng.uniform(12.0, 20.0, size=2)
    distance, angle = np.hypot(y - row, x - column), np.arctan2(y - row, x - column)
    radius = rng.uniform(8.0, 12.0) + 1.2 * np.sin(angle * rng.integers(9, 14))
    picture = np.where((distance < radius)[..., np.newaxis], colour(225, 185, 45, rng), colour(85, 125, 75, rng))
    return np.where((distance < 0.4 * radius)[..., np.newaxis], colour(85, 55, 30, rng), picture)


def building(y: np.ndarray, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A grey front with rows of dark windows below a little sky."""
    top, left, right = rng.uniform(3.0, 8.0), rng.uniform(0.0, 5.0), rng.uniform(27.0, 32.0)
    step, shift = rng.uniform(5.0, 7.0), rng.uniform(0.0, 6.0, size=2)
    front = (y >= top) & (x >= left) & (x < right)
    window = ((y + shift[0]) % step < 0.5 * step) & ((x + shift[1]) % step < 0.5 * step)
    wall = np.where(window[..., np.newaxis], colour(70, 72, 82, rng), colour(165, 152, 142, rng))
    return np.where(front[..., np.newaxis], wall, colour(175, 195, 215, rng))


def colour(red: float, green: float, blue: float, rng: np.random.Generator) -> np.ndarray:
    """About this colour."""
    return np.array([red, green, blue], dtype=float) + rng.normal(0.0, 14.0, size=3)


PAINT = {"sea": sea, "forest": forest, "sunflower": sunflower, "building": building}


def pictures(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """``count`` pictures, as many of each kind, in random order, and the places of their kinds in ``KINDS``."""
    kinds = rng.permutation(np.arange(count) % len(KINDS))
    return np.stack([draw(KINDS[kind], rng) for kind in kinds]), kinds


def points(centres: np.ndarray, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """``count`` rows of features around each of the ``centres``, in random order, and which centre it is."""
    which = rng.permutation(np.repeat(np.arange(len(centres)), count))
    return centres[which] + rng.normal(0.0, 0.5, size=(len(which), centres.shape[1])), which


def make(seed: int) -> dict[str, np.ndarray]:
    """Arrays named ``<function>.<case>.<argument>``. The labels of what is to be recognised are not among them."""
    rng = np.random.Generator(np.random.PCG64(seed + 102))
    train_images, train_kinds = pictures(TRAIN, rng)
    test_images, _ = pictures(TEST, rng)
    centres = np.array([[3.0, 0.5, -1.0, 1.0], [-1.0, 3.0, 1.5, 0.5], [0.5, -2.0, 2.0, -3.0]])
    features, which = points(centres, 20, rng)
    test_features, _ = points(centres, 12, rng)
    return {
        "extract_features.images": test_images[:12],
        "build_classifier.points.features": features,
        "build_classifier.points.labels": which,
        "build_classifier.points.test": test_features,
        # The same rows under other class ids, which do not count up from 0.
        "build_classifier.other_ids.features": features,
        "build_classifier.other_ids.labels": np.array([8, 3, 5])[which],
        "build_classifier.other_ids.test": test_features,
        "recognise.pictures.train_images": train_images,
        "recognise.pictures.train_labels": train_kinds,
        "recognise.pictures.test_images": test_images,
        "recognise.other_ids.train_images": train_images,
        "recognise.other_ids.train_labels": np.array(OTHER_IDS)[train_kinds],
        "recognise.other_ids.test_images": test_images,
    }
