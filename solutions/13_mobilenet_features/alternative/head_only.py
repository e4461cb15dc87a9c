"""The features are computed once, and the classifier alone is fitted to them."""

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
    base, *classifier = model.layers
    head = keras.Sequential([keras.Input(base.output_shape[1:]), *classifier])
    head.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    features, val_features = extract_features(base, x_train), extract_features(base, x_val)
    return head.fit(features, y_train, epochs=epochs, validation_data=(val_features, y_val), verbose=0)
