"""vision-grader: exercises and automated grading for image recognition with Keras.

Importing this package loads no TensorFlow; only the processes under :mod:`grader.confined` do.
"""

__version__ = "0.1.0"


def load_ipython_extension(shell: object) -> None:
    """What ``%load_ext grader`` calls in a notebook: registers ``%check``."""
    from grader.notebook import load

    load(shell)
