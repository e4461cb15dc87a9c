"""Compile settings as the file states them, with every alias brought to one name."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from grader.confined.inspector import allowed
from grader.confined.inspector.refusal import Refused

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
