"""Writes picture files and calls the student's functions on them; nothing is downloaded.

Each case is a step; its result is the evidence of the same name. A name that begins with ``hidden.`` comes from
inputs that only staff have.

ResNet50's weights have 98 MB. Its architecture is taken without them, and another network stands in for it when it
comes to predict: MobileNet with its real ImageNet weights where ``real`` of exercise.toml is there, else one
layer.
"""

import json
import sys

import numpy as np

INDEX = "imagenet_class_index.json"
WEIGHTS = "mobilenet_2_5_224_tf.h5"


def probe(student, inputs, evidence):
    import keras

    real = WEIGHTS in inputs.files
    downloads = Downloads(keras, inputs.work)
    probe_model(student, evidence, downloads)
    probe_cases(keras, student, inputs, evidence, downloads)

    if real:
        # decode_predictions keeps the list it has read.
        sys.modules[keras.applications.imagenet_utils.decode_predictions.__module__].CLASS_INDEX = None
        downloads.class_index = str(inputs.path(INDEX))
        network = mobilenet(keras, str(inputs.path(WEIGHTS)))
        paths = [inputs.path(name) for name in sorted(inputs.files) if name.startswith("photograph_")]
    else:
        network = colour_network(keras, inputs["network.kernel"], inputs["network.bias"])
        pictures = [picture for _, picture in inputs.group("photographs")]
        paths = [write_picture(p, "rgb_png", inputs.work / f"photograph_{n}") for n, p in enumerate(pictures)]
    with evidence.step("photographs"):
        for number, path in enumerate(paths):
            evidence.value(f"photographs.{number}", student.predict(network, str(path)))


def probe_hidden(student, inputs, evidence):
    import keras

    probe_cases(keras, student, inputs, evidence, Downloads(keras, inputs.work))


def probe_cases(keras, student, inputs, evidence, downloads):
    """The cases among the inputs of this run: pictures to prepare and pictures to name."""
    for name, pixels in inputs.group("prepare"):
        path = write_picture(pixels, name.rpartition(".")[2], inputs.work / name)
        with evidence.step(name):
            evidence.array(name, student.prepare(str(path)))
    downloads.class_index = write_labels(inputs.work / INDEX)
    probe_predict(keras, student, inputs, evidence)


def probe_model(student, evidence, downloads):
    with evidence.step("load_model"):
        evidence.architecture("resnet50", student.load_model(weights=None))
    with evidence.step("load_model.default"):
        downloads.asked.clear()
        try:
            student.load_model()
        except Exception:
            if not downloads.asked:
                raise
        evidence.value("load_model.asked", sorted(set(downloads.asked)))


def probe_predict(keras, student, inputs, evidence):
    for prefix in ("", "hidden."):
        if f"{prefix}network.kernel" not in inputs:
            continue
        network = colour_network(keras, inputs[f"{prefix}network.kernel"], inputs[f"{prefix}network.bias"])
        for name in inputs.arrays:
            case, _, argument = name.rpartition(".")
            if not case.startswith(f"{prefix}predict.") or argument != "picture":
                continue
            path = write_picture(inputs[name], "rgb_png", inputs.work / case)
            options = {"k": int(inputs[f"{case}.k"])} if f"{case}.k" in inputs else {}
            with evidence.step(case):
                evidence.value(case, student.predict(network, str(path), **options))


class Downloads:
    """Stands in for ``keras.utils.get_file``: serves the class list, notes and refuses everything else."""

    def __init__(self, keras, folder):
        self.asked = []
        self.class_index = None
        home = sys.modules[keras.utils.get_file.__module__]  # where keras.applications looks it up
        home.get_file = keras.utils.get_file = self.get_file

    def get_file(self, fname=None, origin=None, *_, **__):
        name = str(fname or origin).rpartition("/")[2]
        if name == INDEX and self.class_index is not None:
            return self.class_index
        self.asked.append(name)
        error = OSError(f"nothing is downloaded while grading: {name}")
        error.words = {"ko": f"채점할 때는 아무것도 내려받지 않습니다: {name}", "en": str(error)}
        raise error


def write_labels(path):
    """A class list in ImageNet's form, with names of our own."""
    index = {str(number): [f"n{number:08d}", f"thing_{number:03d}"] for number in range(1000)}
    path.write_text(json.dumps(index), encoding="utf-8")
    return str(path)


def colour_network(keras, kernel, bias):
    """Average over the picture, then 1,000 scores."""
    image = keras.Input((224, 224, 3))
    dense = keras.layers.Dense(1000, activation="softmax")
    network = keras.Model(image, dense(keras.layers.GlobalAveragePooling2D()(image)))
    dense.set_weights([kernel, bias])
    return network


def mobilenet(keras, weights):
    """MobileNet, which wants RGB in [-1, 1], behind what turns ResNet50's input into that."""
    image = keras.Input((224, 224, 3))
    pixels = keras.ops.flip(image + np.array([103.939, 116.779, 123.68], dtype="float32"), axis=-1)
    network = keras.applications.MobileNet(alpha=0.25, weights=weights)
    return keras.Model(image, network(pixels / 127.5 - 1))


def write_picture(pixels, kind, path):
    """``pixels`` as a file ``path`` with the ending that ``kind`` has."""
    from PIL import Image

    mode, ending = kind.split("_")[:2]
    if mode == "palette":
        picture = Image.fromarray(pixels, "L").convert("P")
        level = np.arange(256)
        colours = np.stack([level, 255 - level, np.abs(255 - 2 * level)], axis=1)
        picture.putpalette(colours.astype(np.uint8).tobytes())
    else:
        picture = Image.fromarray(pixels, {"rgb": "RGB", "grey": "L", "rgba": "RGBA", "cmyk": "CMYK"}[mode])
    path = path.with_name(f"{path.name}.{ending}")
    picture.save(path, **({"quality": 95} if ending == "jpg" else {}))
    return path
