import os
import shutil

for name in os.listdir("/box/out"):
    os.unlink(f"/box/out/{name}")
for call in (
    lambda: os.rmdir("/box/out"),
    lambda: os.rename("/box/out", "/box/gone"),
    lambda: shutil.rmtree("/box"),
):
    try:
        call()
    except OSError:
        pass
os.chmod("/box/out", 0)
print("closed", flush=True)
