"""Writes picture files, builds networks, and calls the student's functions on them.

Each case is a step; its result is the evidence of the same name. A name that begins with ``hidden.`` comes from
inputs that only staff have.

Where the photographs and weights of ``real`` in exercise.toml are there, the last part runs on those;
InceptionV3's weights have 92 MB, so MobileNet's small ones stand in for them.
"""

import json
from functools import partial

import numpy as np

#: Names of the classes in ``top_k.fox`` (the chapter's five among them) and of the given network's classes.
FOX_NAMES = [
    "timber wolf",
    "dhole",
    "coyote",
    "tabby",
    "kit fox",
    "badger",
    "lesser panda",
    "otter",
    "hare",
    "red fox",
    "weasel",
    "grey fox",
]
#: So many of the real photographs: each takes about half a second.
PHOTOGRAPHS = 10
SHAPE_NAMES = ["disc", "square", "triangle", "cross"]


def probe(student, inputs, evidence):
    probe_images(student, inputs, evidence)
    probe_top_k(student, inputs, evidence)

    import keras

    networks = {
        "describe_layers.functional": functional_network,
        "describe_layers.sequential": sequential_network,
        "describe_layers.inception": lambda keras: keras.applications.InceptionV3(weights=None),
    }
    probe_layers(keras, student, evidence, networks)
    probe_maps(keras, student, inputs, evidence)
    if "mobilenet_2_5_224_tf.h5" in inputs.files:
        real_tour(keras, student, inputs, evidence)
    else:
        builtin_tour(keras, student, inputs, evidence)


def probe_hidden(student, inputs, evidence):
    probe_images(student, inputs, evidence)
    probe_top_k(student, inputs, evidence)

    import keras

    filters = [int(n) for n in inputs["hidden.describe_layers.filters"]]
    networks = {"hidden.describe_layers": lambda keras: branching_network(keras, filters)}
    probe_layers(keras, student, evidence, networks)
    probe_maps(keras, student, inputs, evidence)


def probe_images(student, inputs, evidence):
    for name, pixels in inputs.group("prepare_image"):
        path = write_picture(pixels, name, inputs.work)
        with evidence.step(name):
            evidence.array(name, student.prepare_image(str(path)))


def probe_top_k(student, inputs, evidence):
    for name, probabilities in inputs.group("top_k"):
        case, _, argument = name.rpartition(".")
        if argument != "probabilities":
            continue
        names = class_names(case, len(probabilities))
        options = {"k": int(inputs[f"{case}.k"])} if f"{case}.k" in inputs else {}
        with evidence.step(case):
            call = partial(ranked, student.top_k, names, options)
            evidence.value(case, either_shape(call, probabilities))


def probe_layers(keras, student, evidence, networks):
    for name, make in networks.items():
        model = make(keras)
        with evidence.step(name):
            evidence.value(name, student.describe_layers(model))


def probe_maps(keras, student, inputs, evidence):
    for name, image in inputs.group("class_activation_map"):
        case, _, argument = name.rpartition(".")
        if argument != "image":
            continue
        class_index = int(inputs[f"{case}.class_index"])
        if f"{case}.conv_kernel" in inputs:
            model = strided_network(keras, inputs, case, image.shape)
        else:
            # Anew for each case: a student's function may change the model it is given.
            model = keras.saving.load_model(inputs.path("given_gap.keras"))
        if case.endswith(".constant"):
            kernel, bias = model.layers[-1].get_weights()
            kernel[:, class_index] = 0
            model.layers[-1].set_weights([kernel, bias])
        with evidence.step(case):
            call = partial(mapped, student.class_activation_map, model, class_index)
            evidence.array(case, either_shape(call, image))


def builtin_tour(keras, student, inputs, evidence):
    """The given network, behind a layer that makes InceptionV3's 299x299 into what it wants."""
    given = keras.saving.load_model(inputs.path("given_gap.keras"))
    image = keras.Input((299, 299, 3))
    network = keras.Model(image, copied(given.layers[1:], keras.layers.Resizing(48, 64)(image)))
    network.set_weights(given.get_weights())
    for name, pixels in inputs.group("tour"):
        path = write_picture(pixels, f"{name}.rgb_jpg", inputs.work)
        tour(network, SHAPE_NAMES, path, name, 3, student, evidence)


def real_tour(keras, student, inputs, evidence):
    """MobileNet with its ImageNet weights, its end written as global average pooling and one dense layer."""
    weights = str(inputs.path("mobilenet_2_5_224_tf.h5"))
    whole = keras.applications.MobileNet(alpha=0.25, weights=weights)
    kinds = [type(layer) for layer in whole.layers]
    end = kinds.index(keras.layers.GlobalAveragePooling2D)
    image = keras.Input((299, 299, 3))
    x = copied(whole.layers[1:end], keras.layers.Resizing(224, 224)(image))
    x = keras.layers.GlobalAveragePooling2D()(x)
    network = keras.Model(image, keras.layers.Dense(1000, activation="softmax")(x))
    *weights, kernel, bias = whole.get_weights()  # the last two are those of a 1x1 convolution
    network.set_weights([*weights, kernel[0, 0], bias])
    index = json.loads(inputs.path("imagenet_class_index.json").read_text(encoding="utf-8"))
    names = [index[str(number)][1] for number in range(1000)]
    photographs = sorted(name for name in inputs.files if name.startswith("photograph_"))
    for number, photograph in enumerate(photographs[:PHOTOGRAPHS]):
        tour(network, names, inputs.path(photograph), f"tour.{number}", 5, student, evidence)


def tour(network, names, path, case, k, student, evidence):
    """From a file to the best names, and to the map of the best class."""
    with evidence.step(case):
        prepared = np.asarray(student.prepare_image(str(path)))
        evidence.require(
            prepared.shape == (1, 299, 299, 3),
            expected="(1, 299, 299, 3)",
            actual=str(prepared.shape),
            name="prepare_image",
        )
        probabilities = network.predict(prepared, verbose=0)[0]
        call = partial(ranked, student.top_k, names, {"k": k})
        evidence.value(f"{case}.names", either_shape(call, probabilities))
        call = partial(mapped, student.class_activation_map, network, int(np.argmax(probabilities)))
        evidence.array(f"{case}.map", either_shape(call, prepared[0]))


def copied(layers, x):
    """``x`` through copies of ``layers``: a layer that is part of two models has two inputs."""
    for layer in layers:
        x = type(layer).from_config(layer.get_config())(x)
    return x


def either_shape(call, array):
    """``call(array)``; where that raises, once more with a batch axis in front, which is as good a reading."""
    try:
        return call(np.array(array))
    except Exception as error:
        try:
            return call(np.array(array)[np.newaxis])
        except Exception:
            raise error from None


def ranked(function, names, options, probabilities):
    """The student's ``top_k``."""
    return function(probabilities, list(names), **options)


def mapped(function, model, class_index, image):
    """The student's ``class_activation_map``."""
    return function(model, image, class_index)


def class_names(case, count):
    """Names for a list of probabilities."""
    return FOX_NAMES if case == "top_k.fox" else [f"class_{number:02d}" for number in range(count)]


def write_picture(pixels, name, folder):
    """``pixels`` as a file of the kind that the last part of ``name`` begins with."""
    from PIL import Image

    mode, kind = name.rpartition(".")[2].split("_")[:2]
    if mode == "palette":
        picture = Image.fromarray(pixels, "L").convert("P")
        level = np.arange(256)
        colours = np.stack([level, 255 - level, np.abs(255 - 2 * level)], axis=1)
        picture.putpalette(colours.astype(np.uint8).tobytes())
    else:
        picture = Image.fromarray(pixels, {"rgb": "RGB", "grey": "L", "rgba": "RGBA", "cmyk": "CMYK"}[mode])
    path = folder / f"{name}.{kind}"
    picture.save(path, **({"quality": 95} if kind == "jpg" else {}))
    return path


def functional_network(keras):
    """The layers that the chapter shows of InceptionV3, in small, and its end."""
    layers = keras.layers
    image = keras.Input((33, 41, 3), name="photograph")
    x = layers.Conv2D(8, (3, 3), strides=(2, 2), use_bias=False, name="stem")(image)
    x = layers.BatchNormalization(name="normalise")(x)
    x = layers.Activation("relu", name="relu")(x)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    return keras.Model(image, layers.Dense(5, activation="softmax", name="scores")(x))


def sequential_network(keras):
    """The chapter's CIFAR-10 network begins like this."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(64, (3, 3), activation="relu", name="conv2d"),
            layers.MaxPooling2D((2, 2), name="max_pooling2d"),
            layers.Flatten(name="flatten"),
            layers.Dense(10, activation="softmax", name="dense"),
        ]
    )


def branching_network(keras, filters):
    """Two branches that are put together, as in an Inception block."""
    layers = keras.layers
    image = keras.Input((24, 30, 3), name="in")
    left = layers.Conv2D(filters[0], 1, padding="same", name="narrow")(image)
    right = layers.SeparableConv2D(filters[1], 3, padding="same", name="wide")(image)
    both = layers.Concatenate(name="mixed")([left, right])
    pooled = layers.AveragePooling2D(3, name="pooled")(both)
    return keras.Model(image, layers.Dropout(0.2, name="drop")(pooled))


def strided_network(keras, inputs, case, shape):
    """A network unlike the given one: no names in common, sequential, with a layer between pooling and scores."""
    layers = keras.layers
    conv_kernel, conv_bias = inputs[f"{case}.conv_kernel"], inputs[f"{case}.conv_bias"]
    last_kernel, last_bias = inputs[f"{case}.last_kernel"], inputs[f"{case}.last_bias"]
    kernel, bias = inputs[f"{case}.kernel"], inputs[f"{case}.bias"]
    model = keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(conv_kernel.shape[-1], conv_kernel.shape[:2], strides=2, activation="relu", name="a"),
            layers.Conv2D(last_kernel.shape[-1], last_kernel.shape[:2], activation="relu", name="b"),
            layers.GlobalAveragePooling2D(name="c"),
            layers.Dropout(0.3, name="d"),
            layers.Dense(kernel.shape[1], activation="softmax", name="e"),
        ]
    )
    model.set_weights([conv_kernel, conv_bias, last_kernel, last_bias, kernel, bias])
    return model
