# @solution
import mmap
import time

print("started", flush=True)
kept = []
for _ in range(48):  # 1.5 GiB
    area = mmap.mmap(-1, 32 << 20)
    for start in range(0, 32 << 20, 1 << 20):
        area[start : start + (1 << 20)] = b"\1" * (1 << 20)
    area.madvise(mmap.MADV_DONTNEED)
    kept.append(area)
time.sleep(1)
