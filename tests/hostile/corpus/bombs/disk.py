import os

total = 0
for place in ("/tmp", "/dev/shm", "/run", "/box/work", "/box/home", "/box/out"):
    for number in range(200):
        try:
            with open(os.path.join(place, f"hostile-mark-{number}.json"), "wb") as file:
                for _ in range(16):
                    total += file.write(bytes(1 << 20))
                    file.flush()
        except OSError:
            break
print("filled", total >> 20 <= 64, total >> 20, flush=True)
# @solution
