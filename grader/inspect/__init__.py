"""From what a run left to facts: trusted code on untrusted bytes."""

from grader.inspect.evidence import join_evidence, read_evidence
from grader.inspect.facts import build_facts, load_facts, save_facts
from grader.inspect.mistakes import keep_mistakes
from grader.inspect.models import Inspection, inspect_models
from grader.inspect.scoring import score_predictions

__all__ = [
    "Inspection",
    "build_facts",
    "inspect_models",
    "join_evidence",
    "keep_mistakes",
    "load_facts",
    "read_evidence",
    "save_facts",
    "score_predictions",
]
