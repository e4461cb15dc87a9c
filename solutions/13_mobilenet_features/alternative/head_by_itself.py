"""The classifier is a model of its own inside the model, compiled and trained by itself."""

import keras
from keras import layers


def build_classifier(base, num_classes):
    base.trainable = False
    head = keras.Sequential(
        [
            keras.Input(shape=base.output_shape[1:]),
            layers.GlobalAveragePooling2D(),
            layers.Dense(64, activation="relu"),
            layers.Dense(num_classes, activation="softmax"),
        ]
    )
    return keras.Sequential([keras.Input(shape=base.input_shape[1:]), base, head])


def extract_features(base, images):
    return base(images, training=False)


def train(model, x_train, y_train, x_val, y_val, epochs):
    base, head = model.layers
    head.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    features, val_features = base.predict(x_train, verbose=0), base.predict(x_val, verbose=0)
    return head.fit(features, y_train, epochs=epochs, validation_data=(val_features, y_val), verbose=0)
