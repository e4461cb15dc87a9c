"""The whole path for one submission: intake, run, inspect, award, report."""

from grader.pipeline.grade import Grader, NotGraded, NothingToGrade, regrade
from grader.pipeline.measuring import MeasurementError, Trainer
from grader.pipeline.options import Options, Progress, Stage, no_progress, usable_cores

__all__ = [
    "Grader",
    "MeasurementError",
    "NotGraded",
    "NothingToGrade",
    "Options",
    "Progress",
    "Stage",
    "Trainer",
    "no_progress",
    "regrade",
    "usable_cores",
]
