"""What to do about some errors of Keras, and about models that are refused."""

from __future__ import annotations

from grader.i18n import both
from grader.schema import Text


def what_to_do(said: str) -> Text | None:
    """What to do about some errors that Keras words for those who know it."""
    if "`target` and `output` must have the same" in said:  # shape, or rank (ndim)
        return both(
            'The labels do not suit the loss. Class ids need loss="sparse_categorical_crossentropy"; '
            'for "categorical_crossentropy" make them one-hot.'
        )
    if "must have rank (ndim) `target.ndim - 1`" in said or "labels must have the same first dimension" in said:
        return both(
            'The labels do not suit the loss. One-hot labels need loss="categorical_crossentropy"; '
            '"sparse_categorical_crossentropy" takes class ids.'
        )
    if "outside the valid range of [0," in said:
        return both("Labels are class ids that begin with 0 and are smaller than the number of outputs.")
    if "has not yet been built" in said or "has never been called" in said:
        return both("The model does not know its input shape: start it with keras.Input(shape=…).")
    return None


def why_refused(kind: str, detail: str) -> Text:
    """Why the inspector refuses a model, by the word of :class:`grader.schema.Refusal`."""
    part = detail or "?"
    if kind == "not_keras_file":
        return both(
            'The model file is not a .keras file ({part}). Save it with model.save("….keras"); '
            ".h5 files and SavedModel folders are not accepted.",
            part=part,
        )
    if kind == "too_large":
        return both("The model file is too large ({part}).", part=part)
    if kind == "damaged":
        return both("The model file is damaged or incomplete ({part}). Save it again.", part=part)
    if kind == "layer_not_allowed":
        return both(
            "The model has a layer that is not accepted: {part}. Use the layers that come with Keras.", part=part
        )
    if kind == "custom_code":
        return both(
            "The model file contains code of its own ({part}), such as a Lambda layer or a custom class. "
            "Files with code are never loaded. Use the layers that come with Keras.",
            part=part,
        )
    if kind == "shape_mismatch":
        return both("The weights in the model file do not fit its layers: {part}.", part=part)
    if "no input shape" in detail:
        return both("The model does not know its input shape: start it with keras.Input(shape=…).")
    if kind == "resources":
        return both(
            "The model is too large to be examined within the limits of time and memory: {part}.", part=part
        )
    return both("The model uses something that cannot be examined: {part}.", part=part)
