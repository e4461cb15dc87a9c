"""공개 채점에 쓰는 입력 | The inputs of the checks that students see.

An array is named ``<function>.<case>.<argument>``; an argument that a case leaves out keeps its default. All
images of a case differ, so that a check can tell which is which. They are random pixels: nothing needs real ones.
"""

import numpy as np


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by ``<function>.<case>.<argument>``."""
    rng = np.random.Generator(np.random.PCG64(seed + 105))

    def images(count: int, side: int, brightest: int = 255) -> np.ndarray:
        return rng.integers(0, brightest + 1, size=(count, side, side, 3), dtype=np.uint8)

    def labels(counts: list[int]) -> np.ndarray:
        """Class ids, ``counts[c]`` of class c, in order."""
        return np.repeat(np.arange(len(counts)), counts)

    # As keras.datasets.cifar10.load_data() gives them: uint8 images, uint8 labels (n, 1).
    keras_x, keras_y = images(8, 32), np.array([6, 9, 9, 4, 1, 1, 2, 7], dtype=np.uint8)[:, np.newaxis]
    keras_x[0, 0, 0], keras_x[0, 0, 1] = 0, 255
    balanced = rng.permutation(labels([20] * 10))
    pictures = images(len(balanced), 8)
    uneven = labels([40, 25, 10, 5])
    seventeen = rng.permutation(labels([17, 9, 6]))
    counts = rng.permutation(labels([3, 5, 1, 4, 2, 6, 2, 3, 1, 5]))
    return {
        "preprocess.keras.x": keras_x,
        "preprocess.keras.y": keras_y,
        "preprocess.flat.x": images(10, 32),
        "preprocess.flat.y": rng.permutation(10),
        # No pixel is as bright as 255: dividing by the brightest one shows.
        "preprocess.dark.x": images(5, 32, brightest=90),
        "preprocess.dark.y": np.array([0, 3, 3, 8, 5]),
        "preprocess.three.x": images(4, 16),
        "preprocess.three.y": np.array([2, 0, 0, 1]),
        "preprocess.three.num_classes": np.int64(3),
        "stratified_split.default.x": pictures,
        "stratified_split.default.y": balanced,
        "stratified_split.again.x": pictures,
        "stratified_split.again.y": balanced,
        "stratified_split.again.fraction": np.float64(0.2),
        "stratified_split.again.seed": np.int64(0),
        "stratified_split.other_seed.x": pictures,
        "stratified_split.other_seed.y": balanced,
        "stratified_split.other_seed.seed": np.int64(1),
        # Sorted by class, and far from balanced.
        "stratified_split.uneven.x": images(len(uneven), 8),
        "stratified_split.uneven.y": uneven,
        "stratified_split.quarter.x": images(len(seventeen), 8),
        "stratified_split.quarter.y": seventeen,
        "stratified_split.quarter.fraction": np.float64(0.25),
        "stratified_split.quarter.seed": np.int64(7),
        "summarise.images.x": images(len(counts), 32),
        "summarise.images.y": counts,
    }
