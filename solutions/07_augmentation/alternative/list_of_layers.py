"""A list of layers and a PyDataset that augments batch by batch."""

import keras
from keras import layers


def make_augmenter():
    return [
        layers.RandomFlip("horizontal", seed=1),
        layers.RandomTranslation(0.15, 0.15, fill_mode="constant", seed=2),
        layers.RandomRotation((-20 / 360, 20 / 360), fill_mode="constant", seed=3),
        layers.RandomZoom((-0.25, 0.25), (-0.25, 0.25), seed=4),
        layers.RandomBrightness(0.25, value_range=[0, 1], seed=5),
    ]


def augment_batch(augmenter, images, seed):
    result = keras.ops.convert_to_tensor(images)
    for i, layer in enumerate(augmenter):
        change = layer.get_random_transformation(result, training=True, seed=1000 * seed + i)
        result = layer.transform_images(result, change, training=True)
    return keras.ops.convert_to_numpy(result)


class Batches(keras.utils.PyDataset):
    def __init__(self, augmenter, x, y, size=30):
        super().__init__()
        self.augmenter, self.x, self.y, self.size, self.round = augmenter, x, y, size, 0

    def __len__(self):
        return -(-len(self.x) // self.size)

    def __getitem__(self, i):
        self.round += 1
        rows = slice(i * self.size, (i + 1) * self.size)
        return augment_batch(self.augmenter, self.x[rows], self.round), self.y[rows]


def train_with_augmentation(model, augmenter, x_train, y_train, x_val, y_val, epochs):
    batches = Batches(augmenter, x_train, y_train)
    return model.fit(batches, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
