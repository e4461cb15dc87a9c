"""Sheets of small images: variants, mistakes, maps, filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from grader.i18n import both
from grader.pictures.pixels import NoPicture, field, images, pack, signed, stretched
from grader.pictures.source import Source, filled
from grader.schema import Panel, PicturePlan, Sheet, Text
from grader.text import format_number, format_percent

Array = np.ndarray[Any, Any]
#: The panels of one case: plan, source, the array's name, and what the ``*`` in it stands for.
MakeCase = Callable[[PicturePlan, Source, str, tuple[str, ...]], list[Panel]]

VARIANTS = 11
PAIRS = 4
FILTERS = 12
MISTAKES = 8
#: Rows and columns of a filter that is shown in numbers.
MOST_NUMBERS = 7


def gallery(plan: PicturePlan, source: Source) -> Sheet | None:
    """One image beside its variants; or, where the original is a batch, originals beside theirs.

    Raises:
        NoPicture: the arrays are not images.
    """
    made = source.get(plan.arrays)
    original = source.first(plan.images, ())
    if made is None or original is None:
        return None
    if original.ndim == made.ndim and original.ndim == 4:
        before, after = images(original[:PAIRS], "images"), images(made[:PAIRS], plan.arrays)
        panels = []
        for number, (one, other) in enumerate(zip(before, after, strict=False), start=1):
            panels.append(Panel(pixels=pack(one), caption=both("original {n}", n=number), tone="original"))
            panels.append(Panel(pixels=pack(other), caption=both("variant {n}", n=number)))
        return Sheet(kind="gallery", title=plan.title, text=plan.text, panels=tuple(panels), columns=4)
    if original.ndim != 3:
        raise NoPicture(f"an original of shape {original.shape}")
    first = Panel(pixels=pack(images(original[None], "image")[0]), caption=both("original"), tone="original")
    variants = [
        Panel(pixels=pack(image), caption=both("variant {n}", n=number))
        for number, image in enumerate(images(made[:VARIANTS], plan.arrays), start=1)
    ]
    return Sheet(kind="gallery", title=plan.title, text=plan.text, panels=(first, *variants))


def activation_maps(plan: PicturePlan, source: Source) -> Sheet | None:
    """Each image, and the same under a map: the right map where it is known, and the student's. A map that can't
    be shown leaves out its own.

    Raises:
        NoPicture: none can be shown.
    """
    return _cases(plan, source, _image_and_maps)


def _image_and_maps(plan: PicturePlan, source: Source, name: str, stars: tuple[str, ...]) -> list[Panel]:
    image, found = source.first(plan.images, stars), source.get(name)
    if image is None or found is None:
        return []
    pixels = pack(images(image[None] if image.ndim in (2, 3) else image[:1], "image")[0])
    label = _label(plan, stars[-1] if stars else name)
    caption = _ranked(source.facts.values.get(filled(plan.names, stars))) or both("image")
    panels = [Panel(pixels=pixels, caption=caption, label=label, tone="original")]
    expected = source.reference(filled(plan.expected, stars)) if plan.expected else None
    if expected is not None:
        panels.append(
            Panel(pixels=pixels, over=_heat(stretched(field(expected, "expected"))), caption=both("expected"))
        )
    own = field(found, name)
    span = both("yours") if np.ptp(own) > 1e-3 else both("yours: {value} everywhere", value=_number(own.flat[0]))
    return [*panels, Panel(pixels=pixels, over=_heat(own), caption=span)]


def _heat(values: Array) -> Any:
    return pack(np.clip(values, 0, 1), "heat")


def _ranked(names: object) -> Text | None:
    """The first of a list of (name, probability), as the textbook writes it; None for anything else."""
    try:
        name, share = names[0]  # type: ignore[index]
        text = f"{str(name).replace('_', ' ')[:40]} {format_percent(float(share))}"
    except (TypeError, ValueError, LookupError, OverflowError):
        return None
    return Text.same(text)


def _cases(plan: PicturePlan, source: Source, make: MakeCase) -> Sheet | None:
    panels: list[Panel] = []
    reasons: list[NoPicture] = []
    for name, stars in source.matching(plan.arrays):
        try:
            panels += make(plan, source, name, stars)
        except NoPicture as reason:
            reasons.append(reason)
    if not panels and reasons:
        raise reasons[0]
    if not panels:
        return None
    kind: Literal["activation_maps", "feature_maps"] = (
        "activation_maps" if plan.kind == "activation_maps" else "feature_maps"
    )
    return Sheet(kind=kind, title=plan.title, text=plan.text, panels=tuple(panels))


def _label(plan: PicturePlan, star: str) -> Text:
    """A case as people call it: cases that are numbers count from 1."""
    if star in plan.labels:
        return plan.labels[star]
    if star.isdigit():
        return both("picture {n}", n=int(star) + 1)
    return Text.same(star.replace("_", " "))


def feature_maps(plan: PicturePlan, source: Source) -> Sheet | None:
    """Image, filter, the right feature map and the student's, case by case.

    Raises:
        NoPicture: none can be shown.
    """
    return _cases(plan, source, _image_filter_maps)


def _image_filter_maps(plan: PicturePlan, source: Source, name: str, stars: tuple[str, ...]) -> list[Panel]:
    image, made = source.first(plan.images, stars), source.get(name)
    kernel = source.first((plan.filters,), stars) if plan.filters else None
    if image is None or made is None or (plan.filters and kernel is None):
        return []
    shown = stretched(images(image[None], "image")[0])
    label = _label(plan, stars[-1] if stars else name)
    panels = [
        Panel(pixels=pack(shown), caption=both("image, {size}", size=size(image)), label=label, tone="original")
    ]
    own, expected = field(made, name), None
    if kernel is not None:
        caption = both("filter, {size}", size=size(kernel))
        if np.ptp(_finite(kernel)) == 0:
            caption = both("filter, {size}: {value} everywhere", size=size(kernel), value=_number(kernel.flat[0]))
        panels.append(Panel(pixels=_filter(kernel), numbers=_numbers(kernel), caption=caption))
        expected = _correlated(image, kernel)
    caption = both("yours, {size}", size=size(made))
    if expected is not None:
        panels.append(
            Panel(
                pixels=pack(stretched(field(expected, name))),
                caption=both("expected, {size}", size=size(expected)),
            )
        )
        if made.squeeze().shape == expected.shape:
            off = float(np.abs(made.squeeze().astype(np.float64) - expected).max())
            if off > 1e-3 * max(1.0, float(np.abs(expected).max())):
                caption = both("yours, {size}: up to {off} off", size=size(made), off=_number(off))
    return [*panels, Panel(pixels=pack(stretched(own)), caption=caption)]


def _correlated(image: Array, kernel: Array) -> Array | None:
    """The cross-correlation of image and filter, (h, w): what a convolution layer computes; None where the two
    do not go together."""
    flat = [array if array.ndim == 3 else array[..., None] for array in (image, kernel)]
    if any(array.ndim != 3 for array in flat) or flat[0].shape[2] != flat[1].shape[2]:
        return None
    if any(big < small for big, small in zip(flat[0].shape, flat[1].shape, strict=True)):
        return None
    windows = np.lib.stride_tricks.sliding_window_view(_finite(flat[0]), flat[1].shape[:2], axis=(0, 1))
    correlated: Array = np.einsum("hwcij,ijc->hw", windows, _finite(flat[1]))
    return correlated


def _numbers(kernel: Array) -> tuple[tuple[str, ...], ...]:
    """A small filter of one channel in numbers; empty where there would be too many."""
    if kernel.ndim != 2 or max(kernel.shape) > MOST_NUMBERS:
        return ()
    return tuple(tuple(_number(value) for value in row) for row in _finite(kernel))


def _number(value: float) -> str:
    return format_number(float(value)).replace("-", "−")


def first_convolution(source: Source) -> Sheet | None:
    """Filters of the graded model's first convolution, and what each finds in one image.

    Raises:
        NoPicture: the arrays are not an image and maps.
    """
    name = f"picture.{source.facts.graded_model}"
    if f"{name}.filters" not in source.facts.arrays:
        return None
    image, filters, maps = (source.get(f"{name}.{part}") for part in ("image", "filters", "maps"))
    if image is None or filters is None or maps is None or filters.ndim != 4 or maps.ndim != 3:
        return None
    count = min(FILTERS, filters.shape[3], maps.shape[2])
    panels = [Panel(pixels=pack(images(image[None], "image")[0]), caption=both("image"), tone="original")]
    for index in range(count):
        number, found = index + 1, field(maps[..., index], name)
        caption = both("map {n}", n=number)
        if np.ptp(found) == 0:
            caption = both("map {n}: {value} everywhere", n=number, value=_number(found.flat[0]))
        panels += [
            Panel(pixels=_filter(filters[..., index]), caption=both("filter {n}", n=number)),
            Panel(pixels=pack(stretched(found)), caption=caption),
        ]
    return Sheet(
        kind="first_convolution",
        title=both("Filters and feature maps of the first convolution"),
        text=both(
            "Each filter of the trained network, and where it finds its pattern in a test image: "
            "the brighter, the better the match."
        ),
        panels=tuple(panels),
        columns=6,
    )


def _filter(kernel: Array) -> Any:
    """A filter: in colour where it has three channels, else red for below and blue for above zero."""
    if kernel.ndim == 3 and kernel.shape[2] == 3:
        return pack(stretched(images(stretched(_finite(kernel))[None], "filter")[0]))
    flat = _finite(kernel if kernel.ndim == 2 else kernel.mean(axis=2))
    return pack(signed(field(flat, "filter"), float(np.abs(flat).max())), "signed")


def _finite(values: Array) -> Array:
    if values.dtype.kind not in "biuf" or not np.isfinite(values).all():
        raise NoPicture("a filter with NaN or infinity")
    return values.astype(np.float64)


def size(array: Array) -> str:
    """``6×5`` or ``5×6×3``."""
    return "×".join(map(str, array.shape))


def mistakes(source: Source, classes: tuple[Text, ...]) -> Sheet | None:
    """The hidden test images that the grader kept because the model got them wrong.

    Raises:
        NoPicture: what is stored is not what we store.
    """
    if "picture.mistakes.images" not in source.facts.arrays:
        return None
    shown, labels = source.get("picture.mistakes.images"), source.get("picture.mistakes.classes")
    if shown is None or labels is None or labels.shape != (len(shown), 3):
        return None
    panels = []
    for image, (true, predicted, share) in zip(images(shown, "mistakes"), labels.tolist(), strict=True):
        caption = both(
            "{true}, taken for {predicted} ({share}%)",
            true=class_name(classes, int(true)),
            predicted=class_name(classes, int(predicted)),
            share=round(100 * share),
        )
        panels.append(Panel(pixels=pack(image), caption=caption, tone="bad"))
    return Sheet(
        kind="mistakes",
        title=both("Test images that your network got wrong"),
        text=both(
            "The surest mistakes of each kind: what it is, what your network took it for, and how sure it was."
        ),
        panels=tuple(panels[:MISTAKES]),
    )


def class_name(classes: tuple[Text, ...], index: int) -> Text:
    """What the class id means; the id itself where nobody says."""
    return classes[index] if 0 <= index < len(classes) else Text.same(str(index))
