import builtins
import json
import os

import numpy as np

# @solution
for module in (json, np, os, builtins):
    for name in ("dumps", "dump", "savez", "save", "load", "sum", "replace", "input"):
        if hasattr(module, name) and (module, name) != (builtins, "sum") and (module, name) != (os, "replace"):
            setattr(module, name, lambda *args, **kwargs: 42) if module is not json else None
np.add = np.multiply
print("changed", flush=True)
