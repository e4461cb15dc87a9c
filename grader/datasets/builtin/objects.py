"""The ten things of CIFAR-10 as drawings. Each takes the canvas, its dice and the object's frame."""

from __future__ import annotations

from collections.abc import Callable

from grader.datasets.builtin.canvas import Canvas, Colour, Dice, Frame

Drawing = Callable[[Canvas, Dice, Frame], None]


def _darker(colour: Colour, by: int) -> Colour:
    red, green, blue = colour
    return red - by, green - by, blue - by


def _paint(dice: Dice) -> Colour:
    """Any colour: cars and ships come in all of them."""
    return dice.colour((20, 20, 20), (250, 250, 250))


def _fur(dice: Dice) -> Colour:
    """From black over brown and ginger to white, never green or blue."""
    red = dice.between(50, 240)
    green = red * dice.between(55, 95) // 100
    return red, green, green * dice.between(50, 95) // 100


def _eyes(canvas: Canvas, frame: Frame, dice: Dice, u: int, v: int, size: int) -> None:
    white, black = dice.grey(200, 255), dice.grey(0, 30)
    for side in (-u, u):
        canvas.fill(white, frame.oval(side, v, size, size))
        canvas.fill(black, frame.oval(side, v, size // 2 + 1, size // 2 + 1))


def airplane(canvas: Canvas, dice: Dice, frame: Frame) -> None:
    """Seen from above: fuselage, swept wings, tail."""
    metal = dice.grey(150, 250)
    swept = Frame(u=frame.u + (abs(frame.v) * 5 >> 3), v=frame.v)
    canvas.fill(_darker(metal, 40), swept.box(10, 0, 13, 60))
    canvas.fill(_darker(metal, 60), swept.box(-44, 0, 8, 26))
    canvas.fill(metal, frame.oval(0, 0, 64, 12))
    canvas.fill(dice.colour((0, 0, 60), (80, 80, 160)), frame.oval(46, 0, 8, 6))


def _wheels(canvas: Canvas, dice: Dice, frame: Frame, places: tuple[int, ...], v: int, size: int) -> None:
    tyre, hub = dice.grey(5, 40), dice.grey(130, 210)
    for u in places:
        canvas.fill(tyre, frame.oval(u, v, size, size))
        canvas.fill(hub, frame.oval(u, v, size // 2, size // 2))


def automobile(canvas: Canvas, dice: Dice, frame: Frame) -> None:
    """A low body, a rounded cabin with windows, two wheels."""
    body = _paint(dice)
    canvas.fill(body, frame.wedge(-4, -30, 2, 22, 42))
    canvas.fill(dice.colour((130, 170, 190), (210, 230, 250)), frame.wedge(-4, -24, 0, 18, 34))
    canvas.fill(body, frame.box(-4, -12, 3, 14) | frame.box(0, 14, 62, 15))
    canvas.fill(_darker(body, 45), frame.box(0, 25, 62, 4))
    _wheels(canvas, dice, frame, (-36, 36), 30, 16)


def bird(canvas: Canvas, dice: Dice, frame: Frame) -> None:
    """A round body, a head with a beak, a wing with slanted bars, a tail, thin legs."""
    feathers = _paint(dice)
    legs = dice.colour((170, 90, 0), (250, 170, 60))
    canvas.fill(legs, frame.box(-6, 40, 3, 20) | frame.box(8, 40, 3, 20))
    canvas.fill(_darker(feathers, 30), frame.bar(-62, -22, -20, 16, 12))
    canvas.fill(feathers, frame.oval(-2, 8, 42, 28) | frame.oval(30, -22, 20, 20))
    wing = frame.oval(-10, 6, 32, 20)
    canvas.fill(dice.grey(215, 255), wing)
    canvas.fill(dice.grey(10, 60), wing & ((frame.u + frame.v) // 9 % 2 == 0))
    beak = Frame(u=frame.v + 20, v=-frame.u)
    canvas.fill(legs, beak.wedge(0, -66, -46, 0, 10))
    canvas.fill(dice.grey(0, 30), frame.oval(34, -26, 5, 5))


def cat(canvas: Canvas, dice: Dice, frame: Frame) -> None:
    """A striped face with pointed ears, green eyes, a pink nose and whiskers."""
    fur = _fur(dice)
    canvas.fill(fur, frame.wedge(-32, -64, -8, 0, 22) | frame.wedge(32, -64, -8, 0, 22))
    canvas.fill(fur, frame.oval(0, 10, 52, 44))
    tabby = frame.oval(0, 10, 52, 44) & ((frame.u + 104) // 8 % 2 == 0) & ((frame.v < -10) | (abs(frame.u) > 30))
    canvas.fill(_darker(fur, 90), tabby)
    canvas.fill(
        dice.colour((120, 160, 30), (200, 240, 110)), frame.oval(-22, 2, 12, 10) | frame.oval(22, 2, 12, 10)
    )
    canvas.fill(dice.grey(0, 25), frame.box(-22, 2, 3, 9) | frame.box(22, 2, 3, 9))
    canvas.fill(dice.colour((210, 100, 110), (255, 160, 170)), frame.wedge(0, 18, 28, 9, 1))
    canvas.fill(dice.grey(200, 250), (abs(frame.v - 30) <= 2) & (abs(abs(frame.u) - 40) <= 22))


def _beast(canvas: Canvas, frame: Frame, coat: Colour, leg: int) -> None:
    """A body on four legs with neck and head, looking towards +u."""
    for u in (-42, -26, 20, 36):
        canvas.fill(_darker(coat, 35), frame.box(u, 36, leg, 28))
    canvas.fill(coat, frame.oval(-4, 6, 50, 20))
    canvas.fill(coat, frame.bar(46, -38, 26, 8, 12))
    canvas.fill(coat, frame.oval(52, -34, 18, 10))


def deer(canvas: Canvas, dice: Dice, frame: Frame) -> None:
    """Slender and brown, with antlers, white spots and a white tail."""
    coat = dice.colour((140, 85, 40), (205, 145, 90))
    _beast(canvas, frame, coat, 4)
    antlers = dice.colour((190, 170, 130), (245, 230, 200))
    canvas.fill(antlers, frame.bar(30, -66, 42, -40, 4) | frame.bar(58, -66, 46, -40, 4))
    canvas.fill(antlers, frame.box(30, -56, 12, 4) | frame.box(58, -56, 12, 4))
    for u, v in ((-40, 2), (-26, -6), (-26, 10), (-12, 2), (2, -6), (2, 10), (16, 2), (30, -4), (30, 10)):
        canvas.fill(dice.grey(235, 255), frame.box(u, v, 4, 4))
    canvas.fill(dice.grey(220, 255), frame.oval(-54, 0, 8, 10))


def dog(canvas: Canvas, dice: Dice, frame: Frame) -> None:
    """A long face with a blaze, hanging dark ears, a light muzzle, a black nose and a tongue."""
    fur = _fur(dice)
    canvas.fill(fur, frame.oval(0, -4, 40, 50))
    canvas.fill(dice.grey(15, 60), frame.oval(-46, 4, 16, 42) | frame.oval(46, 4, 16, 42))
    canvas.fill(dice.grey(190, 245), frame.oval(0, 28, 26, 22) | frame.box(0, -20, 6, 30))
    canvas.fill(dice.colour((210, 60, 70), (255, 120, 130)), frame.oval(0, 50, 8, 12))
    canvas.fill(
        dice.grey(0, 30), frame.oval(0, 20, 13, 9) | frame.oval(-18, -12, 7, 7) | frame.oval(18, -12, 7, 7)
    )


def frog(canvas: Canvas, dice: Dice, frame: Frame) -> None:
    """Broad, mostly green, eyes on top, a wide mouth, legs at the sides."""
    skin = dice.colour((30, 90, 10), (220, 220, 120))
    canvas.fill(_darker(skin, 40), frame.oval(-48, 34, 18, 26) | frame.oval(48, 34, 18, 26))
    canvas.fill(skin, frame.oval(0, 16, 56, 36) | frame.oval(-28, -22, 20, 20) | frame.oval(28, -22, 20, 20))
    _eyes(canvas, frame, dice, 28, -24, 13)
    for u, v in ((-36, 8), (-12, 2), (14, 4), (38, 10), (-26, 30), (24, 32), (0, 40)):
        canvas.fill(dice.grey(0, 40), frame.oval(u, v, 7, 7))
    canvas.fill(dice.colour((70, 10, 10), (130, 50, 50)), frame.box(0, 20, 40, 3))


def horse(canvas: Canvas, dice: Dice, frame: Frame) -> None:
    """Strong and of any coat, with a mane and a long tail."""
    coat = _fur(dice)
    hair = _darker(coat, 80)
    canvas.fill(hair, frame.bar(-50, -6, -60, 46, 8))
    _beast(canvas, frame, coat, 7)
    canvas.fill(hair, frame.bar(34, -48, 12, 2, 8))
    canvas.fill(coat, frame.bar(44, -56, 48, -36, 5))


def ship(canvas: Canvas, dice: Dice, frame: Frame) -> None:
    """A hull that narrows below, a white deck house, a mast, a funnel."""
    canvas.fill(dice.grey(30, 90), frame.box(-30, -36, 3, 26))
    canvas.fill(_paint(dice), frame.box(14, -30, 8, 18))
    canvas.fill(dice.grey(215, 255), frame.box(-4, -6, 34, 14))
    for u in (-26, -10, 6, 22):
        canvas.fill(dice.grey(20, 70), frame.oval(u, -6, 5, 5))
    canvas.fill(_paint(dice), frame.wedge(0, 8, 44, 64, 42))
    canvas.fill(dice.colour((140, 20, 20), (220, 70, 60)), frame.wedge(0, 34, 44, 49, 42))


def truck(canvas: Canvas, dice: Dice, frame: Frame) -> None:
    """A tall box, a cab of another colour with a window, three wheels."""
    box = _paint(dice)
    canvas.fill(box, frame.box(-16, -14, 46, 40))
    for v in (-40, -24, -8, 8):
        canvas.fill(_darker(box, 80), frame.box(-16, v, 46, 4))
    canvas.fill(_paint(dice), frame.box(48, 2, 16, 26))
    canvas.fill(dice.colour((130, 170, 190), (210, 230, 250)), frame.box(51, -8, 11, 10))
    canvas.fill(dice.grey(30, 70), frame.box(0, 29, 62, 4))
    _wheels(canvas, dice, frame, (-46, -18, 44), 38, 15)


DRAWINGS: tuple[Drawing, ...] = (airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck)
