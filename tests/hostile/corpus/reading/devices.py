import os
import stat

WANTED = ("/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/nvme0n1", "/dev/kvm", "/dev/fuse", "/dev/ptmx",
          "/dev/net/tun", "/dev/nvidia0", "/proc/kcore", "/proc/kallsyms", "/proc/keys", "/proc/1/mem",
          "/proc/timer_list", "/sys/kernel/debug", "/sys/fs/cgroup/cgroup.procs")  # fmt: skip
opened = []
for path in WANTED:
    try:
        with open(path, "rb", buffering=0) as file:
            data = file.read(4096)
        if path == "/proc/kallsyms" and not any(int(line.split()[0], 16) for line in data.splitlines()[:20]):
            continue  # every address is hidden
        if data and path != "/proc/keys":
            opened.append(path)
    except OSError:
        pass
for number in ((8, 0), (1, 1), (1, 11)):
    try:
        os.mknod("node", 0o600 | stat.S_IFBLK, os.makedev(*number))
        opened.append(number)
    except OSError:
        pass
print("opened", opened, flush=True)
# @solution
