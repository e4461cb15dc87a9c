"""Where data come from, what is refused, and what a broken cache costs."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.datasets import choose_source, class_zip, keras_batches, load
from grader.datasets.load import _pool, load_pool
from grader.datasets.types import DataSource
from grader.errors import DataError
from grader.schema import Budget
from tests.datasets.conftest import MakeZip, png

SMALL = Budget(train=40, validation=10, test=20, epochs=1)


# Order of the places


def test_the_data_folder_comes_first(make_zip: MakeZip, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_zip()
    assert choose_source("cifar10", path.parent) == DataSource("cifar10", "cifar10", "zip", path)
    monkeypatch.setenv("GRADER_DATA", str(path.parent))
    assert choose_source("cifar10").kind == "zip"
    assert choose_source("cifar10", builtin=True).kind == "builtin"


def test_without_anything_the_built_in_images(tmp_path: Path) -> None:
    assert choose_source("cifar10") == DataSource("cifar10", "builtin", "builtin")
    other = tmp_path / "other"
    (other / "keras_home").mkdir(parents=True)
    assert choose_source("cifar10", other).kind == "builtin"


def test_a_slip_in_the_data_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        choose_source("cifar10", tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"expected cifar10\.zip"):
        choose_source("cifar10", tmp_path)


# Zips


def test_a_folder_around_it_and_other_files_do_no_harm(make_zip: MakeZip) -> None:
    path = make_zip(prefix="CIFAR-10-images-master/", extra={"README.md": b"x", "train/cat/._1.png": b"x"})
    pool = load_pool(choose_source("cifar10", path.parent))
    assert len(pool.x_train) == 60
    assert pool.y_test.tolist() == np.repeat(range(10), 4).tolist()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"skip": "train/frog"}, "train/frog"),
        ({"skip": "test/"}, "test/airplane, test/automobile"),
        ({"extra": {"train/cat/bad.png": b"not an image"}}, r"cifar10\.zip:train/cat/bad\.png cannot be read"),
        ({"extra": {"test/dog/cut.png": png((1, 2, 3))[:60]}}, r"test/dog/cut\.png cannot be read"),
        ({"extra": {"train/cat/big.png": png((1, 2, 3), (40, 32))}}, "Expected: 32x32, found: 40x32"),
        ({"extra": {"train/cat/bomb.png": bytes(5 << 20)}}, "too large"),
    ],
    ids=["class", "split", "no-image", "cut-off", "size", "bomb"],
)
def test_what_is_wrong_with_a_zip_is_said(make_zip: MakeZip, options: dict[str, Any], message: str) -> None:
    path = make_zip(**options)
    with pytest.raises(DataError, match=message) as caught:
        load_pool(choose_source("cifar10", path.parent))
    assert caught.value.text.ko


def test_a_cut_off_zip_and_one_that_vanished(make_zip: MakeZip) -> None:
    path = make_zip()
    source = choose_source("cifar10", path.parent)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DataError, match="not a complete zip file"):
        load_pool(source)
    path.unlink()
    with pytest.raises(DataError, match="not there"):
        load_pool(source)


# The cache


def test_decoding_happens_once(make_zip: MakeZip, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = choose_source("cifar10", make_zip().parent)
    first = load("cifar10", source, SMALL)
    _pool.cache_clear()
    monkeypatch.setattr(class_zip, "_decode", lambda *_: pytest.fail("decoded again"))
    assert np.array_equal(load("cifar10", source, SMALL).x_train, first.x_train)
    assert [folder.name.startswith("cifar10-zip-") for folder in cache.iterdir()] == [True]


def test_another_zip_is_another_entry(make_zip: MakeZip, cache: Path) -> None:
    source = choose_source("cifar10", make_zip(train=6).parent)
    assert len(load_pool(source).x_train) == 60
    make_zip(train=7)
    assert len(load_pool(source).x_train) == 70
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("damage", ["truncated", "gone", "garbage", "other-shape"])
def test_a_damaged_entry_is_made_again(make_zip: MakeZip, cache: Path, damage: str) -> None:
    source = choose_source("cifar10", make_zip().parent)
    right = np.array(load_pool(source).x_train)
    _pool.cache_clear()
    file = next(cache.iterdir()) / "x_train.npy"
    if damage == "truncated":
        os.truncate(file, 1000)
    elif damage == "gone":
        file.unlink()
    elif damage == "garbage":
        file.write_bytes(b"x" * 5000)
    else:
        np.save(file, np.zeros((60, 8, 8, 3), dtype=np.uint8))
    assert np.array_equal(load_pool(source).x_train, right)
    _pool.cache_clear()
    assert np.array_equal(np.load(file), right)


def test_a_cache_that_is_a_file_costs_nothing_but_time(make_zip: MakeZip, cache: Path) -> None:
    cache.parent.parent.write_text("in the way")
    assert len(load_pool(choose_source("cifar10", make_zip().parent)).x_train) == 60


def test_a_full_disk_leaves_nothing_behind(
    make_zip: MakeZip, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = np.save

    def full(file: Path, array: np.ndarray, **options: Any) -> None:
        if "x_test" in str(file):
            raise OSError(28, "No space left on device")
        real(file, array, **options)

    monkeypatch.setattr(np, "save", full)
    assert len(load_pool(choose_source("cifar10", make_zip().parent)).x_train) == 60
    assert list(cache.iterdir()) == []


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes"
)
def test_a_read_only_cache(make_zip: MakeZip, cache: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o500)
    assert len(load_pool(choose_source("cifar10", make_zip().parent)).x_train) == 60


def test_no_home_at_all(make_zip: MakeZip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as where there is none
    monkeypatch.chdir(tmp_path)
    assert choose_source("cifar10").kind == "builtin"
    assert len(load_pool(choose_source("cifar10", make_zip().parent)).x_train) == 60
    assert not list(tmp_path.glob("~*")), "no folder of that name is made instead"


# Keras' own cache


def batch(start: int, count: int = 20) -> dict[bytes, object]:
    """A CIFAR batch; pixel (channel, row, column) holds channel, row and column in a way that tells them apart."""
    labels = [(start + n) % 10 for n in range(count)]
    channel, row, column = np.indices((3, 32, 32))
    pixels = (channel * 80 + row * 2 + column).astype(np.uint8)
    return {b"data": np.stack([pixels.reshape(-1)] * count), b"labels": labels, b"batch_label": b"x"}


@pytest.fixture
def keras_cache(tmp_path: Path) -> Path:
    folder = tmp_path / "keras" / "datasets" / "cifar-10-batches-py-target" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for number, name in enumerate((*keras_batches.TRAINING, keras_batches.TEST)):
        (folder / name).write_bytes(pickle.dumps(batch(number), protocol=2))
    return folder


def test_keras_batches_are_read_without_keras(keras_cache: Path) -> None:
    source = choose_source("cifar10")
    assert source == DataSource("cifar10", "cifar10", "keras_batches", keras_cache)
    pool = load_pool(source)
    assert pool.x_train.shape == (100, 32, 32, 3)
    assert pool.y_train[:3].tolist() == [0, 1, 2]
    assert pool.y_train[20:23].tolist() == [1, 2, 3]
    assert pool.x_test[0, 5, 7].tolist() == [17, 97, 177]
    assert "keras" not in type(pool.x_train).__module__


def test_the_folder_of_older_keras_versions(keras_cache: Path) -> None:
    older = keras_cache.parents[1] / "cifar-10-batches-py"
    shutil.move(keras_cache, older)
    assert choose_source("cifar10").path == older


class _Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, ("exploded",))


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps({b"data": _Bomb(), b"labels": []}, protocol=2),
        pickle.dumps({b"data": np.array([print], dtype=object), b"labels": [0]}, protocol=2),
        pickle.dumps({b"data": np.zeros((2, 5), np.uint8), b"labels": [0, 1]}, protocol=2),
        pickle.dumps({**batch(0), b"labels": [11] * 20}, protocol=2),
        pickle.dumps([1, 2], protocol=2),
        b"",
        b"\x80\x02garbage",
    ],
    ids=["code", "objects", "shape", "labels", "list", "empty", "garbage"],
)
def test_a_batch_that_is_more_than_arrays_is_refused(
    keras_cache: Path, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (keras_cache / "data_batch_3").write_bytes(content)
    with pytest.raises(DataError, match="data_batch_3"):
        load_pool(choose_source("cifar10"))
    assert not (tmp_path / "exploded").exists()


def test_a_batch_that_is_missing(keras_cache: Path) -> None:
    (keras_cache / "data_batch_2").unlink()
    with pytest.raises(DataError, match="data_batch_2"):
        load_pool(choose_source("cifar10"))


def test_only_keras_own_archive_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib
    import tarfile

    folder = tmp_path / "keras" / "datasets"
    inside = tmp_path / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    inside.mkdir()
    for number, name in enumerate((*keras_batches.TRAINING, keras_batches.TEST)):
        (inside / name).write_bytes(pickle.dumps(batch(number), protocol=2))
    archive = folder / "cifar-10-batches-py.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(inside, "cifar-10-batches-py")
    source = choose_source("cifar10")
    assert source.kind == "keras_archive"
    with pytest.raises(DataError, match="not the CIFAR-10 archive"):
        load_pool(source)
    monkeypatch.setattr(keras_batches, "ARCHIVE_SHA256", hashlib.sha256(archive.read_bytes()).hexdigest())
    assert len(load_pool(source).x_train) == 100
