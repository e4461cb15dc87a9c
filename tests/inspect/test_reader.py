"""Model files of every kind through the inspector: good ones become facts, all others a refusal that says why.

Every file is inspected by one process in one go, as submissions' models are: a file that took the process down, or
the next file with it, would fail the tests after it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.conftest import Program
from tests.inspect.test_kinds import INSPECT

MAKE = """
import sys, keras
from keras import layers
out = sys.argv[1]
keras.utils.set_random_seed(1)
plain = keras.Sequential([
    keras.Input((8, 8, 3)), layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization(),
    layers.Dropout(0.5),
    layers.MaxPooling2D(), layers.Flatten(), layers.Dense(3, activation="softmax")])
plain.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
import numpy as np
plain.fit(np.ones((8, 8, 8, 3), "float32"), np.zeros(8, "int32"), epochs=2, verbose=0)
plain.save(out + "/plain.keras")
base = keras.applications.MobileNet(alpha=0.25, weights=None, include_top=False, input_shape=(64, 64, 3))
base.trainable = False
inputs = keras.Input((64, 64, 3))
x = base(inputs / 127.5 - 1.0, training=False)
outputs = layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling2D()(x))
nested = keras.Model(inputs, outputs)
nested.compile(keras.optimizers.SGD(0.1, momentum=0.9), keras.losses.CategoricalCrossentropy(from_logits=True),
               metrics=[keras.metrics.CategoricalAccuracy()])
nested.save(out + "/nested.keras")
keras.Sequential([keras.Input((4,)), layers.Dense(2)]).save(out + "/uncompiled.keras")
marker = "open('/tmp/should-not-exist', 'w')"
bad = keras.Sequential([keras.Input((4,)), layers.Lambda(lambda t: t * 2), layers.Dense(2)])
bad.save(out + "/lambda_layer.keras")
@keras.saving.register_keras_serializable("student")
class Mine(layers.Dense):
    pass
keras.Sequential([keras.Input((4,)), Mine(2)]).save(out + "/custom_layer.keras")
class Sub(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(2)
    def call(self, x):
        return self.dense(x)
sub = Sub()
sub(np.ones((1, 4), "float32"))
sub.save(out + "/subclassed.keras")
@keras.saving.register_keras_serializable("student")
def swish_of_mine(x):
    return x
odd = keras.Sequential([keras.Input((4,)), layers.Dense(2, activation=swish_of_mine)])
odd.save(out + "/custom_activation.keras")
"""

Change = Callable[[dict[str, bytes]], dict[str, bytes] | None]


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def with_config(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    parts = members(data)
    config = json.loads(parts["config.json"])
    change(config)
    return packed({**parts, "config.json": json.dumps(config).encode()})


def with_weights(data: bytes, change: Callable[[h5py.File], None], folder: Path) -> bytes:
    parts = members(data)
    path = folder / "edit.h5"
    path.write_bytes(parts["model.weights.h5"])
    with h5py.File(path, "r+") as file:
        change(file)
    return packed({**parts, "model.weights.h5": path.read_bytes()})


def layer(config: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(entry for entry in config["config"]["layers"] if entry["class_name"] == kind)


def hostile(plain: bytes, folder: Path) -> dict[str, tuple[bytes, str]]:
    """Name -> (file, expected kind of refusal)."""
    kernel = "layers/conv2d/vars/0"

    def replaced(file: h5py.File, name: str, **settings: Any) -> None:
        value = file[name][()]
        del file[name]
        file.create_dataset(name, data=value, **settings)

    def external_link(file: h5py.File) -> None:
        del file[kernel]
        file[kernel] = h5py.ExternalLink("/etc/passwd", "/x")

    def soft_link(file: h5py.File) -> None:
        del file[kernel]
        file[kernel] = h5py.SoftLink("/layers/dense/vars/0")

    def external_storage(file: h5py.File) -> None:
        del file[kernel]
        file.create_dataset(kernel, (3, 3, 3, 4), "float32", external=[("/etc/passwd", 0, 432)])

    def extra_weight(file: h5py.File) -> None:
        file.create_dataset("layers/x/vars/0", data=[1.0])

    def wrong_shape(file: h5py.File) -> None:
        del file[kernel]
        file.create_dataset(kernel, data=np.zeros((3, 3, 3, 5), "float32"))

    def declared_huge(file: h5py.File) -> None:
        del file["layers/dense/vars/0"]
        file.create_dataset(
            "layers/dense/vars/0", (1 << 20, 1 << 10), "float32", chunks=(1 << 10, 1 << 10), compression=9
        )

    def cycle(file: h5py.File) -> None:
        file["layers/loop"] = file["layers"]

    def pickled(file: h5py.File) -> None:
        del file[kernel]
        file.create_dataset(kernel, data=np.array([b"cos\nsystem\n"], dtype=h5py.special_dtype(vlen=bytes)))

    def virtual(file: h5py.File) -> None:
        layout = h5py.VirtualLayout((3, 3, 3, 4), "float32")
        layout[:] = h5py.VirtualSource("/etc/passwd", "x", (3, 3, 3, 4))
        del file[kernel]
        file.create_virtual_dataset(kernel, layout)

    def units(config: dict[str, Any]) -> None:
        layer(config, "Dense")["config"]["units"] = 900_000

    def renamed(config: dict[str, Any]) -> None:
        layer(config, "Dense")["class_name"] = "TFSMLayer"

    def gadget(config: dict[str, Any]) -> None:
        layer(config, "Dense")["config"]["kernel_initializer"] = None
        layer(config, "Dense")["config"]["activation"] = {
            "module": "keras.utils", "class_name": "function", "config": "get_file", "registered_name": "get_file",
        }  # fmt: skip

    def listed(config: dict[str, Any]) -> None:
        layer(config, "Dense")["config"]["activation"] = {"class_name": []}  # found by fuzzing: a list has no hash

    def hub(config: dict[str, Any]) -> None:
        layer(config, "Conv2D").update(module="keras_hub.layers", registered_name="keras_hub>Conv2D")

    def operator(config: dict[str, Any]) -> None:
        layer(config, "Conv2D").update(module="os", class_name="system", registered_name=None)

    def nested_call(config: dict[str, Any]) -> None:
        layer(config, "Dropout")["config"]["rate"] = {
            "module": "builtins",
            "class_name": "function",
            "config": "eval",
        }

    def deep(config: dict[str, Any]) -> None:
        value: Any = []
        for _ in range(200):
            value = [value]
        config["config"]["extra"] = value

    def without_layers(config: dict[str, Any]) -> None:
        del config["config"]["layers"]

    parts = members(plain)
    bomb = packed({**parts, "config.json": b" " * (7 << 20)}, zipfile.ZIP_DEFLATED)
    return {
        "external_link": (with_weights(plain, external_link, folder), "unsupported"),
        "soft_link": (with_weights(plain, soft_link, folder), "unsupported"),
        "external_storage": (with_weights(plain, external_storage, folder), "unsupported"),
        "declared_huge": (with_weights(plain, declared_huge, folder), "unsupported"),
        "cycle": (with_weights(plain, cycle, folder), "unsupported"),
        "strings": (with_weights(plain, pickled, folder), "unsupported"),
        "virtual": (with_weights(plain, virtual, folder), "unsupported"),
        "compressed": (with_weights(plain, lambda f: replaced(f, kernel, compression=9), folder), "unsupported"),
        "missing_weight": (with_weights(plain, lambda f: f.pop(kernel), folder), "shape_mismatch"),
        "extra_weight": (with_weights(plain, extra_weight, folder), "shape_mismatch"),
        "wrong_shape": (with_weights(plain, wrong_shape, folder), "shape_mismatch"),
        "units": (with_config(plain, units), "shape_mismatch"),
        "tfsm_layer": (with_config(plain, renamed), "layer_not_allowed"),
        "gadget": (with_config(plain, gadget), "custom_code"),
        "activation_list": (with_config(plain, listed), "custom_code"),
        "keras_hub": (with_config(plain, hub), "custom_code"),
        "os_system": (with_config(plain, operator), "custom_code"),
        "nested_call": (with_config(plain, nested_call), "custom_code"),
        "deep_json": (with_config(plain, deep), "damaged"),
        "without_layers": (with_config(plain, without_layers), "unsupported"),
        "fourth_member": (packed({**parts, "assets/x.txt": b"x"}), "not_keras_file"),
        "traversal": (packed({**parts, "../x": b"x"}), "not_keras_file"),
        "two_members": (packed({k: parts[k] for k in list(parts)[:2]}), "not_keras_file"),
        "bomb": (bomb, "too_large"),
        "not_json": (packed({**parts, "config.json": b"{"}), "damaged"),
        "huge_number": (packed({**parts, "config.json": b"[" + b"9" * 9000 + b"]"}), "damaged"),
        "not_hdf5": (packed({**parts, "model.weights.h5": b"\x89HDF\r\n\x1a\n" + b"\0" * 100}), "damaged"),
        "truncated_hdf5": (packed({**parts, "model.weights.h5": parts["model.weights.h5"][:2000]}), "damaged"),
        "truncated": (plain[: len(plain) // 2], "not_keras_file"),
        "text": (b"hello", "not_keras_file"),
        "empty": (b"", "not_keras_file"),
        "h5": (parts["model.weights.h5"], "not_keras_file"),
    }  # fmt: skip


@pytest.fixture(scope="module")
def expected() -> dict[str, str]:
    """Filled by ``facts``: the refusal each hostile file must get."""
    return {}


@pytest.fixture(scope="module")
def facts(
    tmp_path_factory: pytest.TempPathFactory, program: Program, expected: dict[str, str]
) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("inspector")
    for name in ("in", "out", "work"):
        (folder / name).mkdir()
    program(MAKE, folder / "in")
    for name, (data, kind) in hostile((folder / "in" / "plain.keras").read_bytes(), folder).items():
        (folder / "in" / f"{name}.keras").write_bytes(data)
        expected[name] = kind
    # The good one once more at the end: whatever came before must have left nothing behind.
    (folder / "in" / "zz_again.keras").write_bytes((folder / "in" / "plain.keras").read_bytes())
    plans: dict[str, Any] = {
        path.stem: {
            "label": path.name,
            "file": path.name,
            "architecture": False,
            "predict": [],
            "fit": None,
            "compare": "plain" if path.stem == "zz_again" else None,
            "scale": "unit",
        }
        for path in sorted((folder / "in").glob("*.keras"), key=lambda p: (p.stem != "plain", p.stem))
    }
    (folder / "job.json").write_text(json.dumps({"plans": plans}))
    program(INSPECT, folder)
    return {name: json.loads((folder / "out" / f"{name}.model.json").read_text()) for name in plans}


def test_a_sequential_model(facts: dict[str, dict[str, Any]]) -> None:
    model = facts["plain"]
    assert model.get("refused") is None
    rows = [(row["type"], row["output_shape"], row["parameters"], row["activation"]) for row in model["layers"]]
    assert rows == [
        ("Conv2D", [None, 6, 6, 4], 112, "relu"),
        ("BatchNormalization", [None, 6, 6, 4], 16, None),
        ("Dropout", [None, 6, 6, 4], 0, None),
        ("MaxPooling2D", [None, 3, 3, 4], 0, None),
        ("Flatten", [None, 36], 0, None),
        ("Dense", [None, 3], 111, "softmax"),
    ]
    assert (model["parameters"], model["trainable_parameters"], model["frozen_parameters"]) == (239, 231, 8)
    assert model["compiled"]["optimizer"] == "adam"
    assert model["compiled"]["loss"] == "sparse_categorical_crossentropy"
    assert model["compiled"]["metrics"] == ["accuracy"]
    assert model["optimizer"]["iterations"] == 2


def test_a_nested_model_with_a_frozen_base_and_arithmetic(facts: dict[str, dict[str, Any]]) -> None:
    model = facts["nested"]
    assert model.get("refused") is None
    assert model["frozen_parameters"] == 218544
    assert model["trainable_parameters"] == 514
    assert model["compiled"]["from_logits"] is True
    assert model["compiled"]["metrics"] == ["accuracy"]
    assert model["compiled"]["optimizer_config"]["momentum"] == pytest.approx(0.9)


def test_an_uncompiled_model(facts: dict[str, dict[str, Any]]) -> None:
    assert facts["uncompiled"]["compiled"] is None
    assert facts["uncompiled"]["optimizer"] is None


def test_the_same_file_at_the_end_gives_the_same_facts(facts: dict[str, dict[str, Any]]) -> None:
    compare = facts["zz_again"]["compare"]
    assert compare["same_architecture"]
    assert compare["same_compile"]
    assert set(compare["weights"].values()) == {0.0}
    assert set(compare["optimizer"].values()) == {0.0}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("lambda_layer", "Lambda"),
        ("custom_layer", "Mine"),
        ("subclassed", "Sub"),
        ("custom_activation", "swish_of_mine"),
    ],
)
def test_code_is_refused_by_name(facts: dict[str, dict[str, Any]], name: str, part: str) -> None:
    refused = facts[name]["refused"]
    assert refused["kind"] in ("custom_code", "layer_not_allowed")
    assert part in refused["detail"]


def test_every_hostile_file_is_refused_for_its_own_reason(
    facts: dict[str, dict[str, Any]], expected: dict[str, str]
) -> None:
    assert len(expected) >= 30
    found = {name: (facts[name].get("refused") or {"kind": "accepted"})["kind"] for name in expected}
    assert found == expected
