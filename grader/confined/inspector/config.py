"""From an untrusted ``config.json`` to one that can only build what :mod:`allowed` names.

The result holds built-in classes, numbers, short strings and nothing else: no code, no registered names, no
modules to import. Initialisers become zeros, because every weight is assigned afterwards and drawing millions of
random numbers would be most of the cost. What it would cost to build is counted before anything is built.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from grader.confined.inspector import allowed
from grader.confined.inspector.allowed import Refused
from grader.wire.layer_types import ACTIVATION_LAYERS, TENSORFLOW_FUNCTIONS

#: Layers of all nested models, and calls of layers that building takes: a model inside a model is built, then
#: called. The chapter's largest (InceptionResNetV2) has 780 layers.
MAX_LAYERS = 2_000
MAX_CALLS = 6_000
MAX_NUMBER = 1_000_000
MAX_STRING = 200
MAX_LIST = 4_096
_COARSENESS = ("float32", "float16", "bfloat16")
_ZEROS: dict[str, Any] = {
    "module": "keras.initializers",
    "class_name": "Zeros",
    "config": {},
    "registered_name": None,
}


@dataclass(frozen=True)
class Sanitised:
    """What a file's configuration comes to."""

    config: dict[str, Any]
    """The model's configuration, rebuilt from allowed parts."""
    unreadable: tuple[str, ...]
    """Functions of TensorFlow that Keras itself can't read back from the file, by the name in it."""
    compute_dtype: str
    """The coarsest type that a layer computes with: ``float32``, ``float16`` or ``bfloat16``."""


def sanitise(config: dict[str, Any]) -> Sanitised:
    """What can be built from an untrusted configuration.

    Raises:
        Refused: ``custom_code``, ``layer_not_allowed``, ``unsupported`` or ``too_large``.
    """
    sanitiser = _Sanitiser()
    clean, _ = sanitiser.model(config)
    return Sanitised(clean, tuple(sorted(sanitiser.unreadable)), max(sanitiser.dtypes, key=_COARSENESS.index))


def is_model(value: Any) -> bool:
    """Whether ``value`` configures a Sequential or Functional model."""
    if not isinstance(value, dict):
        return False
    module, class_name = value.get("module"), value.get("class_name")
    return isinstance(module, str) and isinstance(class_name, str) and (module, class_name) in allowed.MODELS


class _Sanitiser:
    def __init__(self) -> None:
        self._layers = 0
        self.unreadable: set[str] = set()
        self.dtypes = {"float32"}

    def model(self, value: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """The clean model and how many calls of layers it takes."""
        self._builtin(value)
        if not is_model(value):
            raise Refused("custom_code", str(value.get("class_name"))[:MAX_STRING])
        config = value.get("config")
        if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
            raise Refused("unsupported", f"{value['class_name']} without a list of layers")
        clean: dict[str, Any] = {
            "name": self._name(config.get("name", "model")),
            "trainable": config.get("trainable", True) is not False,
            "layers": [],
        }
        calls = 0
        for layer in config["layers"]:
            made, inner = self._layer(layer)
            clean["layers"].append(made)
            calls += inner * max(1, len(made.get("inbound_nodes", ())))
            if calls > MAX_CALLS:
                raise Refused("too_large", f"more than {MAX_CALLS} calls of layers")
        if value["class_name"] == "Sequential":
            class_name = "Sequential"
            if config.get("build_input_shape") is not None:
                clean["build_input_shape"] = self._plain(config["build_input_shape"])
        else:
            class_name = "Functional"
            for key in ("input_layers", "output_layers"):
                clean[key] = self._plain(config.get(key))
        made = {"module": "keras", "class_name": class_name, "config": clean, "registered_name": None}
        return self._graph(value, made), calls

    def _layer(self, value: Any) -> tuple[dict[str, Any], int]:
        self._layers += 1
        if self._layers > MAX_LAYERS:
            raise Refused("too_large", f"more than {MAX_LAYERS} layers")
        if not isinstance(value, dict):
            raise Refused("unsupported", "a layer that is no object")
        if is_model(value):
            made, calls = self.model(value)
            return made, calls + 1
        self._builtin(value)
        module, class_name = str(value.get("module")), str(value.get("class_name"))
        config = value.get("config")
        ordinary = module in allowed.LAYER_MODULES and class_name in allowed.LAYERS
        operation = class_name in allowed.OPERATIONS.get(module, ())
        if not (ordinary or operation or (module, class_name) in allowed.APPLICATION_LAYERS):
            name = config.get("name") if isinstance(config, dict) else None
            kind = "layer_not_allowed" if module in allowed.LAYER_MODULES else "custom_code"
            raise Refused(kind, f"{class_name[:MAX_STRING]} ({name})" if name else class_name)
        if not isinstance(config, dict):
            raise Refused("unsupported", f"{class_name} without a configuration")
        made = {
            "module": module,
            "class_name": class_name,
            "config": {self._name(key): self._setting(key, part) for key, part in config.items()},
            "registered_name": None,
        }
        return self._graph(value, made), 1

    def _graph(self, value: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        if "inbound_nodes" in value:
            if not isinstance(value["inbound_nodes"], list) or len(value["inbound_nodes"]) > MAX_LIST:
                raise Refused("unsupported", "calls of a layer that are no short list")
            made["inbound_nodes"] = [self._node(node) for node in value["inbound_nodes"]]
        if "name" in value:
            made["name"] = self._name(value["name"])
        return made

    def _node(self, value: Any) -> dict[str, Any]:
        """One call of a layer: positional arguments and named ones."""
        if not isinstance(value, dict) or not set(value) <= {"args", "kwargs"}:
            raise Refused("unsupported", "a call of a layer in an unknown form")
        args, kwargs = value.get("args", []), value.get("kwargs", {})
        if not isinstance(args, list) or not isinstance(kwargs, dict):
            raise Refused("unsupported", "a call of a layer in an unknown form")
        return {"args": self._argument(args), "kwargs": self._argument(kwargs)}

    def _argument(self, value: Any) -> Any:
        """Keras tensors, constants, slices, numbers, and lists and dicts of them."""
        if isinstance(value, list) and len(value) <= MAX_LIST:
            return [self._argument(part) for part in value]
        if not isinstance(value, dict):
            return self._plain(value)
        if "class_name" not in value:
            if len(value) > MAX_LIST or "module" in value:
                raise Refused("custom_code", _named(value))
            return {self._name(key): self._argument(part) for key, part in value.items()}
        special = value["class_name"]
        if not isinstance(special, str) or special not in allowed.ARGUMENTS:
            raise Refused("custom_code", str(special)[:MAX_STRING])
        config = value.get("config", {})
        if not isinstance(config, dict):
            raise Refused("unsupported", special)
        return {"class_name": special, "config": self._plain(config)}

    def _setting(self, key: str, value: Any) -> Any:
        """One entry of a layer's configuration."""
        if key.endswith("initializer"):
            return dict(_ZEROS) if value is not None else None
        if key == "seed":
            return 0 if isinstance(value, int) and not isinstance(value, bool) else None
        if key == "activation":
            return self._activation(value)
        if key == "dtype":
            return self._dtype(value)
        if key in ("lora_rank", "quantization_config") and value is not None:
            raise Refused("unsupported", key)
        if key == "layers" and isinstance(value, list):  # a Pipeline's
            return [self._layer(layer)[0] for layer in value]
        if isinstance(value, dict):
            if key.endswith("regularizer"):
                return self._member(value, "keras.regularizers", allowed.REGULARIZERS)
            if key.endswith("constraint"):
                return self._member(value, "keras.constraints", allowed.CONSTRAINTS)
            if "class_name" in value or "module" in value:
                raise Refused("custom_code", f"{value.get('class_name')} ({key})")
        return self._plain(value)

    def _activation(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, str):
            if value not in allowed.ACTIVATIONS:
                raise Refused("custom_code", f"activation {value[:MAX_STRING]}")
            return value
        if isinstance(value, dict) and str(value.get("class_name")) in {*ACTIVATION_LAYERS, "Activation"}:
            return self._layer(value)[0]
        function = (
            value.get("config") if isinstance(value, dict) and value.get("class_name") == "function" else None
        )
        if isinstance(function, str) and function in TENSORFLOW_FUNCTIONS and value.get("module") == "builtins":
            # Whether the student's function of that name computes this too, the comparison of predictions tells.
            self.unreadable.add(function)
            return TENSORFLOW_FUNCTIONS[function]
        raise Refused("custom_code", f"activation {_named(value)}")

    def _dtype(self, value: Any) -> str:
        """Half and mixed precision become float32: the same model, computed more exactly."""
        name: Any = value
        if isinstance(value, dict):
            if (value.get("module"), value.get("class_name")) != ("keras", "DTypePolicy"):
                raise Refused("unsupported", f"dtype {_named(value)}")
            config = value.get("config")
            name = config.get("name") if isinstance(config, dict) else None
        if name is None or (isinstance(name, str) and name in allowed.FLOAT_POLICIES):
            computing = str(name or "").removeprefix("mixed_")
            if computing in _COARSENESS:
                self.dtypes.add(computing)
            return "float32"
        if isinstance(name, str) and name in allowed.INTEGER_DTYPES:
            return name
        raise Refused("unsupported", f"dtype {str(name)[:MAX_STRING]}")

    def _member(self, value: dict[str, Any], module: str, names: frozenset[str]) -> dict[str, Any]:
        self._builtin(value)
        class_name = value.get("class_name")
        if value.get("module") != module or not isinstance(class_name, str) or class_name not in names:
            raise Refused("custom_code", _named(value))
        return {
            "module": module,
            "class_name": class_name,
            "config": self._plain(value.get("config", {})),
            "registered_name": None,
        }

    def _builtin(self, value: dict[str, Any]) -> None:
        """Refuse whatever was registered by a student's code."""
        registered = value.get("registered_name")
        if registered is not None and registered != value.get("class_name"):
            raise Refused("custom_code", str(registered)[:MAX_STRING])

    def _name(self, value: Any) -> str:
        """A short printable text: names in Hangul are fine, control characters and lone surrogates are not."""
        if not isinstance(value, str) or not value or len(value) > MAX_STRING or not value.isprintable():
            raise Refused("unsupported", "a name that is no short text")
        return value

    def _plain(self, value: Any) -> Any:
        """Numbers, short strings, lists and string-keyed dicts of these."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            if abs(value) > MAX_NUMBER:
                raise Refused("too_large", "a number beyond a million")
            return value
        if isinstance(value, float):
            if not math.isfinite(value):
                raise Refused("unsupported", f"the number {value}")
            return value
        if isinstance(value, str):
            return self._name(value) if value else ""
        if isinstance(value, list) and len(value) <= MAX_LIST:
            return [self._plain(part) for part in value]
        if isinstance(value, dict) and len(value) <= MAX_LIST:
            if "class_name" in value or "module" in value:
                raise Refused("custom_code", _named(value))
            return {self._name(key): self._plain(part) for key, part in value.items()}
        raise Refused("unsupported", "an unexpected value")


def _named(value: Any) -> str:
    """What a person would call an object that is refused."""
    if not isinstance(value, dict):
        return str(type(value).__name__)
    config = value.get("config")
    name = config if isinstance(config, str) else value.get("registered_name") or value.get("class_name")
    return str(name or "an object")[:MAX_STRING]
