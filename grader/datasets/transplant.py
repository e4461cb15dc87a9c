"""A model's pre-trained weights put into a model file of the same architecture, without TensorFlow.

Keras ships pre-trained weights as HDF5 files by layer name; exercises work with whole ``.keras`` files. Both are
read here as what they are, HDF5 groups, so a grader that never imports TensorFlow can make the one from the other.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import DataError

if TYPE_CHECKING:
    import h5py

_WEIGHTS = "model.weights.h5"
#: Of the members of what is written: the same input gives the same file.
_DATE = (1980, 1, 1, 0, 0, 0)


def transplant(model: Path, weights: Path, target: Path) -> None:
    """Write ``target``: the ``.keras`` file ``model`` with every weight taken from ``weights``.

    Args:
        model: of Keras 3, without nested models; its weights are forgotten, its architecture stays.
        weights: HDF5 as ``Model.save_weights`` of Keras 1 and 2 wrote it: a group for each layer name, whose
            weights are named in order.

    Raises:
        DataError: the two do not have the same layers with the same shapes.
    """
    import h5py  # here: commands that read no weights start without it

    try:
        with zipfile.ZipFile(model) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
        stream = io.BytesIO(members[_WEIGHTS])
        with h5py.File(stream, "r+") as inside, h5py.File(weights, "r") as source:
            _exchange(inside, source)
        members[_WEIGHTS] = stream.getvalue()
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise DataError(
            "The weights in {file} do not fit the model {model} ({reason}).",
            file=str(weights),
            model=model.name,
            reason=str(error),
        ) from error
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), data)


def _exchange(inside: h5py.File, source: h5py.File) -> None:
    """Overwrite all weights of ``inside``; ``ValueError`` where one does not fit or is left over."""
    pretrained = {}
    for layer in source.attrs["layer_names"]:
        group = source[layer]
        if len(names := group.attrs["weight_names"]):
            pretrained[_text(layer)] = [group[name][()] for name in names]
    for layer in inside["layers"].values():
        variables = layer["vars"]
        if not len(variables):
            continue
        name = _text(variables.attrs["name"])
        values = pretrained.pop(name, [])
        own = [variables[str(number)] for number in range(len(variables))]
        if [value.shape for value in values] != [dataset.shape for dataset in own]:
            raise ValueError(f"layer {name}")
        for dataset, value in zip(own, values, strict=True):
            dataset[...] = value
    if pretrained:
        raise ValueError(f"layer {next(iter(pretrained))}")


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name
