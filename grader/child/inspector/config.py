"""From an untrusted ``config.json`` to one that can only build what :mod:`allowed` names.

The result holds built-in classes, numbers, short strings and nothing else: no code, no registered names, no modules
to import. Initialisers become zeros, because every weight is assigned afterwards and drawing millions of random
numbers would be most of the cost.
"""

from __future__ import annotations

import math
import re
from typing import Any

from grader.child.inspector import allowed
from grader.child.inspector.refusal import Refused

MAX_LAYERS = 2_000
MAX_NUMBER = 1_000_000
MAX_STRING = 200
MAX_LIST = 4_096
_NAME = re.compile(r"[A-Za-z0-9_.\-/ ]{1,100}")
_ZEROS: dict[str, Any] = {
    "module": "keras.initializers",
    "class_name": "Zeros",
    "config": {},
    "registered_name": None,
}


def sanitise(config: dict[str, Any]) -> dict[str, Any]:
    """The model's configuration, rebuilt from allowed parts.

    Raises:
        Refused: ``custom_code``, ``layer_not_allowed``, ``unsupported`` or ``too_large``.
    """
    return _Sanitiser().model(config)


def is_model(value: Any) -> bool:
    """Whether ``value`` configures a Sequential or Functional model."""
    return isinstance(value, dict) and (value.get("module"), value.get("class_name")) in allowed.MODELS


class _Sanitiser:
    def __init__(self) -> None:
        self._layers = 0

    def model(self, value: dict[str, Any]) -> dict[str, Any]:
        self._builtin(value)
        if not is_model(value):
            raise Refused("custom_code", str(value.get("class_name"))[:MAX_STRING])
        config = value.get("config")
        if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
            raise Refused("unsupported", f"{value['class_name']} without a list of layers")
        layers = [self._layer(layer) for layer in config["layers"]]
        clean: dict[str, Any] = {
            "name": self._name(config.get("name", "model")),
            "trainable": config.get("trainable", True) is not False,
            "layers": layers,
        }
        if value["class_name"] == "Sequential":
            module, class_name = "keras", "Sequential"
            shape = config.get("build_input_shape")
            if shape is not None:
                clean["build_input_shape"] = self._plain(shape)
        else:
            module, class_name = "keras.src.models.functional", "Functional"
            for key in ("input_layers", "output_layers"):
                clean[key] = self._plain(config.get(key))
        made = {"module": module, "class_name": class_name, "config": clean, "registered_name": class_name}
        for key in ("build_config",):
            if isinstance(value.get(key), dict):
                made[key] = self._plain(value[key])
        return self._graph(value, made)

    def _layer(self, value: Any) -> dict[str, Any]:
        self._layers += 1
        if self._layers > MAX_LAYERS:
            raise Refused("too_large", f"more than {MAX_LAYERS} layers")
        if not isinstance(value, dict):
            raise Refused("unsupported", "a layer that is no object")
        if is_model(value):
            return self.model(value)
        self._builtin(value)
        module, class_name = value.get("module"), value.get("class_name")
        ordinary = module in allowed.LAYER_MODULES and class_name in allowed.LAYERS
        operation = module in allowed.OPERATION_MODULES and class_name in allowed.OPERATIONS
        if not (ordinary or operation or (module, class_name) in allowed.APPLICATION_LAYERS):
            name = value.get("config", {}).get("name") if isinstance(value.get("config"), dict) else None
            kind = "layer_not_allowed" if module in allowed.LAYER_MODULES else "custom_code"
            raise Refused(kind, f"{class_name} ({name})" if name else str(class_name))
        config = value.get("config")
        if not isinstance(config, dict):
            raise Refused("unsupported", f"{class_name} without a configuration")
        made = {
            "module": module,
            "class_name": class_name,
            "config": {self._name(key): self._setting(str(key), part) for key, part in config.items()},
            "registered_name": None,
        }
        if isinstance(value.get("build_config"), dict):
            made["build_config"] = self._plain(value["build_config"])
        return self._graph(value, made)

    def _graph(self, value: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        if "inbound_nodes" in value:
            made["inbound_nodes"] = self._nodes(value["inbound_nodes"])
        if "name" in value:
            made["name"] = self._name(value["name"])
        return made

    def _nodes(self, value: Any) -> Any:
        """Arguments of a layer's calls: Keras tensors, numbers and lists of them."""
        if isinstance(value, list):
            return [self._nodes(part) for part in value]
        if isinstance(value, dict):
            if value.get("class_name") == "__keras_tensor__":
                config = value.get("config")
                if not isinstance(config, dict):
                    raise Refused("unsupported", "a tensor without a configuration")
                return {"class_name": "__keras_tensor__", "config": self._plain(config)}
            if set(value) <= {"args", "kwargs"}:
                return {key: self._nodes(part) for key, part in value.items()}
            if "class_name" in value or "module" in value:
                raise Refused("custom_code", str(value.get("class_name"))[:MAX_STRING])
            return {self._name(key): self._nodes(part) for key, part in value.items()}
        return self._plain(value)

    def _setting(self, key: str, value: Any) -> Any:
        """One entry of a layer's configuration."""
        if key.endswith("initializer"):
            return dict(_ZEROS) if value is not None else None
        if key in ("activation", "recurrent_activation"):
            return self._activation(value)
        if key == "dtype":
            return self._dtype(value)
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
        if isinstance(value, dict) and value.get("module") in allowed.LAYER_MODULES:
            return self._layer(value)
        raise Refused("custom_code", f"activation {_named(value)}")

    def _dtype(self, value: Any) -> str:
        name = value.get("config", {}).get("name") if isinstance(value, dict) else value
        if name is None or name in ("float32", "uint8", "int32", "bool"):
            return name or "float32"
        raise Refused("unsupported", f"dtype {str(name)[:MAX_STRING]}")

    def _member(self, value: dict[str, Any], module: str, names: frozenset[str]) -> dict[str, Any]:
        self._builtin(value)
        if value.get("module") != module or value.get("class_name") not in names:
            raise Refused("custom_code", _named(value))
        return {
            "module": module,
            "class_name": value["class_name"],
            "config": self._plain(value.get("config", {})),
            "registered_name": None,
        }

    def _builtin(self, value: dict[str, Any]) -> None:
        """Refuse whatever was registered by a student's code."""
        registered = value.get("registered_name")
        if registered not in (None, value.get("class_name")):
            raise Refused("custom_code", str(registered)[:MAX_STRING])

    def _name(self, value: Any) -> str:
        if not isinstance(value, str) or not value or len(value) > MAX_STRING:
            raise Refused("unsupported", "a name that is no short text")
        return value

    def _plain(self, value: Any) -> Any:
        """Numbers, short strings, lists and string-keyed dicts of these."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            if not math.isfinite(value) or abs(value) > MAX_NUMBER:
                raise Refused("too_large", f"the number {value!r:.40}")
            return value
        if isinstance(value, str):
            return self._name(value) if value else ""
        if isinstance(value, list) and len(value) <= MAX_LIST:
            return [self._plain(part) for part in value]
        if isinstance(value, dict) and len(value) <= MAX_LIST:
            if "class_name" in value and value.get("class_name") != "__tuple__":
                raise Refused("custom_code", _named(value))
            return {self._name(key): self._plain(part) for key, part in value.items() if key != "shared_object_id"}
        raise Refused("unsupported", "an unexpected value")


def _named(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("registered_name") or value.get("config") or value.get("class_name"))[:MAX_STRING]
    return str(type(value).__name__)
