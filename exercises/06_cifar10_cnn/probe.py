"""Builds, compiles and trains with the student's functions; saves the network before and after.

With a trained file handed in there is nothing to train: that file is measured.
"""

import numpy as np


def probe(student, inputs, evidence):
    import keras

    model = None
    with evidence.step("build_model") as built:
        model = student.build_model()
        is_model = isinstance(model, keras.Model)
        evidence.require(is_model, expected="keras.Model", actual=model, name="build_model")
    if not built.ok:
        return
    with evidence.step("compile_model") as compiled:
        answer = student.compile_model(model)
        model = answer if isinstance(answer, keras.Model) else model
    with evidence.step("untrained"):
        evidence.model("untrained", model)
    with evidence.step("round_trip"):
        evidence.array("round_trip", model(np.array(inputs["samples"]), training=False))
    if inputs.submitted or not compiled.ok or "x_train" not in inputs:
        return

    history = None
    with evidence.step("train") as trained:
        x_train, x_val = scaled(inputs["x_train"]), scaled(inputs["x_val"])
        history = student.train(model, x_train, inputs["y_train"], x_val, inputs["y_val"], inputs.epochs)
        evidence.model("trained", model)
    if not trained.ok:
        return
    with evidence.step("history"):
        record = getattr(history, "history", None)
        expected = "keras.callbacks.History"
        evidence.require(isinstance(record, dict), expected=expected, actual=history, name="train")
        evidence.value("history", {str(name): [float(v) for v in values] for name, values in record.items()})


def probe_hidden(student, inputs, evidence):
    """A very small training on images and labels of the staff's own."""
    import keras

    if inputs.submitted or not inputs.training or inputs.epochs is None:
        return
    with evidence.step("apart"):
        apart = student.build_model()
        answer = student.compile_model(apart)  # may compile in place or return the model
        apart = answer if isinstance(answer, keras.Model) else apart
        x, y, x_val, y_val = (inputs[f"hidden.apart_{name}"] for name in ("x", "y", "x_val", "y_val"))
        student.train(apart, x, y, x_val, y_val, 2)
        evidence.model("apart", apart)


def scaled(images):
    """uint8 as float32 in [0, 1], with no second copy: 50,000 images are 600 MB."""
    result = images.astype(np.float32)
    result /= 255
    return result
