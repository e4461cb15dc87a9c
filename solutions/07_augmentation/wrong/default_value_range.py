"""RandomBrightness without value_range works on 0 to 255."""

import keras
from keras import layers


def make_augmenter():
    return keras.Sequential(
        [
            layers.RandomFlip("horizontal"),
            layers.RandomTranslation(0.1, 0.1),
            layers.RandomRotation(15 / 360),
            layers.RandomZoom(0.15),
            layers.RandomBrightness(0.2),
        ]
    )


def augment_batch(augmenter, images, seed):
    for number, layer in enumerate(augmenter.layers):
        layer.generator.state.assign([seed, number])
    return augmenter(images, training=True).numpy()


def train_with_augmentation(model, augmenter, x_train, y_train, x_val, y_val, epochs):
    import tensorflow as tf

    train = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(len(x_train)).batch(32)
    train = train.map(lambda x, y: (augmenter(x, training=True), y))
    return model.fit(train, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
