"""What types can't say about an exercise: names that must fit together."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator

from grader.errors import CourseError
from grader.i18n import both
from grader.schema import Exercise, Text

Where = Callable[..., str]

#: Importing a student's module under one of these names would hide the library.
LIBRARIES = frozenset({"grader", "h5py", "keras", "matplotlib", "numpy", "PIL", "pytest", "tensorflow"})
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_PLAIN_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")


def bad_module_name(name: str, packages: Collection[str] = ()) -> bool:
    """Whether a student's file can't have this name (without ``.py``); ``packages``: more that answers import."""
    return (
        not name.isidentifier()
        or not name.isascii()
        or keyword.iskeyword(name)
        or name in LIBRARIES
        or name in packages
        or name in sys.stdlib_module_names
    )


def check_exercise(exercise: Exercise, where: Where) -> None:
    """Refuse the first thing that does not fit.

    Args:
        where: keys of ``exercise.toml`` -> ``file:line``.

    Raises:
        CourseError: it names the line and the key.
    """
    for problem in (*_names(exercise, where), *_texts(exercise, where), *_plans(exercise, where)):
        raise CourseError(problem)
    for problem in (*_playground(exercise, where), *_pictures(exercise, where), *_budgets(exercise, where)):
        raise CourseError(problem)


def check_together(exercises: Iterable[Exercise]) -> None:
    """Refuse two exercises that ask for the same file: files are found by their names alone.

    Raises:
        CourseError: it names both.
    """
    owners: dict[str, str] = {}
    for exercise in exercises:
        for name in (exercise.file, *exercise.models):
            other = owners.setdefault(name.lower(), exercise.id)
            if other != exercise.id:
                raise CourseError(
                    "exercises/{slug}/exercise.toml: the file {file} is asked for by {other} already.",
                    slug=exercise.id,
                    file=name,
                    other=other,
                )


def _names(exercise: Exercise, where: Where) -> Iterator[Text]:
    if not _SLUG.fullmatch(exercise.id):
        yield both("exercises/{slug}: a folder's name has letters, digits, “_” and “-” only.", slug=exercise.id)
    if bad_module_name(exercise.file, exercise.packages):
        yield both(
            "{file}: file: “{name}” cannot be a module's name (without .py; no keyword and no library's name).",
            file=where("file"),
            name=exercise.file,
        )
    for name in exercise.functions:
        if not name.isidentifier() or keyword.iskeyword(name):
            yield both("{file}: functions: “{name}” is not a Python name.", file=where("functions"), name=name)
    for name in exercise.models:
        if not _PLAIN_FILE.fullmatch(name) or not name.endswith(".keras"):
            yield both(
                "{file}: models: “{name}” is not the plain name of a .keras file.", file=where("models"), name=name
            )
    for name in exercise.given:
        if not _PLAIN_FILE.fullmatch(name) or not (exercise.public_dir / name).is_file():
            yield both(
                "{file}: given: there is no file “{name}” in the exercise's folder.",
                file=where("given"),
                name=name,
            )
    for name, weights in exercise.real_weights.items():
        for key, value, known in (("given", name, exercise.given), ("real", weights, exercise.real)):
            if value not in known:
                yield both(
                    "{file}: real_weights: “{name}” is not listed in “{key}”.",
                    file=where("real_weights", name),
                    name=value,
                    key=key,
                )


def _texts(exercise: Exercise, where: Where) -> Iterator[Text]:
    texts: dict[tuple[str, ...], Text] = {("title",): exercise.title, ("summary",): exercise.summary}
    texts |= {("hints", key): hint for key, hint in exercise.hints.items()}
    for keys, text in texts.items():
        for lang, value in (("ko", text.ko), ("en", text.en)):
            if not value.strip():
                yield both("{file}: {key} is empty.", file=where(*keys, lang), key=".".join((*keys, lang)))


def _plans(exercise: Exercise, where: Where) -> Iterator[Text]:
    seen: list[str] = []
    for name, plan in exercise.inspect.items():
        line = where("inspect", name)
        if plan.compare is not None and plan.compare not in seen:
            reason = (
                both("which comes later or is the plan itself: put it first")
                if plan.compare in exercise.inspect
                else both("which does not exist")
            )
            yield both(
                "{file}: inspect.{name} compares with the plan {other}, {reason}.",
                file=line,
                name=name,
                other=plan.compare,
                reason=reason,
            )
        file = plan.file or f"{name}.keras"
        for source, known in (("given", exercise.given), ("submission", exercise.models)):
            if plan.source == source and file not in known:
                key = "given" if source == "given" else "models"
                yield both(
                    "{file}: inspect.{name} reads {model}, which “{key}” does not list.",
                    file=line,
                    name=name,
                    model=file,
                    key=key,
                )
        if "test" in plan.predict and exercise.dataset is None:
            yield both(
                "{file}: inspect.{name} predicts “test”, but the exercise has no dataset.", file=line, name=name
            )
        seen.append(name)
    for name in exercise.graded_model:
        if name not in exercise.inspect:
            yield both(
                "{file}: graded_model names the plan {name}, which does not exist.",
                file=where("graded_model"),
                name=name,
            )


def _playground(exercise: Exercise, where: Where) -> Iterator[Text]:
    for name in exercise.playground.models if exercise.playground else ():
        if name not in exercise.inspect:
            yield both(
                "{file}: playground.models names the plan {name}, which does not exist.",
                file=where("playground", "models"),
                name=name,
            )


def _pictures(exercise: Exercise, where: Where) -> Iterator[Text]:
    for plan in exercise.pictures:
        line = where("pictures")
        names = [plan.arrays, *plan.images, plan.filters, plan.names, plan.expected]
        if any(name.startswith("hidden.") for name in names):
            yield both("{file}: pictures: they must not show what students must not see.", file=line)
        if plan.kind == "movement":
            for name in plan.models:
                if name not in exercise.inspect or exercise.inspect[name].compare is None:
                    yield both(
                        "{file}: pictures: {name} is not an inspect plan that compares with another.",
                        file=line,
                        name=name,
                    )
        elif not plan.arrays or not plan.images:
            yield both("{file}: pictures: {kind} needs “arrays” and “images”.", file=line, kind=plan.kind)
        elif any(name.count("*") > plan.arrays.count("*") for name in names):
            yield both("{file}: pictures: “images” has more * than “arrays”.", file=line)


def _budgets(exercise: Exercise, where: Where) -> Iterator[Text]:
    if exercise.dataset is None:
        if exercise.budgets:
            yield both("{file}: budgets need a dataset to refer to.", file=where("budgets"))
        return
    if not exercise.budgets:
        yield both("{file}: a dataset needs budgets: how many images, how many epochs.", file=where("dataset"))
    sources = {exercise.dataset, "builtin"}
    for name, budgets in exercise.budgets.items():
        for source in budgets:
            if source not in sources:
                yield both(
                    "{file}: budgets.{name}.{source}: the data is {known}.",
                    file=where("budgets", name, source),
                    name=name,
                    source=source,
                    known=" / ".join(sorted(sources)),
                )
        for source in sorted(sources - budgets.keys()):
            yield both(
                "{file}: budgets.{name} has no numbers for {source}.",
                file=where("budgets", name),
                name=name,
                source=source,
            )
