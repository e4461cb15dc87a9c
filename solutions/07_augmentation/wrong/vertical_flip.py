"""Pictures may be upside down."""

from tensorflow.keras.preprocessing.image import ImageDataGenerator


def make_augmenter():
    return ImageDataGenerator(
        horizontal_flip=True,
        vertical_flip=True,
        brightness_range=(0.7, 1.3),
        width_shift_range=0.1,
        height_shift_range=0.1,
        rotation_range=15,
        zoom_range=0.15,
        rescale=1 / 255,
    )


def augment_batch(augmenter, images, seed):
    return next(augmenter.flow(images * 255, batch_size=len(images), shuffle=False, seed=seed))


def train_with_augmentation(model, augmenter, x_train, y_train, x_val, y_val, epochs):
    flow = augmenter.flow(x_train * 255, y_train, batch_size=32)
    return model.fit(flow, epochs=epochs, validation_data=(x_val, y_val), verbose=0)
