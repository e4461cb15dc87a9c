"""From what a run left to facts: trusted code on untrusted bytes."""

from grader.inspect.evidence import read_evidence

__all__ = ["read_evidence"]
