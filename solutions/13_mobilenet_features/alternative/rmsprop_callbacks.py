"""RMSprop and a callback; the model is compiled in build_classifier already; features in batches by hand."""

import keras
import numpy as np
from keras import layers


def build_classifier(base, num_classes):
    base.trainable = False
    model = keras.Sequential(
        [base, layers.Flatten(), layers.Dense(num_classes, activation="softmax", kernel_regularizer="l2")]
    )
    model.compile("rmsprop", "sparse_categorical_crossentropy", ["acc"])
    return model


def extract_features(base, images):
    return np.concatenate([np.asarray(base(images[i : i + 1], training=False)) for i in range(len(images))])


def train(model, x_train, y_train, x_val, y_val, epochs):
    model.compile(keras.optimizers.RMSprop(0.0005), "sparse_categorical_crossentropy", ["acc"])
    best = keras.callbacks.EarlyStopping(monitor="val_loss", patience=epochs, restore_best_weights=True)
    return model.fit(x_train, y_train, epochs=epochs, validation_data=(x_val, y_val), callbacks=[best], verbose=0)
