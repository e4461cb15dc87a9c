"""Inputs of the staff's checks: other sizes, steps, paddings and channels; values differ with the seed.

Names and codes are those of the exercise's ``inputs.py``, with ``hidden.`` in front.
"""

import numpy as np

VALID, SAME = 0, 1


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by ``hidden.<function>.<case>.<argument>``."""
    rng = np.random.Generator(np.random.PCG64(seed + 300))

    def image(*shape: int) -> np.ndarray:
        return rng.normal(size=shape)

    def photograph(*shape: int) -> np.ndarray:
        return rng.integers(0, 256, size=shape, dtype=np.uint8)

    def small(low: int, high: int) -> int:
        return int(rng.integers(low, high))

    cases: dict[str, dict[str, object]] = {
        "conv2d.grey": {"image": image(small(7, 11), small(5, 8)), "kernel": image(3, 2)},
        "conv2d.colour": {"image": photograph(7, 6, 3), "kernel": rng.integers(-4, 5, size=(3, 3, 3))},
        "conv2d.stride": {"image": image(11, 13, 2), "kernel": image(2, 3, 2), "stride": 4},
        "conv2d.one_channel": {"image": image(6, 6, 1), "kernel": image(1, 5, 1), "stride": 1},
        "conv2d.same_grey": {"image": image(6, small(6, 10)), "kernel": image(3, 5), "padding": SAME},
        "conv2d.same_even": {"image": image(7, 6, 3), "kernel": image(4, 2, 3), "padding": SAME},
        "conv2d.same_stride2": {"image": image(8, 9), "kernel": image(3, 3), "stride": 2, "padding": SAME},
        "conv2d.same_stride3": {
            "image": photograph(10, 8, 3),
            "kernel": image(2, 5, 3),
            "stride": 3,
            "padding": SAME,
        },
        # The step is longer than the filter: nothing needs padding in one direction.
        "conv2d.same_stride4": {"image": image(9, 8), "kernel": image(2, 3), "stride": 4, "padding": SAME},
        "max_pool2d.grey": {"feature_map": image(9, small(6, 12))},
        "max_pool2d.negative": {"feature_map": -0.5 - np.abs(image(7, 9, 4)), "size": 3},
        "max_pool2d.integers": {"feature_map": rng.integers(-90, 90, size=(10, 8, 2)), "size": 4},
        "max_pool2d.identity": {"feature_map": image(3, 4), "size": 1},
        "conv_output_shape.square": {
            "input_shape": (small(40, 90), small(40, 90), 3),
            "filters": small(5, 50),
            "kernel_size": 5,
        },
        "conv_output_shape.rectangle": {
            "input_shape": (small(40, 90), small(40, 90), 7),
            "filters": 12,
            "kernel_size": (2, 7),
            "stride": 3,
        },
        "conv_output_shape.pointwise": {
            "input_shape": (17, 18, 64),
            "filters": 6,
            "kernel_size": 1,
            "stride": 2,
            "padding": VALID,
        },
        "conv_output_shape.same": {
            "input_shape": (small(40, 90), small(40, 90), 3),
            "filters": small(5, 50),
            "kernel_size": (4, 3),
            "stride": 3,
            "padding": SAME,
        },
        "conv_parameter_count.square": {
            "kernel_size": small(4, 9),
            "in_channels": small(5, 40),
            "filters": small(5, 40),
        },
        "conv_parameter_count.rectangle": {
            "kernel_size": (2, small(3, 9)),
            "in_channels": 1,
            "filters": small(41, 80),
            "use_bias": 1,
        },
        "conv_parameter_count.no_bias": {
            "kernel_size": (3, 5),
            "in_channels": small(5, 40),
            "filters": small(5, 40),
            "use_bias": 0,
        },
    }
    return {
        f"hidden.{case}.{argument}": np.asarray(value)
        for case, arguments in cases.items()
        for argument, value in arguments.items()
    }
