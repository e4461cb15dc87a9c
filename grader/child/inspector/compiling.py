"""Compile settings as the file states them, with every alias brought to one name."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from grader.child.inspector import allowed
from grader.child.inspector.refusal import Refused

_LOSSES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
}
_ACCURACIES = frozenset(
    {"acc", "accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"}
)
_DROPPED = frozenset({"name", "jit_compile", "is_legacy_optimizer"})


def compile_fact(config: Any) -> dict[str, Any] | None:
    """``schema.CompileFact`` of a ``compile_config``; None for a model that was never compiled."""
    if not isinstance(config, dict) or not config:
        return None
    name, settings = _named(config.get("optimizer"))
    loss, loss_settings = _named(_single(config.get("loss")))
    return {
        "optimizer": name.lower(),
        "optimizer_config": {key: _number(value) for key, value in settings.items() if key not in _DROPPED},
        "loss": loss_name(loss),
        "from_logits": bool(loss_settings.get("from_logits", False)),
        "metrics": [_metric(metric) for metric in _flat(config.get("metrics"))],
    }


def loss_name(name: str) -> str:
    """``SparseCategoricalCrossentropy`` and ``sparse_categorical_crossentropy`` are the same."""
    snake = _snake(name)
    return _LOSSES.get(snake, snake)


def optimizer_object(config: Any) -> dict[str, Any]:
    """A serialised built-in optimizer, made of numbers and allowed schedules only.

    Raises:
        Refused: ``custom_code`` for any other.
    """
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
            schedule, values = _named(value)
            if value.get("module") != "keras.optimizers.schedules" or schedule not in allowed.SCHEDULES:
                raise Refused("custom_code", f"learning rate {schedule}")
            clean[key] = {
                "module": "keras.optimizers.schedules",
                "class_name": schedule,
                "config": {k: v for k, v in values.items() if _scalars(v)},
                "registered_name": None,
            }
        elif _scalars(value):
            clean[key] = value
        else:
            raise Refused("custom_code", f"optimizer setting {key[:80]}")
    return {"module": "keras.optimizers", "class_name": name, "config": clean, "registered_name": None}


def _named(value: Any) -> tuple[str, dict[str, Any]]:
    """Class or function name, and its configuration."""
    if isinstance(value, str):
        return value[:100], {}
    if isinstance(value, dict):
        config = value.get("config")
        if isinstance(config, str):  # a function: {"class_name": "function", "config": "mean_squared_error"}
            return config[:100], {}
        return str(value.get("class_name", ""))[:100], config if isinstance(config, dict) else {}
    return "", {}


def _single(value: Any) -> Any:
    """The loss of a model with one output, however it was given."""
    if isinstance(value, list) and len(value) == 1:
        return _single(value[0])
    if isinstance(value, dict) and "class_name" not in value and len(value) == 1:
        return _single(next(iter(value.values())))
    return value


def _flat(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [part for item in value[:50] for part in _flat(item)]
    if isinstance(value, dict) and "class_name" not in value:
        return [part for item in list(value.values())[:50] for part in _flat(item)]
    return [] if value is None else [value]


def _metric(value: Any) -> str:
    snake = _snake(_named(value)[0])
    return "accuracy" if snake in _ACCURACIES else snake


def _number(value: Any) -> Any:
    """Numbers as float32 has them, schedules as ``{"schedule": name, …}``."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value if not isinstance(value, str) else value[:100]
    if isinstance(value, int | float):
        return float(np.float32(value))
    if isinstance(value, dict):
        name, settings = _named(value)
        return {"schedule": name, **{key[:100]: _number(part) for key, part in list(settings.items())[:30]}}
    if isinstance(value, list):
        return [_number(part) for part in value[:100]]
    return None


def _scalars(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) < 1000 and all(_scalars(part) for part in value)
    return value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) < 100)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
