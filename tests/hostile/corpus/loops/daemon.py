import os
import signal
import time

if os.fork() == 0:
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        os.chdir("/")
        while True:
            try:
                os.write(2, b".")
            except OSError:
                pass
            time.sleep(0.05)
    os._exit(0)
print("daemon", flush=True)
# @solution
