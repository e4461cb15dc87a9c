"""공개 채점에 쓰는 사진 | The photographs of the checks that students see.

``pictures.<part>.<class>.<n>``: uint8 pictures of different sizes whose content tells what becomes of them. Cats
are red and dogs blue; the last of each class in ``train`` is grey, dark for a cat and light for a dog. All are
brighter at the top than at the bottom. Some of them are also put among the photographs that train the network.

``coloured``: 24 pictures of the network's size, red and blue by turns. A network that was trained on ``train``
with the right labels knows them, whatever else it has learnt.
"""

import numpy as np

SIZES = {
    "train": {
        "cat": ((120, 90), (96, 140), (150, 150), (80, 200), (110, 100), (64, 128)),
        "dog": ((100, 130), (160, 96), (128, 128), (90, 90), (200, 110), (140, 70)),
    },
    "test": {"cat": ((100, 100), (90, 150), (130, 80)), "dog": ((70, 120), (150, 100))},
}
COLOURS = {"cat": (200, 60, 60), "dog": (60, 60, 200)}
GREYS = {"cat": 60, "dog": 190}


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name; a grey picture is (h, w), the others are (h, w, 3)."""
    made = {}
    for part, classes in SIZES.items():
        for name, sizes in classes.items():
            for index, (height, width) in enumerate(sizes):
                grey = part == "train" and index == len(sizes) - 1
                colour = np.array(GREYS[name] if grey else COLOURS[name], dtype=np.float64)
                light = np.linspace(1.3, 0.7, height).reshape((height,) + (1,) * (1 if grey else 2))
                picture = np.broadcast_to(light * colour, (height, width) if grey else (height, width, 3))
                made[f"pictures.{part}.{name}.{index}"] = np.clip(picture, 0, 255).astype(np.uint8)
    return {**made, "coloured": coloured(np.random.Generator(np.random.PCG64(seed + 8)), 24)}


def coloured(rng: np.random.Generator, count: int) -> np.ndarray:
    """Picture i shows a cat's colour where i is even, else a dog's; uint8 (count, 128, 128, 3)."""
    colours = np.array([COLOURS["cat"], COLOURS["dog"]] * (count // 2), dtype=np.float64)
    light = np.linspace(1.25, 0.75, 128).reshape(1, 128, 1, 1) * rng.uniform(0.9, 1.1, size=(count, 1, 1, 1))
    return np.broadcast_to(np.clip(light * colours[:, None, None], 0, 255), (count, 128, 128, 3)).astype(np.uint8)
