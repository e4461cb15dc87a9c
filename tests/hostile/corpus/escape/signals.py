import os
import signal

for target in (1, 0, -1, os.getppid(), -os.getpgid(0), *range(2, 40)):
    if target in (0, -os.getpgid(0), os.getpid()):
        continue
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV):
        try:
            os.kill(target, number)
        except OSError:
            pass
print("alive", flush=True)
# @solution
