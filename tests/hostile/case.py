"""One hostile submission and what has to come of it: a toml in ``corpus/<family>`` and, for most, a ``.py``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Case:
    """What the toml says. A key that is not a field is a mistake, and raises TypeError."""

    id: str
    why: str
    exercise: str = "03_convolution"
    build: str = ""
    """Function of ``build.py`` that makes the submission; by default it is the ``.py`` beside the toml."""
    limits: dict[str, float] = field(default_factory=dict)
    inspection: dict[str, float] = field(default_factory=dict)
    """Limits of all inspections together."""
    twice: bool = False
    """Grade it two times; what is expected is expected of the second one."""
    then_honest: bool = False
    """An honest submission right after it must get full marks."""
    outside: str = ""
    """``canary``, ``token`` or ``listener``: what the same code does reach when nothing confines it."""

    status: tuple[str, ...] = ()
    full: bool = False
    points_at_most: float | None = None
    points_at_least: float = 0
    failed: tuple[str, ...] = ()
    """Checks that must fail (others may)."""
    stdout: tuple[str, ...] = ()
    """What the program must have printed: proof that the attack was made at all."""
    verdict: str = ""
    refused: tuple[str, ...] = ()
    """Kinds of refusal of which every model of the submission must have one."""
    text: tuple[str, ...] = ()
    """What the report must say."""
    absent: tuple[str, ...] = ()
    """Arrays that the facts must not hold."""
    raises: str = ""
    """``IntakeError``: it can't be read at all."""
    cpu_seconds_at_most: float = 20
    """Of the grader's own process."""

    @property
    def family(self) -> str:
        return self.id.partition("/")[0]

    @property
    def code(self) -> str:
        """The program of a case that is not built."""
        return (CORPUS / f"{self.id}.py").read_text(encoding="utf-8")


def load_cases() -> list[Case]:
    """The whole corpus in a fixed order."""
    return [_load(path) for path in sorted(CORPUS.glob("*/*.toml"))]


def _load(path: Path) -> Case:
    fields: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    return Case(id=f"{path.parent.name}/{path.stem}", **{**fields, **lists})
