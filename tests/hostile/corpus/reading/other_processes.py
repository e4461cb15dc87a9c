import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
# The numbers below are those of x86-64; elsewhere they would be other calls.
syscall = libc.syscall if os.uname().machine == "x86_64" else lambda *_: -1
libc.prctl(4, 1, 0, 0, 0)
others = sorted(int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid())
opened = 0
for pid in [*others, os.getppid(), 2, 3, 4, 5]:
    for name in ("environ", "mem", "maps", "fd/0", "fd/3", "root/etc/passwd", "stack", "syscall", "auxv"):
        try:
            with open(f"/proc/{pid}/{name}", "rb", buffering=0) as file:
                if file.read(16) is not None and pid != os.getpid():
                    opened += 1
                    print("OPENED", pid, name)
        except OSError:
            pass
    buffer = ctypes.create_string_buffer(64)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 64)
    if libc.process_vm_readv(pid, ctypes.byref(vector), 1, ctypes.byref(vector), 1, 0) > 0:
        opened += 1
        print("READ", pid)
    try:
        descriptor = os.pidfd_open(pid)
        if syscall(438, descriptor, 3, 0) >= 0:
            opened += 1
            print("STOLE", pid)
    except OSError:
        pass
print("others", others, "opened", opened, flush=True)
# @solution
