"""Ignores k."""

import keras
import numpy as np


def prepare_image(path):
    image = keras.utils.load_img(path, target_size=(299, 299))
    return keras.applications.inception_v3.preprocess_input(keras.utils.img_to_array(image)[np.newaxis])


def top_k(probabilities, class_names, k=5):
    order = np.argsort(probabilities)[::-1][:5]
    return [(class_names[i], float(probabilities[i])) for i in order]


def describe_layers(model):
    return [{"name": x.name, "type": type(x).__name__, "output_shape": x.output.shape} for x in model.layers]


def class_activation_map(model, image, class_index):
    pooling = next(x for x in model.layers if isinstance(x, keras.layers.GlobalAveragePooling2D))
    maps = keras.Model(model.inputs, pooling.input).predict(image[np.newaxis], verbose=0)[0]
    cam = maps @ model.layers[-1].get_weights()[0][:, class_index]
    cam = cam - cam.min()
    return cam / cam.max() if cam.max() > 0 else cam
