"""vision-grader: exercises and automated grading for image recognition with Keras.

Importing this package loads no TensorFlow; only the processes under :mod:`grader.confined` do.
"""

__version__ = "0.1.0"
