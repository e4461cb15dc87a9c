"""Which pictures an exercise's facts allow, and what is in them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from grader.pictures import measured, sheets
from grader.pictures.pixels import NoPicture
from grader.pictures.source import Inputs, Source
from grader.schema import Exercise, Facts, Picture, PicturePlan


def make_pictures(
    exercise: Exercise, facts: Facts, folder: Path, inputs: Inputs
) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """The pictures of one exercise, and for staff why others are missing.

    The arrays are a student's claim. One that can't be shown leaves its picture out; nothing here
    raises, and nothing here changes a mark. The same facts give the same pictures, byte for byte.
    """
    source = Source(facts, folder, inputs, exercise.reference_file)
    made: list[Picture] = []
    notes: list[str] = []
    makers: list[tuple[str, Callable[[], Picture | None]]] = [
        (plan.kind, partial(_planned, plan, source)) for plan in exercise.pictures
    ]
    makers += [
        ("first_convolution", lambda: sheets.first_convolution(source)),
        ("confusion", lambda: measured.confusion(facts, exercise.classes)),
        ("mistakes", lambda: sheets.mistakes(source, exercise.classes)),
    ]
    for kind, make in makers:
        try:
            picture = make()
        except NoPicture as reason:
            notes.append(f"{kind}: {reason}")
        except Exception as error:
            # The data is a stranger's: no error that it provokes in NumPy may cost the marks.
            notes.append(f"{kind}: {type(error).__name__}: {error}"[:500])
        else:
            made += [picture] if picture is not None else []
    return tuple(made), tuple(notes)


def _planned(plan: PicturePlan, source: Source) -> Picture | None:
    if plan.kind == "movement":
        return measured.movement(plan, source.facts)
    if plan.kind == "gallery":
        return sheets.gallery(plan, source)
    if plan.kind == "activation_maps":
        return sheets.activation_maps(plan, source)
    return sheets.feature_maps(plan, source)
