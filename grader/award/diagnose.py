"""Which known wrong answers explain a wrong one: those whose traits it has in everything that failed.

A check agrees with a wrong answer where *all* evidence that it looks at is that answer's, also where that is
right: two mistakes in one function are not taken for either. What right answers are free to do does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from grader.award.traits import Traits, agree, alike, same_kind, telling
from grader.errors import CourseFault
from grader.schema import CheckResult, Diagnosis, Exercise, Json, Signature, Signatures

PUBLIC_FILE, STAFF_FILE = "signatures.json", "hidden_signatures.json"
#: Wrong answers that explain something equally well and are still named.
MOST = 2


def read_signatures(exercise: Exercise, *, staff: bool = True) -> Signatures:
    """The exercise's wrong answers as they are known here; none where there is no file.

    Raises:
        CourseFault: a file is damaged.
    """
    known = _read(exercise.public_dir / PUBLIC_FILE)
    if staff and exercise.staff_dir is not None:
        known = known.merged(_read(exercise.staff_dir / STAFF_FILE))
    return known


def _read(file: Path) -> Signatures:
    if not file.is_file():
        return Signatures()
    try:
        return Signatures.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise CourseFault(f"{file.name} of {file.parent.name} is damaged: {error}") from error


class Known:
    """An exercise's wrong answers, ready to be compared with."""

    def __init__(self, signatures: Signatures) -> None:
        self._all = signatures
        self._free = frozenset(signatures.free)
        self._chance = frozenset(signatures.chance)

    @cached_property
    def _by_check(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, one in self._all.answers.items():
            for check in one.failed:
                found.setdefault(check, []).append(name)
        return found

    def diagnose(self, checks: Sequence[CheckResult], traits: Traits) -> tuple[Diagnosis, ...]:
        """What explains the failed ones of ``checks``: everything, or else the largest parts; no guess.

        Where more than :data:`MOST` explain the same equally well, none is named.
        """
        failed = tuple(check.id for check in checks if check.outcome == "failed")
        passed = {check.id for check in checks if check.outcome == "passed"}
        agreed: dict[str, dict[str, int]] = {}
        for check in failed:
            names = [n for n in self._by_check.get(check, ()) if passed.isdisjoint(self._all.answers[n].failed)]
            if names and check in self._all.reads:
                mine = traits.of(self._all.reads[check])
                for name in names:
                    alike = self._agreement(check, mine, self._all.answers[name], traits.told)
                    if alike is not None:
                        agreed.setdefault(name, {})[check] = alike
        parts: dict[tuple[str, ...], list[str]] = {}
        for name, explained in agreed.items():
            parts.setdefault(tuple(explained), []).append(name)
        found: list[Diagnosis] = []
        for part, names in parts.items():
            if any(set(part) < set(other) for other in parts):
                continue
            if part != failed:  # that one flag is wrong among others has many causes
                names = [name for name in names if self._tells(name, part)]
            if not names:
                continue
            best = max(sum(agreed[name].values()) for name in names)
            names = [name for name in names if sum(agreed[name].values()) == best]
            if len(names) <= MOST:
                found += [
                    Diagnosis(id=name, text=self._all.answers[name].text, checks=part, whole=part == failed)
                    for name in names
                ]
        return tuple(found)

    def _agreement(
        self, check: str, mine: Mapping[str, Json], answer: Signature, told: Callable[[str], bool]
    ) -> int | None:
        """How many free traits the two share; None where they don't agree, or nothing in them is wrong."""
        wrong, shared, free = False, 0, 0
        for trait in filter(told, self._traits(check, mine)):
            known = answer.found.get(trait, self._all.right.get(trait))
            # How precise the numbers are is a matter of style, unless it is just what is wrong.
            style = trait.endswith(" dtype") and trait not in answer.found
            by = same_kind if style else alike if trait in self._chance else agree
            same = by(mine.get(trait), known)
            if trait in self._free:
                if trait in answer.found:
                    free, shared = free + 1, shared + same
            elif not same:
                return None
            else:
                wrong |= trait in answer.found
        # Free traits are kept of answers that little else tells: where all are the same, so is the answer.
        return shared if (wrong or free) and shared == free else None

    def _tells(self, name: str, part: Sequence[str]) -> bool:
        found = self._all.answers[name].found
        traits = {trait for check in part for trait in self._of_check.get(check, ())} - self._free
        return any(telling(found.get(trait)) for trait in traits)

    def _traits(self, check: str, mine: Mapping[str, Json]) -> list[str]:
        return list(dict.fromkeys((*mine, *self._of_check.get(check, ()))))

    @cached_property
    def _of_check(self) -> dict[str, list[str]]:
        """Check -> traits that some answer has in the evidence it looks at."""
        traits = {*self._all.right, *self._free, *(t for a in self._all.answers.values() for t in a.found)}
        by_name: dict[str, list[str]] = {}
        for trait in sorted(traits):
            kind, _, rest = trait.partition(" ")
            by_name.setdefault(f"{kind} {rest.partition(' ')[0]}", []).append(trait)
        return {check: [t for n in names for t in by_name.get(n, ())] for check, names in self._all.reads.items()}
