"""Layer types that are nothing but an activation function, and the functions' names: one row for each.

Both sides read this table: the inspector, which accepts and names what a file holds, and the layer table
(:mod:`grader.layers`), by which a layer of its own counts as the ``activation=`` argument of the layer before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ActivationLayer:
    """A layer that computes an activation function."""

    function: str
    """The name of that function in ``keras.activations``; of a layer with weights its own."""
    settings: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    """The settings with which it is exactly that function; any of the values will do."""


ACTIVATION_LAYERS: Mapping[str, ActivationLayer] = {
    "ReLU": ActivationLayer("relu", {"max_value": (None,), "negative_slope": (0, None), "threshold": (0, None)}),
    "Softmax": ActivationLayer("softmax", {"axis": (-1,)}),
    "LeakyReLU": ActivationLayer("leaky_relu", {"negative_slope": (0.2,)}),
    "ELU": ActivationLayer("elu", {"alpha": (1,)}),
    "PReLU": ActivationLayer("prelu"),
}

#: Functions of TensorFlow under names that Keras writes into a file and can't read back, and the activations
#: that they are: ``tf.nn.softmax`` calls itself ``softmax_v2``.
TENSORFLOW_FUNCTIONS: Mapping[str, str] = {
    "softmax_v2": "softmax",
    "log_softmax_v2": "log_softmax",
    "swish": "silu",
    "exp": "exponential",
    "identity": "linear",
}
_ALIASES = {**TENSORFLOW_FUNCTIONS, "hard_swish": "hard_silu"}


def activation_name(name: str) -> str:
    """The one name of a function that has several."""
    return _ALIASES.get(name, name)


def activation_of_layer(kind: str, settings: Mapping[str, object]) -> str | None:
    """The activation function that a layer of type ``kind`` is and nothing else, or None.

    Settings that make another function of it are part of the name: ``leaky_relu (negative_slope=0.3)``. A setting
    that is not there has its usual value.
    """
    if kind == "Activation":
        name = settings.get("activation")
        return activation_name(name) if isinstance(name, str) else None
    layer = ACTIVATION_LAYERS.get(kind)
    if layer is None:
        return None
    other = {
        key: settings[key]
        for key, usual in layer.settings.items()
        if key in settings and settings[key] not in usual
    }
    if kind == "ReLU" and other == {"max_value": 6}:
        return "relu6"
    said = ", ".join(f"{key}={_short(value)}" for key, value in other.items())
    return f"{layer.function} ({said})" if said else layer.function


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
