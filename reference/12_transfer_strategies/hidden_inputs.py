"""Inputs of the staff's checks: a base with other weights, another number of classes, other layers.

Names are those of the exercise's ``inputs.py`` with ``hidden.`` in front. ``hidden.scale`` multiplies every weight
of the given base, so that code which knows the given file's weights is not mistaken for code that uses its
argument.
"""

import numpy as np


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name; they differ with the seed."""
    rng = np.random.Generator(np.random.PCG64(seed + 1200))
    return {
        "hidden.num_classes": np.array(rng.choice([3, 4, 7, 8, 9])),
        "hidden.scale": np.array(rng.uniform(1.3, 1.9)),
        "hidden.freeze_until.middle": np.array(rng.integers(4, 10)),
        "hidden.freeze_until.back": np.array(rng.integers(12, 19)),
        "hidden.freeze_until.first": np.array(1),
        "hidden.freeze_until.last": np.array(21),
        "hidden.trainable_parameter_count.some": np.array([rng.integers(3, 9), rng.integers(7, 12)]),
        "hidden.trainable_parameter_count.most": np.array([rng.integers(17, 20), 0]),
        "hidden.real.MobileNetV2": np.array(3),
    }
