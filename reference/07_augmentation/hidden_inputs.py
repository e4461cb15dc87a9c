"""Inputs of the staff's checks: 70 pictures by colour, in another order than the visible ones."""

import numpy as np


def make(seed: int) -> dict[str, np.ndarray]:
    """``hidden.colours``: float32 (70, 36, 36, 3); picture i is bright in channel (i // 2) % 3."""
    pictures = np.full((70, 36, 36, 3), 0.25, dtype=np.float32)
    for index in range(70):
        pictures[index, :, :, (index // 2) % 3] = 0.65
    return {"hidden.colours": pictures}
