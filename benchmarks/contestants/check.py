"""What many courses have: ``python check.py REFERENCE SUBMISSION``, a fresh interpreter for each submission."""

import sys
from pathlib import Path

import checks_06

if __name__ == "__main__":
    checks_06.check(checks_06.load(Path(sys.argv[2])), checks_06.reference_of(sys.argv[1]))
    print("passed")
