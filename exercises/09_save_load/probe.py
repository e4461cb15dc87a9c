"""Saves, restores, compares and goes on training with the student's functions.

Every function gets its own copy of the given file, so that one cannot spoil it for the next.
"""

import shutil

import numpy as np


def probe(student, inputs, evidence):
    import keras

    load, calls = keras.saving.load_model, Calls(keras, student, inputs, evidence)
    copy_of_given = calls.copy_of_given

    given = copy_of_given("given")
    calls.save("save_model", "saved", load(given))
    calls.restore("restore_model", "restored", copy_of_given("restore"))

    calls.same("same_model.loaded_twice", load(given), load(given))
    built = network(keras)
    built.compile("adam", "sparse_categorical_crossentropy")
    built.save(inputs.work / "built.keras")
    calls.same("same_model.built", built, load(inputs.work / "built.keras"))
    calls.changed(given)
    for case, other in other_architectures(keras, load, given):
        calls.same(f"same_model.{case}", load(given), other)

    if inputs.training:
        resume(student, inputs, evidence, calls)


def probe_hidden(student, inputs, evidence):
    """A model like the given one, with other weights and another learning rate."""
    import keras

    calls = Calls(keras, student, inputs, evidence)
    given = calls.copy_of_given("given")
    calls.changed(given)
    variant = keras.saving.load_model(given)
    variant.layers[-1].kernel.assign(np.array(inputs["hidden.kernel"]))
    variant.optimizer.learning_rate = float(inputs["hidden.learning_rate"])
    variant.save(inputs.work / "hidden.keras")
    calls.save("hidden.save_model", "hidden_saved", variant)
    calls.restore("hidden.restore_model", "hidden_restored", inputs.work / "hidden.keras")


class Calls:
    """The student's functions, with what they give kept as evidence."""

    def __init__(self, keras, student, inputs, evidence):
        self.keras, self.student, self.inputs, self.evidence = keras, student, inputs, evidence

    def copy_of_given(self, name):
        return shutil.copyfile(self.inputs.path("given.keras"), self.inputs.work / f"{name}.keras")

    def keep(self, evidence_name, model, function):
        is_model = isinstance(model, self.keras.Model)
        expected = {"ko": "Keras 모델", "en": "a Keras model"}
        self.evidence.require(is_model, expected=expected, actual=model, name=function)
        self.evidence.model(evidence_name, model)

    def save(self, step, evidence_name, model):
        with self.evidence.step(step):
            path = self.inputs.work / f"{evidence_name}.keras"
            self.student.save_model(model, str(path))
            self.evidence.require(
                path.is_file(),
                expected={"ko": "path에 있는 파일", "en": "a file at path"},
                actual={"ko": "파일이 없음", "en": "no file"},
                name="save_model",
            )
            self.evidence.file(evidence_name, path)

    def restore(self, step, evidence_name, path):
        with self.evidence.step(step):
            self.keep(evidence_name, self.student.restore_model(str(path)), "restore_model")

    def same(self, step, a, b):
        with self.evidence.step(step):
            answer = self.student.same_model(a, b)
            is_bool = np.shape(answer) == () and np.asarray(answer).dtype == bool
            self.evidence.require(is_bool, expected="bool", actual=type(answer).__name__, name="same_model")
            self.evidence.value(step, bool(answer))

    def changed(self, given):
        """The given model and one with another weight, for every case among the inputs of this run."""
        load = self.keras.saving.load_model
        for case in sorted(name for name in self.inputs.arrays if "same_model." in name):
            self.same(case, load(given), changed_weight(load(given), *self.inputs[case]))


def resume(student, inputs, evidence, calls):
    """Three more epochs from the given file."""
    with evidence.step("resume_training"):
        x, y = np.array(inputs["x"]), np.array(inputs["y"])
        resumed = student.resume_training(str(calls.copy_of_given("resume")), x, y, 3)
        calls.keep("resumed", resumed, "resume_training")


def changed_weight(model, array, element, amount):
    """``model`` with ``amount`` added to one value of one weight array."""
    weights = model.get_weights()
    weights[int(array)].flat[int(element)] += amount
    model.set_weights(weights)
    return model


def other_architectures(keras, load, given):
    """Models that are not the given one, by case, compiled like it; the first two have exactly its weights."""
    model, added = load(given), keras.layers.Dense(2, activation="softmax", name="added")
    models = {
        "activation": network(keras, activation="tanh"),
        "dropout": network(keras, before_last=[keras.layers.Dropout(0.5)]),
        "more_layers": keras.Sequential([keras.Input((8, 8, 1)), *load(given).layers, added]),
        "more_units": network(keras, units=9),
    }
    for case, other in models.items():
        if case in ("activation", "dropout"):
            other.set_weights(model.get_weights())
        other.compile_from_config(model.get_compile_config())
        yield case, other


def network(keras, units=8, activation="relu", before_last=()):
    """The given network with some settings changed; its names stay the same, so that they tell nothing."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(6, (3, 3), activation="relu", name="conv2d"),
            layers.MaxPooling2D((2, 2), name="max_pooling2d"),
            layers.Flatten(name="flatten"),
            layers.Dense(units, activation=activation, name="dense"),
            *before_last,
            layers.Dense(3, activation="softmax", name="dense_1"),
        ],
        name="shapes",
    )
