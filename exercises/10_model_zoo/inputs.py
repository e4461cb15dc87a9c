"""공개 채점에 쓰는 입력 | The inputs of the checks that students see.

* ``build.<model>``: this model is built and its parameters are counted; the value says nothing.
* ``choose.<case>.<argument>``: arguments of one call of ``choose``; an argument that is not here is not given.
"""

import numpy as np

BUILT = ("MobileNetV2", "ResNet50", "InceptionV3")
CASES = {
    "phone": {"max_size_mb": 20},
    "middle": {"max_size_mb": 200.0},
    "accurate": {"min_top1": 0.77},
    "light": {"max_parameters": 25_000_000},
    "small_and_accurate": {"max_size_mb": 150, "min_top1": 0.755},
    "all_three": {"max_size_mb": 220.0, "min_top1": 0.705, "max_parameters": 50_000_000},
    "inclusive_size": {"max_size_mb": 98},
    "inclusive_parameters": {"max_parameters": 4_253_864},
    "inclusive_top1": {"min_top1": 0.78},
    "empty_size": {"max_size_mb": 5},
    "empty_top1": {"min_top1": 0.9},
    "empty_together": {"max_size_mb": 50, "min_top1": 0.75},
    "empty_zero": {"max_parameters": 0},
}


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name; the table does not depend on the seed."""
    arrays = {f"build.{name}": np.array(1) for name in BUILT}
    for case, arguments in CASES.items():
        arrays |= {f"choose.{case}.{argument}": np.asarray(value) for argument, value in arguments.items()}
    return arrays
