"""공개 채점에 쓰는 입력 | The inputs of the checks that students see.

``samples``: 6 pictures of soft colours and one grey one, float32 (7, 128, 128, 3) in [-1, 1].
"""

import numpy as np


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name."""
    rng = np.random.Generator(np.random.PCG64(seed + 13))
    coarse = rng.random(size=(6, 16, 16, 3), dtype=np.float32) * 2 - 1
    fine = np.repeat(np.repeat(coarse, 8, axis=1), 8, axis=2)
    grey = np.zeros((1, 128, 128, 3), dtype=np.float32)
    return {"samples": np.concatenate([fine, grey])}
