"""What every submission of an exercise is run with: inputs, data, labels. Made once, shared by all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from grader import catalog, datasets
from grader.schema import Budget, Exercise, Json
from grader.workflows.options import Options

#: Side of a photograph in the report, in pixels, and how many are kept at most.
THUMBNAIL = 160
THUMBNAILS = 8
TRAINING_ARRAYS = ("x_train", "y_train", "x_val", "y_val")


@dataclass(frozen=True)
class Materials:
    """One exercise's inputs as files. Test images are apart: the student's process never gets them."""

    arrays: Mapping[str, Path]
    """For the run: arrays of ``inputs.py`` and the training data; name -> ``.npy`` file."""
    hidden: Mapping[str, Path]
    """For a run of its own: arrays of ``hidden_inputs.py``."""
    given: Mapping[str, Path]
    """Files of the exercise's own folder, such as ``given.keras``, and real weights and photographs."""
    inputs: Mapping[str, Path]
    """The arrays of both inputs files alone, which inspection plans may name."""
    test_images: Path | None = None
    labels: np.ndarray | None = field(default=None, repr=False)
    """Test labels, int64 (n,): they stay in this process."""
    known: Mapping[str, Path] = field(default_factory=dict)
    """Arrays for the facts that the run must not see, such as what photographs show."""
    data: str | None = None
    budget: Budget | None = None


class Workshop:
    """Makes materials on demand and keeps them for the life of a run of the grader."""

    def __init__(self, options: Options, folder: Path) -> None:
        self._options = options
        self._folder = folder
        self._made: dict[tuple[str, bool], Materials] = {}

    def materials(self, exercise: Exercise, *, train: bool = True) -> Materials:
        """The materials of ``exercise``; without ``train``, no data set among them.

        Raises:
            CourseError: the exercise's ``inputs.py`` is broken.
            DataError: the data set is there but can't be read.
        """
        key = exercise.id, train
        if key not in self._made:
            self._made[key] = self._make(exercise, train)
        return self._made[key]

    def inputs(self, exercise: Exercise) -> Mapping[str, np.ndarray]:
        """The arrays of ``inputs.py`` themselves, for checks that need them."""
        return catalog.make_inputs(exercise, staff=self._options.staff)

    def data_key(self, exercise: Exercise, seed: int) -> dict[str, Json]:
        """What decides which data a run gets and how it trains; found without reading any data set.

        Raises:
            DataError: a data file is there and is not what its name says.
        """
        real = self._real(exercise)
        budgets = exercise.budgets.get(self._options.budget, {})
        source = self._source(exercise, real) if exercise.dataset is not None and budgets else None
        size = source.path.stat().st_size if source and source.path and source.path.is_file() else None
        return {
            "budget": self._options.budget,
            "seed": seed,
            "reruns": self._options.reruns,
            "train": self._options.train,
            "staff": self._options.staff,
            "source": [source.data, source.kind, size] if source else None,
            "real": real.data if real else None,
        }

    def _make(self, exercise: Exercise, train: bool) -> Materials:
        folder = self._folder / exercise.id / ("all" if train else "quick")
        folder.mkdir(parents=True, exist_ok=True)
        save = partial(_save, folder)
        inputs = {name: save(name, value) for name, value in self.inputs(exercise).items()}
        hidden = {name: path for name, path in inputs.items() if name.startswith(catalog.HIDDEN)}
        visible = {name: path for name, path in inputs.items() if name not in hidden}
        given = {name: exercise.public_dir / name for name in exercise.given}
        budgets = exercise.budgets.get(self._options.budget, {})
        real = self._real(exercise)
        wanted = exercise.dataset is not None and budgets and train
        source = self._source(exercise, real) if wanted else None
        if real and not (source and source.data == "builtin"):
            given |= _real_files(exercise, real, folder)
        known = {"real.names": save("real.names", _as_bytes(real.true_names))} if real and real.true_names else {}
        known |= {name: save(name, pixels) for name, pixels in _thumbnails(real.files if real else {})}
        if exercise.dataset is None or source is None:
            data = real.data if real else None
            return Materials(arrays=visible, hidden=hidden, given=given, inputs=inputs, known=known, data=data)
        budget = budgets[source.data]
        split = datasets.load(exercise.dataset, source, budget)
        training = {name: save(name, getattr(split, name)) for name in TRAINING_ARRAYS}
        for name, files in (("x_train_files", split.train_files), ("x_val_files", split.val_files)):
            if len(files.lengths):
                training |= {f"{name}.{part}": save(f"{name}.{part}", v) for part, v in files._asdict().items()}
        return Materials(
            arrays={**visible, **training},
            hidden=hidden,
            given=given,
            inputs=inputs,
            test_images=save("test", split.x_test),
            labels=split.y_test,
            known=known,
            data=split.data,
            budget=budget,
        )

    def _source(self, exercise: Exercise, real: datasets.Pretrained | None) -> datasets.DataSource:
        """Real images need real weights where the exercise asks for these: a base of ours has never seen any."""
        assert exercise.dataset is not None
        builtin = self._options.builtin or bool(exercise.real_weights and real and real.missing)
        return datasets.choose_source(exercise.dataset, self._options.data_dir, builtin=builtin)

    def _real(self, exercise: Exercise) -> datasets.Pretrained | None:
        if not exercise.real:
            return None
        return datasets.find_pretrained(exercise.real, self._options.data_dir, builtin=self._options.builtin)


def _real_files(exercise: Exercise, real: datasets.Pretrained, folder: Path) -> dict[str, Path]:
    """What was found, with the weights of ``real_weights`` put into the given models whose weights they are."""
    files = {name: path for name, path in real.files.items() if name not in exercise.real_weights.values()}
    for name, weights in exercise.real_weights.items():
        if weights in real.files:
            files[name] = folder / name
            datasets.transplant(exercise.public_dir / name, real.files[weights], files[name])
    return files


def _thumbnails(files: Mapping[str, Path]) -> Iterator[tuple[str, np.ndarray]]:
    """Photographs as the report shows them, ``picture.photograph.<n>``: uint8 (THUMBNAIL, THUMBNAIL, 3)."""
    from PIL import Image

    photographs = sorted(name for name in files if name.startswith("photograph_"))
    for number, name in enumerate(photographs[:THUMBNAILS]):
        with Image.open(files[name]) as photograph:
            # Not cut but squeezed: that is how a network with a square input saw it.
            yield f"picture.photograph.{number}", np.asarray(photograph.convert("RGB").resize((THUMBNAIL,) * 2))


def _as_bytes(names: Sequence[str]) -> np.ndarray:
    """Names as UTF-8, uint8 (n, longest), filled with zeros: facts store numbers."""
    encoded = [name.encode() for name in names]
    array = np.zeros((len(encoded), max(map(len, encoded))), dtype=np.uint8)
    for row, name in enumerate(encoded):
        array[row, : len(name)] = list(name)
    return array


def _save(folder: Path, name: str, value: np.ndarray) -> Path:
    path = folder / f"{name}.npy"
    np.save(path, value, allow_pickle=False)
    return path
