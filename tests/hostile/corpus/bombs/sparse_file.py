import os

print("stretching", flush=True)
with open("/box/out/conv2d.grey.npy", "wb") as file:
    os.truncate(file.fileno(), 1 << 40)
