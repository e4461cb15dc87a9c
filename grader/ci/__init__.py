"""One checkout in a GitHub Actions job, and the repository that such a job is in."""

from grader.ci.actions import Runner
from grader.ci.job import Outcome, grade_checkout, run_step
from grader.ci.template import WORKFLOWS, Template, make_repository, write_template

__all__ = [
    "WORKFLOWS",
    "Outcome",
    "Runner",
    "Template",
    "grade_checkout",
    "make_repository",
    "run_step",
    "write_template",
]
