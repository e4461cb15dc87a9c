"""The probe of an exercise that has none of its own: calls each function once for every case among the inputs.

Inputs are named ``<function>.<case>.<argument>`` (the staff's begin with ``hidden.``) and are passed by name,
single numbers as Python's own. What comes back is the array ``<function>.<case>``.
Runs beside the student's code.
"""

from __future__ import annotations

from typing import Any


def probe(student: Any, inputs: Any, evidence: Any) -> None:
    """One step for each case, so that one that fails does not stop the others."""
    cases: dict[str, dict[str, Any]] = {}
    for name in inputs.arrays:
        case, _, argument = name.rpartition(".")
        if case:
            value = inputs[name]
            cases.setdefault(case, {})[argument] = value if value.ndim else value.item()
    for case, arguments in cases.items():
        function = case.removeprefix("hidden.").partition(".")[0]
        with evidence.step(case):
            evidence.array(case, getattr(student, function)(**arguments))
