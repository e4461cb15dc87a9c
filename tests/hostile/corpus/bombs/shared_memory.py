import ctypes
import mmap
import os

libc = ctypes.CDLL(None, use_errno=True)
# The numbers below are those of x86-64; elsewhere they would be other calls.
syscall = libc.syscall if os.uname().machine == "x86_64" else lambda *_: -1
refused = []
if libc.shmget(0, 256 << 20, 0o1600) < 0:
    refused.append("shmget")
try:
    os.memfd_create("hostile-mark")
except OSError:
    refused.append("memfd")
if syscall(447, 0) < 0:
    refused.append("memfd_secret")
try:
    with open("/dev/shm/hostile-mark", "wb") as file:
        for _ in range(1000):
            file.write(bytes(1 << 20))
            file.flush()
except OSError:
    refused.append("shm")
try:
    area = mmap.mmap(-1, 64 << 30)
    area.close()
except OSError:
    refused.append("mmap")
print("refused", refused, flush=True)
# @solution
