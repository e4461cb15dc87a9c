"""Grad-CAM on the probability after the softmax."""

import keras
import numpy as np
import tensorflow as tf


def prepare_image(path):
    image = keras.utils.load_img(path, target_size=(299, 299))
    return keras.applications.inception_v3.preprocess_input(keras.utils.img_to_array(image)[np.newaxis])


def top_k(probabilities, class_names, k=5):
    order = np.argsort(probabilities)[::-1][:k]
    return [(class_names[i], float(probabilities[i])) for i in order]


def describe_layers(model):
    return [{"name": x.name, "type": type(x).__name__, "output_shape": x.output.shape} for x in model.layers]


def class_activation_map(model, image, class_index):
    pooling = next(x for x in model.layers if isinstance(x, keras.layers.GlobalAveragePooling2D))
    features = keras.Model(model.inputs, [pooling.input, model.outputs[0]])
    with tf.GradientTape() as tape:
        maps, scores = features(image[np.newaxis])
        tape.watch(maps)
        scores = model.layers[-1](tf.reduce_mean(maps, axis=(1, 2)))
        score = scores[:, class_index]
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(0, 1, 2))
    cam = np.maximum(np.asarray(maps[0]) @ np.asarray(weights), 0)
    return cam / cam.max() if cam.max() > 0 else cam
