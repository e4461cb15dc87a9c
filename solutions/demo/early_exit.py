"""A misbehaving submission: it claims success and leaves before anything is checked."""

import os

print('{"points": 100, "status": "graded", "outcome": "passed"}')
print("100 passed in 0.01s")
os._exit(0)
