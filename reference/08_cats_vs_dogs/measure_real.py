"""Measures what the solution reaches on the real photographs, and writes that row of ``accuracy.thresholds``.

    python reference/08_cats_vs_dogs/measure_real.py DATA [RUNS]

DATA is the grader's data folder (``--data``). ``grader calibrate`` refuses this row, and rightly: with 200 test
photographs nothing below 0.66 can be told from guessing, and the chapter's network reaches little more than 0.6.
Here the minimum need not prove that anything was learnt, because the check ``learns`` does (on coloured pictures
among the training photographs); it says only how low a right answer may fall.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from grader.authoring.calibrate import Threshold, write_threshold
from grader.authoring.statistics import lower_prediction_bound, mean_and_deviation
from grader.catalog import load_course
from grader.workflows.calibrate import Trainer

EXERCISE, DATA = Path(__file__).parent.name, "cats_vs_dogs"


def main(folder: Path, runs: int) -> None:
    exercise = load_course(None)[EXERCISE]
    budget = exercise.budgets["standard"][DATA]
    samples = []
    with Trainer(load_course(None), data_dir=folder, builtin=False) as trainer:
        for seed in range(runs):
            samples.append(trainer.train(exercise, "standard", DATA, seed).accuracy)
            print(seed, samples[-1], flush=True)
    mean, deviation = mean_and_deviation(samples)
    row = Threshold(
        data=DATA,
        train=budget.train,
        epochs=budget.epochs,
        minimum=max(0.5, math.floor(lower_prediction_bound(samples) * 100) / 100),
        mean=round(mean, 4),
        deviation=round(deviation, 4),
        test=budget.test,
        chance=0.5,
        seeds=tuple(range(runs)),
        samples=tuple(round(sample, 4) for sample in samples),
        untrained=(),
    )
    assert exercise.reference_file is not None
    write_threshold(exercise.reference_file, row)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 8)
