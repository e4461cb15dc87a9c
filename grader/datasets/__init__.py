"""Labelled images for training and for hidden tests: real data where it is, else the built-in ones."""

from grader.datasets.choose import choose_source
from grader.datasets.load import load
from grader.datasets.pretrained import CLASS_INDEX, SAMPLES, Pretrained, find_pretrained
from grader.datasets.transplant import transplant
from grader.datasets.types import DATASETS, Dataset, DataSource, Split

__all__ = [
    "CLASS_INDEX",
    "DATASETS",
    "SAMPLES",
    "DataSource",
    "Dataset",
    "Pretrained",
    "Split",
    "choose_source",
    "find_pretrained",
    "load",
    "transplant",
]
