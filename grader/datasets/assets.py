"""What ``grader fetch`` can bring: each file's name in Keras' cache, its source, and how it is recognised.

Names, addresses and checksums of Keras' own files are those in its source (``keras.datasets.cifar10``,
``keras.applications``), so what is fetched is found by Keras, and by :func:`grader.datasets.choose_source` and
:func:`grader.datasets.find_pretrained`. A test holds the table to the installed Keras.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.datasets.pretrained import CLASS_INDEX, WEIGHTS
from grader.errors import DataError
from grader.schema import Exercise

_APPLICATIONS = "https://storage.googleapis.com/tensorflow/keras-applications"
#: CIFAR-10 under the name that Keras 3 gives the archive.
CIFAR10_ARCHIVE = "cifar-10-batches-py-target_archive"
#: Cats and dogs as Microsoft publishes them and Keras' own examples download them.
PET_IMAGES = "kagglecatsanddogs_5340.zip"


@dataclass(frozen=True)
class Asset:
    """One file that can be downloaded."""

    name: str
    """File name in Keras' cache, and the name that ``exercise.toml`` knows it by."""
    folder: Literal["datasets", "models"]
    """Folder in Keras' cache."""
    url: str
    size: int
    """Bytes, to show and to plan with. Whether the file is right is for the checksum to say."""
    checksum: str | None = None
    """MD5 or SHA-256 in hexadecimal; its length tells which, as in Keras."""
    parameters: int | None = None
    """Where nobody publishes a checksum: how many numbers the HDF5 file holds."""

    def path(self, home: Path) -> Path:
        """Its place in the cache folder ``home``."""
        return home / self.folder / self.name


def _weights(name: str, path: str, size: int, checksum: str) -> Asset:
    return Asset(name, "models", f"{_APPLICATIONS}/{path}/{name}", size, checksum)


def _mobilenet(name: str, size: int, parameters: int) -> Asset:
    """Keras asks for no checksum of MobileNet's files; their structure and the number of weights are looked at."""
    return Asset(name, "models", f"{_APPLICATIONS}/mobilenet/{name}", size, parameters=parameters)


#: Sizes: as the servers report them; MobileNet(alpha=0.25) about.
_ALL = (
    Asset(
        CIFAR10_ARCHIVE,
        "datasets",
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        170_498_071,
        "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    ),
    Asset(
        PET_IMAGES,
        "datasets",
        f"https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/{PET_IMAGES}",
        824_887_076,
        # As the example "dogsvscats" of GoMLX states it; Microsoft publishes none.
        "b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9",
    ),
    Asset(
        CLASS_INDEX,
        "models",
        f"https://storage.googleapis.com/download.tensorflow.org/data/{CLASS_INDEX}",
        35_363,
        "c2c37ea517e94d9795004a39431a14cb",
    ),
    _weights(
        "resnet50_weights_tf_dim_ordering_tf_kernels.h5",
        "resnet",
        102_967_424,
        "2cb95161c43110f7111970584f804107",
    ),
    _weights(
        "inception_v3_weights_tf_dim_ordering_tf_kernels.h5",
        "inception_v3",
        96_112_376,
        "9a0d58056eeedaa3f26cb7ebd46da564",
    ),
    *(
        _mobilenet(name, size, WEIGHTS[name])
        for name, size in (("mobilenet_2_5_224_tf.h5", 2_100_000), ("mobilenet_2_5_224_tf_no_top.h5", 2_100_000))
    ),
    _mobilenet("mobilenet_1_0_224_tf.h5", 17_225_924, 4_253_864),
    _mobilenet("mobilenet_1_0_224_tf_no_top.h5", 17_225_924, 3_228_864),
)
ASSETS: Mapping[str, Asset] = {asset.name: asset for asset in _ALL}
#: Data set -> the file it is read from.
_DATASET_FILES: Mapping[str, str] = {"cifar10": CIFAR10_ARCHIVE, "cats_vs_dogs": PET_IMAGES}


@dataclass(frozen=True)
class Needs:
    """What one exercise can make use of."""

    assets: tuple[Asset, ...]
    elsewhere: tuple[str, ...]
    """What no server offers: it belongs in the data folder."""


def needs(exercise: Exercise) -> Needs:
    """The files of ``exercise``: its data set, its ``real`` files, and what its ``fetch`` names besides.

    Raises:
        DataError: ``fetch`` names a file that is not in the table.
    """
    names = [*exercise.real, *exercise.fetch]
    if exercise.dataset is not None:
        names.insert(0, _DATASET_FILES.get(exercise.dataset, exercise.dataset))
    unknown = [name for name in exercise.fetch if name not in ASSETS]
    if unknown:
        raise DataError(
            "{exercise}: fetch: unknown file “{name}”. Known: {known}",
            exercise=exercise.id,
            name=unknown[0],
            known=", ".join(ASSETS),
        )
    unique = dict.fromkeys(names)
    return Needs(
        assets=tuple(ASSETS[name] for name in unique if name in ASSETS),
        elsewhere=tuple(name for name in unique if name not in ASSETS),
    )
