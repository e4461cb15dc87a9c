import os

print("all done", flush=True)
os._exit(87)
