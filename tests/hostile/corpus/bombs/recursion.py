import sys

sys.setrecursionlimit(2**31 - 1)


class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __repr__(self):
        return repr(self)


def fall(thing):
    return fall([thing, *sorted([thing], key=lambda _: fall(thing))])


fall(Deep())
