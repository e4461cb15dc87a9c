"""How a run's eager operations are run."""

from __future__ import annotations

import pytest

from tests.conftest import Program

#: Of an operation that is wrapped in a function, TensorFlow's errors name the function.
PROGRAM = """
from grader.confined.process import launch
if {plainly}:
    launch.run_operations_plainly()
import tensorflow as tf
try:
    tf.raw_ops.MatMul(a=tf.ones((2, 3)), b=tf.ones((2, 3)))
except tf.errors.InvalidArgumentError as error:
    print("wrapped" if "__wrapped__" in str(error) else "plain")
print(float(tf.function(lambda x: tf.reduce_sum(x @ x))(tf.ones((2, 2)))))
"""


@pytest.mark.parametrize(("plainly", "found"), [(True, "plain"), (False, "wrapped")])
def test_operations_are_not_wrapped_in_functions(plainly: bool, found: str, program: Program) -> None:
    """Were TensorFlow to drop the switch, runs would be slower: this test is how we hear of it."""
    assert program(PROGRAM.format(plainly=plainly)).split() == [found, "8.0"]
