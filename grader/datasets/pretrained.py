"""Pre-trained weights, the ImageNet class list and sample photographs: found, checked, and given to a run.

They are real data like the data sets, and as optional: where one of the files that an exercise names is not
there, the exercise runs on what it makes itself (``builtin``). Weights and class list are looked for in the data
folder's ``keras_home/models`` and then in Keras' own cache, photographs in the data folder's
``imagenet_samples``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from grader.datasets.cache import find_keras_home
from grader.errors import DataError

#: The name that stands for the folder of photographs ``imagenet_<number>_<class>.jpg``.
SAMPLES = "imagenet_samples"
CLASS_INDEX = "imagenet_class_index.json"
#: The MD5 that Keras itself asks for before it reads the file.
_CLASS_INDEX_MD5 = "c2c37ea517e94d9795004a39431a14cb"
#: Weight files by the name that Keras looks for, with the number of parameters that the network has.
WEIGHTS: Mapping[str, int] = {
    "mobilenet_2_5_224_tf.h5": 475_544,
    "mobilenet_2_5_224_tf_no_top.h5": 218_544,
}
KNOWN = (*WEIGHTS, CLASS_INDEX, SAMPLES)
_SAMPLE = re.compile(r"imagenet_(\d+)_(\d{1,3})\.jpg")
_MAX_WEIGHTS = 64 * 1024 * 1024
_MAX_PHOTOGRAPH = 8 * 1024 * 1024


@dataclass(frozen=True)
class Pretrained:
    """What was found of the files that an exercise names."""

    files: Mapping[str, Path] = field(default_factory=dict)
    """For the run: name -> host path. Photographs are ``photograph_00.jpg`` and so on: their own names tell what
    they
    show, which a student's process must not know."""
    true_names: tuple[str, ...] = ()
    """What each photograph shows, as ImageNet names it; stays with the grader."""
    missing: tuple[str, ...] = ()
    """Names that are nowhere; where there are any, nothing else is given out."""

    @property
    def data(self) -> str:
        """What reports call it."""
        return "builtin" if self.missing else "imagenet"


def find_pretrained(wanted: Sequence[str], data_dir: Path | None = None, *, builtin: bool = False) -> Pretrained:
    """Find and check all of ``wanted``, some of :data:`KNOWN`.

    Args:
        data_dir: the data folder; None: the environment variable ``GRADER_DATA``.
        builtin: look nowhere, so that everything is missing.

    Raises:
        DataError: an unknown name; or a file is there and is not what its name says: that is worth knowing, and
            silently grading with other data is not.
    """
    for name in wanted:
        if name not in KNOWN:
            raise DataError("Unknown data file: {name}. Known: {known}", name=name, known=", ".join(KNOWN))
    if builtin:
        return Pretrained(missing=tuple(wanted))
    if data_dir is None and os.environ.get("GRADER_DATA"):
        data_dir = Path(os.environ["GRADER_DATA"])
    places = {name: _place(name, data_dir) for name in wanted}
    missing = tuple(name for name, place in places.items() if place is None)
    if missing:
        return Pretrained(missing=missing)
    files: dict[str, Path] = {}
    names: tuple[str, ...] = ()
    for name, place in places.items():
        assert place is not None
        state = place.stat()
        if name == SAMPLES:
            photographs = _photographs(place)
            files |= {f"photograph_{row:02d}.jpg": path for row, (path, _) in enumerate(photographs)}
            labels = _labels(_place(CLASS_INDEX, data_dir), place)
            names = tuple(labels[number] for _, number in photographs)
        else:
            _check_file(place, name, (state.st_mtime_ns, state.st_size))
            files[name] = place
    return Pretrained(files=files, true_names=names)


def _place(name: str, data_dir: Path | None) -> Path | None:
    """Where ``name`` is, or None."""
    if name == SAMPLES:
        folder = data_dir / SAMPLES if data_dir else None
        return folder if folder is not None and any(folder.glob("imagenet_*.jpg")) else None
    homes = (data_dir / "keras_home" if data_dir else None, find_keras_home())
    return next((path for home in homes if home and (path := home / "models" / name).is_file()), None)


def _photographs(folder: Path) -> list[tuple[Path, int]]:
    """Photographs in the order of their numbers, with the number of the class that each shows."""
    found = []
    for path in folder.glob("imagenet_*.jpg"):
        match = _SAMPLE.fullmatch(path.name)
        if match is None or int(match[2]) > 999 or not 0 < path.stat().st_size <= _MAX_PHOTOGRAPH:
            raise DataError(
                "{file} is not a sample photograph: expected imagenet_NUMBER_CLASS.jpg.", file=str(path)
            )
        found.append((int(match[1]), path, int(match[2])))
    return [(path, label) for _, path, label in sorted(found)]


def _labels(place: Path | None, samples: Path) -> tuple[str, ...]:
    """The names of ImageNet's 1,000 classes."""
    if place is None:
        raise DataError(
            "{folder} needs {file} beside it, which says what the classes are.",
            folder=str(samples),
            file=CLASS_INDEX,
        )
    state = place.stat()
    _check_file(place, CLASS_INDEX, (state.st_mtime_ns, state.st_size))
    index = json.loads(place.read_bytes())
    return tuple(str(index[str(number)][1]) for number in range(1000))


@lru_cache(maxsize=16)
def _check_file(path: Path, name: str, state: tuple[int, int]) -> None:
    """Refuse a file that is not what its name says; looked at once as long as it stays the same."""
    try:
        if name == CLASS_INDEX:
            reason = (
                "MD5"
                if hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() != _CLASS_INDEX_MD5
                else ""
            )
        elif state[1] > _MAX_WEIGHTS:
            reason = f"{state[1]} bytes"
        else:
            count = count_parameters(path)
            reason = f"{count} parameters, {WEIGHTS[name]} expected" if count != WEIGHTS[name] else ""
    except OSError as error:
        reason = str(error)
    if reason:
        raise DataError(
            "{file} is not the file that Keras expects there ({reason}). Delete it.", file=str(path), reason=reason
        )


def count_parameters(path: Path) -> int:
    """How many numbers a weight file in Keras' HDF5 layout holds.

    Raises:
        OSError: this is no complete HDF5 file.
    """
    import h5py  # here: commands that read no weights start without it

    total = 0

    def count(_: str, item: object) -> None:
        nonlocal total
        if isinstance(item, h5py.Dataset):
            total += item.size

    with h5py.File(path, "r", locking=False) as file:  # `fetch` holds a lock of its own
        file.visititems(count)
    return total
