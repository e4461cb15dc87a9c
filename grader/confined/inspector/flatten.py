"""A rebuilt model as one flat list of operations on one picture: models inside it are taken apart.

The tensors in between belong to the inner model's own graph, where nobody can ask for their values; so every
operation is called again, in order, on a picture of a fixed size.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.confined.inspector.allowed import Refused
from grader.confined.inspector.describe import activation, is_model
from grader.confined.inspector.rebuild import first_line

#: What classes go through at the end without changing their order; None: layers without an activation.
_LAST = frozenset({None, "linear", "softmax", "sigmoid"})
#: Layers that an image's prediction passes through unchanged on its way from the pooled maps to the classifier.
_PASSING = frozenset({"Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "Flatten", "Reshape"})


@dataclass
class Step:
    """One call of one operation."""

    operation: Any
    """A layer, or arithmetic between layers."""
    name: str
    """As its author called it. The operation itself is called otherwise now: one graph has no name twice."""
    inputs: list[Any]
    output: Any
    """Symbolic tensors of Keras; the batch has one picture."""
    within: str
    """Names of the models that it is in, from the outside in, with slashes; empty in the model itself."""

    @property
    def kind(self) -> str:
        """Class name."""
        return type(self.operation).__name__

    def __str__(self) -> str:
        return f"{self.kind} ({self.name})"


@dataclass
class Flat:
    """The model's only input, and its operations in the order in which they are calculated."""

    image: Any
    steps: list[Step]
    result: Any


def flatten(model: Any, size: tuple[int, int], known: Mapping[str, str]) -> Flat:
    """Call every operation of ``model`` on one picture.

    Args:
        size: height and width, where the model leaves them open.
        known: names that layers have now -> what their author called them.

    Raises:
        Refused: ``unsupported`` where the model does not take one picture (h, w, c) of 1 or 3 channels, or does
            not give one tensor.
    """
    import keras

    shape = model.input_shape
    if not isinstance(shape, tuple) or len(shape) != 4 or shape[3] not in (1, 3):
        raise Refused("unsupported", f"an input of shape {shape}, which is no picture")
    sides = [side or wanted for side, wanted in zip(shape[1:3], size, strict=True)]
    image = keras.Input(batch_shape=(1, *sides, shape[3]), name="image")
    steps: list[Step] = []
    try:
        result = _replay(model, image, "", steps, _Names(known))
    except (Refused, MemoryError):
        raise
    except Exception as error:
        last = f" after {steps[-1]}" if steps else ""
        raise Refused("unsupported", f"{first_line(error)}{last}") from error
    if isinstance(result, list | tuple | dict):
        raise Refused("unsupported", "the model has several outputs")
    return Flat(image, steps, result)


class _Names:
    """What operations were called; asked for, each gets a name that no other has."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self._names: dict[int, str] = {}

    def of(self, operation: Any) -> str:
        if id(operation) not in self._names:
            self._names[id(operation)] = self._known.get(operation.name, operation.name)
            operation.name = f"step_{len(self._names)}"
        return self._names[id(operation)]


def _replay(model: Any, inputs: Any, within: str, steps: list[Step], names: _Names) -> Any:
    """The model's output for ``inputs``; appends what was called on the way."""
    graph = model._functional if type(model).__name__ == "Sequential" else model

    def again(operation: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            if is_model(operation):
                return _replay(operation, args[0], f"{within}{names.of(operation)}/", steps, names)
            name = names.of(operation)
            output = operation(*args, **kwargs)
            if not isinstance(output, list | tuple | dict):
                given = [tensor for value in args for tensor in (value if isinstance(value, list) else [value])]
                steps.append(Step(operation, name, given, output, within.rstrip("/")))
            return output

        return call

    output = graph._run_through_graph(graph._standardize_inputs(inputs), operation_fn=again)
    return output[0] if isinstance(output, list | tuple) and len(output) == 1 else output


def pooled_maps(flat: Flat) -> tuple[Any, np.ndarray[Any, Any]] | None:
    """The maps that global average pooling reduces and the weights from each map to each class.

    Where the network ends in global average pooling and one linear layer after it (Zhou et al. 2016, "Learning
    Deep Features for Discriminative Localization"), the class activation map of a class is the sum of the maps,
    each times its weight. Dropout and changes of shape in between make no difference.

    Returns:
        The maps' tensor (1, h, w, n), and the weights float32 (n, classes); None where the network ends otherwise.
    """
    made = {id(step.output): step for step in flat.steps}
    tensor, kernel = flat.result, None
    while (step := made.get(id(tensor))) is not None and len(step.inputs) == 1:
        layer, source = step.operation, step.inputs[0]
        if step.kind in ("GlobalAveragePooling2D", "Mean"):
            whole = len(source.shape) == 4 and (step.kind != "Mean" or _over_both_sides(layer))
            return (source, kernel) if kernel is not None and whole else None
        if kernel is None and activation(layer) not in _LAST:
            return None
        if kernel is None and step.kind == "Dense":
            kernel = np.asarray(layer.kernel, dtype="float32")
        elif kernel is None and step.kind == "Conv2D" and tuple(source.shape[1:3]) == (1, 1):
            if tuple(layer.kernel.shape[:2]) != (1, 1) or layer.groups != 1:
                return None
            kernel = np.asarray(layer.kernel, dtype="float32")[0, 0]
        elif step.kind not in (_PASSING if kernel is not None else _PASSING | {"Activation", "Softmax"}):
            return None
        tensor = source
    return None


def _over_both_sides(mean: Any) -> bool:
    """Whether a ``keras.ops.mean`` is one over height and width."""
    axes = mean.axis if isinstance(mean.axis, list | tuple) else [mean.axis]
    return sorted(axis % 4 for axis in axes if isinstance(axis, int)) == [1, 2]


_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def plainly_named(config: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """A sanitised configuration in which every name is plain, and the new names with the old ones."""
    old: dict[str, str] = {}

    def plain(name: str) -> str:
        if _PLAIN.fullmatch(name):
            return name
        made = f"name_{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
        old[made] = name
        return made

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: plain(part) if key == "name" and isinstance(part, str) else walk(part)
                for key, part in value.items()
            }
        if not isinstance(value, list):
            return value
        if len(value) == 3 and isinstance(value[0], str):  # a tensor: whose, of which call, which one
            return [plain(value[0]), *value[1:]]
        return [walk(part) for part in value]

    return walk(config), old
