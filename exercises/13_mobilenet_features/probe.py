"""Builds classifiers on the given base, extracts features with it, and trains; saves the network before and after.

The base is MobileNet(alpha=0.25) without its classifier: with ImageNet's weights where those and the photographs
are there, else with weights that a small drawn data set gave it.
"""

import numpy as np


def probe(student, inputs, evidence):
    import keras

    def fresh():
        """The base as it was given, whatever a student's function did to another one."""
        return keras.saving.load_model(inputs.path("base.keras"), compile=False)

    probe_features(student, inputs, evidence, fresh)

    with evidence.step("number_of_classes"):
        five = build(student, evidence, keras, fresh(), 5)
        evidence.value("number_of_classes", list(five.output_shape))
        del five

    model = None
    with evidence.step("build_classifier") as built:
        model = build(student, evidence, keras, fresh(), 2)
        evidence.model("untrained", model)
    if not built.ok:
        return
    with evidence.step("round_trip"):
        evidence.array("round_trip", model(np.array(inputs["samples"]), training=False))
    if "x_train" not in inputs:
        return

    with evidence.step("train") as trained:
        history = student.train(
            model,
            scaled(inputs["x_train"]),
            np.array(inputs["y_train"]),
            scaled(inputs["x_val"]),
            np.array(inputs["y_val"]),
            inputs.epochs,
        )
        evidence.model("trained", model)
    if not trained.ok:
        return
    with evidence.step("history"):
        record = getattr(history, "history", None)
        is_history = isinstance(record, dict)
        evidence.require(is_history, expected="keras.callbacks.History", actual=history, name="train")
        evidence.value("history", {str(name): [float(v) for v in values] for name, values in record.items()})


def probe_hidden(student, inputs, evidence):
    """Another base, and a small training on images and labels of the staff's own."""
    import keras

    probe_other_base(student, inputs, evidence, keras)
    if not inputs.training or inputs.epochs is None:
        return
    with evidence.step("hidden.apart"):
        base = keras.saving.load_model(inputs.path("base.keras"), compile=False)
        apart = build(student, evidence, keras, base, 2)
        evidence.model("apart_before", apart)
        x, x_val = scaled(inputs["hidden.apart_x"]), scaled(inputs["hidden.apart_x_val"])
        student.train(apart, x, inputs["hidden.apart_y"], x_val, inputs["hidden.apart_y_val"], 6)
        evidence.model("apart", apart)


def build(student, evidence, keras, base, num_classes):
    """What ``build_classifier`` returns, which must be a model."""
    model = student.build_classifier(base, num_classes)
    evidence.require(isinstance(model, keras.Model), expected="keras.Model", actual=model, name="build_classifier")
    return model


def probe_features(student, inputs, evidence, fresh):
    base, samples = fresh(), np.array(inputs["samples"])
    with evidence.step("extract_features") as step:
        evidence.array("extract_features", student.extract_features(base, np.array(samples)))
    if not step.ok:
        return
    with evidence.step("extract_features.part"):
        evidence.array("extract_features.part", student.extract_features(base, np.array(samples[2:5])))


def probe_other_base(student, inputs, evidence, keras):
    """A base unlike the given one: small, of other sizes, with BatchNormalization."""
    kernel, images = inputs["hidden.kernel"], np.array(inputs["hidden.images"])

    def other():
        exact = "float32"  # whatever policy the student chose for layers of their own
        x = images_in = keras.Input(images.shape[1:])
        x = keras.layers.Conv2D(kernel.shape[-1], kernel.shape[:2], strides=2, use_bias=False, dtype=exact)(x)
        x = keras.layers.BatchNormalization(dtype=exact)(x)
        base = keras.Model(images_in, keras.layers.ReLU(6.0, dtype=exact)(x))
        base.set_weights([kernel, *(inputs[f"hidden.{name}"] for name in ("gamma", "beta", "mean", "variance"))])
        return base

    with evidence.step("hidden.features"):
        evidence.array("hidden.features", student.extract_features(other(), images))
    with evidence.step("hidden.classifier"):
        evidence.model(
            "hidden_classifier", build(student, evidence, keras, other(), int(inputs["hidden.classes"]))
        )


def scaled(images):
    """uint8 images as ``mobilenet.preprocess_input`` scales them: float32 in [-1, 1]."""
    return images / np.float32(127.5) - np.float32(1)
