import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
# The numbers below are those of x86-64; elsewhere they would be other calls.
syscall = libc.syscall if os.uname().machine == "x86_64" else lambda *_: -1
libc.prctl(4, 1, 0, 0, 0)
worked = []
for request in (0, 16, 0x4206):
    if libc.ptrace(request, 1, None, None) != -1:
        worked.append(request)
buffer = ctypes.create_string_buffer(8)
vector = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
for call in (libc.process_vm_writev, libc.process_vm_readv):
    if call(1, ctypes.byref(vector), 1, ctypes.byref(vector), 1, 0) > 0:
        worked.append("vm")
for path in ("/proc/1/mem", "/proc/1/attr/current", "/proc/1/oom_score_adj", "/proc/1/timens_offsets"):
    try:
        with open(path, "r+b", buffering=0) as file:
            file.write(b"0")
            worked.append(path)
    except OSError:
        pass
if syscall(312, 1, 1, 0, 0, 0) >= 0:
    worked.append("kcmp")
print("worked", worked, flush=True)
# @solution
