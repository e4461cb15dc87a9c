"""The textbook's way: model.add, input_shape, one-hot labels, categorical cross-entropy."""

from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.utils import to_categorical


def build_model():
    model = Sequential()
    model.add(Conv2D(64, activation="relu", kernel_size=(3, 3), input_shape=(32, 32, 3)))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Conv2D(32, activation="relu", kernel_size=(3, 3)))
    model.add(Flatten())
    model.add(Dense(80, activation="relu"))
    model.add(Dense(10, activation="softmax"))
    return model


def compile_model(model):
    model.compile(loss="categorical_crossentropy", optimizer="Adam", metrics=["acc"])
    return model


def train(model, x_train, y_train, x_val, y_val, epochs):
    y_train, y_val = to_categorical(y_train, 10), to_categorical(y_val, 10)
    return model.fit(x_train, y_train, batch_size=64, epochs=epochs, validation_data=(x_val, y_val))
