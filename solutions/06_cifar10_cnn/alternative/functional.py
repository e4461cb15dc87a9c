"""Functional API, names of its own, settings as objects, compiled in place."""

from keras import Input, Model, layers, losses, metrics, optimizers


def build_model():
    image = Input((32, 32, 3), name="picture")
    x = layers.Conv2D(64, 3, activation="relu", name="edges")(image)
    x = layers.MaxPool2D(name="smaller")(x)
    x = layers.Conv2D(32, 3, activation="relu", name="parts")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(80, activation="relu", name="hidden")(x)
    return Model(image, layers.Dense(10, activation="softmax", name="classes")(x), name="cifar10")


def compile_model(model):
    model.compile(
        optimizer=optimizers.Adam(learning_rate=1e-3),
        loss=losses.SparseCategoricalCrossentropy(),
        metrics=[metrics.SparseCategoricalAccuracy()],
    )


def train(model, x_train, y_train, x_val, y_val, epochs):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=epochs, batch_size=32, verbose=0)
