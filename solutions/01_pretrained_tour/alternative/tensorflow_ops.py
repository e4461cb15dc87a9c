"""TensorFlow throughout: decoding, resizing, ranking, and a map in the size of the image."""

import tensorflow as tf
from tensorflow import keras


def prepare_image(path):
    picture = tf.io.decode_image(tf.io.read_file(path), channels=3, expand_animations=False)
    picture = tf.image.resize(picture, (299, 299))
    return tf.cast(picture, tf.float32)[tf.newaxis] / 127.5 - 1


def top_k(probabilities, class_names, k=5):
    values, indices = tf.math.top_k(tf.convert_to_tensor(probabilities), k=k)
    return [(class_names[int(i)], v) for i, v in zip(indices, values.numpy())]


def describe_layers(model):
    rows = [(layer.name, type(layer).__name__, layer.output.shape) for layer in model.layers]
    if isinstance(model, keras.Sequential):
        rows.insert(0, ("input", "InputLayer", model.input_shape))
    return [dict(zip(("name", "type", "output_shape"), row)) for row in rows]


def class_activation_map(model, image, class_index):
    index = [isinstance(layer, keras.layers.GlobalAveragePooling2D) for layer in model.layers].index(True)
    maps = keras.Model(model.inputs, model.layers[index - 1].output)(tf.convert_to_tensor(image)[tf.newaxis])
    weights = model.layers[-1].kernel[:, class_index]
    cam = tf.reduce_sum(maps * weights, axis=-1, keepdims=True)
    cam = tf.image.resize(cam, image.shape[:2], method="bilinear")[0, ..., 0]
    low, high = tf.reduce_min(cam), tf.reduce_max(cam)
    return tf.math.divide_no_nan(cam - low, high - low)
