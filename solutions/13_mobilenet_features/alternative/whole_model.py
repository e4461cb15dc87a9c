"""The whole model is fitted; its base is frozen."""

import keras
from keras import layers


def build_classifier(base, num_classes):
    base.trainable = False
    return keras.Sequential(
        [base, layers.GlobalAveragePooling2D(), layers.Dense(num_classes, activation="softmax")]
    )


def extract_features(base, images):
    return base.predict(images, verbose=0)


def train(model, x_train, y_train, x_val, y_val, epochs):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(x_train, y_train, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
