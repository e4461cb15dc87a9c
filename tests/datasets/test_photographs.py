"""Pictures of different sizes: kept as files, scaled to one size, and the right ones for each budget."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader.datasets import DATASETS, DataSource, choose_source, load
from grader.datasets.builtin import cats_vs_dogs
from grader.datasets.class_zip import read_class_zip
from grader.datasets.types import Files
from grader.errors import DataError
from grader.schema import Budget

DATASET = DATASETS["cats_vs_dogs"]
SHAPES = [(170, 169, 3), (157, 163, 3), (133, 167, 3), (157, 173, 3), (134, 106, 3), (119, 96, 3)]
SUMS = [8164495, 10160989, 9023922, 8980343, 4765259, 4735302]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def opened(files: Files, index: int) -> Image.Image:
    end = int(files.lengths[: index + 1].sum())
    return Image.open(io.BytesIO(files.data[end - int(files.lengths[index]) : end].tobytes()))


def test_drawings_are_the_same_everywhere() -> None:
    # Sums of pixels: a change of any of them is a change of marks and needs a new VERSION.
    drawn, labels = cats_vs_dogs.render(0, 6)
    assert [picture.shape for picture in drawn] == SHAPES
    assert [int(picture.sum()) for picture in drawn] == SUMS
    assert labels.tolist() == [0, 1, 0, 1, 0, 1]


def test_fewer_drawings_are_a_prefix_of_more() -> None:
    few, many = cats_vs_dogs.render(1, 3)[0], cats_vs_dogs.render(1, 5)[0]
    assert all(np.array_equal(a, b) for a, b in zip(few, many[:3], strict=True))
    assert not np.array_equal(few[0][:90, :90], cats_vs_dogs.render(0, 1)[0][0][:90, :90])


def test_a_budget_gets_the_files_of_its_images() -> None:
    source = choose_source("cats_vs_dogs", builtin=True)
    split = load("cats_vs_dogs", source, Budget(train=20, validation=6, test=10, epochs=1))
    assert split.x_train.shape == (20, 128, 128, 3)
    assert split.x_test.shape == (10, 128, 128, 3)
    assert split.y_train.sum() == 10
    for images, files in ((split.x_train, split.train_files), (split.x_val, split.val_files)):
        assert len(files.lengths) == len(images)
        for index in (0, len(images) - 1):
            again = np.asarray(opened(files, index).convert("RGB").resize((128, 128), Image.Resampling.BILINEAR))
            # JPEG blurs the drawn noise; another picture would be far off.
            assert np.abs(again.astype(int) - images[index]).mean() < 15
    assert len({opened(split.train_files, index).size for index in range(20)}) > 10


def test_files_are_picked_in_order() -> None:
    files = Files(np.frombuffer(b"abbccc", dtype=np.uint8), np.array([1, 2, 3]))
    picked = files.pick(np.array([2, 0]))
    assert picked.data.tobytes() == b"ccca"
    assert picked.lengths.tolist() == [3, 1]
    assert len(files.pick(np.array([], dtype=np.int64)).data) == 0


def photograph(size: tuple[int, int], mode: str = "RGB") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size, 120 if mode == "L" else (200, 30, 90)).save(stream, format="JPEG")
    return stream.getvalue()


def make_zip(path: Path, odd: bytes | None = None) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for part in ("train", "test"):
            for number, name in enumerate(("dog", "cat")):
                archive.writestr(f"{part}/{name}/a.jpg", photograph((40 + number, 90)))
                archive.writestr(f"{part}/{name}/b.jpg", photograph((70, 30), "L"))
        if odd is not None:
            archive.writestr("train/cat/odd.jpg", odd)
    return path


def test_photographs_of_a_zip_are_kept_as_they_are(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "cats_vs_dogs.zip")
    pool = read_class_zip(path, DATASET)
    assert pool.x_train.shape == (4, 128, 128, 3)
    assert pool.y_train.tolist() == [0, 0, 1, 1]
    assert opened(pool.train_files, 0).size == (41, 90)
    with zipfile.ZipFile(path) as archive:
        first = archive.read("train/cat/a.jpg")
    assert pool.train_files.data[: len(first)].tobytes() == first
    assert choose_source("cats_vs_dogs", tmp_path) == DataSource("cats_vs_dogs", "cats_vs_dogs", "zip", path)


def test_a_damaged_photograph_in_the_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"odd\.jpg"):
        read_class_zip(make_zip(tmp_path / "cats_vs_dogs.zip", b"nothing"), DATASET)


def test_the_cache_gives_back_the_files() -> None:
    source, budget = choose_source("cats_vs_dogs", builtin=True), Budget(train=4, validation=2, test=2, epochs=1)
    first = load("cats_vs_dogs", source, budget)
    # The package's function ``load`` hides the module of that name.
    sys.modules[load.__module__]._pool.cache_clear()
    again = load("cats_vs_dogs", source, budget)
    assert np.array_equal(first.train_files.data, again.train_files.data)
    assert np.array_equal(first.x_train, again.x_train)
