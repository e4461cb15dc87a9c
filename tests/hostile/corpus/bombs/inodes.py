import os

made = 0
for place in ("/box/out", "/tmp", "/box/work"):
    try:
        for number in range(200_000):
            with open(os.path.join(place, f"{number:0250d}.json"[-255:]), "wb"):
                made += 1
    except OSError:
        pass
os.chdir("/tmp")
try:
    for _ in range(20_000):
        os.mkdir("d")
        os.chdir("d")
        made += 1
except OSError:
    pass
print("made", 1000 < made < 50_000, flush=True)
# @solution
