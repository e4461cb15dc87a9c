"""공개 채점 | The checks that students see. Expected values are in reference.json or computed from the inputs."""

import numpy as np
import pytest
from PIL import Image

from grader.award import T, expect

BILINEAR = Image.Resampling.BILINEAR
#: Means of ImageNet's channels blue, green, red.
MEANS = np.array([103.939, 116.779, 123.68])


@pytest.mark.points(3)
def test_architecture(facts, reference):
    """load_model: ResNet50의 레이어 | load_model: the layers of ResNet50"""
    facts.step("load_model")
    expect.layers(
        facts.models["resnet50"].layers,
        reference.layers,
        fields=("type", "output_shape", "parameters"),
        hint="architecture",
    )


@pytest.mark.points(1)
def test_parameters(facts, reference):
    """load_model: 매개 변수의 수(교재의 표) | load_model: number of parameters (the chapter's table)"""
    facts.step("load_model")
    expect.equal(
        facts.models["resnet50"].parameters,
        reference.chapter.parameters,
        what=T("매개 변수의 수", "Number of parameters"),
        hint="architecture",
    )


@pytest.mark.points(1)
@pytest.mark.needs("architecture")
def test_default_weights(facts, reference):
    """load_model: 따로 말하지 않으면 ImageNet 가중치 | load_model: ImageNet's weights by default"""
    facts.step("load_model.default")
    asked = facts.value("load_model.asked", kind=list)
    expect.that(
        reference.weights_file in asked,
        T(
            "load_model()이 ResNet50의 ImageNet 가중치를 찾지 않습니다.",
            "load_model() does not look for ResNet50's ImageNet weights.",
        ),
        expected=reference.weights_file,
        actual=", ".join(map(str, asked)) or T("아무것도 찾지 않음", "it looks for nothing"),
        hint="default_weights",
    )


def colours(pixels, kind):
    """The RGB pixels (uint8) that a file of ``kind`` made of ``pixels`` shows."""
    if kind == "grey":
        return np.dstack([pixels] * 3)
    if kind == "palette":
        level = pixels.astype(int)
        return np.stack([level, 255 - level, np.abs(255 - 2 * level)], axis=-1).astype(np.uint8)
    if kind == "cmyk":
        return np.asarray(Image.fromarray(pixels, "CMYK").convert("RGB"))
    return pixels[..., :3]


def right_ways(pixels, size):
    """``pixels`` as ``size`` x ``size``, and the part that counts: stretched, cut, or with a margin."""
    picture = Image.fromarray(pixels)
    width, height = picture.size
    short, long = min(width, height), max(width, height)
    whole = np.ones((size, size), dtype=bool)
    yield np.asarray(picture.resize((size, size), BILINEAR), dtype=float), whole
    left, top = (width - short) // 2, (height - short) // 2
    middle = picture.crop((left, top, left + short, top + short))
    yield np.asarray(middle.resize((size, size), BILINEAR), dtype=float), whole
    w, h = round(width * size / long), round(height * size / long)
    framed, inside = np.zeros((size, size, 3)), np.zeros((size, size), dtype=bool)
    here = np.s_[(size - h) // 2 : (size - h) // 2 + h, (size - w) // 2 : (size - w) // 2 + w]
    framed[here], inside[here] = np.asarray(picture.resize((w, h), BILINEAR), dtype=float), True
    yield framed, inside


def off_by(actual, pixels, size, change):
    """Mean difference from the right way that is nearest."""
    return min(np.abs(actual[part] - change(image)[part]).mean() for image, part in right_ways(pixels, size))


def prepared(image):
    """What ``resnet50.preprocess_input`` makes of RGB values from 0 to 255."""
    return image[..., ::-1] - MEANS


#: What goes wrong often, and its name.
MISTAKES = (
    (lambda image: image, T("화소값이 그대로입니다.", "pixel values are as they were.")),
    (lambda image: image[..., ::-1], T("평균을 빼지 않았습니다.", "the means are not subtracted.")),
    (lambda image: image - MEANS[::-1], T("채널이 RGB 순서입니다.", "channels are RGB, not BGR.")),
    (lambda image: image - MEANS, T("채널이 RGB 순서입니다.", "channels are RGB, not BGR.")),
    (lambda image: image / 127.5 - 1, T("값이 [-1, 1]에 있습니다.", "values are in [-1, 1].")),
    (lambda image: image / 255, T("값이 [0, 1]에 있습니다.", "values are in [0, 1].")),
)


def check_picture(facts, inputs, reference, name, what, hint="prepare"):
    """One picture file: shape, dtype, values."""
    wanted = reference.prepare
    actual, size = facts.array(name), wanted.size
    expect.that(
        actual.shape == (1, size, size, 3),
        T("배열의 모양이 다릅니다.", "the array's shape is different."),
        expected=f"(1, {size}, {size}, 3)",
        actual=str(actual.shape),
        what=what,
        hint="prepare_shape",
    )
    expect.that(
        actual.dtype.kind == "f",
        T("자료형이 실수가 아닙니다.", "the dtype is not a floating-point type."),
        expected="float32",
        actual=str(actual.dtype),
        what=what,
        hint="prepare_shape",
    )
    pixels = colours(inputs[name], name.rpartition(".")[2].partition("_")[0])
    found = actual[0].astype(float)
    difference = off_by(found, pixels, size, prepared)
    if difference <= wanted.tolerance:
        return
    for change, mistake in MISTAKES:
        scale = 127.5 if np.ptp(change(np.array([0.0, 255.0])[:, np.newaxis] * np.ones(3))) < 3 else 1
        off = off_by(found, pixels, size, change)
        expect.that(off > wanted.tolerance / scale, mistake, what=what, hint="prepare")
    expect.that(
        False,
        T("화소값이 다릅니다.", "the pixel values are off."),
        expected=T(f"평균 차이 {wanted.tolerance} 이하", f"mean difference of at most {wanted.tolerance}"),
        actual=T(f"평균 차이 {difference:.3g}", f"mean difference {difference:.3g}"),
        what=what,
        hint=hint,
    )


@pytest.mark.points(3)
def test_prepare(facts, inputs, reference):
    """prepare: 정사각형이 아닌 컬러 사진 | prepare: colour pictures that are not square"""
    for name, label in (("rgb_png", T("PNG 사진", "PNG picture")), ("rgb_jpg", T("JPEG 사진", "JPEG picture"))):
        check_picture(facts, inputs, reference, f"prepare.{name}", label)


@pytest.mark.points(1)
@pytest.mark.needs("prepare")
def test_prepare_modes(facts, inputs, reference):
    """prepare: 회색조, RGBA, 팔레트, CMYK 파일 | prepare: grey-scale, RGBA, palette and CMYK files"""
    labels = {
        "grey_png": T("회색조 사진", "Grey-scale picture"),
        "rgba_png": T("RGBA 사진", "RGBA picture"),
        "palette_png": T("팔레트 사진", "Palette picture"),
        "cmyk_jpg": T("CMYK 사진", "CMYK picture"),
    }
    for name, label in labels.items():
        check_picture(facts, inputs, reference, f"prepare.{name}", label, "prepare_modes")


def ranking_of(picture, kernel, bias, k, size):
    """What the network of one layer says of ``picture``: (label, probability), best first."""
    image = np.asarray(Image.fromarray(picture).resize((size, size), BILINEAR), dtype=float)
    scores = prepared(image).mean(axis=(0, 1)) @ np.asarray(kernel, dtype=float) + bias
    probabilities = np.exp(scores - scores.max())
    probabilities /= probabilities.sum()
    return [(f"thing_{i:03d}", float(probabilities[i])) for i in np.argsort(-probabilities)[:k]]


def plain(label):
    """Labels with spaces are as good as those with underscores."""
    return label.replace("_", " ").casefold().strip()


def ranking_in(facts, name, what):
    """The student's list, which consists of pairs (label, probability)."""
    ranking = facts.value(name, kind=list)
    expect.that(
        all(
            isinstance(pair, list)
            and len(pair) == 2
            and isinstance(pair[0], str)
            and expect.real_number(pair[1]) is not None
            for pair in ranking
        ),
        T("(이름, 확률)의 리스트가 아닙니다.", "this is not a list of (label, probability)."),
        expected='[("thing_042", 0.5), …]',
        actual=ranking[:2],
        what=what,
        hint="predict",
    )
    return ranking


def check_ranking(facts, name, expected, tolerance, what, hint="predict"):
    """Number, labels and probabilities of a list."""
    ranking = ranking_in(facts, name, what)
    expect.equal(len(ranking), len(expected), what=(what, T("개수", "number of pairs")), hint=hint)
    expect.equal(
        [plain(pair[0]) for pair in ranking],
        [plain(pair[0]) for pair in expected],
        what=(what, T("이름의 순서", "order of the labels")),
        hint=hint,
    )
    expect.close(
        [pair[1] for pair in ranking],
        [pair[1] for pair in expected],
        atol=tolerance,
        what=(what, T("확률", "probabilities")),
        hint=hint,
    )


def check_cases(facts, inputs, reference, cases, prefix="", hint="predict"):
    """Several pictures and one network."""
    kernel, bias = inputs[f"{prefix}network.kernel"], inputs[f"{prefix}network.bias"]
    for case, what in cases.items():
        name = f"{prefix}predict.{case}"
        k = int(inputs[f"{name}.k"]) if f"{name}.k" in inputs else 5
        expected = ranking_of(inputs[f"{name}.picture"], kernel, bias, k, reference.prepare.size)
        check_ranking(facts, name, expected, reference.predict.tolerance, what, hint)


@pytest.mark.points(2)
@pytest.mark.needs("prepare")
def test_predict(facts, inputs, reference):
    """predict: 가장 그럴듯한 답 다섯 개 | predict: the five most likely answers"""
    cases = {"first": T("첫째 사진", "First picture"), "second": T("둘째 사진", "Second picture")}
    check_cases(facts, inputs, reference, cases)


@pytest.mark.points(1)
@pytest.mark.needs("predict")
def test_predict_k(facts, inputs, reference):
    """predict: 다른 k | predict: another k"""
    cases = {"three": "k=3", "one": "k=1"}
    check_cases(facts, inputs, reference, cases, hint="predict_k")


@pytest.mark.points(1)
@pytest.mark.needs("predict")
def test_photographs(facts, inputs, reference):
    """predict: 사진 인식하기(ResNet50 대신 MobileNet이나 작은 신경망) | predict: recognise photographs (MobileNet or a small network for ResNet50)"""  # noqa: E501
    facts.step("photographs")
    if facts.data == "imagenet":
        names = ["".join(map(chr, row[row > 0])) for row in facts.array("real.names")]
    else:
        network = inputs["network.kernel"], inputs["network.bias"], 1, reference.prepare.size
        pictures = [inputs[name] for name in inputs if name.startswith("photographs.")]
        names = [ranking_of(picture, *network)[0][0] for picture in pictures]
    hits = 0
    for number, name in enumerate(names):
        ranking = ranking_in(facts, f"photographs.{number}", T(f"사진 {number}", f"Photograph {number}"))
        hits += plain(name) in [plain(pair[0]) for pair in ranking[:5]]
    expect.at_least(
        hits / len(names),
        reference.photographs.hits[facts.data or "builtin"],
        as_percent=True,
        what=T("답 다섯 개 안에 바른 이름이 있는 사진", "Photographs with the right label among five"),
        hint="predict",
    )
