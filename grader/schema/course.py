"""The course as data: what ``exercise.toml`` says, and where its files are."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from grader.schema.base import Frozen, Text

BudgetName = Literal["quick", "standard", "full"]


class Limits(Frozen):
    """What one run of a student's code may use. Each limit has a verdict of its own."""

    wall_seconds: float = Field(60, gt=0)
    cpu_seconds: float = Field(120, gt=0)
    memory_mb: int = Field(3072, gt=0)
    """Resident memory of all processes of the run together, in MiB."""
    disk_mb: int = Field(256, gt=0)
    """Size of the run's writable file systems together, in MiB."""
    log_kb: int = Field(1024, gt=0)
    """stdout and stderr together, in KiB; more ends the run."""
    processes: int = Field(64, gt=0)
    """Processes and threads of the run (TensorFlow alone needs about 20 threads)."""
    open_files: int = Field(256, gt=0)


class Budget(Frozen):
    """How much training one (budget, data set) pair means. A threshold belongs to exactly this."""

    train: int = Field(gt=0)
    """Training images."""
    validation: int = Field(0, ge=0)
    test: int = Field(gt=0)
    """Hidden test images."""
    epochs: int = Field(gt=0)
    wall_seconds: float | None = Field(None, gt=0)
    """Overrides the limits' wall (and, times the threads, CPU) time where training needs more."""


class FitPlan(Frozen):
    """A training that the inspector does itself, on arrays of ``inputs.py``."""

    x: str
    y: str
    epochs: int = Field(gt=0)
    recompile: bool = False
    """Train with settings of our own, whatever the file says: for what training changes, not how well. ``y`` are
    class ids, and the model ends in a value for each class."""


class Colab(Frozen):
    """Where a course's notebooks can be opened in Google Colab."""

    notebooks: str
    """Address below which Colab finds ``<slug>/<file>.ipynb``."""
    install: str
    """What pip installs there: a wheel's address, or ``git+https://…``."""


class InspectPlan(Frozen):
    """One model that the inspector rebuilds, and what it measures on it."""

    source: Literal["evidence", "submission", "given"] = "evidence"
    """``evidence``: a model the probe saved; ``submission``: a file the student handed in; ``given``: a
    file of the exercise itself, which is trusted."""
    file: str | None = None
    """File name; by default the plan's name with ``.keras``."""
    scale: Literal["unit", "symmetric", "none"] = "unit"
    """How uint8 images are given to the model: [0, 1], [-1, 1] or [0, 255]; other arrays go in as they are."""
    predict: tuple[str, ...] = ()
    """Names of inputs to predict: ``test`` is the hidden test set, others are arrays of ``inputs.py``."""
    fit: FitPlan | None = None
    """Train the rebuilt model before measuring it (deterministic: seed 0)."""
    look: str | None = None
    """Name of an input (as in ``predict``): the first convolution's filters, and its feature maps of the first
    image of that, are kept for the report."""
    compare: str | None = None
    """Name of another plan's model to compare weights, compile settings and optimizer state with."""


class PicturePlan(Frozen):
    """A picture for the report, made of arrays that the facts or ``inputs.py`` hold.

    In names, ``*`` stands for one part without a dot; it means the same in ``arrays`` and in the others.
    """

    kind: Literal["gallery", "activation_maps", "feature_maps", "movement"]
    title: Text
    text: Text
    """What there is to see."""
    arrays: str = ""
    """What the student's code made: variants of an image, class activation maps, feature maps."""
    images: tuple[str, ...] = ()
    """The images it was made of; the first name that is there."""
    filters: str = ""
    """With feature maps (of stride 1, without padding): the filters."""
    expected: str = ""
    """With activation maps: where ``reference.json`` has the right ones, as keys joined by dots."""
    names: str = ""
    """With activation maps: values of the facts, each a list of (class name, probability), best first."""
    labels: dict[str, Text] = Field(default_factory=dict)
    """What the cases (the last ``*`` in ``arrays``) are called."""
    models: dict[str, Text] = Field(default_factory=dict)
    """For ``movement``: inspection plans that compare a model with what it was, and their titles."""


class Playground(Frozen):
    """A page on which the exercise's trained network runs in the browser, on anybody's pictures."""

    models: tuple[str, ...] = Field(min_length=1)
    """Plans of ``inspect`` whose models are shown, all that are there."""
    scale: Literal["unit", "symmetric", "none", "caffe"] | None = None
    """How pixels are given to the network: [0, 1], [-1, 1], [0, 255], or as Caffe's models want them (blue, green,
    red; ImageNet's mean colour taken off). By default as ``inspect`` says of the model that is shown."""
    size: tuple[int, int] | None = None
    """Height and width of a picture, where the network leaves them open."""
    samples: int = Field(8, ge=0, le=40)
    """Pictures of the data set that the page offers, the same number of each class."""


class Exercise(Frozen):
    """One exercise: ``exercise.toml`` plus the places of its files."""

    id: str
    """The slug, such as ``06_cifar10_cnn``: the name of its folder in all three places."""
    title: Text
    summary: Text
    file: str
    """Module name the student hands in: ``cifar10_cnn`` means ``cifar10_cnn.py`` or ``.ipynb``."""
    functions: tuple[str, ...] = Field(min_length=1)
    """Public names the student's module must define, in the order in which they are asked for."""
    points: int = Field(gt=0)
    """All points: those of the visible checks and of the staff's."""
    models: tuple[str, ...] = ()
    """Trained ``.keras`` files a submission may contain."""
    given: tuple[str, ...] = ()
    """Files of the exercise's folder that the run and the inspector get, such as ``given.keras``."""
    real: tuple[str, ...] = ()
    """Pre-trained weights, class list and photographs (``grader.datasets.pretrained.KNOWN``) that the run gets
    where all of them are there; else ``data`` is ``builtin`` and the probe makes do without."""
    real_weights: dict[str, str] = Field(default_factory=dict)
    """Given models that get real weights where ``real`` is there: file of ``given`` -> weight file of ``real``.
    With a data set it takes both, the data set and the weights; else ``builtin``, and the given file as it is."""
    fetch: tuple[str, ...] = ()
    """What ``grader fetch`` brings for this exercise besides its data set and its ``real`` files, such as the
    weights that the chapter's own program loads (``grader.datasets.assets.ASSETS``)."""
    dataset: str | None = None
    """Data set that the budgets refer to, such as ``cifar10``."""
    budgets: dict[BudgetName, dict[str, Budget]] = Field(default_factory=dict)
    """Budget name, then data source (``cifar10`` or ``builtin``)."""
    limits: Limits = Limits()
    inspect: dict[str, InspectPlan] = Field(default_factory=dict)
    graded_model: tuple[str, ...] = ()
    """Names of ``inspect`` plans; the first that is there is ``facts.model``."""
    hints: dict[str, Text] = Field(default_factory=dict)
    classes: tuple[Text, ...] = ()
    """What the class ids mean, for people."""
    pictures: tuple[PicturePlan, ...] = ()
    playground: Playground | None = None
    """None: the exercise trains no network that could be tried out."""

    packages: dict[str, str] = Field(default_factory=dict, exclude=True)
    colab: Colab | None = Field(None, exclude=True)
    """Both are the course's: see :class:`CourseFile`."""
    public_dir: Path = Field(exclude=True)
    """``exercises/<slug>``"""
    reference_file: Path | None = Field(None, exclude=True)
    """``reference/<slug>/reference.json``"""
    staff_dir: Path | None = Field(None, exclude=True)
    """``reference/<slug>`` where its hidden checks are, None in what students install."""
    solution_dir: Path | None = Field(None, exclude=True)
    """``solutions/<slug>``, None in what students install."""


class CourseFile(Frozen):
    """``exercises/course.toml``: what holds for every exercise. A course need not have one."""

    colab: Colab | None = None
    """None: the course's notebooks are opened from a folder."""

    packages: dict[str, str] = Field(default_factory=dict)
    """What answers may import besides the grader's own requirements: import name -> name that pip knows."""


class Course(Frozen):
    """All exercises in the chapter's order."""

    root: Path = Field(exclude=True)
    exercises: tuple[Exercise, ...]
    packages: dict[str, str] = Field(default_factory=dict)

    def __getitem__(self, exercise_id: str) -> Exercise:
        for exercise in self.exercises:
            if exercise.id == exercise_id:
                return exercise
        raise KeyError(exercise_id)
