"""The structure checks of exercise 06, written as one would without a grader: Keras in this very process.

All contestants but the grader itself call :func:`check`, so all do the same: build, compile, the table of layers
(kinds, output shapes, kernel and pool sizes, parameters, activations), totals, compile settings, save, load, and
equal predictions of the same eight images before and after.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import keras
import numpy as np

IMAGES = np.random.default_rng(0).random((8, 32, 32, 3), dtype=np.float32)


def load(path: Path) -> ModuleType:
    """A student's file as a module of its own."""
    module = ModuleType(path.stem)
    exec(compile(path.read_bytes(), str(path), "exec"), vars(module))
    return module


def predict(model: Any, eager: bool) -> np.ndarray[Any, Any]:
    """As a student would (``model.predict``), or by a plain call, which traces nothing."""
    return np.asarray(model(IMAGES, training=False) if eager else model.predict(IMAGES, verbose=0))


def check(student: Any, reference: dict[str, Any], *, eager: bool = False) -> None:
    """Raises AssertionError where the student's network is not the chapter's."""
    model = student.build_model()
    assert isinstance(model, keras.Model)
    model = student.compile_model(model) or model
    assert tuple(model.input_shape) == (None, 32, 32, 3)
    assert len(model.layers) == len(reference["layers"])
    for layer, wanted in zip(model.layers, reference["layers"], strict=True):
        assert type(layer).__name__ == wanted["type"]
        assert tuple(layer.output.shape) == tuple(wanted["output_shape"])
        assert layer.count_params() == wanted["parameters"]
        config = layer.get_config()
        for key, value in wanted.get("config", {}).items():
            assert list(config[key]) == value
        if "activation" in wanted:
            assert layer.activation.__name__ == wanted["activation"]
    assert model.count_params() == reference["parameters"]
    assert sum(int(np.prod(v.shape)) for v in model.trainable_weights) == reference["parameters"]
    settings = model.get_compile_config()
    assert type(model.optimizer).__name__.lower() == reference["compile"]["optimizer"]
    assert settings["loss"] in reference["compile"]["losses"]
    assert "accuracy" in settings["metrics"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        before = predict(model, eager)
        loaded = keras.models.load_model(path)
        assert np.allclose(before, predict(loaded, eager), atol=1e-5)


def reference_of(path: str | Path) -> dict[str, Any]:
    """``reference.json``."""
    found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return found


def student_of(names: dict[str, Any]) -> Any:
    """A notebook's names as a module."""
    return SimpleNamespace(**{name: names[name] for name in ("build_model", "compile_model")})
