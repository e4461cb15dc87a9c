"""The classifier is frozen along with base."""

import keras
from keras import layers


def build_classifier(base, num_classes):
    model = keras.Sequential(
        [base, layers.GlobalAveragePooling2D(), layers.Dense(num_classes, activation="softmax")]
    )
    model.trainable = False
    return model


def extract_features(base, images):
    return base.predict(images, verbose=0)


def train(model, x_train, y_train, x_val, y_val, epochs):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(x_train, y_train, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
