"""공개 채점에 쓰는 입력 | The inputs of the checks that students see.

* ``prepare.<case>``: pixels of a picture (uint8), which the probe writes into a file; the case begins with the
file's
  kind: ``rgb_png``, ``rgb_jpg``, ``grey_png``, ``rgba_png``, ``palette_png``, ``cmyk_jpg``.
* ``network.kernel``, ``network.bias``: a network of one layer with 1,000 classes, each of which stands for a
colour:
  it averages the picture and is surest of the classes whose colours are nearest.
* ``predict.<case>.picture`` (uint8, square) and, where it is not the default, ``predict.<case>.k``.
* ``photographs.<n>``: pictures for the last check, used where no real photographs are there.
"""

import numpy as np

#: Means of ImageNet's channels blue, green, red, which ``resnet50.preprocess_input`` subtracts.
MEANS = np.array([103.939, 116.779, 123.68])
#: How much nearer a colour must be to count: squared levels.
TEMPERATURE = 300.0


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


def tinted(rng: np.random.RandomState, size: int) -> np.ndarray:
    """A square picture whose colours lie around one colour, so that its average tells it from others."""
    colour = rng.uniform(30, 225, size=3)
    return np.clip(colour + (smooth(rng, size, size, 3) - 127.5) * 0.25, 0, 255).astype(np.uint8)


def colour_network(rng: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """Kernel float32 (3, 1000) and bias float32 (1000,) on averages of prepared pictures.

    The score of class i is -|average - colour_i|^2 / (2 T) up to what is the same for all classes.
    """
    colours = rng.uniform(0, 255, size=(1000, 3)) - MEANS
    bias = -(colours**2).sum(axis=1) / (2 * TEMPERATURE)
    return (colours.T / TEMPERATURE).astype(np.float32), bias.astype(np.float32)


def make(seed: int) -> dict[str, np.ndarray]:
    """The arrays by name; ``seed`` changes nothing here."""
    del seed
    # The legacy generator: NumPy promises that its stream stays the same in all versions. This seed leaves no two
    # neighbours in a ranked list so near each other that another interpolation would swap them (a test looks).
    rng = np.random.RandomState(62)
    arrays = {
        "prepare.rgb_png": smooth(rng, 180, 260, 3),
        "prepare.rgb_jpg": smooth(rng, 330, 240, 3),
        "prepare.grey_png": smooth(rng, 150, 210, 1)[..., 0],
        # Opaque throughout: to drop the fourth channel or to paint on white comes to the same.
        "prepare.rgba_png": np.dstack([smooth(rng, 240, 200, 3), np.full((240, 200), 255, np.uint8)]),
        "prepare.palette_png": smooth(rng, 190, 230, 1)[..., 0],
        "prepare.cmyk_jpg": smooth(rng, 200, 270, 4),
    }
    arrays["network.kernel"], arrays["network.bias"] = colour_network(rng)
    arrays["predict.first.picture"] = tinted(rng, 200)
    arrays["predict.second.picture"] = tinted(rng, 260)
    arrays["predict.three.picture"] = tinted(rng, 224)
    arrays["predict.three.k"] = np.array(3)
    arrays["predict.one.picture"] = tinted(rng, 240)
    arrays["predict.one.k"] = np.array(1)
    for number in range(4):
        arrays[f"photographs.{number}"] = tinted(rng, 230)
    return arrays
