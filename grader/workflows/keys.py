"""What a mark was made from, as hashes: equal keys, equal work, so that nothing need be done twice."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Literal

from pydantic import Field

from grader import __version__
from grader.catalog import fingerprint, installed_versions
from grader.files import write_whole
from grader.schema import Exercise, ExerciseFiles, Isolation, Json, Lang, Submission
from grader.schema.base import Frozen

KEY_FILE = "key.json"
#: Packages whose version may change what a run computes.
_PACKAGES = ("tensorflow", "keras", "numpy")


class ExerciseKey(Frozen):
    """Everything that one exercise's facts and marks depend on."""

    files: dict[str, str]
    """Name -> SHA-256 of what was handed in."""
    intake: str
    """Of what intake made of it: the code that ran, and what its author was told."""
    evidence: str
    """Of probe, inputs, given files, budgets, limits, plans."""
    marks: str
    """Of checks, reference, titles, hints, points."""
    environment: dict[str, str]
    data: dict[str, Json]

    def same_facts(self, other: ExerciseKey | None) -> bool:
        """Whether running again would find out the same, whatever the checks are now."""
        return other is not None and self.model_copy(update={"marks": other.marks}) == other

    def at_level(self, isolation: Isolation) -> ExerciseKey:
        """The key of a run that was confined otherwise than planned."""
        return self.model_copy(update={"environment": {**self.environment, "isolation": isolation}})


class Keys(Frozen):
    """``key.json``: written last, so its presence says that all the rest is there."""

    format_version: Literal[1] = 1
    submission: str
    """Of the submission's name, language and problems: what reports show besides the exercises."""
    exercises: dict[str, ExerciseKey] = Field(default_factory=dict)


def environment(isolation: Isolation, exercise: Exercise) -> dict[str, str]:
    """What a run happens in: versions, and how it is confined."""
    packages = {name: version or "?" for name, version in installed_versions(exercise.packages).items()}
    return {**packages, **_versions(), "isolation": isolation}


@cache
def _versions() -> dict[str, str]:
    versions = {"grader": __version__, "python": platform.python_version(), "system": platform.system()}
    for name in _PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "?"
    return versions


def exercise_key(
    exercise: Exercise, files: ExerciseFiles | None, *, isolation: Isolation, data: dict[str, Json]
) -> ExerciseKey:
    """The key of ``exercise`` as it is now, for ``files`` as they were handed in."""
    hashes = {}
    if files is not None:
        hashes = {model.name: model.sha256 for model in files.models}
        if files.source is not None:
            hashes[files.source.name] = files.source.sha256
    prints = fingerprint(exercise)
    return ExerciseKey(
        files=hashes,
        intake=_hash(files.model_dump_json() if files is not None else ""),
        evidence=prints.evidence,
        marks=prints.marks,
        environment=environment(isolation, exercise),
        data=data,
    )


def submission_key(submission: Submission, lang: Lang) -> str:
    """The hash of what is said about a submission as a whole."""
    said = submission.model_dump_json(include={"id", "name", "sha256", "problems"})
    return _hash(f"{lang}\n{said}")


def read_keys(out: Path) -> Keys | None:
    """The keys of what is stored in ``out``; None where there are none that this version understands."""
    try:
        return Keys.model_validate_json((out / KEY_FILE).read_bytes())
    except (OSError, ValueError):
        return None


def write_keys(out: Path, keys: Keys) -> None:
    """Vouch for what is stored in ``out``: call it last."""
    write_whole(out / KEY_FILE, keys.model_dump_json(indent=1) + "\n")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
