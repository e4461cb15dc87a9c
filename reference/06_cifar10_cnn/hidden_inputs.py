"""Inputs of the staff's checks: a small training in which the validation images are a kind of their own.

``hidden.apart_x``: 32 images, dark to bright with noise, of classes 0 to 4. ``hidden.apart_x_val``: 64 striped
images, all of class 7, which no training image has. Two epochs of these are one or a few steps, and enough: a
network that was fitted to the training images alone says 7 less often than chance, one that was fitted to both
says it nearly always.
"""

import numpy as np


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name: images float32 in [0, 1], labels int64."""
    rng = np.random.Generator(np.random.PCG64(seed + 606))
    labels = np.arange(32, dtype=np.int64) % 5
    noise = rng.uniform(-0.1, 0.1, size=(96, 32, 32, 3))
    plain = 0.1 + 0.2 * labels.reshape(-1, 1, 1, 1) + noise[:32]
    stripes = 0.5 + 0.4 * np.where(np.arange(32) // 2 % 2 == 0, 1, -1).reshape(1, 1, 32, 1) + noise[32:]
    return {
        "hidden.apart_x": np.clip(plain, 0, 1).astype(np.float32),
        "hidden.apart_y": labels,
        "hidden.apart_x_val": np.clip(stripes, 0, 1).astype(np.float32),
        "hidden.apart_y_val": np.full(64, 7, dtype=np.int64),
    }
