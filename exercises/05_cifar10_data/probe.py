"""Calls the student's functions once for every case among the inputs; each case is a step of its own.

Arrays are named ``<function>.<case>.<argument>`` (staff's have ``hidden.`` in front). A case's results are
``<function>.<case>.<part>``; for ``summarise`` it is one value, the dict as JSON.
"""

from collections.abc import Mapping, Set

import numpy as np

PAIR = {"ko": "(x, y) 두 개", "en": "a pair (x, y)"}
PAIRS = {
    "ko": "두 쌍 ((x, y), (x, y)): 훈련 데이터, 떼어 낸 데이터",
    "en": "two pairs ((x, y), (x, y)): training, held-out data",
}
KEYS = ("count", "shape", "dtype", "per_class")


def probe(student, inputs, evidence):
    with evidence.step("CLASS_NAMES"):
        names = student.CLASS_NAMES
        evidence.require(
            hasattr(names, "__len__") and not isinstance(names, str | Mapping | Set),
            expected={"ko": "부류 이름의 리스트나 튜플", "en": "a list or a tuple of class names"},
            actual=names,
            name="CLASS_NAMES",
        )
        evidence.value("CLASS_NAMES", names)
    probe_hidden(student, inputs, evidence)


def probe_hidden(student, inputs, evidence):
    """The cases: those among the inputs of this run."""
    grouped = {}
    for name in inputs.arrays:
        case, _, argument = name.rpartition(".")
        array = inputs[name]
        grouped.setdefault(case, {})[argument] = array.item() if array.ndim == 0 else array

    for case, options in grouped.items():
        function = case.removeprefix("hidden.").partition(".")[0]
        x, y = options.pop("x"), options.pop("y")
        with evidence.step(case):
            result = getattr(student, function)(x, y, **options)
            RECORD[function](case, result, evidence)


def record_pair(case, result, evidence, expected=PAIR, prefix=""):
    """``<case>.x`` and ``<case>.y``."""
    evidence.require(is_pair(result), expected=expected, actual=result, name=function_of(case))
    for part, value in zip("xy", result, strict=True):
        evidence.array(f"{case}.{prefix}{part}", value)


def record_split(case, result, evidence):
    """``<case>.train.x`` and so on, and ``<case>.held_out.x``."""
    evidence.require(is_pair(result), expected=PAIRS, actual=result, name=function_of(case))
    for prefix, pair in zip(("train.", "held_out."), result, strict=True):
        record_pair(case, pair, evidence, PAIRS, prefix)


def record_summary(case, result, evidence):
    """The four entries; the dtype by its name, whether it is a text, a NumPy dtype or a scalar type."""
    name = function_of(case)
    evidence.require(is_mapping(result), expected={"ko": "dict", "en": "a dict"}, actual=result, name=name)
    for key in KEYS:
        if key not in result:
            found = ", ".join(map(str, result)) or "-"
            evidence.require(
                False, expected={"ko": f"키 {key}", "en": f"the key {key}"}, actual=f"{found}"[:200], name=name
            )
    per_class = result["per_class"]
    evidence.value(
        case,
        {
            "count": result["count"],
            "shape": result["shape"],
            "dtype": dtype_name(result["dtype"]),
            "per_class": dict(per_class) if is_mapping(per_class) else per_class,
        },
    )


def is_pair(value):
    return isinstance(value, list | tuple) and len(value) == 2


def is_mapping(value):
    """Whether it maps keys to values, as a dict and a column of pandas do."""
    return callable(getattr(value, "keys", None)) and hasattr(value, "__getitem__")


def function_of(case):
    return case.removeprefix("hidden.").partition(".")[0]


def dtype_name(value):
    if isinstance(value, str | np.dtype | type):
        try:
            return np.dtype(value).name
        except TypeError:
            return str(value)
    return value


RECORD = {"preprocess": record_pair, "stratified_split": record_split, "summarise": record_summary}
