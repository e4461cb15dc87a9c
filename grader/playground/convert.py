"""A ``.keras`` file of a stranger's becomes one that a browser can run; rebuilt and converted in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from grader.errors import NotConverted
from grader.schema import Frozen, Job, Json, Limits, ModelFact, Refusal, Sandbox
from grader.wire.npy import BadArray, array_info


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


#: Our own code on one model. Finding the layer that can't be converted takes several conversions.
LIMITS = Limits(wall_seconds=240, cpu_seconds=480, memory_mb=8192, disk_mb=3072, log_kb=1024)
#: Parameters from which weights travel as half floats: 40 MB.
HALF_FROM = 10_000_000
MAX_JSON = 32 << 20
_NAME = "model"
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Converted:
    """A model for the browser: files in the folder that was asked for."""

    described: Described
    model: Path
    """``.npy`` with the bytes of a LiteRT file, uint8 (n,)."""
    kernel: Path | None
    """``.npy`` with the classifier's weights, float32 (classes, n), where they are not in the file."""
    parameters: int


def convert(
    model: Path,
    folder: Path,
    sandbox: Sandbox,
    *,
    size: tuple[int, int],
    half: bool = False,
    application: Mapping[str, Any] | None = None,
) -> Converted:
    """Convert ``model`` into ``folder``, with float32 weights, or half floats where they would be too many.

    Args:
        size: height and width of a picture, where the network leaves them open.
        half: half floats in any case.
        application: ``name`` and ``settings`` of a network of ``keras.applications``, whose weights ``model`` is.

    Raises:
        NotConverted: the model is refused, or part of it has no counterpart; the text says which layer.
    """
    plan = {
        "label": model.name,
        "file": f"{_NAME}.h5" if application else f"{_NAME}.keras",
        "architecture": False,
        "predict": [],
        "fit": None,
        "compare": None,
        "scale": "none",
        "application": dict(application) if application else None,
        "export": {"size": list(size), "half": half, "half_from": HALF_FROM},
    }
    request: dict[str, Json] = {"plans": {_NAME: plan}}
    job = Job(entry="inspect", request=request, files={str(plan["file"]): model}, limits=LIMITS, threads=1)
    outcome = sandbox.run(job, folder)
    fact = _read(ModelFact, folder / f"{_NAME}.model.json")
    if fact is None:
        if outcome.verdict in ("timeout", "cpu", "memory", "disk", "output"):
            refusal = Refusal(kind="resources", detail=outcome.verdict)
            raise NotConverted("Converting the network takes too much: {what}.", refusal, what=outcome.verdict)
        raise NotConverted(
            "The network could not be converted; this is a fault of the grader ({reason}).",
            reason=outcome.detail or outcome.stderr.strip()[-300:] or outcome.verdict,
        )
    if fact.refused is not None:
        reason = fact.refused.detail or fact.refused.kind
        raise NotConverted("The network can't run in the browser: {reason}", fact.refused, reason=reason)
    described = _read(Described, folder / f"{_NAME}.litert.json")
    path, kernel = folder / f"{_NAME}.litert.npy", folder / f"{_NAME}.kernel.npy"
    try:
        if described is None or array_info(path).dtype != "|u1":
            raise BadArray("no model")
        if kernel.exists() and array_info(kernel).dtype != "<f4":
            raise BadArray("no weights")
    except BadArray as error:
        raise NotConverted(
            "The network could not be converted; this is a fault of the grader ({reason}).", reason=str(error)
        ) from error
    return Converted(described, path, kernel if kernel.exists() else None, fact.parameters)


def _read(kind: type[T], path: Path) -> T | None:
    """The value in a file that the sandbox left; None where there is none, or another."""
    if not path.is_file() or path.stat().st_size > MAX_JSON:
        return None
    try:
        return kind.model_validate_json(path.read_bytes())
    except (ValidationError, RecursionError):
        return None
