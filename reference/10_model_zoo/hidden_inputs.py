"""Inputs of the staff's checks: the models that students do not see tested, and other conditions.

Names are those of the exercise's ``inputs.py`` with ``hidden.`` in front. Limits lie between the table's values,
or far from all of them; they differ with the seed.
"""

import numpy as np

BUILT = (
    "Xception",
    "VGG16",
    "VGG19",
    "ResNet101",
    "ResNet152",
    "ResNet50V2",
    "ResNet101V2",
    "ResNet152V2",
    "InceptionResNetV2",
    "MobileNet",
)


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name."""
    rng = np.random.Generator(np.random.PCG64(seed + 1000))

    def between(low: float, high: float) -> float:
        return round(float(rng.uniform(low, high)), 4)

    cases: dict[str, dict[str, float]] = {
        "size": {"max_size_mb": int(rng.integers(100, 170))},
        "large": {"max_size_mb": between(233.0, 500.0)},
        "top1": {"min_top1": between(0.7605, 0.7635)},
        "parameters": {"max_parameters": int(rng.integers(26_000_000, 44_000_000))},
        "size_and_parameters": {"max_size_mb": between(93.0, 97.0), "max_parameters": 23_000_000},
        "top1_and_parameters": {"min_top1": between(0.7145, 0.748), "max_parameters": 45_000_000},
        "all_three": {"max_size_mb": 231, "min_top1": between(0.7725, 0.778), "max_parameters": 60_000_000},
        "nothing": {"max_size_mb": 15, "min_top1": between(0.7145, 0.74)},
    }
    arrays = {f"hidden.build.{name}": np.array(1) for name in BUILT}
    for case, arguments in cases.items():
        arrays |= {f"hidden.choose.{case}.{name}": np.asarray(value) for name, value in arguments.items()}
    return arrays
