"""RMSprop and a callback; the model is compiled in build_classifier already; features in batches by hand."""

import keras
import numpy as np
from keras import layers


def build_classifier(base, num_classes):
    base.trainable = False
    model = keras.Sequential(
        [base, layers.Flatten(), layers.Dense(num_classes, activation="softmax", kernel_regularizer="l2")]
    )
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["acc"])
    return model


def extract_features(base, images):
    parts = np.array_split(images, max(1, len(images) // 50))
    return np.concatenate([np.asarray(base(part, training=False)) for part in parts])


def train(model, x_train, y_train, x_val, y_val, epochs):
    base, *classifier = model.layers
    head = keras.Sequential([keras.Input(base.output_shape[1:]), *classifier])
    head.compile(keras.optimizers.RMSprop(0.0005), "sparse_categorical_crossentropy", metrics=["acc"])
    best = keras.callbacks.EarlyStopping(monitor="val_loss", patience=epochs, restore_best_weights=True)
    features, val_features = extract_features(base, x_train), base.predict(x_val, verbose=0)
    return head.fit(
        features, y_train, epochs=epochs, validation_data=(val_features, y_val), callbacks=[best], verbose=0
    )
