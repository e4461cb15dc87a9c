import os
import time

for _ in range(12):
    if os.fork() == 0:
        hoard = bytearray(b"x") * (100 << 20)
        time.sleep(3600)
time.sleep(3600)
