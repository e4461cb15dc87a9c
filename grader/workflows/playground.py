"""Trained networks on a page: found, converted in the sandbox, with names of classes and samples beside them."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from grader import datasets
from grader.errors import NotConverted, PlaygroundError
from grader.i18n import both
from grader.playground import BuildError, PageServer, Sample, Shown, Site, build, convert, is_built
from grader.sandbox import open_sandbox
from grader.schema import Course, Exercise, Lang, Level, Sandbox, Text
from grader.text import plain
from grader.workflows.finding import find_exercises
from grader.workflows.workplace import Workplace

__all__ = [
    "Network",
    "PageServer",
    "Site",
    "find_networks",
    "make_site",
    "of_exercise",
    "of_file",
    "page_beside",
    "pretrained",
]

#: Of a picture, where neither the network nor the course says.
_SIZE = (224, 224)
#: The network with ImageNet's weights that is offered where they are there: (file, name, settings, scale).
_PRETRAINED = "mobilenet_2_5_224_tf.h5"
_APPLICATION: Mapping[str, Any] = {"name": "MobileNet", "settings": {"alpha": 0.25}}
_PHOTOGRAPHS = 12
#: Where a run leaves evidence, in a folder of reports.
_EVIDENCE = "evidence"

Told = Callable[[Text], None]


@dataclass(frozen=True)
class Network:
    """A model file and what is known of it."""

    path: Path
    title: Text
    exercise: Exercise | None = None
    plan: str | None = None
    """Its plan in the exercise's ``inspect``."""
    application: Mapping[str, Any] | None = field(default=None, repr=False)
    """Set where ``path`` has only the weights of a network that Keras knows."""


def of_file(course: Course, path: Path, exercise: Exercise | None = None) -> Network:
    """The model file ``path``; ``exercise``: whose it is, by default what its name and its folders say.

    Raises:
        PlaygroundError: it is no ``.keras`` file that is there.
    """
    if not path.is_file() or path.suffix != ".keras":
        raise PlaygroundError("{file} is not a .keras file.", file=str(path))
    folders = set(path.resolve().parent.parts)
    owner = exercise or next(
        (e for e in course.exercises if path.name in e.models or (e.id in folders and _plan(e, path.name))), None
    )
    return Network(path, _title(path.name, owner), owner, _plan(owner, path.name) if owner else None)


def of_exercise(exercise: Exercise, *, work: Iterable[Path], reports: Path | None) -> list[Network]:
    """The trained models of ``exercise`` that are there: handed in, or left by the last check.

    Args:
        work: folders that may hold files to be handed in.
        reports: what ``grader check`` or ``grade`` wrote.

    Raises:
        PlaygroundError: the exercise trains no network, or there is none yet; the text says what to do.
    """
    if exercise.playground is None:
        raise PlaygroundError("{exercise} trains no network that could be tried out.", exercise=exercise.title)
    places = [folder / inner for folder in work for inner in ("", exercise.id)]
    found = []
    for name in exercise.playground.models:
        plan = exercise.inspect[name]
        file = plan.file or f"{name}.keras"
        evidence = [reports / _EVIDENCE / exercise.id] if reports else []
        for place in places if plan.source == "submission" else evidence:
            if (place / file).is_file():
                found.append(Network(place / file, _title(file, exercise), exercise, name))
                break
    if not found:
        raise PlaygroundError(
            "There is no trained network of {exercise} here yet. Train one: grader check {number}",
            exercise=exercise.title,
            number=exercise.id.split("_")[0],
        )
    return found


def pretrained(data_dir: Path | None) -> Network | None:
    """MobileNet with ImageNet's weights, where they are on this machine."""
    found = datasets.find_pretrained([_PRETRAINED], data_dir)
    if found.missing:
        return None
    title = Text.same("MobileNet (ImageNet)")
    return Network(found.files[_PRETRAINED], title, application=_APPLICATION)


def find_networks(
    course: Course,
    what: Sequence[str],
    *,
    place: Workplace | None,
    owner: Exercise | None = None,
    data_dir: Path | None = None,
) -> list[Network]:
    """The networks that ``what`` names, exercises or model files; by default all that are here, and MobileNet.

    Args:
        place: the working folder around the current one.
        owner: whose classes and pixels the model files have, where their names do not say.

    Raises:
        ChoiceError: there is no such exercise.
        PlaygroundError: there is no such file, or no network.
    """
    here = Path.cwd()
    work = [place.folder, here] if place else [here]
    reports = place.reports if place else None
    found: list[Network] = []
    for name in what:
        if name.endswith(".keras"):
            found.append(of_file(course, Path(name), owner))
        else:
            for wanted in find_exercises(course, [name]):
                found += of_exercise(wanted, work=work, reports=reports)
    if what:
        return found
    for exercise in course.exercises:
        with contextlib.suppress(PlaygroundError):  # it has no network, or none yet
            found += of_exercise(exercise, work=work, reports=reports)
    mobilenet = pretrained(data_dir)
    found += [mobilenet] if mobilenet else []
    if not found:
        raise PlaygroundError(
            "There is no trained network here. Train one with `grader check`, name a model file, or get "
            "MobileNet's weights with `grader fetch`."
        )
    return found


def make_site(
    networks: Sequence[Network],
    folder: Path,
    *,
    isolation: Level = "auto",
    sandbox: Sandbox | None = None,
    data_dir: Path | None = None,
    half: bool = False,
    tell: Told = lambda text: None,
) -> tuple[Site, list[NotConverted]]:
    """The page with all of ``networks`` that can be converted, and why others can't.

    Args:
        folder: empty, for what is made on the way.
        isolation: of the sandbox that is opened, where none is given.
        half: weights as half floats in any case, so that a page becomes smaller.
        tell: told what happens now.

    Raises:
        NotConverted: none of them can be shown; why the first one can't.
        PlaygroundError: the page itself can't be built.
        SandboxUnavailable: this machine does not have that isolation.
    """
    _ensure_built(tell)
    shown, refused = [], []
    with contextlib.ExitStack() as stack:
        confined = sandbox or stack.enter_context(open_sandbox(isolation))
        for index, network in enumerate(networks):
            tell(both("converting {name}", name=network.title))
            try:
                shown.append(_show(network, folder / str(index), confined, data_dir, half))
            except NotConverted as error:
                refused.append(error)
    if not shown:
        raise refused[0]
    return Site.of(shown), refused


def page_beside(
    exercise: Exercise,
    reports: Path,
    sandbox: Sandbox,
    work_dir: Path,
    *,
    lang: Lang,
    data_dir: Path | None = None,
) -> Path | None:
    """Write the page of a graded exercise into ``reports/playground/<exercise>``, for a report to link to.

    Args:
        reports: what a submission was graded into.
        work_dir: an empty folder.

    Returns:
        The file to link to; None where the exercise has no trained network, or none that can be converted.

    Raises:
        PlaygroundError: the page itself can't be built.
    """
    if exercise.playground is None:
        return None
    try:
        networks = of_exercise(exercise, work=(), reports=reports)
    except PlaygroundError:
        return None  # nothing was trained
    try:
        site, _ = make_site(networks, work_dir, sandbox=sandbox, data_dir=data_dir)
    except NotConverted:
        return None
    return site.write(reports / "playground" / exercise.id, lang)[-1]


def _ensure_built(tell: Told) -> None:
    """In a checkout the page may be older than its sources, or not be there at all."""
    if is_built():
        return
    tell(both("building the page with npm, once"))
    try:
        build()
    except (BuildError, OSError) as error:
        raise PlaygroundError(
            "The page has to be built once with npm, and that failed. Check the network connection and try "
            "again; where the grader was installed without it, install vision-grader again. Reason: {reason}",
            reason=str(error)[-600:],
        ) from error


def _show(network: Network, folder: Path, sandbox: Sandbox, data_dir: Path | None, half: bool) -> Shown:
    exercise = network.exercise
    settings = exercise.playground if exercise else None
    converted = convert(
        network.path,
        folder,
        sandbox,
        size=(settings.size if settings else None) or _SIZE,
        half=half,
        application=network.application,
    )
    scale = settings.scale if settings else None
    if scale is None and exercise is not None and network.plan is not None:
        scale = exercise.inspect[network.plan].scale
    if scale is None:
        scale = "symmetric" if network.application else "none" if converted.described.scales_itself else "unit"
    classes: Sequence[Text] = exercise.classes if exercise else ()
    samples = list(_samples(exercise, data_dir)) if exercise else []
    if converted.described.classes == 1000 and not classes:
        classes, samples = _imagenet(data_dir)
    return Shown(network.title, converted, scale, classes, samples)


def _samples(exercise: Exercise, data_dir: Path | None) -> Iterator[Sample]:
    """Pictures of the data set for validation: no hidden test image among them."""
    settings = exercise.playground
    if settings is None or exercise.dataset is None or not settings.samples:
        return
    source = datasets.choose_source(exercise.dataset, data_dir)
    budget = next(iter(exercise.budgets.values()))[source.data]
    split = datasets.load(exercise.dataset, source, budget)
    count = max(1, settings.samples // max(1, len(split.class_names)))
    taken: dict[int, list[int]] = {}
    for row, label in enumerate(split.y_val.tolist()):
        taken.setdefault(label, []).append(row)
    rows = [(label, row) for label in sorted(taken) for row in taken[label][:count]]
    ends = split.val_files.lengths.cumsum()
    for label, row in rows:
        names = exercise.classes
        text = names[label] if label < len(names) else Text.same(str(label))
        if len(ends):
            end = int(ends[row])
            data = split.val_files.data[end - int(split.val_files.lengths[row]) : end].tobytes()
        else:
            stream = io.BytesIO()
            Image.fromarray(split.x_val[row]).save(stream, format="PNG")
            data = stream.getvalue()
        yield Sample(data, text)


def _imagenet(data_dir: Path | None) -> tuple[Sequence[Text], list[Sample]]:
    """Names of ImageNet's classes and photographs of some, where they are on this machine."""
    index = datasets.find_pretrained([datasets.CLASS_INDEX], data_dir)
    if index.missing:
        return (), []
    table = json.loads(index.files[datasets.CLASS_INDEX].read_bytes())
    classes = [Text.same(str(table[str(number)][1]).replace("_", " ")) for number in range(1000)]
    found = datasets.find_pretrained([datasets.SAMPLES], data_dir)
    photographs = zip(found.files.values(), found.true_names, strict=True)
    samples = [Sample(path.read_bytes(), Text.same(name.replace("_", " "))) for path, name in photographs]
    return classes, samples[:_PHOTOGRAPHS]


def _plan(exercise: Exercise, name: str) -> str | None:
    """The plan of ``inspect`` that reads a file of this name."""
    return next(
        (plan for plan, about in exercise.inspect.items() if name == (about.file or f"{plan}.keras")), None
    )


def _title(name: str, exercise: Exercise | None) -> Text:
    clean = plain(name.removesuffix(".keras"), limit=60, one_line=True)
    if exercise is None:
        return Text.same(clean)
    return Text(ko=f"{exercise.title.ko} ({clean})", en=f"{exercise.title.en} ({clean})")
