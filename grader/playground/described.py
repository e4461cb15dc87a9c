"""What the inspector says about a model that it converted. It handles a stranger's bytes: its word is checked."""

from __future__ import annotations

from pydantic import Field

from grader.schema import Frozen, Json


class Layer(Frozen):
    """One layer, models inside the model taken apart."""

    name: str
    type: str
    parameters: int
    activation: str | None
    config: dict[str, Json] = Field(default_factory=dict)
    within: str
    """Names of the models that it is in, with slashes between them."""
    output_shape: tuple[int, ...]
    """For one picture."""
    output: str | None
    """Name of the file's output that has its values; None where it has none: too large, or the picture itself."""


class ClassMap(Frozen):
    """What class activation maps are made of."""

    output: str
    """Name of the output with the maps, (h, w, n)."""
    offset: int | None
    """Where in the LiteRT file the weights are, (classes, n); None: in a file of their own."""
    half: bool
    """They are half floats there."""


class Described(Frozen):
    """A converted model."""

    input_shape: tuple[int, int, int]
    """Height, width, channels."""
    scales_itself: bool
    """Its first layer brings pixels into the range it wants."""
    half: bool
    """The weights are half floats."""
    classes: int = Field(gt=0)
    """Numbers at the end."""
    output: str
    """Name of the output that has them."""
    activation: str
    """What they went through; ``linear``: nothing."""
    layers: tuple[Layer, ...]
    map: ClassMap | None
    """None where the network does not end in global average pooling and one layer."""
