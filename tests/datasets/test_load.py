"""Budgets: balanced, nested, apart from each other, and the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.datasets import DataSource, Split, choose_source, load
from grader.datasets.load import stratified_order
from grader.datasets.types import CIFAR10
from grader.errors import DataError
from grader.schema import Budget
from tests.datasets.conftest import MakeZip

BUILTIN = DataSource(dataset="cifar10", data="builtin", kind="builtin")


def budget(train: int, validation: int, test: int) -> Budget:
    return Budget(train=train, validation=validation, test=test, epochs=1)


def pictures(images: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in images}


@pytest.fixture(scope="module")
def small_and_large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Split, Split]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return load("cifar10", BUILTIN, budget(300, 50, 200)), load("cifar10", BUILTIN, budget(4000, 500, 1000))


def test_types_and_balance(small_and_large: tuple[Split, Split]) -> None:
    for split in small_and_large:
        assert split.data == "builtin"
        assert split.class_names == CIFAR10.class_names
        for x, y in ((split.x_train, split.y_train), (split.x_val, split.y_val), (split.x_test, split.y_test)):
            assert x.shape == (len(y), 32, 32, 3)
            assert x.dtype == np.uint8
            assert y.dtype == np.int64
            assert set(np.bincount(y, minlength=10)) == {len(y) // 10}


def test_a_smaller_budget_is_a_prefix(small_and_large: tuple[Split, Split]) -> None:
    small, large = small_and_large
    assert np.array_equal(small.x_train, large.x_train[:300])
    assert np.array_equal(small.y_train, large.y_train[:300])
    assert np.array_equal(small.x_test, large.x_test[:200])
    assert np.array_equal(small.x_val, large.x_val[-50:])


def test_nothing_is_in_two_parts(small_and_large: tuple[Split, Split]) -> None:
    for split in small_and_large:
        train, val, test = pictures(split.x_train), pictures(split.x_val), pictures(split.x_test)
        assert not train & val
        assert not train & test
        assert not val & test


def test_the_order_is_random_and_the_seed_decides() -> None:
    labels = np.repeat(np.arange(10), 50)
    first = stratified_order(labels, 0, 0)
    assert np.array_equal(first, stratified_order(labels, 0, 0))
    assert sorted(first) == list(range(500))
    assert not np.array_equal(first, stratified_order(labels, 1, 0))
    assert not np.array_equal(first, stratified_order(labels, 0, 1))
    assert len({tuple(labels[first][start : start + 10]) for start in range(0, 500, 10)}) > 40


def test_proportions_hold_for_unequal_classes() -> None:
    labels = np.repeat([0, 1], [600, 200])
    order = stratified_order(labels, 0, 0)
    for count in (40, 100, 400, 800):
        assert abs((labels[order[:count]] == 1).sum() - count / 4) <= 1


def test_when_all_training_images_train_the_test_folder_gives_validation(make_zip: MakeZip) -> None:
    path = make_zip(train=6, test=4)
    split = load("cifar10", choose_source("cifar10", path.parent), budget(60, 10, 30))
    assert len(pictures(split.x_train)) == 60
    assert {image[0, 0, 2] for image in split.x_val} == {1}  # blue says the folder: test
    assert not pictures(split.x_val) & pictures(split.x_test)
    spare = load("cifar10", choose_source("cifar10", path.parent), budget(40, 10, 40))
    assert {image[0, 0, 2] for image in spare.x_val} == {0}


@pytest.mark.parametrize("wanted", [(61, 0, 10), (10, 0, 41), (60, 11, 30)], ids=str)
def test_too_few_images(make_zip: MakeZip, wanted: tuple[int, int, int]) -> None:
    source = choose_source("cifar10", make_zip(train=6, test=4).parent)
    with pytest.raises(DataError, match="too few images"):
        load("cifar10", source, budget(*wanted))


def test_unknown_data_set() -> None:
    with pytest.raises(DataError, match="Unknown data set: mnist"):
        load("mnist", BUILTIN, budget(1, 0, 1))


def test_labels_and_images_stay_together(make_zip: MakeZip) -> None:
    split = load("cifar10", choose_source("cifar10", make_zip().parent), budget(40, 10, 40))
    for x, y in ((split.x_train, split.y_train), (split.x_val, split.y_val), (split.x_test, split.y_test)):
        assert [image[0, 0, 0] for image in x] == y.tolist()  # red says the class


@pytest.mark.slow
def test_real_cifar10(real_data: Path) -> None:
    split = load("cifar10", choose_source("cifar10", real_data), budget(50_000, 1000, 9000))
    assert split.data == "cifar10"
    assert np.bincount(split.y_train).tolist() == [5000] * 10
    assert np.bincount(split.y_test).tolist() == [900] * 10
    assert len(pictures(split.x_val) & pictures(split.x_test)) == 0
