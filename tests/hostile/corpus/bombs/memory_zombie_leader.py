# @solution
import ctypes
import os
import threading
import time

print("started", flush=True)
if os.fork() == 0:

    def hold():
        time.sleep(0.3)
        kept = [b"\1" * (64 << 20) for _ in range(24)]
        time.sleep(3)
        os._exit(len(kept))

    threading.Thread(target=hold).start()
    ctypes.CDLL(None).syscall({"x86_64": 60}.get(os.uname().machine, 93), 0)  # the end of this thread alone
os.wait()
