"""TensorFlow decodes and resizes; the class list is read from its file."""

import json

import keras
import tensorflow as tf
from keras.applications import resnet50

CLASS_LIST = "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json"


def load_model(weights="imagenet"):
    model = resnet50.ResNet50(weights=weights)
    model.trainable = False
    return model


def prepare(path):
    picture = tf.io.decode_image(tf.io.read_file(path), channels=3, expand_animations=False)
    picture = tf.image.resize(picture, (224, 224), method="bicubic")
    return resnet50.preprocess_input(picture[tf.newaxis])


def predict(model, path, k=5):
    with open(keras.utils.get_file("imagenet_class_index.json", CLASS_LIST, cache_subdir="models")) as file:
        names = [name for _, (_, name) in sorted(json.load(file).items(), key=lambda item: int(item[0]))]
    values, indices = tf.math.top_k(model(prepare(path))[0], k)
    return [(names[int(i)].replace("_", " "), v) for i, v in zip(indices, values.numpy())]
