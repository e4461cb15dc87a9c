"""A misbehaving submission: it takes memory until it is stopped."""


def conv2d(image, kernel, stride=1, padding="valid"):
    hoard = []
    while True:
        hoard.append(bytearray(b"x" * (64 << 20)))
