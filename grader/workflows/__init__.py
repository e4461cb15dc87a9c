"""Use cases: what a person can ask of the grader, without any terminal; front doors show the answer."""

from grader.workflows.grade import Graded, Grader
from grader.workflows.options import Options, Progress, Stage, no_progress, usable_cores
from grader.workflows.regrade import Regraded, regrade, regrade_all

__all__ = [
    "Graded",
    "Grader",
    "Options",
    "Progress",
    "Regraded",
    "Stage",
    "no_progress",
    "regrade",
    "regrade_all",
    "usable_cores",
]
