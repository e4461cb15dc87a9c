"""The course's upkeep: stubs from solutions, new exercises, and the proof that all of it holds."""

from grader.authoring.answers import Answer, Choice, Declaration, read_answer, read_answers, read_choices
from grader.authoring.calibrate import Measurement, Threshold, calibrate
from grader.authoring.findings import Finding
from grader.authoring.lint import lint
from grader.authoring.notebook import make_notebook
from grader.authoring.points import CheckInfo
from grader.authoring.samples import sample_class
from grader.authoring.scaffold import scaffold
from grader.authoring.stubs import make_stub
from grader.authoring.synchronise import Drift, sync
from grader.authoring.validation import validate

__all__ = [
    "Answer",
    "CheckInfo",
    "Choice",
    "Declaration",
    "Drift",
    "Finding",
    "Measurement",
    "Threshold",
    "calibrate",
    "lint",
    "make_notebook",
    "make_stub",
    "read_answer",
    "read_answers",
    "read_choices",
    "sample_class",
    "scaffold",
    "sync",
    "validate",
]
