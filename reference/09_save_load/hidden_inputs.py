"""Inputs of the staff's checks: other changes of single weights, and other models to save and restore.

``hidden.same_model.<case>`` is what ``same_model.<case>`` is in the exercise's ``inputs.py``; an amount of 0
changes nothing. ``hidden.kernel`` and ``hidden.learning_rate`` replace the last layer's kernel and the learning
rate of the given model, so that code which builds the given model from memory is not mistaken for one that
reads the file.
"""

import numpy as np


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name; weights and amounts differ with the seed."""
    rng = np.random.Generator(np.random.PCG64(seed + 900))
    amount = float(rng.uniform(0.01, 0.05))
    return {
        "hidden.same_model.unchanged": np.array([1, 0, 0.0]),
        "hidden.same_model.middle_kernel": np.array([2, int(rng.integers(0, 54 * 8)), amount]),
        "hidden.same_model.first_bias": np.array([1, int(rng.integers(0, 6)), -amount]),
        "hidden.kernel": rng.normal(size=(8, 3)).astype(np.float32),
        "hidden.learning_rate": np.array(rng.uniform(0.03, 0.09), dtype=np.float32),
    }
