"""An ImageDataGenerator for images in [0, 1]: brightness is a function of its own."""

import keras
import numpy as np
from tensorflow.keras.preprocessing.image import ImageDataGenerator


def brighter_or_darker(image):
    return np.clip(image * np.random.uniform(0.6, 1.4), 0, 1)


def make_augmenter():
    return ImageDataGenerator(
        horizontal_flip=True,
        width_shift_range=0.2,
        height_shift_range=0.2,
        rotation_range=30,
        zoom_range=[0.8, 1.1],
        fill_mode="reflect",
        preprocessing_function=brighter_or_darker,
    )


def augment_batch(augmenter, images, seed):
    np.random.seed(seed)
    return np.stack([augmenter.standardize(augmenter.random_transform(image)) for image in images]).astype(
        "float32"
    )


def train_with_augmentation(model, augmenter, x_train, y_train, x_val, y_val, epochs):
    stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    return model.fit(
        augmenter.flow(x_train, y_train, batch_size=16),
        steps_per_epoch=len(x_train) // 16,
        epochs=epochs,
        validation_data=ImageDataGenerator().flow(x_val, y_val, shuffle=False),
        callbacks=[stop],
        verbose=0,
    )
