import numpy as np

try:
    np.empty(1 << 50, dtype=np.uint8)
except MemoryError as error:
    print("MemoryError", error, flush=True)
# @solution
