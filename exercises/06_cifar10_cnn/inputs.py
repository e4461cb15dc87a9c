"""공개 채점에 쓰는 입력 | The inputs of the checks that students see.

``samples``: 8 images on which the network is asked before it is saved and after it is read again.
"""

import numpy as np


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name: float32 in [0, 1]."""
    rng = np.random.Generator(np.random.PCG64(seed + 6))
    return {"samples": rng.random(size=(8, 32, 32, 3), dtype=np.float32)}
