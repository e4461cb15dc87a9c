import ctypes
import gc
import re

ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # dumpable again, or /proc/self/mem is not ours
PATTERN = re.compile(rb"HOSTILE-[C]ANARY-[a-z]+-[0-9a-f]{16}")
found, scanned = set(), 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
    for line in maps:
        area, rights, *_ = line.split()
        if not rights.startswith("rw") or "[v" in line:
            continue
        start, end = (int(part, 16) for part in area.split("-"))
        try:
            memory.seek(start)
            data = memory.read(min(end - start, 64 << 20))
        except (OSError, ValueError, OverflowError):
            continue
        scanned += len(data)
        found |= set(PATTERN.findall(data))
names = [type(thing).__name__ for thing in gc.get_objects()]
print("scanned", scanned >> 20 > 10, len(names) > 1000, "found", len(found), *found, flush=True)
# @solution
