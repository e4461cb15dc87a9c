"""Always works on copies; fixes BatchNormalization alone in strategy 2; a convolution in the classifier."""

import keras
from keras import layers


def build_transfer_model(base, num_classes, strategy):
    copy = keras.models.clone_model(base)
    if strategy != 1:
        copy.set_weights(base.get_weights())
    if strategy == 2:
        for layer in copy.layers:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
    if strategy == 3:
        for layer in copy.layers:
            layer.trainable = False
    model = keras.Sequential(name="transfer")
    model.add(keras.Input(base.input_shape[1:]))
    model.add(copy)
    model.add(layers.Conv2D(8, 1, activation="relu"))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(num_classes))
    model.add(layers.Softmax())
    return model


def freeze_until(base, layer_name):
    frozen = True
    for layer in base.layers:
        frozen = frozen and layer.name != layer_name
        layer.trainable = not frozen


def trainable_parameter_count(model):
    return sum(int(keras.ops.size(variable)) for variable in model.trainable_variables)
