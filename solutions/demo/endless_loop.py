"""A misbehaving submission: it never comes to an end, and ignores polite signals."""

import signal

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)


def conv2d(image, kernel, stride=1, padding="valid"):
    while True:
        pass
