"""The course's upkeep: stubs from solutions, new exercises, and the proof that all of it holds."""

from grader.authoring.calibrate import Measurement, Threshold, calibrate
from grader.authoring.content import CheckInfo, lint
from grader.authoring.declared import Declaration, Finding
from grader.authoring.notebook import make_notebook
from grader.authoring.samples import sample_class
from grader.authoring.scaffold import scaffold
from grader.authoring.stubs import make_stub
from grader.authoring.synchronise import Drift, sync
from grader.authoring.validation import validate

__all__ = [
    "CheckInfo",
    "Declaration",
    "Drift",
    "Finding",
    "Measurement",
    "Threshold",
    "calibrate",
    "lint",
    "make_notebook",
    "make_stub",
    "sample_class",
    "scaffold",
    "sync",
    "validate",
]
