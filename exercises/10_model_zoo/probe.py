"""Reads the student's table, builds models, counts their parameters and asks ``choose``.

The models are built where variables get a shape and no memory: VGG19 would take half a gigabyte and five seconds.
"""

from collections.abc import Mapping, Set

FIELDS = ("size_mb", "top1", "top5", "parameters", "depth")


def probe(student, inputs, evidence):
    import keras

    with evidence.step("MODELS"):
        models = student.MODELS
        expected = {"ko": "모델 이름이 키인 dict", "en": "a dict with the models' names as keys"}
        evidence.require(isinstance(models, Mapping), expected=expected, actual=models, name="MODELS")
        evidence.value("MODELS", {str(name): fields(row) for name, row in models.items()})

    choices(student, inputs, evidence, {"choose.all": {}})
    models_built(keras, student, inputs, evidence)


def probe_hidden(student, inputs, evidence):
    import keras

    choices(student, inputs, evidence, {})
    models_built(keras, student, inputs, evidence)


def models_built(keras, student, inputs, evidence):
    """``build`` and ``count_parameters`` for the names among the inputs of this run."""
    names = [case for case, _ in inputs.group("build")]
    for case in names:
        with evidence.step(case) as built:
            model = without_memory(keras, student.build, case.rpartition(".")[2])
            evidence.require(isinstance(model, keras.Model), expected="keras.Model", actual=model, name="build")
            evidence.architecture(case, model)
        if not built.ok:
            break  # what fails for one fails for all, and may be a download that takes its time to fail
    for case in (name.replace("build", "count_parameters") for name in names):
        with evidence.step(case) as counted:
            evidence.value(case, without_memory(keras, student.count_parameters, case.rpartition(".")[2]))
        if not counted.ok:
            break


def choices(student, inputs, evidence, cases):
    """``cases`` (name -> arguments of ``choose``), and those among the inputs."""
    for name, array in inputs.arrays.items():
        case, _, argument = name.rpartition(".")
        if case.removeprefix("hidden.").startswith("choose."):
            cases.setdefault(case, {})[argument] = array.item()
    for case, arguments in cases.items():
        with evidence.step(case):
            names = student.choose(**arguments)
            is_list = hasattr(names, "__len__") and not isinstance(names, str | Mapping | Set)
            evidence.require(is_list, expected="list", actual=names, name="choose")
            evidence.value(case, names)


def fields(row):
    """One row as a dict, however it was written; what it lacks is left out."""
    if isinstance(row, Mapping):
        return {name: row[name] for name in FIELDS if name in row}
    return {name: getattr(row, name) for name in FIELDS if hasattr(row, name)}


def without_memory(keras, function, name):
    """``function(name)`` with variables that are never initialised; where that is not possible, with zeros.

    Random numbers would be most of the cost of a model, and a value that is asked for all the same is a zero.
    """
    original = keras.layers.Layer.add_weight

    def add_weight(layer, shape=None, initializer=None, *arguments, **options):
        return original(layer, shape, "zeros", *arguments, **options)

    keras.backend.clear_session()  # forgets the last model's variables
    keras.layers.Layer.add_weight = add_weight
    try:
        try:
            with keras.StatelessScope(initialize_variables=False):
                return function(name)
        except (AttributeError, TypeError, ValueError):  # compile, for one, makes variables with values
            keras.backend.clear_session()
            return function(name)
    finally:
        keras.layers.Layer.add_weight = original
