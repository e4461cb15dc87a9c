import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
# The numbers below are those of x86-64; elsewhere they would be other calls.
syscall = libc.syscall if os.uname().machine == "x86_64" else lambda *_: -1
worked = []
for path in (
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/sys/kernel/hostname",
    "/proc/sys/vm/drop_caches",
    "/proc/sys/user/max_user_namespaces",
    "/proc/sys/net/ipv4/ip_forward",
    "/proc/sysrq-trigger",
    "/proc/self/setgroups",
    "/sys/fs/cgroup/cgroup.procs",
):
    try:
        with open(path, "w") as file:
            file.write("1")
        worked.append(path)
    except OSError:
        pass
CALLS = {"bpf": 321, "perf_event_open": 298, "keyctl": 250, "add_key": 248, "userfaultfd": 323, "io_uring_setup": 425,
         "kexec_load": 246, "init_module": 175, "finit_module": 313, "fanotify_init": 300, "vmsplice": 278,
         "open_by_handle_at": 304, "settimeofday": 164, "clock_settime": 227, "reboot": 169, "swapon": 167,
         "acct": 163, "quotactl": 179, "syslog": 103, "personality": 135, "ioperm": 173, "iopl": 172}  # fmt: skip
for name, number in CALLS.items():
    if syscall(number, 0, 0, 0, 0, 0) >= 0:
        worked.append(name)
for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
    soft, hard = resource.getrlimit(kind)
    try:
        resource.setrlimit(kind, (hard + (1 << 30), hard + (1 << 30)))
        worked.append(("rlimit", kind))
    except (OSError, ValueError):
        pass
print("worked", worked, flush=True)
# @solution
