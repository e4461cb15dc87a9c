"""Which of the places that may hold a data set does."""

from __future__ import annotations

import os
from pathlib import Path

from grader.datasets.assets import CIFAR10_ARCHIVE, PET_IMAGES
from grader.datasets.cache import find_keras_home
from grader.datasets.types import DataSource, find_dataset
from grader.errors import DataError

#: Where Keras leaves CIFAR-10: the first since 3.0, the second and the archive before that or by hand.
_BATCH_FOLDERS = ("cifar-10-batches-py-target/cifar-10-batches-py", "cifar-10-batches-py")
_ARCHIVES = (CIFAR10_ARCHIVE, "cifar-10-batches-py.tar.gz", "cifar-10-python.tar.gz")
#: What makes a folder a data folder, whichever of them an exercise needs.
_KNOWN = ("*.zip", "keras_home", "imagenet_samples")


def choose_source(dataset: str, data_dir: Path | None = None, *, builtin: bool = False) -> DataSource:
    """Where ``dataset`` comes from: ``data_dir``, else Keras' own cache, else the built-in images.

    Args:
        data_dir: folder with ``cifar10.zip`` and the like; None: the environment variable ``GRADER_DATA``.
        builtin: take the built-in images whatever else is there.

    Raises:
        DataError: unknown data set; or ``data_dir`` is no folder, or one without any data set at all, which is a
            slip that should not end in other data than were asked for.
    """
    wanted = find_dataset(dataset)
    if builtin:
        return DataSource(dataset=dataset, data="builtin", kind="builtin")
    if data_dir is None and os.environ.get("GRADER_DATA"):
        data_dir = Path(os.environ["GRADER_DATA"])
    if data_dir is not None:
        _check_folder(data_dir, wanted.zip_name)
        if (data_dir / wanted.zip_name).is_file():
            return DataSource(dataset=dataset, data=dataset, kind="zip", path=data_dir / wanted.zip_name)
    return _keras_cache(dataset) or DataSource(dataset=dataset, data="builtin", kind="builtin")


def _check_folder(folder: Path, example: str) -> None:
    if not folder.is_dir():
        raise DataError("The data folder does not exist: {folder}", folder=str(folder))
    if not any(next(folder.glob(pattern), None) for pattern in _KNOWN):
        raise DataError("There is no data set in {folder}: expected {file}.", folder=str(folder), file=example)


def _keras_cache(dataset: str) -> DataSource | None:
    """Keras' cache of ``dataset``, without importing Keras."""
    home = find_keras_home()
    if home is None:
        return None
    home /= "datasets"
    if dataset == "cats_vs_dogs" and (home / PET_IMAGES).is_file():
        return DataSource(dataset=dataset, data=dataset, kind="pet_images", path=home / PET_IMAGES)
    if dataset != "cifar10":
        return None
    for name in _BATCH_FOLDERS:
        if (home / name / "test_batch").is_file():
            return DataSource(dataset=dataset, data=dataset, kind="keras_batches", path=home / name)
    for name in _ARCHIVES:
        if (home / name).is_file():
            return DataSource(dataset=dataset, data=dataset, kind="keras_archive", path=home / name)
    return None
