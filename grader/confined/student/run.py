"""Runs one student's module and the exercise's probe, and leaves evidence. The only place where student code runs.

The request (``box.request``): ``module`` (name to import it under), ``name`` (what the student calls the
file, for tracebacks), ``code_file`` and ``probe_file`` (in the input folder), ``functions``, ``arrays``
(``<name>.npy`` in the input folder), ``files``, ``epochs``, ``submitted``, ``hidden``
(only the staff's inputs: a run of their own, which the probe's ``probe_hidden`` does where it has one).

A failure of the probe itself, outside of every step and with none of the student's lines in its traceback,
is our bug: it is noted as ``{"fault": …}`` and escapes, so the process ends with a traceback. Because the
student's code could write that line as well, whoever reads the evidence treats a fault like any error of
the run: it fails what it left unproven and shows staff the traceback, and never makes the exercise
``ungraded``. Otherwise a forged fault would turn a zero into no mark. That the probes themselves work is
what the solutions prove (``grader validate``).
"""

from __future__ import annotations

import random
import sys
from types import ModuleType

import numpy as np

from grader.confined.student import notebook_shims
from grader.confined.student.errors import (
    BadReturn,
    MissingFunction,
    Overwritten,
    ProbeFault,
    error_record,
    student_frames,
)
from grader.confined.student.inputs import Inputs, Student
from grader.confined.student.module import import_student
from grader.confined.student.recorder import Recorder
from grader.wire.entry import Box

PROBE_STEP = "probe"


def main(box: Box) -> None:
    """Import the student's module, then run the probe on it.

    Raises:
        Exception: the probe itself failed.
    """
    name = str(box.request["name"])
    recorder = Recorder(box.out_dir, name)
    notebook_shims.settle(box.work_dir)
    seed_everything(box.seed)
    student = import_student(box, name, recorder)
    if student is None:
        return
    # Once more: importing may have drawn numbers, or brought Keras in.
    seed_everything(box.seed)
    if box.request.get("hidden") and "keras" in sys.modules:
        import tensorflow as tf

        # Its calls are few and small: to trace and optimise a function takes longer than to run it so often.
        tf.config.run_functions_eagerly(True)
    run_probe(box, student, recorder)


def run_probe(box: Box, student: Student, recorder: Recorder) -> None:
    """Give the probe the student's names.

    A probe may call the student's code outside of steps; what fails there fails a step named ``probe``.

    Raises:
        Exception: the probe itself failed.
    """
    path = box.in_dir / box.request["probe_file"]
    home = ModuleType("grader_probe")
    home.__file__ = str(path)
    sys.modules[home.__name__] = home
    try:
        exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), vars(home))
        entry = getattr(home, "probe_hidden", home.probe) if box.request.get("hidden") else home.probe
        entry(student, Inputs(box), recorder)
    except BaseException as error:
        findings = isinstance(error, (MissingFunction, Overwritten, BadReturn))
        students = student_frames(error.__traceback__, recorder.source_name)
        if isinstance(error, ProbeFault) or not (findings or students):
            recorder.fault(error)
            raise
        recorder.begin(PROBE_STEP)
        recorder.end(PROBE_STEP, 0.0, error_record(error, recorder.source_name))


def seed_everything(seed: int) -> None:
    """Python's, NumPy's and (where it is loaded already) Keras's random numbers.

    Keras is not imported for it: an exercise in NumPy alone needs none of its seconds.
    """
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if "keras" in sys.modules:
        import keras

        keras.utils.set_random_seed(seed % 2**32)
