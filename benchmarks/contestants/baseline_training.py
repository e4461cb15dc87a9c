"""The baseline of a training check: TensorFlow once, then the student's own training and a measure of its result.

``baseline_training.py SUBMISSION DATA EPOCHS THREADS TIMES``; DATA is a folder of ``.npy``. Prints the seconds of
each time: build, compile, save, train, save, predict the test images.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import checks_06
import keras
import numpy as np
import tensorflow as tf

if __name__ == "__main__":
    submission, data, epochs, threads, times = sys.argv[1:6]
    tf.config.threading.set_intra_op_parallelism_threads(int(threads))
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for _ in range(int(times)):
        keras.utils.set_random_seed(0)
        began = time.perf_counter()
        arrays = {path.stem: np.load(path) for path in Path(data).glob("*.npy")}
        images = {name: arrays[name].astype("float32") / 255 for name in ("x_train", "x_val", "test")}
        student = checks_06.load(Path(submission))
        model = student.build_model()
        model = student.compile_model(model) or model
        with tempfile.TemporaryDirectory() as folder:
            model.save(Path(folder) / "untrained.keras")
            train_began = time.perf_counter()
            student.train(
                model, images["x_train"], arrays["y_train"], images["x_val"], arrays["y_val"], int(epochs)
            )
            trained = time.perf_counter() - train_began
            model.save(Path(folder) / "trained.keras")
            for start in range(0, len(images["test"]), 250):
                np.asarray(model(images["test"][start : start + 250], training=False))
        print("seconds", time.perf_counter() - began, "training", trained, flush=True)
    os._exit(0)
