"""Compile settings as the file states them, with every alias brought to one name; and the optimizer's state.

The state is iterations, learning rate, then the moments of each weight.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from grader.confined.inspector import allowed
from grader.confined.inspector.allowed import Refused
from grader.confined.inspector.comparing import Named
from grader.confined.inspector.describe import weight_fact
from grader.confined.inspector.weights import WeightFile

_ALIASES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
}
#: What Keras makes the right metric of, by the labels and the outputs.
_ANY_ACCURACY = frozenset({"acc", "accuracy"})
_DROPPED = frozenset({"name", "jit_compile", "is_legacy_optimizer"})
_MAX_NAME = 100
_MAX_ITEMS = 100


def compile_fact(config: Any, output_shape: list[int | None]) -> dict[str, Any] | None:
    """``schema.CompileFact`` of a ``compile_config``; None for a model that was never compiled.

    Numbers are rounded to float32, which is what training uses.

    Args:
        output_shape: of the model, which decides with the loss what a metric measures.
    """
    if not isinstance(config, dict) or not config:
        return None
    name, settings = _named(_unwrapped(config.get("optimizer")))
    loss, loss_settings = _named(_single(config.get("loss")))
    kept = [(key, value) for key, value in list(settings.items())[:_MAX_ITEMS] if key not in _DROPPED]
    columns = output_shape[-1] if len(output_shape) > 1 else None
    metrics = [*_flat(config.get("metrics")), *_flat(config.get("weighted_metrics"))][:_MAX_ITEMS]
    return {
        "optimizer": name.lower(),
        "optimizer_config": {_text(key): _number(value) for key, value in kept},
        "loss": loss_name(loss),
        "from_logits": loss_settings.get("from_logits") is True,
        "metrics": [_metric(metric, loss_name(loss), columns) for metric in metrics],
    }


def loss_name(name: str) -> str:
    """``SparseCategoricalCrossentropy`` and ``sparse_categorical_crossentropy`` are the same."""
    snake = _snake(name)
    return _ALIASES.get(snake, snake)


def optimizer_object(config: Any) -> dict[str, Any]:
    """A serialised built-in optimizer, made of numbers and allowed schedules only.

    Raises:
        Refused: ``custom_code`` for any other.
    """
    config = _unwrapped(config)
    name, settings = _named(config)
    if (
        not isinstance(config, dict)
        or config.get("module") != "keras.optimizers"
        or name not in allowed.OPTIMIZERS
    ):
        raise Refused("custom_code", f"optimizer {name}")
    clean: dict[str, Any] = {}
    for key, value in settings.items():
        if key == "learning_rate" and isinstance(value, dict):
            clean[key] = _schedule(value)
        elif _scalars(value):
            clean[key] = value
        else:
            raise Refused("custom_code", f"optimizer setting {key[:_MAX_NAME]}")
    return {"module": "keras.optimizers", "class_name": name, "config": clean, "registered_name": None}


def _schedule(value: dict[str, Any]) -> dict[str, Any]:
    name, values = _named(value)
    if value.get("module") != "keras.optimizers.schedules" or name not in allowed.SCHEDULES:
        raise Refused("custom_code", f"learning rate {name}")
    return {
        "module": "keras.optimizers.schedules",
        "class_name": name,
        "config": {k: v for k, v in values.items() if _scalars(v)},
        "registered_name": None,
    }


def loss_object(config: Any) -> Any:
    """What to compile with: a built-in loss with the settings that the file gives it.

    Raises:
        Refused: ``custom_code`` for any other, ``unsupported`` for several.
    """
    import keras

    value = _single(config)
    name, settings = _named(value)
    snake = loss_name(name)
    class_name = allowed.LOSSES.get(snake)
    if class_name is None:
        raise Refused("custom_code" if name else "unsupported", f"loss {name}")
    kept = {key: part for key, part in settings.items() if key in ("from_logits", "label_smoothing", "axis")}
    if not _scalars(list(kept.values())):
        raise Refused("unsupported", f"loss {name}")
    try:
        return getattr(keras.losses, class_name)(**kept)
    except (TypeError, ValueError) as error:
        raise Refused("unsupported", f"loss {name}") from error


def _unwrapped(value: Any) -> Any:
    """The optimizer inside one that scales losses, which mixed precision puts around it."""
    if isinstance(value, dict) and value.get("class_name") == "LossScaleOptimizer":
        config = value.get("config")
        if isinstance(config, dict) and isinstance(config.get("inner_optimizer"), dict):
            inner: dict[str, Any] = config["inner_optimizer"]
            return inner
    return value


def _text(value: Any) -> str:
    """At most 100 printable characters."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value)[:_MAX_NAME])


def _named(value: Any) -> tuple[str, dict[str, Any]]:
    """Class or function name, and its configuration."""
    if isinstance(value, str):
        return _text(value), {}
    if isinstance(value, dict):
        config = value.get("config")
        if isinstance(config, str):  # a function: {"class_name": "function", "config": "mean_squared_error"}
            return _text(config), {}
        return _text(value.get("class_name", "")), config if isinstance(config, dict) else {}
    return "", {}


def _single(value: Any) -> Any:
    """The loss of a model with one output, however it was given."""
    if isinstance(value, list) and len(value) == 1:
        return _single(value[0])
    if isinstance(value, dict) and "class_name" not in value and len(value) == 1:
        return _single(next(iter(value.values())))
    return value


def _flat(value: Any) -> list[Any]:
    """All metrics of all outputs, at most :data:`_MAX_ITEMS`."""
    if isinstance(value, dict) and "class_name" not in value:
        value = list(value.values())
    if isinstance(value, list):
        found: list[Any] = []
        for item in value:
            if len(found) >= _MAX_ITEMS:
                break
            found += _flat(item)
        return found[:_MAX_ITEMS]
    return [] if value is None else [value]


def _metric(value: Any, loss: str, columns: int | None) -> str:
    """The metric's name; ``accuracy`` where it is the share of right answers.

    Which labels there are is told by the loss: class ids by a sparse one, else one column for each output.
    """
    name = _named(value)[0]
    snake = _snake(name)
    sparse, single = loss.startswith("sparse_"), columns == 1
    measures = {
        "binary_accuracy": single or (columns == 2 and not sparse),
        "categorical_accuracy": not single and not sparse,
        "sparse_categorical_accuracy": not single and sparse,
    }
    if snake in _ANY_ACCURACY:
        # The class of that name counts outputs that equal their label: of probabilities hardly any.
        return "accuracy" if isinstance(value, str) else name
    return "accuracy" if measures.get(snake) else _ALIASES.get(snake, snake)


def _number(value: Any, depth: int = 0) -> Any:
    """Numbers as float32 has them, schedules as ``{"schedule": name, …}``."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        try:
            return float(np.float32(value))
        except OverflowError:  # an integer beyond any float
            return math.inf if value > 0 else -math.inf
    if depth > 5:
        return None
    if isinstance(value, dict):
        name, settings = _named(value)
        inside = {_text(key): _number(part, depth + 1) for key, part in list(settings.items())[:_MAX_ITEMS]}
        return {"schedule": name, **inside}
    if isinstance(value, list):
        return [_number(part, depth + 1) for part in value[:_MAX_ITEMS]]
    return None


def _scalars(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) < 1000 and all(_scalars(part) for part in value)
    return value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) < 100)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


_PLACE = re.compile(r"vars/([0-9]{1,6})")
#: The first where mixed precision puts an optimizer that scales losses around the chosen one.
_FOLDERS = ("optimizer/inner_optimizer/", "optimizer/")


def stored_state(weights: WeightFile) -> Named:
    """Variables in Keras' order, named ``optimizer/<number>``; empty where the file stores none."""
    for folder in _FOLDERS:
        names = [name for name in weights.datasets if name.startswith(folder)]
        found = [(match, name) for name in names if (match := _PLACE.fullmatch(name.removeprefix(folder)))]
        if found:
            places = sorted((int(match[1]), name) for match, name in found)
            return [(f"optimizer/{number}", weights.read(name)) for number, name in places]
    return []


def named_state(state: Named, model: Any) -> Named:
    """The same variables, named after the weights that they belong to: ``dense/kernel:0`` is its first moment.

    Keras stores the iterations, the learning rate (unless a schedule gives it), then for each trainable weight its
    moments. Where that does not fit the model (a state from before the last change to it), the numbers stay.
    """
    trainable = model.trainable_variables
    for head in (["iterations", "learning_rate"], ["iterations"]):
        moments = len(state) - len(head)
        if not trainable or moments <= 0 or moments % len(trainable):
            continue
        each = moments // len(trainable)
        wanted = [(f"{v.path}:{moment}", tuple(v.shape)) for v in trainable for moment in range(each)]
        rest = state[len(head) :]
        if [shape for _, shape in wanted] == [value.shape for _, value in rest]:
            names = [*head, *(name for name, _ in wanted)]
            return [(name, value) for name, (_, value) in zip(names, state, strict=True)]
    return state


def state_of(model: Any) -> Named:
    """The state of a model's live optimizer."""
    variables = model.optimizer.variables
    return named_state([(f"optimizer/{i}", np.asarray(v)) for i, v in enumerate(variables)], model)


def optimizer_fact(state: Named) -> dict[str, Any] | None:
    """``schema.OptimizerFact``; None where there is no state."""
    if not state or state[0][1].size != 1 or state[0][1].dtype.kind not in "iu":
        return None
    return {
        "iterations": int(state[0][1].reshape(())),
        "variables": [weight_fact(path, value, trainable=False) for path, value in state],
    }
