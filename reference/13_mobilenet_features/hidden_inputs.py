"""Inputs of the staff's checks: the weights of a small base of another size, and images for it."""

import numpy as np


def make(seed: int) -> dict[str, np.ndarray]:
    """``hidden.images`` float32 (9, 21, 27, 3) in [-1, 1]; a convolution's and its normalisation's weights."""
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
    }
