"""Inputs of the staff's checks: other pictures, lists, layers, and networks that no student has seen.

Named as in the exercise's ``inputs.py``, with ``hidden.`` in front. Two class activation maps are of a network
whose
weights are here: no name and no place of a layer is that of the given network's.
"""

import numpy as np


def smooth(rng: np.random.Generator, height: int, width: int, channels: int) -> np.ndarray:
    """Colours that change slowly, uint8 (height, width, channels)."""
    y, x = np.mgrid[:height, :width] / max(height, width)
    waves = [
        127.5 + 120 * np.sin(rng.uniform(2, 7) * x + rng.uniform(2, 7) * y + rng.uniform(0, 6))
        for _ in range(channels)
    ]
    return np.rint(np.stack(waves, axis=-1)).astype(np.uint8)


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name; they differ with the seed."""
    rng = np.random.Generator(np.random.PCG64(seed + 100))
    arrays = {
        "hidden.prepare_image.rgb_png": smooth(rng, 90, 310, 3),
        "hidden.prepare_image.rgb_jpg": smooth(rng, 299, 299, 3),
        "hidden.prepare_image.grey_jpg": smooth(rng, 260, 170, 1)[..., 0],
        "hidden.prepare_image.palette_png": smooth(rng, 170, 180, 1)[..., 0],
        "hidden.top_k.few.probabilities": (rng.permutation(np.arange(1, 41)) / 820).astype(np.float32),
        "hidden.top_k.few.k": np.array(2),
        "hidden.top_k.default.probabilities": (rng.permutation(np.arange(1, 31)) / 465).astype(np.float64),
        "hidden.describe_layers.filters": rng.integers(3, 12, size=2),
    }
    weights = {
        "conv_kernel": rng.normal(0, 0.4, size=(3, 2, 3, 5)),
        "conv_bias": rng.normal(0, 0.1, size=5),
        "last_kernel": rng.normal(0, 0.5, size=(2, 3, 5, 7)),
        "last_bias": rng.normal(0, 0.1, size=7),
        "kernel": rng.normal(0, 1, size=(7, 6)),
        "bias": rng.normal(0, 1, size=6),
    }
    for case, class_index in (("one", 5), ("two", int(rng.integers(0, 5)))):
        name = f"hidden.class_activation_map.{case}"
        arrays[f"{name}.image"] = rng.uniform(-1, 1, size=(25, 21, 3)).astype(np.float32)
        arrays[f"{name}.class_index"] = np.array(class_index)
        arrays |= {f"{name}.{part}": value.astype(np.float32) for part, value in weights.items()}
    return arrays
