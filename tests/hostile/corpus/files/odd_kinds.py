import os
import socket

os.chdir("/box/out")
os.mkfifo("pipe.json")
os.mkfifo("conv2d.fifo.npy")
server = socket.socket(socket.AF_UNIX)
server.bind("socket.json")
os.makedirs("folder.json/inside")
for name in ("closed.json", "closed.npy"):
    open(name, "w").close()
    os.chmod(name, 0)
os.chdir("/box/work")
print("made", flush=True)
# @solution
