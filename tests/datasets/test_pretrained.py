"""Real weights, class list and photographs: where they are found, what is refused, what a run gets to know."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from grader.datasets import find_pretrained, pretrained
from grader.datasets.pretrained import CLASS_INDEX, KNOWN, SAMPLES
from grader.errors import DataError

WEIGHTS = "mobilenet_2_5_224_tf.h5"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a small weight file, a class list, and three photographs."""
    folder = tmp_path / "data"
    models = folder / "keras_home" / "models"
    models.mkdir(parents=True)
    with h5py.File(models / WEIGHTS, "w") as file:
        file["layer/kernel"], file["layer/bias"] = np.zeros((3, 4)), np.zeros(4)
    monkeypatch.setitem(pretrained.WEIGHTS, WEIGHTS, 16)
    index = json.dumps({str(n): [f"n{n:08d}", f"class_{n}"] for n in range(1000)}).encode()
    (models / CLASS_INDEX).write_bytes(index)
    digest = hashlib.md5(index, usedforsecurity=False).hexdigest()
    monkeypatch.setattr(pretrained, "_CLASS_INDEX_MD5", digest)
    (folder / SAMPLES).mkdir()
    for name in ("imagenet_02_7.jpg", "imagenet_00_999.jpg", "imagenet_10_0.jpg"):
        (folder / SAMPLES / name).write_bytes(name.encode())
    return folder


def test_everything_is_there(data: Path) -> None:
    found = find_pretrained((WEIGHTS, CLASS_INDEX, SAMPLES), data)
    assert found.data == "imagenet"
    assert found.missing == ()
    assert found.files[WEIGHTS] == data / "keras_home" / "models" / WEIGHTS
    assert found.true_names == ("class_999", "class_7", "class_0")


def test_the_names_that_a_run_gets_do_not_tell_what_photographs_show(data: Path) -> None:
    found = find_pretrained((SAMPLES,), data)
    assert list(found.files) == ["photograph_00.jpg", "photograph_01.jpg", "photograph_02.jpg"]
    assert [path.name for path in found.files.values()] == [
        "imagenet_00_999.jpg",
        "imagenet_02_7.jpg",
        "imagenet_10_0.jpg",
    ]


@pytest.mark.parametrize("lacking", [WEIGHTS, CLASS_INDEX, SAMPLES])
def test_one_missing_file_and_nothing_is_given_out(data: Path, lacking: str) -> None:
    if lacking == SAMPLES:
        for photograph in (data / SAMPLES).iterdir():
            photograph.unlink()
    else:
        (data / "keras_home" / "models" / lacking).unlink()
    found = find_pretrained((WEIGHTS, CLASS_INDEX, SAMPLES), data)
    assert (found.data, found.missing, found.files, found.true_names) == ("builtin", (lacking,), {}, ())


def test_built_in_when_told_so(data: Path) -> None:
    assert find_pretrained((WEIGHTS,), data, builtin=True).data == "builtin"


def test_the_environment_names_the_folder(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_pretrained((WEIGHTS,)).missing == (WEIGHTS,)
    monkeypatch.setenv("GRADER_DATA", str(data))
    assert find_pretrained((WEIGHTS,)).missing == ()


def test_weights_come_from_keras_own_cache_too(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(data / "keras_home"))
    assert find_pretrained((WEIGHTS, CLASS_INDEX)).data == "imagenet"


def test_an_unknown_name_is_a_mistake_of_the_course(data: Path) -> None:
    with pytest.raises(DataError, match="resnet"):
        find_pretrained(("resnet.h5",), data)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (CLASS_INDEX, b"{}", "MD5"),
        (WEIGHTS, b"an error page", "signature"),
        (WEIGHTS, b"", "signature|empty|truncated"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    data: Path, name: str, content: bytes, reason: str
) -> None:
    (data / "keras_home" / "models" / name).write_bytes(content)
    with pytest.raises(DataError, match=rf"(?s){name}.*({reason})"):
        find_pretrained((name,), data)


def test_weights_of_another_network_are_refused(data: Path) -> None:
    with h5py.File(data / "keras_home" / "models" / WEIGHTS, "w") as file:
        file["kernel"] = np.zeros(5)
    with pytest.raises(DataError, match="5 parameters, 16 expected"):
        find_pretrained((WEIGHTS,), data)


@pytest.mark.parametrize("name", ["imagenet_03.jpg", "imagenet_03_1000.jpg", "imagenet_x_5.jpg"])
def test_a_photograph_must_say_what_it_shows(data: Path, name: str) -> None:
    (data / SAMPLES / name).write_bytes(b"jpeg")
    with pytest.raises(DataError, match=name):
        find_pretrained((SAMPLES,), data)


def test_photographs_need_the_class_list(data: Path) -> None:
    (data / "keras_home" / "models" / CLASS_INDEX).unlink()
    with pytest.raises(DataError, match=CLASS_INDEX):
        find_pretrained((SAMPLES,), data)


def test_the_real_files(real_data: Path) -> None:
    found = find_pretrained(KNOWN, real_data)
    assert found.missing == ()
    assert len(found.true_names) == 20
    assert {"dalmatian", "bald_eagle"} <= set(found.true_names)
