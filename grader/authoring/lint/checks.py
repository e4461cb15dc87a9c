"""An exercise's checks: titles, points, hints, what they need, and who may read them."""

from __future__ import annotations

import symtable
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.authoring.findings import Finding
from grader.authoring.lint.hints import hint_problems
from grader.authoring.points import CheckInfo
from grader.i18n import both
from grader.schema import Exercise, Text
from grader.text import format_number


def top_names(source: str, name: str) -> set[str]:
    """Functions, classes, assigned names and imports of valid Python, also inside ``if`` and ``try``."""
    symbols = symtable.symtable(source, name, "exec").get_symbols()
    return {one.get_name() for one in symbols if one.is_assigned() or one.is_imported() or one.is_namespace()}


def check_findings(exercise: Exercise, checks: Sequence[CheckInfo]) -> Iterator[Finding]:
    """What is wrong with ``checks``, all of the exercise's."""
    toml = f"exercises/{exercise.id}/exercise.toml"
    public, hidden = f"exercises/{exercise.id}/checks.py", f"reference/{exercise.id}/hidden_checks.py"
    in_public = _test_names(exercise.public_dir / "checks.py")
    total = sum(check.points for check in checks)
    if abs(total - exercise.points) > 1e-9:
        text = both(
            "points is {declared}, but the checks add up to {total}.",
            declared=exercise.points,
            total=format_number(total),
        )
        yield Finding(exercise.id, toml, text)
    known = {check.id for check in checks}
    known |= {check.partition("[")[0] for check in known}
    for check in checks:
        plain = check.id.partition("[")[0]
        for problem in _problems(check, known, hidden if plain in in_public else None):
            yield Finding(exercise.id, public if plain in in_public else hidden, problem)
    hidden_file = exercise.staff_dir / "hidden_checks.py" if exercise.staff_dir else None
    for problem in hint_problems(
        exercise.hints,
        {check.id for check in checks if check.visibility == "student"},
        known,
        [exercise.public_dir / "checks.py", *([hidden_file] if hidden_file else [])],
    ):
        yield Finding(exercise.id, toml, problem)


def _problems(check: CheckInfo, known: set[str], hidden: str | None) -> Iterator[Text]:
    """``hidden``: where the check would belong if it were the staff's, None where it is there already."""
    ko, en = check.title.ko.strip(), check.title.en.strip()
    if not ko or not en or ko == en:
        yield both("{check}: the docstring must be its title in both languages: 한국어 | English", check=check.id)
    if hidden and check.visibility == "staff":
        yield both(
            "{check}: for staff only, but students have this file; move it to {hidden}.",
            check=check.id,
            hidden=hidden,
        )
    for needed in check.needs:
        if needed not in known:
            yield both("{check} needs {needed}, which does not exist.", check=check.id, needed=needed)


def _test_names(file: Path) -> set[str]:
    try:
        names = top_names(file.read_text(encoding="utf-8"), file.name)
    except (OSError, SyntaxError, UnicodeDecodeError):
        return set()  # said better where the checks are collected
    return {name.removeprefix("test_") for name in names if name.startswith("test_")}
