"""Saves, restores, compares and goes on training with the student's functions.

Every function gets its own copy of the given file, so that one cannot spoil it for the next.
"""

import shutil

import numpy as np


def probe(student, inputs, evidence):
    import keras

    load = keras.saving.load_model

    def copy_of_given(name):
        return shutil.copyfile(inputs.path("given.keras"), inputs.work / f"{name}.keras")

    def save(step, evidence_name, model):
        with evidence.step(step):
            path = inputs.work / f"{evidence_name}.keras"
            student.save_model(model, str(path))
            evidence.require(path.is_file(), expected=path.name, actual=None, name="save_model")
            evidence.file(evidence_name, path)

    def restore(step, evidence_name, path):
        with evidence.step(step):
            evidence.model(evidence_name, student.restore_model(str(path)))

    def same(step, a, b):
        with evidence.step(step):
            answer = student.same_model(a, b)
            is_bool = np.shape(answer) == () and np.asarray(answer).dtype == bool
            evidence.require(is_bool, expected="bool", actual=type(answer).__name__, name="same_model")
            evidence.value(step, bool(answer))

    given = copy_of_given("given")
    save("save_model", "saved", load(given))
    restore("restore_model", "restored", copy_of_given("restore"))

    same("same_model.loaded_twice", load(given), load(given))
    for case in sorted(name for name in inputs.arrays if "same_model." in name):
        same(case, load(given), changed_weight(load(given), *inputs[case]))
    for case, other in other_architectures(keras, load, given):
        same(f"same_model.{case}", load(given), other)

    with evidence.step("resume_training"):
        x, y = np.array(inputs["x"]), np.array(inputs["y"])
        evidence.model("resumed", student.resume_training(str(copy_of_given("resume")), x, y, 3))

    if "hidden.kernel" in inputs:
        variant = load(given)
        variant.layers[-1].kernel.assign(np.array(inputs["hidden.kernel"]))
        variant.optimizer.learning_rate = float(inputs["hidden.learning_rate"])
        variant.save(inputs.work / "hidden.keras")
        save("hidden.save_model", "hidden_saved", variant)
        restore("hidden.restore_model", "hidden_restored", inputs.work / "hidden.keras")


def changed_weight(model, array, element, amount):
    """``model`` with ``amount`` added to one value of one weight array."""
    weights = model.get_weights()
    weights[int(array)].flat[int(element)] += amount
    model.set_weights(weights)
    return model


def other_architectures(keras, load, given):
    """Models that are not the given one, by case; the first two have exactly its weights."""
    layers = keras.layers
    activation = changed_dense(keras, load(given), activation="tanh")
    activation.set_weights(load(given).get_weights())
    yield "activation", activation

    *body, last = load(given).layers
    yield "dropout", keras.Sequential([keras.Input((8, 8, 1)), *body, layers.Dropout(0.5), last])

    longer = [*load(given).layers, layers.Dense(2, activation="softmax")]
    yield "more_layers", keras.Sequential([keras.Input((8, 8, 1)), *longer])
    yield "more_units", changed_dense(keras, load(given), units=9)


def changed_dense(keras, model, **settings):
    """A network with fresh weights like ``model``, but for some settings of its layer ``dense``."""
    config = model.get_config()
    for layer in config["layers"]:
        if layer["config"]["name"] == "dense":
            layer["config"].update(settings)
    return keras.Sequential.from_config(config)
