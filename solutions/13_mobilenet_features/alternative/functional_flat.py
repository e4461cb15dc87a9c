"""Functional, base called in inference mode, flattened features, dropout in the classifier."""

import keras
from keras import layers


def build_classifier(base, num_classes):
    for layer in base.layers:
        layer.trainable = False
    images = keras.Input(shape=base.input_shape[1:])
    x = base(images, training=False)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(images, layers.Dense(num_classes, activation="softmax", name="classifier")(x))


def extract_features(base, images):
    maps = base(images, training=False)
    return keras.ops.reshape(maps, (len(images), -1))


def train(model, x_train, y_train, x_val, y_val, epochs):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(x_train, y_train, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
