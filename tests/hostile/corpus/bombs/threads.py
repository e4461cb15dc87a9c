import threading
import time

threads = 0
try:
    while threads < 5000:
        threading.Thread(target=time.sleep, args=(3600,), daemon=False).start()
        threads += 1
except RuntimeError:
    print("stopped", threads < 1000, flush=True)
# @solution
