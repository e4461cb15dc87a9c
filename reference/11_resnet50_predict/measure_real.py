"""Measures how many of the sample photographs MobileNet recognises, prepared rightly and wrongly.

    python reference/11_resnet50_predict/measure_real.py DATA

DATA is the grader's data folder (``--data``), with ``keras_home`` and ``imagenet_samples``. Prints the share with
the right class among the best five: what ``HITS`` and ``MEASURED`` of ``make_reference.py`` state, here and for
the tour of a pre-trained network.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from PIL import Image, ImageOps

Prepare = Callable[[Image.Image, int], np.ndarray]
MEANS = np.array([103.939, 116.779, 123.68])


def stretched(method: Image.Resampling) -> Prepare:
    """The whole picture, resized by ``method``."""
    return lambda picture, size: np.asarray(picture.resize((size, size), method), dtype=float)


def cropped(picture: Image.Image, size: int) -> np.ndarray:
    """The middle of the picture."""
    return np.asarray(ImageOps.fit(picture, (size, size)), dtype=float)


def ways(size: int) -> Iterator[tuple[str, Prepare]]:
    """Pictures as the network sees them in the end, RGB in [-1, 1]: right ways first."""
    nearest = stretched(Image.Resampling.NEAREST)
    yield "nearest", lambda p, s: nearest(p, s) / 127.5 - 1
    bilinear, lanczos = stretched(Image.Resampling.BILINEAR), stretched(Image.Resampling.LANCZOS)
    yield "bilinear", lambda p, s: bilinear(p, s) / 127.5 - 1
    yield "lanczos", lambda p, s: lanczos(p, s) / 127.5 - 1
    yield "cropped", lambda p, s: cropped(p, s) / 127.5 - 1
    yield "wrong: channels reversed", lambda p, s: nearest(p, s)[..., ::-1] / 127.5 - 1
    yield "wrong: [0, 1]", lambda p, s: nearest(p, s) / 255
    yield "wrong: [0, 255]", nearest
    if size == 224:  # what is given for ResNet50 goes through the inverse of its preprocessing first
        undo = lambda x: (x + MEANS)[..., ::-1] / 127.5 - 1  # noqa: E731
        yield "wrong: [-1, 1] for ResNet50", lambda p, s: undo(nearest(p, s) / 127.5 - 1)
        yield "wrong: [0, 255] for ResNet50", lambda p, s: undo(nearest(p, s))


def main(data: Path) -> None:
    weights = data / "keras_home" / "models" / "mobilenet_2_5_224_tf.h5"
    network = keras.applications.MobileNet(alpha=0.25, weights=str(weights))
    samples = sorted((data / "imagenet_samples").glob("imagenet_*.jpg"))
    truth = np.array([int(path.stem.rpartition("_")[2]) for path in samples])
    pictures = [Image.open(path).convert("RGB") for path in samples]
    for size in (224, 299):
        for name, prepare in ways(size):
            batch = np.stack([prepare(picture, size) for picture in pictures])
            if size != 224:
                batch = np.asarray(keras.layers.Resizing(224, 224)(batch))
            best = np.argsort(-network.predict(batch, verbose=0), axis=1)[:, :5]
            hit = (best == truth[:, np.newaxis]).any(axis=1)
            print(f"{size} {name}: {hit.mean():.2f} of {len(hit)}, {hit[:10].mean():.2f} of the first 10")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
