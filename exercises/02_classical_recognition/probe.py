"""Runs the student's pipeline: features of a few images, classifiers on points, and recognition of pictures.

Arrays are named ``<function>.<case>.<argument>`` (staff's have ``hidden.`` in front).
"""

import numpy as np


def probe(student, inputs, evidence):
    features(student, inputs, evidence)
    probe_hidden(student, inputs, evidence)
    with evidence.step("build_classifier.fresh"):
        first, case = fitted(student, inputs, evidence, "build_classifier.points")
        second, _ = fitted(student, inputs, evidence, "build_classifier.other_ids")
        for name, classifier in (("first", first), ("second", second)):
            evidence.array(f"build_classifier.fresh.{name}", classifier.predict(inputs[f"{case}.test"]))


def probe_hidden(student, inputs, evidence):
    """The cases: those among the inputs of this run."""
    for name in list(inputs.arrays):
        case = name.rpartition(".")[0]
        if name.endswith(".labels"):
            with evidence.step(case):
                first, _ = fitted(student, inputs, evidence, case)
                evidence.array(case, first.predict(inputs[f"{case}.test"]))
        elif name.endswith(".train_images"):
            with evidence.step(case):
                arguments = [inputs[f"{case}.{part}"] for part in ("train_images", "train_labels", "test_images")]
                evidence.array(case, student.recognise(*arguments))


def features(student, inputs, evidence):
    """Of the same images in other types, orders and numbers; and of those that ``recognise`` gets."""
    images = inputs["extract_features.images"]
    variants = {
        "uint8": images,
        "float32": np.float32(images) / np.float32(255),
        "again": images,
        "reversed": np.ascontiguousarray(images[::-1]),
        "single": images[2:3],
        "train": inputs["recognise.pictures.train_images"],
        "test": inputs["recognise.pictures.test_images"],
    }
    for variant, given in variants.items():
        name = f"extract_features.{variant}"
        with evidence.step(name):
            evidence.array(name, student.extract_features(given.copy()))


def fitted(student, inputs, evidence, case):
    """A new classifier that has seen the rows of ``case``, and the case."""
    classifier = student.build_classifier()
    methods = all(callable(getattr(classifier, method, None)) for method in ("fit", "predict"))
    evidence.require(
        methods and not isinstance(classifier, type),
        expected={"ko": "fit과 predict가 있는 객체", "en": "an object with fit and predict"},
        actual=classifier,
        name="build_classifier",
    )
    classifier.fit(inputs[f"{case}.features"], inputs[f"{case}.labels"])
    return classifier, case
