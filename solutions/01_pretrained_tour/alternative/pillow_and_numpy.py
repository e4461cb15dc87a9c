"""Pillow and NumPy for the picture, the middle cut out, and maps with negative values made 0."""

import numpy as np
from keras import Model
from PIL import Image, ImageOps


def prepare_image(path):
    with Image.open(path) as picture:
        picture = ImageOps.fit(picture.convert("RGB"), (299, 299), method=Image.Resampling.LANCZOS)
    return np.expand_dims(np.asarray(picture, dtype="float32") / 127.5 - 1.0, axis=0)


def top_k(probabilities, class_names, k=5):
    pairs = zip(class_names, np.asarray(probabilities).tolist())
    return sorted(pairs, key=lambda pair: pair[1], reverse=True)[:k]


def describe_layers(model):
    table = []
    for layer in model.layers:
        output = layer.output
        table.append({"type": layer.__class__.__name__, "name": layer.name, "output_shape": list(output.shape)})
    return table


def class_activation_map(model, image, class_index):
    names = [type(layer).__name__ for layer in model.layers]
    last = model.layers[max(i for i, name in enumerate(names) if "Conv" in name)]
    features = Model(inputs=model.inputs, outputs=last.output)(image[None])[0].numpy()
    kernel, _ = model.layers[-1].get_weights()
    total = np.zeros(features.shape[:2])
    for channel in range(features.shape[-1]):
        total += kernel[channel, class_index] * features[..., channel]
    total = np.maximum(total, 0)
    highest = total.max()
    return total / highest if highest else total
