"""The images of one budget: the same ones for everybody, balanced by class, small budgets inside larger ones."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from grader.datasets.builtin import GENERATORS, Generator
from grader.datasets.cache import cached, file_identity
from grader.datasets.class_zip import drawn_pool, read_class_zip, read_pet_images
from grader.datasets.keras_batches import TEST, TRAINING, read_keras_batches
from grader.datasets.types import NO_FILES, Dataset, DataSource, Labels, Pool, Split, find_dataset
from grader.errors import DataError
from grader.schema import Budget


def load(dataset: str, source: DataSource, budget: Budget, *, seed: int = 0) -> Split:
    """What ``budget`` takes of ``dataset``.

    The training folder and the test folder are each put in one random order for ``seed``, in which every beginning
    has the classes in their proportions. Training images are the beginning of the one, hidden test images that of
    the other: a smaller budget's are among a larger one's. Validation images are the end of the training order.
    A budget that needs all training images leaves none for that; then the end of the test order serves, whose
    images are in that case never among the hidden ones.

    Args:
        seed: of the order, not of any training; thresholds are calibrated for 0.

    Raises:
        DataError: the data can't be read, or has fewer images than ``budget`` asks for.
    """
    wanted = find_dataset(dataset)
    pool = load_pool(source)
    train, test = stratified_order(pool.y_train, seed, 0), stratified_order(pool.y_test, seed, 1)
    spare = budget.train + budget.validation <= len(train)
    needed = budget.test + (0 if spare else budget.validation)
    if budget.train > len(train) or needed > len(test):
        raise DataError(
            "{data} has too few images. Needed: {train} for training, {test} for testing; "
            "found: {train_found} and {test_found}",
            data=source.data,
            train=budget.train,
            test=needed,
            train_found=len(train),
            test_found=len(test),
        )
    images, labels, order = (pool.x_train, pool.y_train, train) if spare else (pool.x_test, pool.y_test, test)
    files = pool.train_files if spare else pool.test_files
    validation = order[len(order) - budget.validation :]
    return Split(
        data=source.data,
        class_names=wanted.class_names,
        x_train=np.array(pool.x_train[train[: budget.train]]),
        y_train=np.array(pool.y_train[train[: budget.train]]),
        x_val=np.array(images[validation]),
        y_val=np.array(labels[validation]),
        x_test=np.array(pool.x_test[test[: budget.test]]),
        y_test=np.array(pool.y_test[test[: budget.test]]),
        train_files=pool.train_files.pick(train[: budget.train]) if wanted.photographs else NO_FILES,
        val_files=files.pick(validation) if wanted.photographs else NO_FILES,
    )


def load_pool(source: DataSource) -> Pool:
    """All images of ``source``, from the cache where they are there.

    Raises:
        DataError: the data can't be read.
    """
    dataset = find_dataset(source.dataset)
    return _pool(dataset, source, _identity(source))


def stratified_order(labels: Labels, seed: int, stream: int) -> NDArray[np.int64]:
    """A random order of the indices of ``labels`` in which each beginning has the classes in their proportions.

    The r-th of a class's n images comes at (2r + 1) / 2n of the way. The bits are PCG64's own, so the order does
    not depend on NumPy's version.
    """
    keys = np.random.PCG64((seed, stream)).random_raw(len(labels))
    shuffled = np.argsort(keys, kind="stable")
    place = np.empty(len(labels), dtype=np.float64)
    for label in np.unique(labels):
        members = shuffled[labels[shuffled] == label]
        place[members] = (2 * np.arange(len(members)) + 1) / (2 * len(members))
    return np.lexsort((keys, place))


def _identity(source: DataSource) -> str:
    try:
        if source.kind == "builtin":
            return f"v{_builtin(source.dataset).version}"
        assert source.path is not None
        if source.kind == "keras_batches":
            return file_identity(*(source.path / name for name in (*TRAINING, TEST)))
        return file_identity(source.path)
    except OSError as error:
        raise DataError(
            "The data set is not there: {file} ({reason})",
            file=str(error.filename or source.path),
            reason=error.strerror or str(error),
        ) from error


# Exercises of one course share a data set; where the cache can't be written this saves decoding it again.
@lru_cache(maxsize=2)
def _pool(dataset: Dataset, source: DataSource, identity: str) -> Pool:
    key = f"{dataset.name}-{source.kind}-{identity}"
    return cached(key, dataset.size, lambda: _make(dataset, source))


def _make(dataset: Dataset, source: DataSource) -> Pool:
    if source.kind == "builtin":
        generator = _builtin(source.dataset)
        train, test = generator.render(0, generator.train), generator.render(1, generator.test)
        return drawn_pool(train, test, dataset.size) if dataset.photographs else Pool(*train, *test)
    assert source.path is not None
    if source.kind in ("keras_batches", "keras_archive"):
        return read_keras_batches(source, dataset)
    return (read_class_zip if source.kind == "zip" else read_pet_images)(source.path, dataset)


def _builtin(dataset: str) -> Generator:
    if dataset not in GENERATORS:
        raise DataError("There are no built-in images for {data}: use --data.", data=dataset)
    return GENERATORS[dataset]
