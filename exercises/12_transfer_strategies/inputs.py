"""공개 채점에 쓰는 입력 | The inputs of the checks that students see.

* ``x``, ``y``: 24 images and class ids, one batch for one step of training.
* ``num_classes``: classes of the new problem.
* ``freeze_until.<case>``: place of a layer in ``base.layers``; its name is what the function is given.
* ``trainable_parameter_count.<case>``: [how many of the first layers are frozen, units of a classifier that is put
  on top (0: none)].
* ``real.<model>``: a model of keras.applications to transfer, without weights; the value is the number of classes.
"""

import numpy as np

CLASSES = 5


def samples(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Colour images float32 (count, 16, 16, 3) in [0, 1] and class ids int64 (count,).

    Five kinds: a bright left, top, or middle, a red one, a striped one; with noise.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    labels = rng.integers(0, CLASSES, size=count)
    images = rng.normal(0.35, 0.12, size=(count, 16, 16, 3))
    for image, label in zip(images, labels, strict=True):
        if label == 0:
            image[:, :8] += 0.4
        elif label == 1:
            image[:8] += 0.4
        elif label == 2:
            image[4:12, 4:12] += 0.4
        elif label == 3:
            image[..., 0] += 0.4
        else:
            image[::2] += 0.4
    return np.clip(images, 0, 1).astype(np.float32), labels.astype(np.int64)


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name; the images differ with the seed."""
    x, y = samples(24, seed + 120)
    return {
        "x": x,
        "y": y,
        "num_classes": np.array(CLASSES),
        "freeze_until.block_2": np.array(10),
        "freeze_until.block_3_pointwise": np.array(19),
        "freeze_until.stem_bn": np.array(2),
        "trainable_parameter_count.all": np.array([0, 0]),
        "trainable_parameter_count.some": np.array([10, 0]),
        "trainable_parameter_count.none": np.array([22, 0]),
        "trainable_parameter_count.classifier": np.array([22, 6]),
        "trainable_parameter_count.some_and_classifier": np.array([16, 4]),
        "real.MobileNet": np.array(2),
    }
