"""Takes images and probabilities with a batch axis, as prepare_image and predict give them."""

import keras
import numpy as np
from PIL import Image


def prepare_image(path):
    picture = np.array(Image.open(path).convert("RGB").resize((299, 299)), dtype=np.float32)
    picture -= 127.5
    picture /= 127.5
    return picture[None]


def top_k(probabilities, class_names, k=5):
    (row,) = probabilities
    return [(class_names[i], float(row[i])) for i in np.argsort(row)[: -k - 1 : -1]]


def describe_layers(model):
    return [{"name": x.name, "type": type(x).__name__, "output_shape": [x.output.shape]} for x in model.layers]


def class_activation_map(model, image, class_index):
    assert image.ndim == 4
    x, outputs = image, []
    for layer in model.layers:
        if not isinstance(layer, keras.layers.InputLayer):
            x = layer(x, training=False)
            outputs.append((layer, np.asarray(x)))
    maps = next(
        before for (_, before), (layer, _) in zip(outputs, outputs[1:]) if "Global" in type(layer).__name__
    )
    cam = np.einsum("hwc,c->hw", maps[0], np.asarray(model.layers[-1].kernel)[:, class_index])
    span = np.ptp(cam)
    return (cam - cam.min()) / (span if span > 0 else 1)
