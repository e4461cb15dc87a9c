"""Inputs of the staff's checks: other pictures, and another network of one layer.

Named as in the exercise's ``inputs.py``, with ``hidden.`` in front.
"""

import numpy as np

MEANS = np.array([103.939, 116.779, 123.68])
TEMPERATURE = 300.0


def smooth(rng: np.random.Generator, height: int, width: int, channels: int) -> np.ndarray:
    """Colours that change slowly, uint8 (height, width, channels)."""
    y, x = np.mgrid[:height, :width] / max(height, width)
    waves = []
    for _ in range(channels):
        across, down, start = rng.uniform(2, 7), rng.uniform(2, 7), rng.uniform(0, 6)
        waves.append(127.5 + 120 * np.sin(across * x + down * y + start))
    return np.rint(np.stack(waves, axis=-1)).astype(np.uint8)


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name. Seed 0 leaves no two neighbours in a ranked list too near each other (a test looks)."""
    rng = np.random.Generator(np.random.PCG64(seed + 1105))
    colours = rng.uniform(0, 255, size=(1000, 3)) - MEANS
    return {
        "hidden.prepare.rgb_png": smooth(rng, 90, 310, 3),
        "hidden.prepare.rgb_jpg": smooth(rng, 224, 224, 3),
        "hidden.prepare.grey_jpg": smooth(rng, 260, 170, 1)[..., 0],
        "hidden.prepare.palette_png": smooth(rng, 170, 180, 1)[..., 0],
        "hidden.network.kernel": (colours.T / TEMPERATURE).astype(np.float32),
        "hidden.network.bias": (-(colours**2).sum(axis=1) / (2 * TEMPERATURE)).astype(np.float32),
        "hidden.predict.default.picture": smooth(rng, 210, 210, 3),
        "hidden.predict.seven.picture": smooth(rng, 250, 250, 3),
        "hidden.predict.seven.k": np.array(7),
    }
