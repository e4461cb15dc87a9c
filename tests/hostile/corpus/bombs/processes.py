import os
import signal
import time

made = 0
try:
    while made < 300:
        if os.fork() == 0:
            for number in range(1, 65):
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            os.setsid()
            time.sleep(3600)
        made += 1
except OSError:
    pass
print("made", 10 < made < 300, flush=True)
# @solution
