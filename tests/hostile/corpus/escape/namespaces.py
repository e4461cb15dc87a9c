import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
# The numbers below are those of x86-64; elsewhere they would be other calls.
syscall = libc.syscall if os.uname().machine == "x86_64" else lambda *_: -1
worked = []
for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000, 0x02000000, 0x04000000, 0x00000080):
    if libc.unshare(flag) == 0:
        worked.append(("unshare", hex(flag)))
    pid = syscall(56, flag | 17, 0, 0, 0, 0) if flag != 0x80 else -1
    if pid == 0:
        os._exit(0)
    if pid > 0:
        worked.append(("clone", hex(flag)))
for kind in ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup"):
    try:
        descriptor = os.open(f"/proc/1/ns/{kind}", os.O_RDONLY)
    except OSError:
        continue
    if libc.setns(descriptor, 0) == 0:
        worked.append(("setns", kind))
calls = {
    "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
    "remount": lambda: libc.mount(b"none", b"/", None, 32 | 4096, None),
    "proc": lambda: libc.mount(b"proc", b"/tmp", b"proc", 0, None),
    "umount": lambda: libc.umount2(b"/spool", 2),
    "umount_in": lambda: libc.umount2(b"/box/in", 2),
    "pivot_root": lambda: syscall(155, b"/tmp", b"/tmp"),
    "chroot": lambda: libc.chroot(b"/tmp"),
    "fsopen": lambda: syscall(430, b"tmpfs", 0) - (syscall(430, b"tmpfs", 0) >= 0),
    "open_tree": lambda: syscall(428, -100, b"/", 1),
}
for name, call in calls.items():
    if call() >= 0:
        worked.append(name)
print("worked", worked, flush=True)
# @solution
