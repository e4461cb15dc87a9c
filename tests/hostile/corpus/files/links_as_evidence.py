import os

PLACES = {}  # @places
targets = [PLACES["home"], PLACES["tmp"], PLACES["reference"], "/etc/passwd", "/proc/self/environ", "/proc/1/maps"]
names = ["conv2d.grey.npy", "conv2d.colour.npy", "run.json", "notes.json", "facts.json", "x.keras"]
for target, name in zip(targets, names):
    os.symlink(target, f"/box/out/{name}")
os.symlink("/box/out", "/box/out/loop.json")
for target in ("/box/in/probe.py", "/box/in/job.json", os.__file__):
    try:
        os.link(target, f"/box/out/{os.path.basename(target)}.json")
    except OSError:
        pass
print("linked", len(os.listdir("/box/out")) >= 6, flush=True)
# @solution
