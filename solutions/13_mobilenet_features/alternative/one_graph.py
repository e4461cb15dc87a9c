"""base's own graph is continued; a hidden layer; one-hot labels; the softmax as a layer."""

import keras
from keras import layers


def build_classifier(base, num_classes):
    base.trainable = False
    x = layers.GlobalAveragePooling2D()(base.output)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dense(num_classes)(x)
    return keras.Model(base.input, layers.Softmax()(x))


def extract_features(base, images):
    pooled = keras.Model(base.input, layers.GlobalAveragePooling2D()(base.output))
    return pooled.predict(images, batch_size=4, verbose=0)


def train(model, x_train, y_train, x_val, y_val, epochs):
    classes = model.output_shape[-1]
    y_train, y_val = (keras.utils.to_categorical(y, classes) for y in (y_train, y_val))
    model.compile(keras.optimizers.Adam(0.002), loss="categorical_crossentropy", metrics=["accuracy"])
    return model.fit(x_train, y_train, batch_size=16, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
