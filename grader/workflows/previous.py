"""What an earlier grading of the same submission left, and how much of it still holds."""

from __future__ import annotations

import os
import shutil
from functools import cached_property
from pathlib import Path

from grader.inspect import load_facts
from grader.schema import Facts, Result
from grader.workflows.keys import ExerciseKey, Keys, read_keys


class Previous:
    """The output folder of an earlier run; None where there was none. What can't be read counts as not there."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._facts: dict[str, Facts] = {}

    @cached_property
    def keys(self) -> Keys | None:
        return read_keys(self._folder) if self._folder is not None else None

    @cached_property
    def result(self) -> Result | None:
        if self._folder is None or self.keys is None:
            return None
        try:
            return Result.model_validate_json((self._folder / "result.json").read_bytes())
        except (OSError, ValueError):
            return None

    def key(self, exercise_id: str) -> ExerciseKey | None:
        """The key that was stored with the exercise's facts."""
        return self.keys.exercises.get(exercise_id) if self.keys is not None else None

    def facts(self, exercise_id: str) -> Facts:
        """Stored facts. Raises OSError or ValueError where they are not there or damaged."""
        assert self._folder is not None
        if exercise_id not in self._facts:
            self._facts[exercise_id] = load_facts(self._folder / "facts" / exercise_id)
        return self._facts[exercise_id]

    def holds(self, exercise_id: str, key: ExerciseKey) -> bool:
        """Whether the stored facts are what a run with ``key`` would find: whole, and no fault of ours."""
        if self._folder is None or not key.same_facts(self.key(exercise_id)):
            return False
        try:
            facts = self.facts(exercise_id)
        except (OSError, ValueError):
            return False
        folder = self._folder / "facts" / exercise_id
        outcomes = (facts.outcome, facts.inspection)
        faulty = facts.harness_fault or any(o is not None and o.verdict == "harness" for o in outcomes)
        return not faulty and all((folder / f"{name}.npy").is_file() for name in facts.arrays)

    def carry_over(self, exercise_id: str, out: Path) -> None:
        """Put the exercise's facts and evidence into ``out``: as hard links where possible, for nobody writes to
        them again."""
        assert self._folder is not None
        for kind in ("facts", "evidence"):
            source = self._folder / kind / exercise_id
            if source.is_dir():
                shutil.copytree(source, out / kind / exercise_id, copy_function=_link_or_copy)


def _link_or_copy(source: str, target: str) -> str:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target
