"""Augments designed pictures with the student's functions, and trains a tiny model with them.

The pictures that come back are the evidence. Nothing is asked of the augmenter itself: an ImageDataGenerator and
Keras layers are judged alike.
"""

import numpy as np

SEEDS = (1, 2, 3, 4, 5)
BATCH = 24
EPOCHS = 8
#: Variants of one drawing, for the report.
GALLERY = 11


def probe(student, inputs, evidence):
    augmenter = None
    with evidence.step("make_augmenter") as made:
        augmenter = student.make_augmenter()
        expected = {"ko": "ImageDataGenerator 또는 케라스 레이어", "en": "an ImageDataGenerator or Keras layers"}
        evidence.require(augmenter is not None, expected=expected, actual=augmenter, name="make_augmenter")
    if not made.ok:
        return

    def augment(images, seed):
        return augmented(student, evidence, augmenter, images, seed)

    with evidence.step("augment_batch"):
        colours = inputs["colours"]
        batch = augment(colours, 3)
        evidence.array("augment_batch", batch)
        evidence.array("augment_batch.input_after", colours)
    with evidence.step("augment_batch.textures"):
        evidence.array("augment_batch.textures", augment(inputs["textures"], 11))
        evidence.array("augment_batch.other_seed", augment(inputs["textures"], 12))
        evidence.array("augment_batch.same_seed", augment(inputs["textures"], 11))
    with evidence.step("augment_batch.markers"):
        for seed in SEEDS:
            batch = augment(np.repeat(inputs["markers"][None], BATCH, axis=0), seed)
            evidence.array(f"augment_batch.markers.{seed}", batch.mean(axis=-1, dtype=np.float32))

    with evidence.step("augment_batch.gallery"):
        evidence.array("augment_batch.gallery", augment(np.repeat(inputs["gallery"][None], GALLERY, axis=0), 21))

    if inputs.training:
        train(student, inputs, evidence)


def probe_hidden(student, inputs, evidence):
    with evidence.step("hidden.augment_batch"):
        batch = augmented(student, evidence, student.make_augmenter(), inputs["hidden.colours"], 5)
        evidence.array("hidden.augment_batch", batch)


def augmented(student, evidence, augmenter, images, seed):
    """The student's batch as an array; ``images`` may be spoilt afterwards."""
    batch = student.augment_batch(augmenter, images, seed)
    evidence.require(
        batch is not None, expected={"ko": "배열", "en": "an array"}, actual=batch, name="augment_batch"
    )
    return np.asarray(batch)


def train(student, inputs, evidence):
    """A linear model that starts at zero: it knows nothing of a place where every training image was black."""
    import keras

    keras.utils.set_random_seed(inputs.seed)
    last = keras.layers.Dense(4, activation="softmax", kernel_initializer="zeros")
    layers = [keras.Input((32, 32, 3)), keras.layers.Flatten(), last]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
    with evidence.step("before"):
        evidence.model("before", model)
    history = None
    with evidence.step("train_with_augmentation") as trained:
        x, y, x_val, y_val = (inputs[name] for name in ("train.x", "train.y", "val.x", "val.y"))
        augmenter = student.make_augmenter()
        history = student.train_with_augmentation(model, augmenter, x, y, x_val, y_val, EPOCHS)
        evidence.model("trained", model)
    if not trained.ok:
        return
    with evidence.step("history"):
        record = getattr(history, "history", None)
        evidence.require(
            isinstance(record, dict),
            expected="keras.callbacks.History",
            actual=history,
            name="train_with_augmentation",
        )
        evidence.value("history", {str(name): [float(v) for v in values] for name, values in record.items()})
    with evidence.step("predict"):
        evidence.array("predict.val", model.predict(inputs["val.x"], verbose=0))
