"""Calls the student's functions once for every case among the inputs; each case is a step of its own.

Arrays are named ``<function>.<case>.<argument>`` (staff's have ``hidden.`` in front). The result of a case is
the array ``<function>.<case>``.
"""

import dis
import sys
import types

#: Arguments given by position, so that their names are the student's business; the others go by name.
POSITIONAL = {
    "conv2d": ("image", "kernel"),
    "max_pool2d": ("feature_map",),
    "conv_output_shape": ("input_shape", "filters", "kernel_size"),
    "conv_parameter_count": ("kernel_size", "in_channels", "filters"),
}
PADDING = ("valid", "same")


def probe(student, inputs, evidence):
    probe_hidden(student, inputs, evidence)
    with evidence.step("libraries"):
        evidence.value("libraries", sorted(libraries(student.conv2d)))


def probe_hidden(student, inputs, evidence):
    """The cases: those among the inputs of this run."""
    grouped = {}
    for name in inputs.arrays:
        case, _, argument = name.rpartition(".")
        grouped.setdefault(case, {})[argument] = decode(argument, inputs[name])

    for case, arguments in grouped.items():
        function = case.removeprefix("hidden.").partition(".")[0]
        with evidence.step(case):
            given = [arguments.pop(name) for name in POSITIONAL[function]]
            evidence.array(case, getattr(student, function)(*given, **arguments))


def decode(argument, array):
    """A Python value where the function wants one; ``array`` itself is a fresh copy for every look-up."""
    if argument == "padding":
        return PADDING[int(array)]
    if argument == "use_bias":
        return bool(array)
    if array.ndim == 0:
        return int(array)
    if array.ndim == 1:
        return tuple(int(number) for number in array)
    return array


def libraries(function):
    """Libraries other than NumPy and Python's own that ``function`` and its helpers refer to.

    Only names that this function can reach count: a notebook may well import Keras to compare with.
    """
    own, found, seen = getattr(function, "__module__", None), set(), set()

    def value(thing):
        home = thing.__name__ if isinstance(thing, types.ModuleType) else getattr(thing, "__module__", None)
        if isinstance(thing, types.FunctionType) and home == own:
            code(thing.__code__, thing.__globals__)
        elif isinstance(home, str) and home != own:
            found.add(home.partition(".")[0])
        elif home is None and type(thing).__module__ != own:
            found.add(type(thing).__module__.partition(".")[0])

    def code(block, names):
        if block in seen:
            return
        seen.add(block)
        for instruction in dis.get_instructions(block):
            if instruction.opname == "IMPORT_NAME":
                found.add(instruction.argval.partition(".")[0])
            elif instruction.opname == "LOAD_GLOBAL" and instruction.argval in names:
                value(names[instruction.argval])
        for constant in block.co_consts:
            if isinstance(constant, types.CodeType):
                code(constant, names)

    value(function)
    return found - {"numpy", own} - set(sys.stdlib_module_names)
