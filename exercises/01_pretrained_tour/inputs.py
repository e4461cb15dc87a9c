"""공개 채점에 쓰는 입력 | The inputs of the checks that students see.

* ``prepare_image.<case>``: pixels of a picture (uint8), which the probe writes into a file; the case begins with
  the file's kind: ``rgb_png``, ``rgb_jpg``, ``grey_png``, ``rgba_png``, ``palette_png``, ``cmyk_jpg``.
* ``top_k.<case>.probabilities`` and, where it is not the default, ``top_k.<case>.k``.
* ``class_activation_map.<case>.image`` (float32 (48, 64, 3) in [-1, 1]) and ``….class_index``.
* ``tour.<n>``: pictures (uint8) for the whole way from a file to names and a map.

Expected values are in ``reference.json``, so they are the same for every seed.
"""

import numpy as np

#: What the small given network tells apart, in the order of its outputs.
KINDS = ("disc", "square", "triangle", "cross")
COLOURS = np.array([[235, 140, 40], [60, 90, 220], [70, 190, 80], [210, 60, 190]], dtype=float)

#: The list that the chapter shows for a photograph of a fox; the names of all classes are in probe.py.
FOX = {9: 0.67, 4: 0.13, 11: 0.06, 1: 0.004, 6: 0.003}


def smooth(rng: np.random.RandomState, height: int, width: int, channels: int) -> np.ndarray:
    """Colours that change slowly, uint8 (height, width, channels): every way of resizing gives almost the same."""
    rows, columns = 4, 5
    grid = rng.uniform(0, 255, size=(rows, columns, channels))
    y, x = np.linspace(0, rows - 1, height), np.linspace(0, columns - 1, width)
    top, left = np.minimum(y.astype(int), rows - 2), np.minimum(x.astype(int), columns - 2)
    down, right = (y - top)[:, np.newaxis, np.newaxis], (x - left)[np.newaxis, :, np.newaxis]
    upper = (1 - right) * grid[top][:, left] + right * grid[top][:, left + 1]
    lower = (1 - right) * grid[top + 1][:, left] + right * grid[top + 1][:, left + 1]
    return np.rint((1 - down) * upper + down * lower).astype(np.uint8)


def scene(rng: np.random.RandomState, kind: int, height: int, width: int, *, centred: bool = False) -> np.ndarray:
    """A coloured shape on a grey, noisy ground, uint8 (height, width, 3).

    Args:
        kind: index of :data:`KINDS`.
        centred: the shape's middle is near that of the picture, so that it survives cutting to a square.
    """
    radius = height * rng.uniform(0.16, 0.22)
    spread = 0.08 if centred else 0.28
    cy, cx = height * rng.uniform(0.5 - spread, 0.5 + spread), width * rng.uniform(0.5 - spread, 0.5 + spread)
    y, x = np.mgrid[:height, :width]
    dy, dx = (y - cy) / radius, (x - cx) / radius
    shape = [
        dy**2 + dx**2 <= 1,
        np.maximum(np.abs(dy), np.abs(dx)) <= 0.9,
        (dy <= 0.9) & (np.abs(dx) <= (dy + 1) / 1.8),
        (np.minimum(np.abs(dy), np.abs(dx)) <= 0.3) & (np.maximum(np.abs(dy), np.abs(dx)) <= 1),
    ][kind]
    ground = smooth(rng, height, width, 1).astype(float) * 0.5 + 60
    picture = np.where(shape[..., np.newaxis], COLOURS[kind] + rng.uniform(-15, 15, size=3), ground)
    return np.clip(picture + rng.normal(0, 6, size=(height, width, 1)), 0, 255).astype(np.uint8)


def pair(rng: np.random.RandomState, left: int, right: int) -> np.ndarray:
    """Two shapes side by side, uint8 (48, 64, 3): a class's map is bright on one of them."""
    return np.hstack([scene(rng, kind, 48, 32, centred=True) for kind in (left, right)])


def scaled(pixels: np.ndarray) -> np.ndarray:
    """uint8 pixels as the given network wants them: float32 in [-1, 1]."""
    return (pixels / 127.5 - 1).astype(np.float32)


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name; ``seed`` changes nothing here."""
    del seed
    # The legacy generator: NumPy promises that its stream stays the same in all versions.
    rng = np.random.RandomState(1)
    arrays = {
        "prepare_image.rgb_png": smooth(rng, 180, 260, 3),
        "prepare_image.rgb_jpg": smooth(rng, 330, 240, 3),
        "prepare_image.grey_png": smooth(rng, 150, 210, 1)[..., 0],
        # Opaque throughout: to drop the fourth channel or to paint on white comes to the same.
        "prepare_image.rgba_png": np.dstack([smooth(rng, 240, 200, 3), np.full((240, 200), 255, np.uint8)]),
        "prepare_image.palette_png": smooth(rng, 190, 230, 1)[..., 0],
        "prepare_image.cmyk_jpg": smooth(rng, 200, 270, 4),
    }

    fox = np.full(12, 0.0005)
    fox[list(FOX)] = list(FOX.values())
    arrays["top_k.fox.probabilities"] = fox.astype(np.float32)
    arrays["top_k.three.probabilities"] = rng.permutation(np.arange(1, 21) / 210).astype(np.float32)
    arrays["top_k.three.k"] = np.array(3)
    arrays["top_k.all.probabilities"] = np.array([0.125, 0.5, 0.0625, 0.3125], dtype=np.float32)
    arrays["top_k.all.k"] = np.array(4)

    one, two = scene(rng, 0, 48, 64), pair(rng, 1, 2)
    for case, picture, class_index in (("disc", one, 0), ("square_of_two", two, 1), ("triangle_of_two", two, 2)):
        arrays[f"class_activation_map.{case}.image"] = scaled(picture)
        arrays[f"class_activation_map.{case}.class_index"] = np.array(class_index)
    arrays["class_activation_map.constant.image"] = scaled(scene(rng, 2, 48, 64))
    arrays["class_activation_map.constant.class_index"] = np.array(1)

    for number, kind in enumerate((1, 0, 2)):
        arrays[f"tour.{number}"] = scene(rng, kind, 150, 200, centred=True)
    return arrays
