"""The whole path for one submission: intake, run, inspect, award, report."""

from grader.workflows.grade import Graded, Grader
from grader.workflows.options import Options, Progress, Stage, no_progress, usable_cores
from grader.workflows.regrade import Regraded, regrade, regrade_all
from grader.workflows.trainer import Trainer

__all__ = [
    "Graded",
    "Grader",
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
