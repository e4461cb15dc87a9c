"""One checkout in a GitHub Actions job: outputs, summary, annotations. How to grade is passed in."""

from grader.ci.actions import Runner
from grader.ci.template import WORKFLOWS, Template, TemplateError, write_template
from grader.ci.work import Outcome, grade_checkout

__all__ = ["WORKFLOWS", "Outcome", "Runner", "Template", "TemplateError", "grade_checkout", "write_template"]
