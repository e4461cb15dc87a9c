"""A submission with a typing mistake: the colon after the parameters is missing."""


def conv2d(image, kernel, stride=1, padding="valid")
    return image
