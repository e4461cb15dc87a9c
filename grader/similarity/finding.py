"""From the stored work of a class to its similar pairs."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader import bounds
from grader.bounds import Bounds
from grader.errors import OverLimit
from grader.schema import ClassEntry, Course, Exercise, ModelFact, SimilarPair
from grader.similarity.code import COMPARING, similar_code
from grader.similarity.models import Handed, similar_models

#: Bytes of a stored JSON file that is opened; we write none that is larger.
_MAX_FILE = 64_000_000


def find_similar(
    entries: Iterable[ClassEntry], course: Course, left_out: Callable[[str], None] | None = None
) -> tuple[SimilarPair, ...]:
    """Pairs of similar work in a graded class, by exercise, the most alike first.

    Code is compared for every exercise, as it ran (a notebook's cells one after the other). Models are compared
    where they were *handed in* as files. A model that the grader trained itself proves nothing: the
    sandbox fixes the seeds, so two honest programs that say the same end in the very same weights.

    Only stored files are read (``submission.json``, ``facts/<exercise>/facts.json``); nothing is run, and no byte
    of a student's model is opened here. A student whose files are missing or damaged is left out.

    Args:
        entries: The class, read once. Results are not kept.
        course: For the stubs, and for which models may be handed in.
        left_out: Told of students whose work takes more to compare than the work on one submission may.

    Returns:
        ``first`` and ``second`` of each pair in the order of the class's ids.
    """
    told = left_out or (lambda student: None)
    codes: dict[str, dict[str, bytes]] = {exercise.id: {} for exercise in course.exercises}
    models: dict[str, dict[str, list[Handed]]] = {exercise.id: {} for exercise in course.exercises}
    for entry in entries:
        student = entry.student.id
        try:
            with bounds.submission(Bounds()), bounds.part(COMPARING):
                own = _codes(entry.folder)
                texts = {name: zlib.compress(code.encode("utf-8", "replace")) for name, code in own.items()}
                handed = {exercise.id: _models(entry.folder, exercise) for exercise in course.exercises}
        except OverLimit:
            told(student)
            continue
        for name in codes.keys() & texts.keys():
            codes[name][student] = texts[name]
        for name, plans in handed.items():
            for plan, model in plans.items():
                models[name].setdefault(plan, []).append(model._replace(student=student))
    found: list[SimilarPair] = []
    for exercise in course.exercises:
        programs = {student: zlib.decompress(code).decode("utf-8") for student, code in codes[exercise.id].items()}
        with bounds.submission(Bounds()):
            found.extend(similar_code(exercise, programs, told))
        for handed_in in models[exercise.id].values():
            found.extend(similar_models(exercise, handed_in))
    return tuple(found)


def _read(path: Path) -> Mapping[str, Any]:
    """A stored JSON object; empty where there is none."""
    try:
        if path.stat().st_size > _MAX_FILE:
            return {}
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _codes(folder: Path) -> dict[str, str]:
    """Exercise -> the code that ran."""
    found = {}
    for files in _read(folder / "submission.json").get("exercises") or ():
        source = files.get("source")
        if source is not None and isinstance(source.get("code"), str):
            found[files["exercise"]] = source["code"]
    return found


def _models(folder: Path, exercise: Exercise) -> dict[str, Handed]:
    """Inspection plan -> the model that was handed in for it, with the hashes of all given weights."""
    plans = [name for name, plan in exercise.inspect.items() if plan.source == "submission"]
    if not plans:
        return {}
    stored = _read(folder / "facts" / exercise.id / "facts.json").get("models") or {}
    facts: dict[str, ModelFact] = {}
    for name in exercise.inspect:
        if name in stored:
            try:
                facts[name] = ModelFact.model_validate(stored[name])
            except ValidationError:
                continue
    given = frozenset(
        weight.sha256
        for name, fact in facts.items()
        if exercise.inspect[name].source == "given"
        for weight in fact.weights
    )
    return {
        name: Handed("", facts[name].weights, given)
        for name in plans
        if name in facts and facts[name].refused is None and facts[name].weights
    }
