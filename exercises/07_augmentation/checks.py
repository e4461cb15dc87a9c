"""공개 채점 | The checks that students see: what augmented pictures look like, what training saw of them.

Each picture of ``markers`` shows three discs of different sizes. Three points and their images determine the
affine map between two pictures; from it come mirroring, angle, sizes and shift, whatever tool made the picture.
"""

import itertools
import math

import numpy as np
import pytest

from grader.award import T, expect

SEEDS = (1, 2, 3, 4, 5)
BATCH = 24
EPOCHS = 8
SIDE = 96
#: (x, y) from the middle of the discs of ``inputs.py``, largest first, and their radii.
DISCS = np.array([[-8.0, 6.0], [9.0, 5.0], [1.0, -9.0]])
RADII = np.array([5.5, 3.8, 2.5])
#: Share of pictures that a limit must hold for: an estimate may fail on a picture.
MOST = 0.97


def spread(values):
    """From the 10th to the 90th percentile."""
    low, high = np.percentile(values, [10, 90])
    return float(high - low)


def batches(facts):
    """All augmented markers, (120, 96, 96)."""
    names = [f"augment_batch.markers.{seed}" for seed in SEEDS]
    return np.concatenate([facts.array(name, shape=(BATCH, SIDE, SIDE)) for name in names]).astype(np.float64)


def grey_levels(pictures):
    """The brightness that the grey around the discs has now: the middle's median."""
    middle = slice(SIDE // 4, -SIDE // 4)
    return np.median(pictures[:, middle, middle], axis=(1, 2))


def blobs(picture, grey):
    """Centres (x, y) from the middle and areas of what is brighter than ``grey`` and whole."""
    excess = np.clip(picture - grey, 0, None)
    todo = {(int(y), int(x)) for y, x in np.argwhere(excess > 0.08)}
    found = []
    while todo:
        stack, members = [todo.pop()], []
        while stack:
            y, x = stack.pop()
            members.append((y, x))
            for place in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if place in todo:
                    todo.remove(place)
                    stack.append(place)
        places = np.array(members)
        weights = excess[places[:, 0], places[:, 1]]
        area = weights.sum() / weights.max()
        # What touches the edge is cut off, or not a disc but what fills the gap beside a moved picture.
        if area >= 3 and places.min() > 0 and places.max() < SIDE - 1:
            centre = (weights[:, None] * places[:, ::-1]).sum(axis=0) / weights.sum()
            found.append((area, centre - (SIDE - 1) / 2))
    return found


def affine(picture, grey):
    """The map from the original to ``picture`` as a 2x3 matrix, or None where the discs are not to be seen."""
    found = sorted(blobs(picture, grey), key=lambda blob: -blob[0])[:8]
    wanted, best = 2 * np.log(RADII), None
    for three in itertools.combinations(found, 3):
        ratio = np.log([area for area, _ in three]) - wanted
        error = np.abs(ratio - ratio.mean()).max()
        # Gaps may be filled with reflections: the discs themselves are nearest to the middle.
        rank = sum(float(np.hypot(*centre)) for _, centre in three)
        if error < 0.4 and (best is None or rank < best[0]):
            best = rank, np.array([centre for _, centre in three])
    if best is None:
        return None
    return np.linalg.solve(np.column_stack([DISCS, np.ones(3)]), best[1]).T


class Maps:
    """The affine maps of all pictures bright and dark enough to show discs; arrays over those that were found."""

    def __init__(self, facts):
        pictures = batches(facts)
        greys = grey_levels(pictures)
        usable = [(p, g) for p, g in zip(pictures, greys, strict=True) if 0.12 < g < 0.88]
        maps = [affine(picture, grey) for picture, grey in usable]
        found = np.array([m for m in maps if m is not None]).reshape(-1, 2, 3)
        self.looked_at, self.found = len(maps), len(found)
        linear, moved = found[:, :, :2], found[:, :, 2]
        turned = np.linalg.det(linear) < 0
        upright = np.where(turned[:, None, None], linear * np.array([-1.0, 1.0]), linear)
        self.degrees = np.degrees(
            np.arctan2(upright[:, 1, 0] - upright[:, 0, 1], upright[:, 0, 0] + upright[:, 1, 1])
        )
        self.mirrored = turned & (np.abs(self.degrees) <= 90)
        self.sizes = np.linalg.svd(linear, compute_uv=False)
        # In the augmented picture or in the original: a shift before a zoom is another shift after it.
        back = np.linalg.solve(linear, -moved[..., None])[..., 0]
        self.shifts = np.where((np.hypot(*moved.T) <= np.hypot(*back.T))[:, None], moved / SIDE, back / SIDE)


_made = {}


def maps(facts):
    """Computed once for all checks of the same facts."""
    facts.step("augment_batch.markers")
    if id(facts.record) not in _made:
        _made.clear()
        _made[id(facts.record)] = (facts.record, Maps(facts))
    return _made[id(facts.record)][1]


def within(values, message, *, limit, hint):
    """Nearly all are true."""
    share = float(np.mean(values))
    expect.that(
        share >= MOST,
        message,
        expected=limit,
        actual=T(f"영상의 {1 - share:.0%}가 벗어남", f"{1 - share:.0%} of the images are beyond"),
        hint=hint,
    )


@pytest.mark.points(1)
def test_augmenter(facts):
    """make_augmenter가 증대기를 돌려준다 | make_augmenter returns an augmenter"""
    facts.step("make_augmenter")


@pytest.mark.points(1)
@pytest.mark.needs("augmenter")
def test_batch_shape(facts, inputs):
    """모양과 자료형이 그대로이다 | Shape and dtype survive"""
    facts.step("augment_batch")
    batch, hint = facts.array("augment_batch"), "batch_shape"
    expect.equal(batch.shape, inputs["colours"].shape, what=T("배치의 모양", "Shape of the batch"), hint=hint)
    expect.equal(str(batch.dtype), "float32", what=T("자료형(dtype)", "dtype"), hint=hint)


@pytest.mark.points(2)
@pytest.mark.needs("batch_shape")
def test_value_range(facts, inputs):
    """값의 범위 [0, 1]이 그대로이다 | The value range [0, 1] survives"""
    facts.step("augment_batch.textures")
    wanted, hint = inputs["textures"], "value_range"
    got = facts.array("augment_batch.textures", shape=wanted.shape).astype(np.float64)
    low, high = float(got.min()), float(got.max())
    expect.that(
        np.isfinite(got).all() and low >= -0.002 and high <= 1.002,
        T("증대된 영상의 값이 [0, 1]을 벗어납니다.", "Values of the augmented images are outside of [0, 1]."),
        expected="[0, 1]",
        actual=f"[{low:.4g}, {high:.4g}]",
        hint=hint,
    )
    expect.that(
        got.std() >= 0.4 * wanted.std(),
        T(
            "증대된 영상이 거의 한 가지 색입니다: 내용이 사라졌습니다.",
            "The augmented images have hardly more than one colour: what they showed is gone.",
        ),
        expected=T(f"표준편차 {wanted.std():.2f} 정도", f"a standard deviation of about {wanted.std():.2f}"),
        actual=f"{got.std():.3f}",
        hint=hint,
    )


@pytest.mark.points(1)
@pytest.mark.needs("batch_shape")
def test_order(facts, inputs):
    """순서와 원본 배열이 그대로이다 | The order and the original array stay as they are"""
    facts.step("augment_batch")
    batch, wanted, hint = facts.array("augment_batch"), inputs["colours"], "order"
    strongest = batch[:, 12:-12, 16:-16].mean(axis=(1, 2)).argmax(axis=1)
    wrong = np.flatnonzero(strongest != np.arange(len(wanted)) % 3)
    expect.that(
        len(wrong) == 0,
        T(
            "결과의 i번째가 images의 i번째 영상이 아닙니다: 레이블과 짝이 맞지 않게 됩니다.",
            "Image i of the result is not image i of the argument: it no longer matches its label.",
        ),
        expected=T("같은 순서", "the same order"),
        actual=T(f"다른 자리 {len(wrong)}곳", f"{len(wrong)} places differ"),
        hint=hint,
    )
    after = facts.array("augment_batch.input_after", shape=wanted.shape)
    what = T("augment_batch가 받은 배열을 바꾸었습니다.", "augment_batch changed the array it was given.")
    expect.that(np.array_equal(after, wanted), what, hint=hint)


@pytest.mark.points(1)
@pytest.mark.needs("value_range")
def test_in_picture(facts):
    """물체가 영상 안에 남는다 | What is shown stays in the picture"""
    seen = maps(facts)
    expect.that(
        seen.found >= 0.85 * seen.looked_at and seen.found >= 30,
        T(
            "영상 가운데에 있던 원들이 밖으로 나갔거나 알아볼 수 없게 되었습니다.",
            "The discs from the middle of the picture have left it or are beyond recognition.",
        ),
        expected=T(f"{seen.looked_at}장 중 85% 이상에 보임", f"to be seen in 85% of {seen.looked_at} images"),
        actual=str(seen.found),
        hint="in_picture",
    )


@pytest.mark.points(2)
@pytest.mark.needs("in_picture")
def test_flips(facts):
    """좌우반전 | Horizontal flips"""
    share = float(np.mean(maps(facts).mirrored))
    expect.that(
        0.2 <= share <= 0.8,
        T(
            "좌우로 뒤집힌 영상이 절반쯤이 아닙니다.",
            "The share of images mirrored left to right is not about half.",
        ),
        expected="20% ~ 80%",
        actual=f"{share:.0%}",
        hint="flips",
    )


@pytest.mark.points(1)
@pytest.mark.needs("value_range")
def test_brightness(facts):
    """밝기 조절 | Brightness"""
    facts.step("augment_batch.markers")
    levels, hint = grey_levels(batches(facts)), "brightness"
    expect.that(
        spread(levels) >= 0.03,
        T("영상의 밝기가 거의 변하지 않습니다.", "The brightness of the images hardly changes."),
        expected=T("원래 밝기의 10% 이상", "by 10% or more"),
        actual=f"{spread(levels) / 0.8:.1%}",
        hint=hint,
    )
    within(
        (levels > 0.06) & (levels < 0.94),
        T(
            "회색(0.4)이 거의 까맣거나 하얗게 된 영상이 있습니다.",
            "In some images grey (0.4) is nearly black or white.",
        ),
        limit="0.06 ~ 0.94",
        hint=hint,
    )


@pytest.mark.points(1)
@pytest.mark.needs("in_picture")
def test_shift(facts):
    """좌표이동 | Shifts"""
    shifts, hint = maps(facts).shifts, "shift"
    expect.that(
        max(spread(shifts[:, 0]), spread(shifts[:, 1])) >= 0.02,
        T("물체의 자리가 거의 변하지 않습니다.", "The place of the object hardly changes."),
        expected=T("영상 크기의 3% 이상", "by 3% of the image or more"),
        actual=f"{max(spread(shifts[:, 0]), spread(shifts[:, 1])) / 2:.1%}",
        hint=hint,
    )
    within(
        np.hypot(*shifts.T) <= 0.42,
        T("너무 많이 옮긴 영상이 있습니다.", "Some images are shifted too far."),
        limit=T("가로와 세로로 25%까지", "up to 25% in each direction"),
        hint=hint,
    )


@pytest.mark.points(2)
@pytest.mark.needs("in_picture")
def test_rotation(facts):
    """회전 | Rotation"""
    degrees, hint = maps(facts).degrees, "rotation"
    upside_down = float(np.mean(np.abs(degrees) > 90))
    expect.that(
        upside_down <= 1 - MOST,
        T("거꾸로 된(상하로 뒤집힌) 영상이 있습니다.", "Some images are upside down."),
        expected=T("±45°까지", "up to ±45°"),
        actual=f"{upside_down:.0%}",
        hint=hint,
    )
    within(
        np.abs(degrees) <= 50,
        T("너무 많이 돌린 영상이 있습니다.", "Some images are turned too far."),
        limit=T("±45°까지", "up to ±45°"),
        hint=hint,
    )
    expect.that(
        spread(degrees) >= 5,
        T("영상이 거의 회전하지 않습니다.", "The images are hardly turned."),
        expected=T("±5° 이상", "±5° or more"),
        actual=f"±{spread(degrees) / 2:.1f}°",
        hint=hint,
    )


@pytest.mark.points(1)
@pytest.mark.needs("in_picture")
def test_zoom(facts):
    """확대와 축소 | Zoom"""
    sizes, hint = maps(facts).sizes, "zoom"
    change = spread(np.log(sizes).mean(axis=1))
    expect.that(
        change >= 0.04,
        T("물체의 크기가 거의 변하지 않습니다.", "The size of the object hardly changes."),
        expected=T("5% 이상", "by 5% or more"),
        actual=f"{math.expm1(change / 2):.1%}",
        hint=hint,
    )
    within(
        (sizes.min(axis=1) >= 0.45) & (sizes.max(axis=1) <= 2.2),
        T("너무 크거나 작게 된 영상이 있습니다.", "Some images are too large or too small."),
        limit=T("0.5배 ~ 2배", "half to twice the size"),
        hint=hint,
    )


@pytest.mark.points(1)
@pytest.mark.needs("value_range")
def test_seed(facts):
    """시드가 같으면 같은 배치, 다르면 다른 배치 | The same seed gives the same batch, another one another"""
    facts.step("augment_batch.textures")
    one, hint = facts.array("augment_batch.textures").astype(np.float64), "seed"
    same, other = (facts.array(f"augment_batch.{name}_seed", shape=one.shape) for name in ("same", "other"))
    expect.that(
        np.allclose(one, same, atol=1e-5),
        T(
            "같은 시드로 두 번 불렀는데 다른 배치가 나왔습니다.",
            "Two calls with the same seed gave different batches.",
        ),
        hint=hint,
    )
    expect.that(
        not np.allclose(one, other, atol=1e-3),
        T("시드가 달라도 같은 배치가 나왔습니다.", "Another seed gave the same batch."),
        hint=hint,
    )
    facts.step("augment_batch.markers")
    first = facts.array("augment_batch.markers.1", shape=(BATCH, SIDE, SIDE))
    distinct = len({picture.round(3).tobytes() for picture in first})
    expect.that(
        distinct > 1,
        T("한 배치의 영상이 모두 똑같이 변형되었습니다.", "All images of a batch were changed in the same way."),
        hint=hint,
    )


@pytest.mark.points(1)
def test_history(facts):
    """train_with_augmentation이 History를 돌려준다 | train_with_augmentation returns a History"""
    facts.step("train_with_augmentation")
    facts.step("history")
    expect.history(facts.value("history"), epochs=EPOCHS, hint="history")


def accuracy(facts, name, labels):
    """Of the trained model, rebuilt by the grader."""
    facts.step("train_with_augmentation")
    return float(np.mean(facts.models["trained"].prediction(name).argmax(axis=1) == labels))


@pytest.mark.points(1)
def test_learns(facts, inputs):
    """모델이 배운다: 영상과 레이블의 짝이 맞다 | The model learns: images still match their labels"""
    what = T("훈련 영상에 대한 정확도", "Accuracy on the training images")
    expect.at_least(accuracy(facts, "train.x", inputs["train.y"]), 0.8, as_percent=True, what=what, hint="learns")


@pytest.mark.points(1)
@pytest.mark.needs("learns")
def test_training_augmented(facts, inputs):
    """증대된 영상으로 훈련한다 | Training sees augmented images"""
    reached = accuracy(facts, "train.mirrored", inputs["train.y"][: len(inputs["train.mirrored"])])
    expect.at_least(
        reached,
        0.75,
        as_percent=True,
        what=T("훈련 영상을 좌우로 뒤집은 것에 대한 정확도", "Accuracy on mirrored training images"),
        hint="training_augmented",
    )


@pytest.mark.points(1)
@pytest.mark.needs("history")
def test_validation_plain(facts, inputs):
    """검증과 예측에서는 영상을 변형하지 않는다 | Nothing is augmented for validation and prediction"""
    hint, labels = "validation_plain", inputs["val.y"]
    predicted = facts.models["trained"].prediction("val.x").astype(np.float64)
    given = predicted[np.arange(len(labels)), labels]
    # From logits, as Keras usually computes it, and with probabilities clipped.
    losses = [float(-np.log(np.clip(given, least, 1)).mean()) for least in (1e-30, 1e-7)]
    recorded = facts.value("history")["val_loss"]
    # The weights may be those of the best epoch instead of the last.
    pairs = [(abs(value - loss), loss, value) for value in recorded for loss in losses]
    _, plain, nearest = min(pairs, default=(math.nan, losses[0], math.nan))
    expect.that(
        abs(nearest - plain) <= 0.001 + 0.005 * plain,
        T(
            "기록된 검증 손실이 x_val을 그대로 썼을 때의 손실과 다릅니다.",
            "The recorded validation loss is not that of x_val as it is.",
        ),
        expected=f"{plain:.4f}",
        actual=f"{nearest:.4f}",
        hint=hint,
    )
    facts.step("predict")
    what = T("모델의 예측", "The model's predictions")
    expect.close(facts.array("predict.val"), predicted, atol=1e-3, what=what, hint=hint)
