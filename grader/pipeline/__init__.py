"""The whole path for one submission: intake, run, inspect, award, report."""

from grader.pipeline.grade import Graded, Grader
from grader.pipeline.measuring import MeasurementError, Trainer
from grader.pipeline.options import Options, Progress, Stage, no_progress, usable_cores
from grader.pipeline.regrade import NotGraded, Regraded, regrade, regrade_all
from grader.pipeline.results import NothingToGrade

__all__ = [
    "Graded",
    "Grader",
    "MeasurementError",
    "NotGraded",
    "NothingToGrade",
    "Options",
    "Progress",
    "Regraded",
    "Stage",
    "Trainer",
    "no_progress",
    "regrade",
    "regrade_all",
    "usable_cores",
]
