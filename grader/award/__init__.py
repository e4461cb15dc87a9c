"""Points from facts: checks are pytest functions, run over any number of submissions in one pytest run.

For check authors: ``from grader.award import T, expect``. Importing this loads neither TensorFlow nor pytest.
"""

from grader.award import expect
from grader.award.awarding import AwardRequest, award, check_points, list_checks
from grader.award.diagnose import PUBLIC_FILE, STAFF_FILE, read_signatures
from grader.award.explain import refused_file
from grader.award.failures import CheckFailed, MissingEvidence, T
from grader.award.reference import Borderline, borderline_minimum
from grader.award.signing import Judged, learn, sign, split
from grader.award.suite import CheckInfo
from grader.errors import CourseFault
from grader.layers import LayerTable

__all__ = [
    "PUBLIC_FILE",
    "STAFF_FILE",
    "AwardRequest",
    "Borderline",
    "CheckFailed",
    "CheckInfo",
    "CourseFault",
    "Judged",
    "LayerTable",
    "MissingEvidence",
    "T",
    "award",
    "borderline_minimum",
    "check_points",
    "expect",
    "learn",
    "list_checks",
    "read_signatures",
    "refused_file",
    "sign",
    "split",
]
