# @solution


def max_pool2d(*args, **kwargs):
    while True:
        pass
