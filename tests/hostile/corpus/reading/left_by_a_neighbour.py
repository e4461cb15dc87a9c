import os
from pathlib import Path

places = ["/tmp", "/dev/shm", "/run", "/box/work", "/box/home", "/box/in", "/box/out", "/spool", "/box/scratch",
          os.path.dirname(os.__file__), "/var/tmp", "/dev", "/"]  # fmt: skip
found = wrote = 0
for place in places:
    path = Path(place, "hostile-mark.json")
    found += path.exists()
    try:
        path.write_text("I was here")
        wrote += 1
    except OSError:
        pass
import keras

found += hasattr(keras, "hostile_mark")
keras.hostile_mark = True
print("messages", found, "wrote", wrote > 3, flush=True)
# @solution
