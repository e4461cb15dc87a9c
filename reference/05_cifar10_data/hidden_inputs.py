"""Inputs of the staff's checks: other classes, sizes and dtypes; values differ with the seed.

Names are those of the exercise's ``inputs.py``, with ``hidden.`` in front.
"""

import numpy as np


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by ``hidden.<function>.<case>.<argument>``."""
    rng = np.random.Generator(np.random.PCG64(seed + 500))

    def some(classes: list[int], counts: list[int]) -> np.ndarray:
        return rng.permutation(np.repeat(classes, counts))

    # Only some of the ten classes: counting them from 0 goes wrong.
    few = some([1, 4, 8], [21, 13, 8])
    float_images = rng.random((len(few), 6, 5, 3)).astype(np.float32)
    summary = some([0, 2, 5, 9], [4, 7, 1, 3])
    cases: dict[str, object] = {
        # CIFAR-100, of which the chapter speaks too.
        "preprocess.hundred.x": rng.integers(0, 201, size=(6, 32, 32, 3), dtype=np.uint8),
        "preprocess.hundred.y": rng.integers(30, 100, size=(6, 1), dtype=np.int64),
        "preprocess.hundred.num_classes": np.int64(100),
        "preprocess.one.x": rng.integers(20, 120, size=(1, 32, 32, 3), dtype=np.uint8),
        "preprocess.one.y": np.array([7]),
        "stratified_split.few.x": float_images,
        "stratified_split.few.y": few,
        "stratified_split.few.fraction": np.float64(0.3),
        "stratified_split.few.seed": np.int64(3),
        "stratified_split.few_again.x": float_images,
        "stratified_split.few_again.y": few,
        "stratified_split.few_again.fraction": np.float64(0.3),
        "stratified_split.few_again.seed": np.int64(3),
        "summarise.floats.x": rng.random((len(summary), 28, 20, 1)).astype(np.float32),
        "summarise.floats.y": summary,
    }
    return {f"hidden.{name}": np.asarray(value) for name, value in cases.items()}
