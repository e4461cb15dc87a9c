"""What a report shows besides tables: small arrays and numbers, so that a result stays small and the same; and
drawings of them, which are made for a page and never stored.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from grader.schema.base import Frozen, Text

Palette = Literal["colour", "grey", "signed", "heat"]


class Pixels(Frozen):
    """A small image."""

    shape: tuple[int, int, int]
    """Height, width, channels (1 or 3)."""
    data: str
    """Base64 of the zlib-compressed bytes, uint8 in C order."""
    palette: Palette = "colour"
    """``colour``: as it is; ``grey``: one channel; ``signed``: one channel, 128 stands for zero; ``heat``: one
    channel, from blue (0) to red (255)."""


class Panel(Frozen):
    """One image of a sheet."""

    pixels: Pixels
    over: Pixels | None = None
    """A map of one channel, of any size, to lay over the image: 255 is where most is."""
    caption: Text
    label: Text | None = None
    """A new case begins with this panel, and this is its name."""
    numbers: tuple[tuple[str, ...], ...] = ()
    """The values, to be written into the pixels they belong to."""
    tone: Literal["", "original", "bad"] = ""


class Sheet(Frozen):
    """Images beside each other."""

    kind: Literal["gallery", "mistakes", "activation_maps", "feature_maps", "first_convolution"]
    title: Text
    text: Text
    """What there is to see."""
    panels: tuple[Panel, ...]
    columns: int = 0
    """Panels that belong together in a row; 0: as many as fit."""


class Confusion(Frozen):
    """How often each class was taken for which."""

    kind: Literal["confusion"] = "confusion"
    title: Text
    text: Text
    names: tuple[Text, ...]
    counts: tuple[tuple[int, ...], ...]
    """Rows are true classes, columns are predicted ones."""


class MovedLayer(Frozen):
    """One layer with weights, before and after training."""

    name: str
    parameters: int
    trainable: bool
    change: float
    """Largest absolute change of any of its weights; infinity where they can't be compared."""


class MovedModel(Frozen):
    """One model before and after training."""

    label: Text
    layers: tuple[MovedLayer, ...]


class Movement(Frozen):
    """Which layers training changed, and which are frozen."""

    kind: Literal["movement"] = "movement"
    title: Text
    text: Text
    models: tuple[MovedModel, ...]


Picture = Annotated[Sheet | Confusion | Movement, Field(discriminator="kind")]


class Figure(Frozen):
    """One drawn picture."""

    svg: str
    """Inline SVG of our own making: safe as it is. Its colours are the page's CSS variables."""
    alt: Text
    """What it shows, for those who do not see it."""
    title: Text | None = None
    label: Text | None = None
    """A new case begins here."""
    caption: Text | None = None
    tone: Literal["", "original", "bad", "bar"] = ""
    """``bar``: not one of the pictures but the scale of their colours."""


class Key(Frozen):
    """One entry of a legend."""

    swatch: Literal["line", "dashes", "dots", "box", "hatch", "cross", "alarm"]
    text: Text


class Drawing(Frozen):
    """What belongs under one heading of a page."""

    kind: str
    """Also the name under which the style sheet lays it out."""
    title: Text
    text: Text | None = None
    """What there is to see."""
    figures: tuple[Figure, ...]
    keys: tuple[Key, ...] = ()
    note: Text | None = None
    """How to read it."""
    columns: int = 0
    """Figures that belong together in a row; 0: as many as fit."""
