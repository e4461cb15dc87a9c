"""The last trusted lines before an entry point: threads, seeds, the working folder; and the only way out."""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.abc
import importlib.util
import json
import os
import sys
import traceback
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any, NoReturn

from grader.wire.entry import COMPLETED, ENTRIES, Box
from grader.wire.task import Task

#: Loaded before any fork, so that a run does not pay for them. None of them runs an operation of TensorFlow.
_PRELOADED = ("numpy", "numpy.lib.format", "PIL.Image", "zipfile", "tempfile", "traceback")
_WITH_TENSORFLOW = ("h5py", "keras")


class _WhenUsed(importlib.abc.MetaPathFinder):
    """Keras' wrappers for scikit-learn, which hardly anybody uses, import it when somebody does: it is a fifth of
    the whole import."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name not in ("keras.wrappers", "keras._tf_keras.keras.wrappers"):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


def preload(*, tensorflow: bool) -> None:
    """Import the entry points and what they need, Keras and TensorFlow if asked. Quick when all is there already.

    Raises ImportError where a library is missing.
    """
    collects = gc.isenabled()
    gc.disable()  # a third of the import's time is looking for garbage that is not there
    sys.meta_path.insert(0, _WhenUsed())
    try:
        for name in (*_PRELOADED, *(_WITH_TENSORFLOW if tensorflow else ())):
            importlib.import_module(name)
        from PIL import Image

        Image.preinit()
        for name in ENTRIES.values() if tensorflow else (ENTRIES["student"],):
            # An entry that is not installed is the fault of the run that asks for it, not of all others.
            if importlib.util.find_spec(name) is not None:
                importlib.import_module(name)
    finally:
        del sys.meta_path[0]
        if collects:
            gc.enable()
    gc.freeze()  # the collector would write to, and so copy, every page that the fork shares


def begin(task: Task) -> NoReturn:
    """Run the entry point and leave by ``os._exit``: no interpreter teardown, which costs about a second.

    :data:`COMPLETED` when ``main`` returned, else 1 with a traceback on stderr (or what SystemExit asks for).
    """
    code: object = 1
    try:
        os.chdir(task.work_dir)
        _configure(task)
        module = importlib.import_module(ENTRIES[task.entry])
        request = json.loads((Path(task.in_dir) / "job.json").read_text("utf-8"))
        module.main(
            Box(
                in_dir=Path(task.in_dir),
                out_dir=Path(task.out_dir),
                work_dir=Path(task.work_dir),
                request=request,
                threads=task.threads,
                seed=task.seed,
            )
        )
        code = COMPLETED
    except SystemExit as leaving:
        code = 0 if leaving.code is None else leaving.code
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(BaseException):
                stream.flush()
        os._exit(code & 0xFF if isinstance(code, int) else 1)


def _configure(task: Task) -> None:
    """Threads first (TensorFlow reads them at its first operation), then seeds: a fork copies all generators."""
    if "keras" not in sys.modules:
        return
    import keras
    import tensorflow as tf

    run_operations_plainly()
    tf.config.threading.set_intra_op_parallelism_threads(task.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(task.seed)


def run_operations_plainly() -> None:
    """Eager operations are to run as such, not each wrapped in a function of its own and optimised.

    The wrapping pays in a long life. A run uses most operations once or twice, for which it took a third of a
    structure check's CPU. What ``tf.function`` or ``fit`` traces is compiled as ever. TensorFlow has the switch,
    but no public name for it (``tensorflow/python/eager/context.py``); without it, runs are slower, no different.
    """
    from tensorflow.python import pywrap_tfe

    switch = getattr(pywrap_tfe, "TFE_ContextOptionsSetRunEagerOpAsFunction", None)
    if switch is not None:
        pywrap_tfe.TFE_ContextOptionsSetRunEagerOpAsFunction = lambda options, _: switch(options, False)
