"""Points from facts: checks are pytest functions, run over any number of submissions in one pytest run.

For check authors: ``from grader.award import T, expect``. Importing this loads neither TensorFlow nor pytest.
"""

from grader.award import expect
from grader.award.awarding import AwardRequest, award, check_points, list_checks
from grader.award.explain import refused_file
from grader.award.failures import CheckFailed, MissingEvidence, T
from grader.award.reference import Borderline, borderline_minimum
from grader.award.suite import CheckInfo
from grader.errors import CourseFault
from grader.layers import LayerTable

__all__ = [
    "AwardRequest",
    "Borderline",
    "CheckFailed",
    "CheckInfo",
    "CourseFault",
    "LayerTable",
    "MissingEvidence",
    "T",
    "award",
    "borderline_minimum",
    "check_points",
    "expect",
    "list_checks",
    "refused_file",
]
