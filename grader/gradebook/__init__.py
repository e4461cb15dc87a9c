"""Marks over time: every attempt, every scoring and every adjustment is kept; a policy says what counts."""

from grader.gradebook.book import Gradebook, open_gradebook
from grader.gradebook.counting import Adjustment, Attempt, count
from grader.gradebook.policy import Policy, read_policy
from grader.gradebook.rows import Recorded

__all__ = [
    "Adjustment",
    "Attempt",
    "Gradebook",
    "Policy",
    "Recorded",
    "count",
    "open_gradebook",
    "read_policy",
]
