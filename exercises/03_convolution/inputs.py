"""공개 채점에 쓰는 입력 | The inputs of the checks that students see.

An array is named ``<function>.<case>.<argument>``; an argument that a case leaves out keeps its default.
``padding`` is 0 for "valid" and 1 for "same"; ``use_bias`` is 0 or 1. The expected values are in
``reference.json``, computed by Keras from these very arrays, so they are the same for every seed.
"""

import numpy as np

VALID, SAME = 0, 1
SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
BINOMIAL = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], dtype=np.uint8)
CORNER = np.array([[0.5, -1.0, 0.25], [2.0, 0.0, -0.75], [-0.5, 1.5, 1.0]])


def drawing(height: int, width: int) -> np.ndarray:
    """A house under a sun, grey, float64 (height, width) in [0, 1]."""
    y, x = np.mgrid[:height, :width] / (height / 40)
    picture = np.where(y < 30, 0.75, 0.35)
    picture[(np.abs(x - 20) < (y - 8) * 1.1) & (y > 8) & (y < 20)] = 0.2
    picture[(np.abs(x - 20) < 10) & (y >= 20) & (y < 34)] = 0.55
    picture[(np.abs(x - 17) < 2.5) & (np.abs(y - 26) < 2.5)] = 0.9
    picture[(x > 22) & (x < 27) & (y >= 25) & (y < 34)] = 0.1
    picture[(x - 40) ** 2 + (y - 8) ** 2 < 20] = 1.0
    return picture.round(3)


def cases() -> dict[str, dict[str, object]]:
    """Arguments by ``<function>.<case>``."""
    # The legacy generator: NumPy promises that its stream stays the same in all versions, and the expected
    # values in reference.json hang on it.
    rng = np.random.RandomState(10)

    def image(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).round(3)

    def photograph(*shape: int) -> np.ndarray:
        return rng.randint(0, 256, size=shape, dtype=np.uint8)

    return {
        # Grey, step 1, no padding: the definition itself.
        "conv2d.grey": {"image": image(6, 5), "kernel": CORNER},
        "conv2d.rectangle": {"image": image(5, 8), "kernel": image(2, 4), "stride": 1, "padding": VALID},
        # All channels add up to one map.
        "conv2d.colour": {"image": image(5, 6, 3), "kernel": image(3, 3, 3)},
        "conv2d.two_channels": {"image": image(4, 5, 2), "kernel": image(2, 2, 2)},
        # Sums beyond 255 and below 0, from uint8.
        "conv2d.uint8": {"image": photograph(6, 6), "kernel": BINOMIAL},
        "conv2d.uint8_negative": {"image": photograph(5, 7), "kernel": SOBEL},
        "conv2d.uint8_mean": {"image": photograph(5, 5), "kernel": np.full((3, 3), 1 / 9)},
        # A step that does not divide what is left.
        "conv2d.stride2": {"image": image(6, 9), "kernel": CORNER, "stride": 2},
        "conv2d.stride3": {"image": image(8, 7), "kernel": image(2, 3), "stride": 3, "padding": VALID},
        "conv2d.same": {"image": image(4, 6), "kernel": CORNER, "padding": SAME},
        "conv2d.same_colour": {"image": image(4, 5, 3), "kernel": image(5, 3, 3), "padding": SAME},
        # An even kernel, or a step, needs more zeros at the bottom and right than at the top and left.
        "conv2d.same_even": {"image": image(5, 4), "kernel": image(2, 4), "padding": SAME},
        "conv2d.same_stride2": {"image": image(6, 7), "kernel": CORNER, "stride": 2, "padding": SAME},
        "conv2d.same_stride3": {"image": image(7, 8), "kernel": image(5, 3), "stride": 3, "padding": SAME},
        # Large enough to see something: the report shows them.
        "conv2d.picture_vertical_edges": {"image": drawing(40, 48), "kernel": SOBEL},
        "conv2d.picture_horizontal_edges": {"image": drawing(40, 48), "kernel": SOBEL.T},
        "conv2d.picture_blurred": {"image": drawing(40, 48), "kernel": np.full((5, 5), 1 / 25)},
        "max_pool2d.even": {"feature_map": image(4, 6)},
        "max_pool2d.odd": {"feature_map": image(5, 7)},
        "max_pool2d.size3": {"feature_map": photograph(7, 9), "size": 3},
        "max_pool2d.negative": {"feature_map": -1 - np.abs(image(5, 4)), "size": 2},
        "max_pool2d.channels": {"feature_map": image(4, 5, 3)},
        "max_pool2d.channels_size3": {"feature_map": image(6, 4, 2), "size": 3},
        # The chapter's CIFAR-10 network, its cats and dogs, and the first layer of InceptionV3.
        "conv_output_shape.cifar10": {"input_shape": (32, 32, 3), "filters": 64, "kernel_size": (3, 3)},
        "conv_output_shape.cifar10_second": {"input_shape": (15, 15, 64), "filters": 32, "kernel_size": 3},
        "conv_output_shape.cats_vs_dogs": {"input_shape": (128, 128, 3), "filters": 32, "kernel_size": 3},
        "conv_output_shape.inception": {
            "input_shape": (299, 299, 3),
            "filters": 32,
            "kernel_size": 3,
            "stride": 2,
            "padding": VALID,
        },
        "conv_output_shape.rectangle": {"input_shape": (20, 30, 1), "filters": 8, "kernel_size": (5, 2)},
        "conv_output_shape.stride2": {"input_shape": (28, 20, 1), "filters": 6, "kernel_size": 3, "stride": 2},
        "conv_output_shape.same": {
            "input_shape": (32, 24, 3),
            "filters": 16,
            "kernel_size": (5, 5),
            "padding": SAME,
        },
        "conv_output_shape.same_stride2": {
            "input_shape": (15, 20, 3),
            "filters": 4,
            "kernel_size": 3,
            "stride": 2,
            "padding": SAME,
        },
        "conv_parameter_count.cifar10": {"kernel_size": (3, 3), "in_channels": 3, "filters": 64},
        "conv_parameter_count.cifar10_second": {"kernel_size": 3, "in_channels": 64, "filters": 32},
        "conv_parameter_count.cats_vs_dogs": {"kernel_size": (3, 3), "in_channels": 3, "filters": 32},
        "conv_parameter_count.cats_vs_dogs_second": {
            "kernel_size": (3, 3),
            "in_channels": 32,
            "filters": 64,
            "use_bias": 1,
        },
        "conv_parameter_count.rectangle": {"kernel_size": (1, 7), "in_channels": 12, "filters": 5},
        "conv_parameter_count.no_bias": {"kernel_size": 3, "in_channels": 3, "filters": 32, "use_bias": 0},
    }


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by ``<function>.<case>.<argument>``; ``seed`` changes nothing here."""
    del seed
    return {
        f"{case}.{argument}": np.asarray(value)
        for case, arguments in cases().items()
        for argument, value in arguments.items()
    }
