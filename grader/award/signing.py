"""What tells an exercise's wrong answers apart, made from their facts and those of its right answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from grader.award.awarding import AwardRequest
from grader.award.diagnose import Known
from grader.award.facts_view import FactsView
from grader.award.traits import Traits, agree, alike, form, telling
from grader.schema import ExerciseResult, Signature, Signatures, Text

#: The solution runs with each.
SEEDS = (0, 1)
#: One answer: how it was judged (with ``reads``), and what it got.
Judged = tuple[AwardRequest, ExerciseResult]
#: Too little to know an answer by, where right answers differ in it.
_VAGUE = (" dtype", " shape")


def learn(right: Sequence[Judged], of: str) -> Signatures:
    """What the checks look at in right answers, what these share and where they differ; no wrong answers yet.

    Args:
        right: the solution first, with each of the :data:`SEEDS`.
        of: hash of what it is made from.
    """
    reads: dict[str, set[str]] = {}
    for request, _ in right:
        for check, seen in (request.reads or {}).items():
            reads.setdefault(check, set()).update(seen)
    names = sorted({name for found in reads.values() for name in found})
    first, *others = [_traits(request).of(names) for request, _ in right]
    traits = {*first, *(trait for other in others for trait in other)}
    seeded, free = (
        {trait for trait in traits if not all(agree(first.get(trait), other.get(trait)) for other in some)}
        for some in (others[: len(SEEDS) - 1], others)
    )
    # What a seed decides in an array of the student's is the same on every machine; what training makes is not.
    chance = {trait for trait in seeded if not trait.startswith("array ") or ".predict." in trait}
    return Signatures(
        of=of,
        reads={check: tuple(sorted(found)) for check, found in sorted(reads.items())},
        right={trait: value for trait, value in sorted(first.items()) if trait not in free},
        free=tuple(sorted(free)),
        chance=tuple(sorted(chance)),
    )


def sign(known: Signatures, wrong: Mapping[str, tuple[Judged, Text, str]], solution: Judged) -> Signatures:
    """``known`` with the ``wrong`` answers: name -> how it was judged, its diagnosis, the hash of its making.

    One that cannot be told from two others, or by nothing that counts, keeps no checks: it explains nothing.
    """
    solved, chance = _traits(solution[0]), frozenset(known.chance)
    answers = dict(known.answers)
    for name, ((request, result), text, of) in wrong.items():
        failed = tuple(c.id for c in result.checks if c.outcome == "failed" and c.id in known.reads)
        names = {evidence for check in failed for evidence in known.reads[check]}
        mine, theirs = _traits(request).of(sorted(names)), solved.of(sorted(names))
        traits = sorted({*mine, *theirs})
        wanted = [t for t in traits if t not in known.free and not agree(mine.get(t), known.right.get(t))]
        if not any(telling(mine.get(trait)) for trait in wanted):
            by_chance = {t for t in traits if t in chance and alike(mine.get(t), theirs.get(t))}
            loose = [trait for trait in traits if trait in known.free and trait not in by_chance]
            off = [trait for trait in loose if not agree(mine.get(trait), theirs.get(trait))]
            if wanted or not all(trait.endswith(_VAGUE) for trait in off):
                wanted += loose
        # How many numbers chance makes tells more than which.
        formed = {t for t in wanted if t in chance and form(mine.get(t)) != form(theirs.get(t))}
        found = {trait: form(mine.get(trait)) if trait in formed else mine.get(trait) for trait in sorted(wanted)}
        answers[name] = Signature(text=text, failed=failed, found=found, of=of)
    signed = known.model_copy(update={"answers": dict(sorted(answers.items()))})
    told = Known(signed)
    for name, ((request, result), _, _) in wrong.items():
        if name not in {one.id for one in told.diagnose(result.checks, _traits(request))}:
            answers[name] = answers[name].model_copy(update={"failed": (), "found": {}})
    return known.model_copy(update={"answers": dict(sorted(answers.items()))})


def split(signed: Signatures, hidden: Collection[str]) -> tuple[Signatures, Signatures]:
    """What students may have, and what only staff have: that of the ``hidden`` checks."""
    public = _part(signed, [check for check in signed.reads if check not in hidden], {})
    return public, _part(signed, [check for check in signed.reads if check in hidden], public.reads)


def _part(signed: Signatures, checks: Sequence[str], without: Mapping[str, Sequence[str]]) -> Signatures:
    known = {name for names in without.values() for name in names}
    mine = {name for check in checks for name in signed.reads[check]} - known

    # An answer that fails hidden checks alone is not in the public part, so all that tells it is kept here.
    looked_at = {name for check in checks for name in signed.reads[check]}

    def here(trait: str, names: Collection[str] = mine) -> bool:
        return " ".join(trait.split(" ")[:2]) in names

    answers = {}
    for name, one in signed.answers.items():
        failed = tuple(check for check in one.failed if check in checks)
        if failed or not (one.failed or without):
            found = {trait: value for trait, value in one.found.items() if here(trait, looked_at)}
            answers[name] = one.model_copy(update={"failed": failed, "found": found})
    return Signatures(
        of=signed.of,
        reads={check: signed.reads[check] for check in checks},
        right={trait: value for trait, value in signed.right.items() if here(trait)},
        free=tuple(filter(here, signed.free)),
        chance=tuple(filter(here, signed.chance)),
        answers=answers,
    )


def _traits(request: AwardRequest) -> Traits:
    return Traits(FactsView(request.exercise, request.facts, request.folder))
