"""Small exercises made of text, and facts about them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from grader.award import AwardRequest, award
from grader.schema import CheckResult, Exercise, ExerciseResult, Facts, RunOutcome, Text

HEAD = "import pytest\nimport numpy as np\nfrom grader.award import T, expect\n\n"


class Workbench:
    """Makes exercises and facts, and awards them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "facts"
        self.folder.mkdir()

    def exercise(
        self,
        checks: str | None,
        hidden: str | None = None,
        reference: object = None,
        name: str = "01_small",
        **fields: Any,
    ) -> Exercise:
        public, staff = self.root / "exercises" / name, self.root / "reference" / name
        public.mkdir(parents=True, exist_ok=True)
        staff.mkdir(parents=True, exist_ok=True)
        if checks is not None:
            (public / "checks.py").write_text(HEAD + dedent(checks), encoding="utf-8")
        if hidden is not None:
            (staff / "hidden_checks.py").write_text(HEAD + dedent(hidden), encoding="utf-8")
        if reference is not None:
            (staff / "reference.json").write_text(json.dumps(reference), encoding="utf-8")
        return Exercise(
            **{
                "id": name,
                "title": Text(ko="작은 문제", en="A small one"),
                "summary": Text(ko="요약", en="Summary"),
                "file": "small",
                "functions": ("build", "build_model", "train", "conv"),
                "points": 10,
                "public_dir": public,
                "reference_file": staff / "reference.json" if reference is not None else None,
                "staff_dir": staff,
                **fields,
            }
        )

    def facts(self, *, arrays: dict[str, Any] | None = None, **fields: Any) -> Facts:
        for name, value in (arrays or {}).items():
            np.save(self.folder / f"{name}.npy", np.asarray(value))
        return Facts(
            **{
                "exercise": "01_small",
                "present": True,
                "budget_name": "quick",
                "outcome": RunOutcome(verdict="completed", isolation="process"),
                "arrays": tuple(arrays or ()),
                **fields,
            }
        )

    def request(self, exercise: Exercise, facts: Facts, **fields: Any) -> AwardRequest:
        return AwardRequest(exercise, facts, self.folder, **fields)

    def award(self, exercise: Exercise, facts: Facts | None = None, **fields: Any) -> ExerciseResult:
        (result,) = award([self.request(exercise, facts or self.facts(), **fields)])
        return result

    def check(self, body: str, facts: Facts | None = None, **fields: Any) -> CheckResult:
        """The result of one check worth a point, whose body is ``body``."""
        lines = "\n".join(f"    {line}" for line in dedent(body).strip().splitlines())
        source = f"@pytest.mark.points(1)\ndef test_it(facts, reference, inputs):\n{lines}\n"
        (check,) = self.award(self.exercise(source, **fields), facts).checks
        return check


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


@pytest.fixture
def model_fact() -> Callable[..., Any]:
    """Makes a ModelFact from rows ``(type, output_shape, parameters[, activation])``."""
    from grader.schema import LayerFact, ModelFact

    def make(rows: list[tuple[Any, ...]], name: str = "built", **fields: Any) -> ModelFact:
        layers = tuple(
            LayerFact(
                name=f"layer_{i}",
                type=row[0],
                output_shape=row[1],
                parameters=row[2],
                trainable_parameters=row[2],
                activation=row[3] if len(row) > 3 else None,
                config=row[4] if len(row) > 4 else {},
            )
            for i, row in enumerate(rows)
        )
        return ModelFact(name=name, file=f"{name}.keras", layers=layers, **fields)

    return make
