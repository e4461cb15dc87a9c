"""Reads the student's table, builds models, counts their parameters and asks ``choose``.

The models are built where variables get a shape and no memory: VGG19 would take half a gigabyte and five seconds.
Code that needs the values of its weights is called a second time without that.
"""

from collections.abc import Mapping

FIELDS = ("size_mb", "top1", "top5", "parameters", "depth")


def probe(student, inputs, evidence):
    import keras

    with evidence.step("MODELS"):
        models = student.MODELS
        expected = "모델 이름이 키인 dict | a dict with the models' names as keys"
        evidence.require(isinstance(models, Mapping), expected=expected, actual=models, name="MODELS")
        evidence.value("MODELS", {str(name): fields(row) for name, row in models.items()})

    for case, _ in inputs.group("build"):
        name = case.rpartition(".")[2]
        with evidence.step(case):
            model = without_memory(keras, student.build, name)
            evidence.require(isinstance(model, keras.Model), expected="keras.Model", actual=model, name="build")
            evidence.architecture(case, model)
        count = case.replace("build", "count_parameters")
        with evidence.step(count):
            evidence.value(count, without_memory(keras, student.count_parameters, name))

    cases = {"choose.all": {}}
    for group in ("choose", "hidden.choose"):
        for name, array in inputs.arrays.items():
            case, _, argument = name.rpartition(".")
            if case.startswith(f"{group}."):
                cases.setdefault(case, {})[argument] = array.item()
    for case, arguments in cases.items():
        with evidence.step(case):
            names = student.choose(**arguments)
            is_list = isinstance(names, (list, tuple))
            evidence.require(is_list, expected="list", actual=names, name="choose")
            evidence.value(case, names)


def fields(row):
    """One row as a dict, however it was written; what it lacks is left out."""
    if isinstance(row, Mapping):
        return {name: row[name] for name in FIELDS if name in row}
    return {name: getattr(row, name) for name in FIELDS if hasattr(row, name)}


def without_memory(keras, function, name):
    """``function(name)`` with variables that are never initialised; where that fails, with ordinary ones."""
    try:
        with keras.StatelessScope(initialize_variables=False):
            return function(name)
    except Exception:
        keras.backend.clear_session()  # forgets the half-made model's variables
        return function(name)
