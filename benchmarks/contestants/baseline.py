"""The baseline: TensorFlow once, then the same Keras work in a loop, with no isolation, no report, no mark.

``baseline.py REFERENCE predict|eager SUBMISSION…``
"""

import os
import sys
from pathlib import Path

import checks_06

if __name__ == "__main__":
    reference = checks_06.reference_of(sys.argv[1])
    for file in sys.argv[3:]:
        checks_06.check(checks_06.load(Path(file)), reference, eager=sys.argv[2] == "eager")
    os._exit(0)
