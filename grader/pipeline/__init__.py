"""The whole path for one submission: intake, run, inspect, award, report."""

from grader.pipeline.grade import Grader, NothingToGrade, regrade
from grader.pipeline.options import Options, Progress, Stage, no_progress, usable_cores

__all__ = [
    "Grader",
    "NothingToGrade",
    "Options",
    "Progress",
    "Stage",
    "no_progress",
    "regrade",
    "usable_cores",
]
