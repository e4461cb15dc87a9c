"""A copy of base with its weights; the largest value of each map as feature; the classifier fitted to features."""

import keras
from keras import layers


def build_classifier(base, num_classes):
    copy = keras.models.clone_model(base)
    copy.set_weights(base.get_weights())
    copy.trainable = False
    model = keras.Sequential(name="cats_and_dogs")
    model.add(keras.Input(base.input_shape[1:]))
    model.add(copy)
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.BatchNormalization())
    model.add(layers.Dense(num_classes, activation="softmax"))
    return model


def extract_features(base, images):
    return base.predict(images, verbose=0).max(axis=(1, 2))


def train(model, x_train, y_train, x_val, y_val, epochs):
    base, classifier = model.layers[0], keras.Sequential(model.layers[1:])
    classifier.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    features, val_features = base.predict(x_train, verbose=0), base.predict(x_val, verbose=0)
    return classifier.fit(
        features, y_train, batch_size=16, epochs=epochs, validation_data=(val_features, y_val), verbose=0
    )
