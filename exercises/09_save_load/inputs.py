"""공개 채점에 쓰는 입력 | The inputs of the checks that students see.

* ``x``, ``y``: 32 images to go on training with: one epoch is exactly one batch of ``fit``'s default size, so
  shuffling changes nothing.
* ``same_model.<case>``: [index of the weight array, index of the value in it, amount]; one model of a pair has
  this amount added to that one value.
"""

import numpy as np


def samples(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """8x8 grey images float32 (count, 8, 8, 1) in [0, 1] and class ids int64 (count,).

    Three kinds: bright on the left (0), at the top (1), in the middle (2), with noise.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    labels = rng.integers(0, 3, size=count)
    images = rng.normal(0.3, 0.2, size=(count, 8, 8, 1))
    images[labels == 0, :, :4] += 0.4
    images[labels == 1, :4] += 0.4
    images[labels == 2, 2:6, 2:6] += 0.4
    return np.clip(images, 0, 1).astype(np.float32), labels


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name."""
    x, y = samples(32, seed=seed + 2)
    return {
        "x": x,
        "y": y,
        "same_model.first_kernel": np.array([0, 17, 0.25]),
        "same_model.last_bias": np.array([5, 2, -0.5]),
    }
