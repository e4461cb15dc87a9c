"""Calls the student's functions once for every case among the inputs; each case is a step of its own.

Arrays are named ``<function>.<case>.<argument>`` (staff's have ``hidden.`` in front). The result of a case is
the array ``<function>.<case>``.
"""

#: Arguments given by position, so that their names are the student's business; the others go by name.
POSITIONAL = {
    "box_iou": ("a", "b"),
    "mask_iou": ("prediction", "target"),
    "non_max_suppression": ("boxes", "scores"),
    "top_k_accuracy": ("probabilities", "labels"),
}


def probe(student, inputs, evidence):
    grouped = {}
    for name in inputs.arrays:
        case, _, argument = name.rpartition(".")
        grouped.setdefault(case, {})[argument] = decode(inputs[name])

    for case, arguments in grouped.items():
        function = case.removeprefix("hidden.").partition(".")[0]
        with evidence.step(case):
            given = [arguments.pop(name) for name in POSITIONAL[function]]
            evidence.array(case, getattr(student, function)(*given, **arguments))


def decode(array):
    """Single numbers (``threshold``, ``k``) as Python's own."""
    return array.item() if array.ndim == 0 else array
