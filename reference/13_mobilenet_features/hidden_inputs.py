"""Inputs of the staff's checks: another base with images for it, and a small training that tells what is fitted.

``hidden.apart_x``: 24 images, dark reddish (class 0) and bright bluish (class 1) by turns.
``hidden.apart_x_val``: three times as many of the same two kinds under the other class id, so that a training on
them is seen.
"""

import numpy as np


def make(seed: int) -> dict[str, np.ndarray]:
    """``hidden.images`` float32 (9, 21, 27, 3) in [-1, 1]; a convolution's and its normalisation's weights.

    ``hidden.apart_x`` uint8 (24, 128, 128, 3), ``hidden.apart_x_val`` uint8 (72, 128, 128, 3), class ids int64.
    """
    rng = np.random.Generator(np.random.PCG64(seed + 1313))
    filters = 6
    return {
        "hidden.images": rng.uniform(-1, 1, size=(9, 21, 27, 3)).astype(np.float32),
        "hidden.kernel": rng.normal(0, 0.4, size=(5, 3, 3, filters)).astype(np.float32),
        "hidden.gamma": rng.uniform(0.5, 1.5, size=filters).astype(np.float32),
        "hidden.beta": rng.uniform(0, 1, size=filters).astype(np.float32),
        "hidden.mean": rng.uniform(-1, 1, size=filters).astype(np.float32),
        "hidden.variance": rng.uniform(0.5, 4, size=filters).astype(np.float32),
        "hidden.classes": np.array(7),
        "hidden.apart_x": kinds(rng, 24),
        "hidden.apart_y": np.arange(24) % 2,
        "hidden.apart_x_val": kinds(rng, 72),
        "hidden.apart_y_val": 1 - np.arange(72) % 2,
    }


def kinds(rng: np.random.Generator, count: int) -> np.ndarray:
    """Noise around two colours by turns."""
    colours = np.array([(90, 50, 40), (120, 170, 220)])[np.arange(count) % 2]
    noise = rng.integers(-30, 31, size=(count, 128, 128, 1))
    return (colours[:, None, None] + noise).astype(np.uint8)
