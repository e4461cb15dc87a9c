"""The ``grader`` command: the only package that prints or exits."""

from grader.cli.app import main

__all__ = ["main"]
