"""Sheets of small images: variants, mistakes, maps, filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from grader.award.pictures.pixels import NoPicture, field, images, pack, signed, stretched
from grader.i18n import both
from grader.schema import Panel, PicturePlan, Sheet, Text

if TYPE_CHECKING:
    from grader.award.pictures.make import Source

Array = np.ndarray[Any, Any]
#: The panels of one case: plan, source, the array's name, and what the ``*`` in it stands for.
MakeCase = Callable[[PicturePlan, "Source", str, tuple[str, ...]], list[Panel]]

VARIANTS = 11
PAIRS = 4
FILTERS = 12
MISTAKES = 8


def gallery(plan: PicturePlan, source: Source) -> Sheet | None:
    """One image beside its variants; or, where the original is a batch, originals beside theirs.

    Raises:
        NoPicture: what is there is no image.
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
    """Each image, and beside it the same with the map laid over. A map that can't be shown leaves out its own.

    Raises:
        NoPicture: none can be shown.
    """
    return _cases(plan, source, _image_and_map, columns=4)


def _image_and_map(plan: PicturePlan, source: Source, name: str, stars: tuple[str, ...]) -> list[Panel]:
    image, found = source.first(plan.images, stars), source.get(name)
    if image is None or found is None:
        return []
    pixels = pack(images(image[None] if image.ndim in (2, 3) else image[:1], "image")[0])
    label = _label(stars[-1] if stars else name)
    over = pack(np.clip(field(found, name), 0, 1), "grey")
    return [
        Panel(pixels=pixels, caption=both("{name}: image", name=label), tone="original"),
        Panel(pixels=pixels, over=over, caption=both("{name}: your map", name=label)),
    ]


def _cases(plan: PicturePlan, source: Source, make: MakeCase, columns: int) -> Sheet | None:
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
    return Sheet(kind=kind, title=plan.title, text=plan.text, panels=tuple(panels), columns=columns)


def _label(star: str) -> Text:
    """A case as people call it: cases that are numbers count from 1."""
    if star.isdigit():
        return both("picture {n}", n=int(star) + 1)
    name = star.replace("_", " ")
    return Text(ko=name, en=name)


def feature_maps(plan: PicturePlan, source: Source) -> Sheet | None:
    """Image, filter and feature map of each case, in a row.

    Raises:
        NoPicture: none can be shown.
    """
    return _cases(plan, source, _image_filter_map, columns=3 if plan.filters else 2)


def _image_filter_map(plan: PicturePlan, source: Source, name: str, stars: tuple[str, ...]) -> list[Panel]:
    image, made = source.first(plan.images, stars), source.get(name)
    kernel = source.first((plan.filters,), stars) if plan.filters else None
    if image is None or made is None or (plan.filters and kernel is None):
        return []
    shown = stretched(images(image[None], "image")[0])
    panels = [Panel(pixels=pack(shown), caption=both("image, {size}", size=size(image)), tone="original")]
    if kernel is not None:
        panels.append(Panel(pixels=_filter(kernel), caption=both("filter, {size}", size=size(kernel))))
    pixels = pack(stretched(field(made, name)))
    return [*panels, Panel(pixels=pixels, caption=both("your map, {size}", size=size(made)))]


def first_convolution(source: Source) -> Sheet | None:
    """Filters of the graded model's first convolution, and what each finds in one image.

    Raises:
        NoPicture: what is there is no image or no map.
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
        number = index + 1
        panels += [
            Panel(pixels=_filter(filters[..., index]), caption=both("filter {n}", n=number)),
            Panel(pixels=pack(stretched(field(maps[..., index], name))), caption=both("map {n}", n=number)),
        ]
    return Sheet(
        kind="first_convolution",
        title=both("Filters and feature maps of the first convolution"),
        text=both(
            "Each filter of the trained network, and where it finds its pattern in a test image: bright is much."
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
    return classes[index] if 0 <= index < len(classes) else Text(ko=str(index), en=str(index))
