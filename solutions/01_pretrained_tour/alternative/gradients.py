"""Grad-CAM on the score before the softmax, which for such a network is the class activation map itself."""

import keras
import numpy as np
import tensorflow as tf


def prepare_image(path):
    picture = keras.utils.load_img(path, target_size=(299, 299), interpolation="bilinear", keep_aspect_ratio=True)
    batch = keras.utils.img_to_array(picture).reshape(1, 299, 299, 3)
    return keras.applications.inception_v3.preprocess_input(batch)


def top_k(probabilities, class_names, k=5):
    best = np.argpartition(-probabilities, k - 1)[:k]
    best = best[np.argsort(-probabilities[best])]
    return [[class_names[i], probabilities[i]] for i in best]


def describe_layers(model):
    return [
        {
            "name": x.name,
            "type": x.__class__.__name__,
            "output_shape": x.compute_output_shape(x.input.shape),
            "n": 0,
        }
        if x.__class__.__name__ != "InputLayer" and not isinstance(x.input, list)
        else {"name": x.name, "type": type(x).__name__, "output_shape": x.output.shape}
        for x in model.layers
    ]


def class_activation_map(model, image, class_index):
    convolution = [layer for layer in model.layers if len(layer.output.shape) == 4][-1]
    dense = model.layers[-1]
    both = keras.Model(model.inputs, [convolution.output, dense.input])
    with tf.GradientTape() as tape:
        maps, pooled = both(image[np.newaxis])
        tape.watch(maps)
        pooled = tf.reduce_mean(maps, axis=(1, 2))
        score = (pooled @ dense.kernel)[:, class_index]
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(0, 1, 2))
    cam = np.asarray(tf.nn.relu(maps[0] @ weights[:, tf.newaxis]))[..., 0]
    if cam.max() == 0:
        return np.zeros_like(cam)
    cam = cam / cam.max()
    rows, columns = image.shape[0] // cam.shape[0], image.shape[1] // cam.shape[1]
    return np.kron(cam, np.ones((rows, columns)))
