class Endless(Exception):
    def __str__(self):
        raise Endless


class Endless2(Exception):
    __str__ = None


def conv2d(*args, **kwargs):
    raise ValueError("A" * (50 << 20))


def max_pool2d(*args, **kwargs):
    raise Endless


def conv_output_shape(*args, **kwargs):
    raise Endless2("\ud800" * 1000)


def conv_parameter_count(*args, **kwargs):
    error = ValueError("link 0")
    for number in range(1_000):
        error.__cause__ = ValueError(f"link {number}")
        error = error.__cause__
    raise error
