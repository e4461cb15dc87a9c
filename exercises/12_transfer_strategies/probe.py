"""Builds the three strategies' models and takes one training step with each; freezes and counts.

Every call gets a base of its own, fresh from the file. A model is saved before and after the step: the grader
compares the two, and trains the first one itself as well.
"""

import numpy as np

STRATEGIES = (1, 2, 3)


def probe(student, inputs, evidence):
    import keras

    def given():
        return keras.saving.load_model(inputs.path("given_base.keras"))

    def transfer(*arguments):
        return transferred(keras, student, evidence, *arguments)

    working = []
    for strategy in STRATEGIES:
        name, model = f"build_transfer_model.{strategy}", None
        with evidence.step(name) as built:
            with CompileWatch(keras) as watch:
                model = transfer(given(), int(inputs["num_classes"]), strategy)
            evidence.model(name, model)
            evidence.value(f"{name}.changed_after_compile", watch.changed(model))
        if built.ok:
            working.append(strategy)
            with evidence.step(f"{name}.trained"):
                train_one_step(keras, model, inputs["x"], inputs["y"])
                evidence.model(f"{name}.trained", model)

    cases(keras, student, inputs, evidence, working)


def probe_hidden(student, inputs, evidence):
    """The strategies with other weights and another number of classes."""
    import keras

    working = []
    for strategy in STRATEGIES:
        name = f"hidden.build_transfer_model.{strategy}"
        with evidence.step(name) as built:
            base = keras.saving.load_model(inputs.path("given_base.keras"))
            base.set_weights([np.float32(inputs["hidden.scale"]) * weights for weights in base.get_weights()])
            num_classes = int(inputs["hidden.num_classes"])
            evidence.model(name, transferred(keras, student, evidence, base, num_classes, strategy))
        if built.ok:
            working.append(strategy)
    cases(keras, student, inputs, evidence, working)


def cases(keras, student, inputs, evidence, working):
    """The cases among the inputs of this run; large bases for the strategies that work with the small one."""
    for case, num_classes in inputs.group("real") if inputs.training else ():
        for strategy in working:
            with evidence.step(f"{case}.{strategy}"):
                application = getattr(keras.applications, case.rpartition(".")[2])
                base = application(weights=None, include_top=False, input_shape=(96, 96, 3))
                model = transferred(keras, student, evidence, base, int(num_classes), strategy)
                evidence.architecture(f"{case}.{strategy}", model)
                del model
            keras.backend.clear_session()

    def given():
        return keras.saving.load_model(inputs.path("given_base.keras"))

    for case, place in inputs.group("freeze_until"):
        with evidence.step(case):
            base = given()
            answer = student.freeze_until(base, base.layers[int(place)].name)
            evidence.model(case, answer if isinstance(answer, keras.Model) else base)
    for case, (frozen, units) in inputs.group("trainable_parameter_count"):
        with evidence.step(case):
            model = counted(keras, given(), int(frozen), int(units))
            evidence.value(case, student.trainable_parameter_count(model))


def transferred(keras, student, evidence, base, num_classes, strategy):
    """What ``build_transfer_model`` returns, which must be a model."""
    model = student.build_transfer_model(base, num_classes, strategy)
    is_model = isinstance(model, keras.Model)
    evidence.require(is_model, expected="keras.Model", actual=model, name="build_transfer_model")
    return model


def counted(keras, base, frozen, units):
    """A model whose first ``frozen`` layers are frozen, with a classifier on top if it has ``units``."""
    for layer in base.layers[:frozen]:
        layer.trainable = False
    if not units:
        return base
    return keras.Sequential([base, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(units)])


def train_one_step(keras, model, x, y):
    """One batch, with the student's compile settings where there are some."""
    if not model.compiled:
        model.compile(optimizer=keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy")
    loss = model.loss
    while isinstance(loss, (list, tuple, dict)) and len(loss) == 1:
        loss = next(iter(loss.values() if isinstance(loss, dict) else loss))
    name = loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", "")
    sparse = "sparse" in str(name).lower()
    labels = y if sparse else np.eye(model.output_shape[-1], dtype="float32")[y]
    model.fit(x, labels, batch_size=len(x), epochs=1, verbose=0)


class CompileWatch:
    """Notes which variables are trainable whenever a model is compiled.

    Keras documents that ``compile`` fixes them: a flag set later needs another ``compile``.
    """

    def __init__(self, keras):
        # The class that defines it: loading a model looks whether a subclass does.
        self._owner = next(kind for kind in keras.Model.__mro__ if "compile" in vars(kind))
        self._original = vars(self._owner)["compile"]
        self._compiled = []

    def __enter__(self):
        def compile(model, *arguments, **options):
            result = self._original(model, *arguments, **options)
            trainable = {id(variable) for variable in model.trainable_variables}
            flags = [(variable, id(variable) in trainable) for variable in model.variables]
            self._compiled.append((model, flags))
            return result

        self._owner.compile = compile
        return self

    def __exit__(self, *error):
        self._owner.compile = self._original

    def changed(self, model):
        """Paths of the variables of ``model`` whose flag is not what it was at its last ``compile``."""
        flags = next((flags for compiled, flags in reversed(self._compiled) if compiled is model), ())
        trainable = {id(variable) for variable in model.trainable_variables}
        return [variable.path for variable, flag in flags if flag is not (id(variable) in trainable)]
