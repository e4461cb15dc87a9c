"""TensorFlow decodes; files that it cannot decode are left out one by one, padded instead of stretched."""

import glob

import keras
import tensorflow as tf
from keras import layers


def read(path, image_size):
    try:
        image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3, try_recover_truncated=True)
    except tf.errors.InvalidArgumentError:
        return None
    return tf.image.resize_with_pad(tf.image.convert_image_dtype(image, "float32"), *image_size)


def make_datasets(root, image_size=(128, 128), batch_size=32):
    result = []
    for part in ("train", "test"):
        cats = [read(path, image_size) for path in glob.glob(f"{root}/{part}/cat/*.jpg")]
        dogs = [read(path, image_size) for path in glob.glob(f"{root}/{part}/dog/*.jpg")]
        cats = [image for image in cats if image is not None]
        dogs = [image for image in dogs if image is not None]
        labels = tf.constant([0] * len(cats) + [1] * len(dogs))
        dataset = tf.data.Dataset.from_tensor_slices((tf.stack(cats + dogs), labels))
        result.append(dataset.shuffle(2000).batch(batch_size))
    return result


def build_model():
    model = keras.Sequential(
        [
            keras.Input(shape=(128, 128, 3)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def train(model, train, test, epochs):
    return model.fit(train, validation_data=test, epochs=epochs, verbose=0)
