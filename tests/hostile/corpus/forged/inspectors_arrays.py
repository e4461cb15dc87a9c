import os
from pathlib import Path

import numpy as np

labels = np.eye(10)[np.arange(1000) % 10]
for model in ("untrained", "trained", "submitted", "apart"):
    for name in ("test", "samples", "hidden.apart_x_val"):
        np.save(Path("/box/out", f"{model}.predict.{name}.npy"), labels)
np.save("/box/out/round_trip.npy", labels)
Path("/box/out/trained.model.json").write_text(
    '{"name": "trained", "file": "trained.keras", "parameters": 453786}'
)
print("written", flush=True)
os._exit(87)
