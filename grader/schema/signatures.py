"""What tells an exercise's wrong answers apart: ``signatures.json``, which ``grader sync`` writes."""

from __future__ import annotations

from pydantic import Field

from grader.schema.base import Frozen, Json, Text


class Signature(Frozen):
    """One wrong answer by what it leaves."""

    text: Text
    """Its diagnosis."""
    failed: tuple[str, ...]
    """Checks that it fails."""
    found: dict[str, Json] = Field(default_factory=dict)
    """Traits in which it is not like a right answer; None where it lacks one."""
    of: str
    """Hash of what it was made from."""


class Signatures(Frozen):
    """An exercise's known wrong answers. A trait is a small part of the facts: ``array box_iou.unit values``."""

    of: str = ""
    """Hash of what ``reads``, ``right`` and ``free`` were made from."""
    reads: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Check -> the evidence that it looks at in a right answer."""
    right: dict[str, Json] = Field(default_factory=dict)
    """What all right answers share."""
    free: tuple[str, ...] = ()
    """Traits in which right answers differ."""
    answers: dict[str, Signature] = Field(default_factory=dict)

    def merged(self, other: Signatures) -> Signatures:
        """These and the staff's part of them."""
        answers = dict(other.answers)
        for name, one in self.answers.items():
            more = other.answers.get(name)
            if more is not None:
                both = (*one.failed, *(check for check in more.failed if check not in one.failed))
                one = one.model_copy(update={"failed": both, "found": one.found | more.found})
            answers[name] = one
        return Signatures(
            of=self.of,
            reads=self.reads | other.reads,
            right=self.right | other.right,
            free=(*self.free, *other.free),
            answers=dict(sorted(answers.items())),
        )
