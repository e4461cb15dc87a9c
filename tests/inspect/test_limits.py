"""Files that are small and would be expensive, or legal and still not right; each is told apart in one process."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.conftest import Program

ROOT = Path(__file__).parent.parent.parent
GIVEN = ROOT / "exercises" / "09_save_load" / "given.keras"
INSPECT = """
import json, re, resource, sys, time
from pathlib import Path
from grader.wire.entry import Box
from grader.confined.inspector import main
folder = Path(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF)
main(Box(folder / "in", folder / "out", folder / "work", json.loads((folder / "job.json").read_text()), 1, 0))
after = resource.getrusage(resource.RUSAGE_SELF)
# Not ru_maxrss: a new program begins with that of the process which started it.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(json.dumps({"peak_mb": peak >> 10, "cpu": after.ru_utime - before.ru_utime}))
"""
Config = dict[str, Any]


def members() -> dict[str, bytes]:
    with zipfile.ZipFile(GIVEN) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def configured(change: Callable[[Config], Config | None]) -> bytes:
    parts = members()
    config = json.loads(parts["config.json"])
    parts["config.json"] = json.dumps(change(config) or config).encode()
    return packed(parts)


def weighted(change: Callable[[h5py.File], object]) -> bytes:
    parts = members()
    target = io.BytesIO(parts["model.weights.h5"])
    with h5py.File(target, "r+") as file:
        change(file)
    return packed({**parts, "model.weights.h5": target.getvalue()})


def setting(layer: int, key: str, value: Any) -> Callable[[Config], None]:
    def change(config: Config) -> None:
        config["config"]["layers"][layer]["config"][key] = value

    return change


def many_members() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number:0100}", b"")
    return target.getvalue()


def twice() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members().items():
            archive.writestr(name, data)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("config.json", b"{}")
    return target.getvalue()


def encrypted() -> bytes:
    data = bytearray(packed(members()))
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def longer_than_declared() -> bytes:
    data = bytearray(packed(members()))
    at = data.rindex(b"PK\x01\x02")  # the weights come last; both of their headers declare four bytes less
    (size,) = struct.unpack_from("<I", data, at + 24)
    struct.pack_into("<I", data, at + 24, size - 4)
    return bytes(data)


def unfolding(depth: int) -> Callable[[Config], Config]:
    """Models that call the model inside them three times: 3 ** depth calls of layers."""

    def node(*names: str) -> list[Config]:
        tensor = [{"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}} for name in names]
        return [{"args": [part], "kwargs": {}} for part in tensor]

    def change(config: Config) -> Config:
        start: Config = {
            "module": "keras.layers",
            "class_name": "InputLayer",
            "registered_name": None,
            "name": "in",
        }
        start |= {"config": {"batch_shape": [None, 4], "dtype": "float32", "name": "in"}, "inbound_nodes": []}
        inner: Config = {"module": "keras.layers", "class_name": "Flatten", "config": {"name": "l"}}
        for _ in range(depth):
            layer = {**inner, "name": "l", "inbound_nodes": [*node("in"), *node("in"), *node("in")]}
            inside = {"name": "l", "trainable": True, "layers": [start, layer]}
            inside |= {"input_layers": [["in", 0, 0]], "output_layers": [["l", 1, 0]]}
            inner = {"module": "keras.src.models.functional", "class_name": "Functional", "config": inside}
        return inner

    return change


def big_constant(config: Config) -> Config:
    clean = unfolding(1)(config)
    node = clean["config"]["layers"][1]["inbound_nodes"][0]
    node["args"] = [{"class_name": "__numpy__", "config": {"value": [[0] * 5000], "dtype": "float32"}}]
    return clean


def huge_compile_number(config: Config) -> None:
    config["compile_config"]["optimizer"]["config"]["learning_rate"] = 10**400


def hostile_names_in_compile(config: Config) -> None:
    config["compile_config"]["loss"] = "\ud800<script>\x1b[31m" + "x" * 500
    config["compile_config"]["metrics"] = ["acc", {"class_name": ["a"]}, [[["mae"]]], *["auc"] * 500]


def nan_iterations(file: h5py.File) -> None:
    del file["optimizer/vars/0"]
    file["optimizer/vars/0"] = np.float32(np.nan)


def beyond_the_file() -> bytes:
    """A contiguous dataset whose place is moved behind the end of the file."""
    parts = members()
    with h5py.File(io.BytesIO(parts["model.weights.h5"])) as file:
        offset = file["layers/dense/vars/0"].id.get_offset()
    data = bytearray(parts["model.weights.h5"])
    at = data.index(struct.pack("<Q", offset))
    data[at : at + 8] = struct.pack("<Q", len(data) - 8)
    return packed({**parts, "model.weights.h5": bytes(data)})


#: Name -> file, and the refusal that it must get; None: it is accepted.
CASES: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "given": (lambda: GIVEN.read_bytes(), None),
    "many_members": (many_members, "damaged"),
    "twice": (twice, "not_keras_file"),
    "encrypted": (encrypted, "damaged"),
    "longer": (longer_than_declared, "damaged"),
    "seed": (lambda: configured(setting(1, "seed", 2**40)), "unsupported"),
    "huge_integer": (lambda: configured(setting(1, "filters", 10**400)), "too_large"),
    "infinite": (lambda: configured(setting(1, "filters", float("inf"))), "unsupported"),
    "unknown_key": (lambda: configured(setting(1, "no_such_setting", 1)), "unsupported"),
    "quantised": (lambda: configured(setting(1, "dtype", "int8_from_float32")), "unsupported"),
    "surrogate": (lambda: configured(setting(1, "name", "\ud800")), "unsupported"),
    "nul": (lambda: configured(setting(1, "name", "a\x00b")), "unsupported"),
    "hangul": (lambda: configured(setting(1, "name", "합성곱 층")), None),
    "gigabytes": (lambda: configured(setting(-1, "units", 900_000)), "shape_mismatch"),
    "unfolding": (lambda: configured(unfolding(10)), "too_large"),
    "folded": (lambda: configured(unfolding(4)), "shape_mismatch"),  # the file's weights have no place in it
    "big_constant": (lambda: configured(big_constant), "unsupported"),
    "compile_number": (lambda: configured(huge_compile_number), None),
    "compile_names": (lambda: configured(hostile_names_in_compile), None),
    "nan_iterations": (lambda: weighted(nan_iterations), None),
    "beyond": (beyond_the_file, "damaged"),
    "other_input": (lambda: GIVEN.read_bytes(), None),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, program: Program) -> Path:
    folder = tmp_path_factory.mktemp("limits")
    for name in ("in", "out", "work"):
        (folder / name).mkdir()
    np.save(folder / "in" / "x.npy", np.ones((3, 8, 8, 1), "float32"))
    np.save(folder / "in" / "other.npy", np.ones((3, 5, 5, 2), "float32"))
    plans = {}
    for name, (make, _) in CASES.items():
        (folder / "in" / f"{name}.keras").write_bytes(make())
        plans[name] = {
            "label": f"{name}.keras",
            "file": f"{name}.keras",
            "architecture": False,
            "predict": ["other" if name == "other_input" else "x"],
            "fit": None,
            "compare": None,
            "scale": "unit",
        }
    (folder / "job.json").write_text(json.dumps({"plans": plans}))
    (folder / "cost.json").write_text(program(INSPECT, folder).splitlines()[-1])
    return folder


def fact(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / f"{name}.model.json").read_text())
    return found


def test_each_file_gets_its_verdict(folder: Path) -> None:
    faults = [path.read_text() for path in folder.glob("out/*.fault.json")]
    assert faults == []
    found = {name: fact(folder, name).get("refused") for name in CASES}
    kinds = {name: refused["kind"] if refused else None for name, refused in found.items()}
    assert kinds == {name: kind for name, (_, kind) in CASES.items()}, found


def test_all_of_them_together_cost_little(folder: Path) -> None:
    cost = json.loads((folder / "cost.json").read_text())
    assert cost["peak_mb"] < 1024
    assert cost["cpu"] < 20


def test_what_compile_settings_say_is_bounded_and_printable(folder: Path) -> None:
    compiled = fact(folder, "compile_names")["compiled"]
    assert len(compiled["loss"]) <= 100
    assert compiled["loss"].isprintable()
    assert compiled["metrics"][:2] == ["accuracy", compiled["metrics"][1]]
    assert "mean_absolute_error" in compiled["metrics"]
    assert len(compiled["metrics"]) == 100


def test_an_optimizer_state_that_is_none_is_no_state(folder: Path) -> None:
    assert fact(folder, "given")["optimizer"]["iterations"] == 5
    assert fact(folder, "nan_iterations")["optimizer"] is None


def test_a_model_that_takes_no_such_images_is_described_all_the_same(folder: Path) -> None:
    assert fact(folder, "other_input")["predictions"] == []
    assert fact(folder, "other_input")["parameters"] == fact(folder, "given")["parameters"] == 527
    assert not (folder / "out" / "other_input.predict.other.npy").exists()
    assert fact(folder, "given")["predictions"] == ["x"]
