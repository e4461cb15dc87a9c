"""Writes docs/chapter.md: every table of the chapter beside what the installed library gives.

    python docs/make_chapter.py           write the page
    python docs/make_chapter.py --check   exit 1 where the page is not what would be written now

The left-hand sides are what the chapter prints, typed in once below; the right-hand sides are read off models that
are built here. Nothing is downloaded: models are built without weights, and their variables are never allocated.
"""

from __future__ import annotations

import argparse
import inspect
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from chapter_models import FIRST_TRAINED, built, cats_network, cifar10_network, count, transfer_model
from chapter_tables import (
    AUGMENTATION,
    CATS_TABLE,
    CATS_TOTAL,
    CIFAR10_CLASSES,
    CIFAR10_COUNTS,
    CIFAR10_TABLE,
    CIFAR10_TOTAL,
    INCEPTION_TABLE,
    MODEL_TABLE,
    STRATEGIES,
    Row,
)

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

PAGE = Path(__file__).with_name("chapter.md")


def table(head: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[int] = ()) -> Iterator[str]:
    """Lines of a Markdown table; columns in ``right`` hold numbers."""
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join("---:" if n in right else "---" for n in range(len(head))) + " |"
    for row in rows:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"


class Verdicts:
    """Counts what agrees, so that the page's first lines can say how much does."""

    def __init__(self) -> None:
        self.same = 0
        self.different: list[str] = []

    def __call__(self, what: str, printed: object, found: object) -> str:
        if printed == found:
            self.same += 1
            return "same"
        self.different.append(what)
        return "**different**"


def network(title: str, rows: tuple[Row, ...], total: Row, model: Any, verdict: Verdicts) -> Iterator[str]:
    """A network's table beside the same network built today."""
    yield f"## {title}"
    yield ""
    lines: list[Row] = []
    if len(rows) != len(model.layers):
        raise SystemExit(f"{title}: {len(rows)} layers printed, {len(model.layers)} built")
    for (name, shape, parameters), layer in zip(rows, model.layers, strict=True):
        found = (
            f"{layer.name} ({type(layer).__name__})",
            tuple(layer.output.shape),
            count(layer.weights),
        )
        same = verdict(f"{title}: {name}", (name, shape, parameters), found)
        lines.append((name, shape, f"{parameters:,}", found[0], found[1], f"{found[2]:,}", same))
    head = (
        "chapter: layer (type)",
        "output shape",
        "Param #",
        "Keras: layer (type)",
        "output shape",
        "Param #",
        "",
    )
    yield from table(head, lines, right=(2, 5))
    yield ""
    parameters, trainable = count(model.weights), count(model.trainable_weights)
    size = f"{parameters * 4 / 2**20:.2f} MB"
    sums = (
        ("Total params", f"{total[0]:,} ({total[1]})", f"{parameters:,} ({size})"),
        ("Trainable params", f"{total[0]:,} ({total[1]})", f"{trainable:,} ({trainable * 4 / 2**20:.2f} MB)"),
        ("Non-trainable params", "0", f"{parameters - trainable:,}"),
    )
    compared = [
        (name, printed, found, verdict(f"{title}: {name}", printed, found)) for name, printed, found in sums
    ]
    yield from table(("", "chapter", "Keras", ""), compared, right=(1, 2))
    yield ""
    yield "A parameter is a float32 of 4 bytes; the chapter's and Keras' “MB” are 2^20 bytes."
    yield ""


def model_zoo(verdict: Verdicts) -> Iterator[str]:
    """The thirteen pre-trained models."""
    import keras

    yield "## The pre-trained models (사전 훈련된 신경망 모델)"
    yield ""
    lines = []
    for name, size, top1, top5, parameters, depth in MODEL_TABLE:
        make = getattr(keras.applications, name)
        model = built(lambda make=make: make(weights=None))
        found = count(model.weights)
        same = verdict(f"parameters of {name}", parameters, found)
        shown = "—" if depth is None else depth
        sizes = f"{found * 4 / 2**20:.1f}"
        square = "×".join(str(n) for n in model.input_shape[1:3])
        row = (
            name,
            f"{parameters:,}",
            f"{found:,}",
            same,
            f"{size} MB",
            sizes,
            f"{top1:.3f}",
            f"{top5:.3f}",
            shown,
        )
        lines.append((*row, square))
    head = (
        "model",
        "parameters (chapter)",
        "parameters (Keras)",
        "",
        "size (chapter)",
        "float32 weights, 2^20 bytes",
        "top-1",
        "top-5",
        "depth",
        "input (Keras)",
    )
    yield from table(head, lines, right=(1, 2, 4, 5, 6, 7, 8))
    yield ""
    yield (
        "Parameters are counted on models built without weights, their classifiers for 1,000 classes included. "
        "The chapter's sizes are those of the weight files, which hold names and attributes too and so are up to "
        "2 MB larger than the weights. Top-1 and top-5 accuracy (on ImageNet's validation images) and depth are "
        "given as the chapter prints them: they cannot be read off a model. The ResNets have a dash for their "
        "depth there."
    )
    yield ""


def inception(verdict: Verdicts) -> Iterator[str]:
    """InceptionV3's input and first layers."""
    import keras

    yield "## InceptionV3's first layers (영상인식 신경망 체험하기)"
    yield ""
    layers = built(lambda: keras.applications.InceptionV3(weights=None)).layers
    lines = []
    for (kind, text), layer in zip(INCEPTION_TABLE, layers, strict=False):
        found = (type(layer).__name__, describe(layer))
        lines.append((kind, text, *found, verdict(f"InceptionV3: {kind}", (kind, text), found)))
    yield from table(("chapter: layer", "its text", "Keras: layer", "in the same words", ""), lines)
    yield ""


def describe(layer: Any) -> str:
    """A layer's settings in the words of the page that the chapter shows."""
    kind = type(layer).__name__
    if kind == "InputLayer":
        return "shape: [" + ",".join(str(n) for n in layer.batch_shape[1:]) + "]"
    if kind == "Conv2D":
        size, stride = ("x".join(str(n) for n in pair) for pair in (layer.kernel_size, layer.strides))
        padding = "no border padding" if layer.padding == "valid" else f"{layer.padding} border padding"
        return f"{layer.filters} {size} filters, {stride} striding, {padding}"
    return layer.activation.__name__ if kind == "Activation" else ""


def cifar10_data(verdict: Verdicts) -> Iterator[str]:
    """Classes and counts of CIFAR-10, as Keras' own documentation states them."""
    import keras

    yield "## CIFAR-10 (컴퓨터 시각 분야 응용의 예)"
    yield ""
    text = inspect.getdoc(keras.datasets.cifar10.load_data) or ""
    classes = dict(re.findall(r"^\|\s*(\d)\s*\|\s*(\w+)\s*\|$", text, flags=re.MULTILINE))
    lines = []
    for number, name in enumerate(CIFAR10_CLASSES):
        found = classes.get(str(number), "—")
        lines.append((number, name, found, verdict(f"CIFAR-10: class {number}", name, found)))
    yield from table(("class", "chapter", "Keras", ""), lines)
    yield ""
    shapes = dict(re.findall(r"`(x_train|x_test)`.*?shapes?\s+`\((\d+, 32, 32, 3)\)`", text, flags=re.DOTALL))
    counts = []
    for (what, number), key in zip(CIFAR10_COUNTS.items(), ("x_train", "x_test"), strict=True):
        found = shapes.get(key, "—")
        printed = f"{number}, 32, 32, 3"
        same = verdict(f"CIFAR-10: {what} images", printed, found)
        counts.append((f"{what} images", f"{number:,} of 32×32 in colour", f"({found})", same))
    yield from table(("", "chapter", "Keras: shape", ""), counts)
    yield ""
    yield "Keras' side is what the documentation of `keras.datasets.cifar10.load_data` states."
    yield ""


def augmentation(verdict: Verdicts) -> Iterator[str]:
    """The transformations that the chapter names."""
    import keras
    import tensorflow

    yield "## Data augmentation (데이터 증대)"
    yield ""
    known = inspect.signature(tensorflow.keras.preprocessing.image.ImageDataGenerator.__init__).parameters
    lines = []
    for name, arguments, layer in AUGMENTATION:
        found = [argument for argument in arguments if argument in known]
        there = hasattr(keras.layers, layer)
        same = verdict(f"augmentation: {name}", (len(arguments), True), (len(found), there))
        lines.append((name, ", ".join(f"`{n}`" for n in found), f"`{layer}`" if there else "—", same))
    yield from table(("chapter", "argument of ImageDataGenerator", "Keras layer", ""), lines)
    yield ""
    yield (
        "`ImageDataGenerator()`, which the chapter uses, is still there as `tensorflow.keras.preprocessing.image."
        "ImageDataGenerator`, among what Keras 3 calls legacy (`keras` alone does not have it). Exercises accept "
        "both it and layers."
    )
    yield ""


def strategies() -> Iterator[str]:
    """The three strategies as counts."""
    yield "## The three strategies (사전 훈련된 모델을 내 프로젝트에 맞게 재정의하기)"
    yield ""
    lines = []
    for strategy, text in STRATEGIES.items():
        model = built(lambda strategy=strategy: transfer_model(strategy))
        total, trainable = count(model.weights), count(model.trainable_weights)
        weights = "fresh" if strategy == 1 else "the pre-trained ones"
        lines.append((strategy, text, weights, f"{total:,}", f"{trainable:,}", f"{total - trainable:,}"))
    head = ("", "chapter", "weights of the base at the start", "parameters", "trainable", "frozen")
    yield from table(head, lines, right=(3, 4, 5))
    yield ""
    yield (
        "The chapter prints no numbers here. These are those of its second example: MobileNet without its "
        "classifier (224×224), global average pooling and `Dense(2)`. For strategy 2 every layer before "
        f"`{FIRST_TRAINED}` is fixed. With strategy 1 the frozen ones are BatchNormalization's moving means and "
        "variances, which no gradient reaches; they follow the images while training all the same."
    )
    yield ""


def saving() -> Iterator[str]:
    """What the chapter's two lines do today."""
    import tempfile

    import keras
    import numpy

    yield "## Saving (가중치 저장과 전이 학습)"
    yield ""
    keras.backend.clear_session()
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.0125), loss="mse")
    model.fit(numpy.ones((2, 1)), numpy.zeros((2, 1)), epochs=2, verbose=0)
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("mymodel", "mymodel.keras"):
            path = str(Path(folder) / name)
            try:
                model.save(path)
                outcome = "kept: " + ", ".join(kept(model, keras.saving.load_model(path)))
            except ValueError as error:
                # Its first sentence: the last one names the file, in another folder every time.
                outcome = f"ValueError: {str(error).split('. ')[0]}."
            lines.append((f"`model.save('{name}')`", outcome))
    yield from table(("call", "Keras"), lines)
    yield ""
    yield "The chapter's `model.save('mymodel')` is of Keras 2, which wrote a folder; here it is `.keras` files."
    yield ""


def kept(before: Any, after: Any) -> Iterator[str]:
    """Which of the chapter's four kinds of information a restored model has."""
    import numpy

    if before.to_json() == after.to_json():
        yield "architecture"
    if all(numpy.array_equal(a, b) for a, b in zip(before.get_weights(), after.get_weights(), strict=True)):
        yield "weights"
    if before.get_compile_config() == after.get_compile_config():
        yield "compile settings"
    states = [[variable.numpy() for variable in model.optimizer.variables] for model in (before, after)]
    if all(numpy.array_equal(a, b) for a, b in zip(*states, strict=True)):
        yield "optimizer and its state"


def page() -> str:
    """The whole page."""
    from importlib.metadata import version

    verdict = Verdicts()
    body = [
        *network(
            "The CIFAR-10 network (CIFAR-10 분류 프로그램)",
            CIFAR10_TABLE,
            CIFAR10_TOTAL,
            built(cifar10_network),
            verdict,
        ),
        *network(
            "The cats-and-dogs network (강아지와 고양이 구별하기)",
            CATS_TABLE,
            CATS_TOTAL,
            built(cats_network),
            verdict,
        ),
        *model_zoo(verdict),
        *inception(verdict),
        *cifar10_data(verdict),
        *augmentation(verdict),
        *strategies(),
        *saving(),
    ]
    different = f" Different: {', '.join(verdict.different)}." if verdict.different else ""
    start = [
        "# The chapter's tables and the library",
        "",
        "<!-- Written by docs/make_chapter.py: `make chapter`. Do not edit. -->",
        "",
        "Every table of chapter 10, “영상인식”, beside what the library gives today: "
        f"Keras {version('keras')} on TensorFlow {version('tensorflow')}. Written by `make chapter`.",
        "",
        f"Compared: {verdict.same + len(verdict.different)} rows, of which the same: {verdict.same}.{different}",
        "",
    ]
    return "\n".join([*start, *body]).rstrip() + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="exit 1 where the page is out of date; write nothing")
    chosen = parser.parse_args(arguments)
    text = page()
    if not chosen.check:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PAGE.name} is out of date: make chapter", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
