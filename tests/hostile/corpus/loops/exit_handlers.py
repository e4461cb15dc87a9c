import atexit
import sys
import threading
import time
import weakref


class Undead:
    def __del__(self):
        time.sleep(3600)


keep = Undead()
atexit.register(time.sleep, 3600)
weakref.finalize(keep, time.sleep, 3600)
threading.Thread(target=time.sleep, args=(3600,), daemon=False).start()
threading._register_atexit(time.sleep, 3600)
sys.exitfunc = lambda: time.sleep(3600)
print("armed", flush=True)
# @solution
