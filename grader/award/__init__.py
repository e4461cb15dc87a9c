"""Points from facts: checks are pytest functions, run over any number of submissions in one pytest run.

For check authors: ``from grader.award import expect``. Importing this package loads neither TensorFlow nor pytest.
"""

from grader.award import expect
from grader.award.awarding import AwardRequest, award, check_points, list_checks
from grader.award.failures import CheckFailed, CourseFault, MissingEvidence
from grader.award.layers import LayerTable
from grader.award.reference import Borderline, borderline_minimum
from grader.award.suite import CheckInfo

__all__ = [
    "AwardRequest",
    "Borderline",
    "CheckFailed",
    "CheckInfo",
    "CourseFault",
    "LayerTable",
    "MissingEvidence",
    "award",
    "borderline_minimum",
    "check_points",
    "expect",
    "list_checks",
]
