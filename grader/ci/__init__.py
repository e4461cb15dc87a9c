"""One checkout in a GitHub Actions job: outputs, summary, annotations. How to grade is passed in."""

from grader.ci.actions import Runner
from grader.ci.job import Outcome, grade_checkout
from grader.ci.template import WORKFLOWS, Template, write_template

__all__ = ["WORKFLOWS", "Outcome", "Runner", "Template", "grade_checkout", "write_template"]
