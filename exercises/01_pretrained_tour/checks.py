"""공개 채점 | The checks that students see. Expected values are in reference.json."""

import numpy as np
import pytest
from PIL import Image

from grader.award import T, expect

BILINEAR, BOX = Image.Resampling.BILINEAR, Image.Resampling.BOX


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


def off_by(actual, pixels, size, scale):
    """Mean difference from the right way that is nearest."""
    return min(np.abs(actual[part] - scale(image)[part]).mean() for image, part in right_ways(pixels, size))


def unit_scale(image):
    """0 to 255 as -1 to 1."""
    return image / 127.5 - 1


def check_picture(facts, inputs, reference, name, what, hint="prepare_image"):
    """One picture file: shape, dtype, range, values."""
    wanted = reference.prepare_image
    actual = facts.array(name)
    expect.that(
        actual.shape == (1, wanted.size, wanted.size, 3),
        T("배열의 모양이 다릅니다.", "the array's shape is different."),
        expected=f"(1, {wanted.size}, {wanted.size}, 3)",
        actual=str(actual.shape),
        what=what,
        hint="prepare_shape",
    )
    expect.that(
        actual.dtype == np.float32,
        T("자료형이 다릅니다.", "the dtype is different."),
        expected="float32",
        actual=str(actual.dtype),
        what=what,
        hint="prepare_shape",
    )
    low, high = float(actual.min()), float(actual.max())
    expect.that(
        low >= -1.01 and high <= 1.01,
        T("값이 [-1, 1]을 벗어납니다.", "values are outside [-1, 1]."),
        expected="-1 … 1",
        actual=f"{low:.3g} … {high:.3g}",
        what=what,
        hint="prepare_range",
    )
    pixels = colours(inputs[name], name.rpartition(".")[2].partition("_")[0])
    found, size = actual[0].astype(float), wanted.size
    difference = off_by(found, pixels, size, unit_scale)
    if difference <= wanted.tolerance:
        return
    for scale, mistake, key in (
        (lambda image: image / 255, T("값이 [0, 1]에 있습니다.", "values are in [0, 1]."), "prepare_range"),
        (
            lambda image: unit_scale(image[..., ::-1]),
            T("채널이 BGR 순서입니다.", "channels are BGR."),
            hint,
        ),
    ):
        expect.that(off_by(found, pixels, size, scale) > wanted.tolerance, mistake, what=what, hint=key)
    expect.that(
        False,
        T("화소값이 다릅니다.", "the pixel values are off."),
        expected=T(f"평균 차이 {wanted.tolerance} 이하", f"mean difference of at most {wanted.tolerance}"),
        actual=T(f"평균 차이 {difference:.3g}", f"mean difference {difference:.3g}"),
        what=what,
        hint=hint,
    )


@pytest.mark.points(2)
def test_prepare_image(facts, inputs, reference):
    """prepare_image: 정사각형이 아닌 컬러 사진 | prepare_image: colour pictures that are not square"""
    for name, label in (("rgb_png", T("PNG 사진", "PNG picture")), ("rgb_jpg", T("JPEG 사진", "JPEG picture"))):
        check_picture(facts, inputs, reference, f"prepare_image.{name}", label)


@pytest.mark.points(2)
@pytest.mark.needs("prepare_image")
def test_prepare_image_modes(facts, inputs, reference):
    """prepare_image: 회색조, RGBA, 팔레트, CMYK 파일 | prepare_image: grey-scale, RGBA, palette and CMYK files"""
    labels = {
        "grey_png": T("회색조 사진", "Grey-scale picture"),
        "rgba_png": T("RGBA 사진", "RGBA picture"),
        "palette_png": T("팔레트 사진", "Palette picture"),
        "cmyk_jpg": T("CMYK 사진", "CMYK picture"),
    }
    for name, label in labels.items():
        check_picture(facts, inputs, reference, f"prepare_image.{name}", label, "prepare_image_modes")


def check_ranking(facts, name, expected, what, hint="top_k"):
    """A list of (name, probability), best first."""
    ranking = facts.value(name, kind=list)
    expect.that(
        all(
            isinstance(pair, list)
            and len(pair) == 2
            and isinstance(pair[0], str)
            and expect.real_number(pair[1]) is not None
            for pair in ranking
        ),
        T("(이름, 확률)의 리스트가 아닙니다.", "this is not a list of (name, probability)."),
        expected=[tuple(pair) for pair in expected],
        actual=ranking,
        what=what,
        hint=hint,
    )
    expect.equal(len(ranking), len(expected), what=(what, T("개수", "number of pairs")), hint=hint)
    expect.equal(
        [pair[0] for pair in ranking],
        [pair[0] for pair in expected],
        what=(what, T("이름의 순서", "order of the names")),
        hint=hint,
    )
    expect.close(
        [pair[1] for pair in ranking],
        [pair[1] for pair in expected],
        atol=1e-6,
        what=(what, T("확률", "probabilities")),
        hint=hint,
    )


def ranking_of(probabilities, k):
    """Names as the probe makes them, and probabilities, best first."""
    order = sorted(range(len(probabilities)), key=lambda i: -probabilities[i])[:k]
    return [(f"class_{i:02d}", float(probabilities[i])) for i in order]


@pytest.mark.points(1)
def test_top_k(facts, reference):
    """top_k: 교재의 여우 사진 순위 | top_k: the chapter's list for a photograph of a fox"""
    check_ranking(facts, "top_k.fox", reference.top_k.fox, T("여우 사진", "Photograph of a fox"))


@pytest.mark.points(1)
@pytest.mark.needs("top_k")
def test_top_k_other(facts, inputs):
    """top_k: 다른 k | top_k: another k"""
    for case, k in (("top_k.three", 3), ("top_k.all", 4)):
        expected = ranking_of(inputs[f"{case}.probabilities"], k)
        check_ranking(facts, case, expected, T(f"k={k}", f"k={k}"), "top_k_other")


def check_rows(rows, expected, what, *, fields=("type", "output_shape", "name"), hint="describe_layers"):
    """Rows of a table of layers, one field after the other."""
    for number, (row, wanted) in enumerate(zip(rows, expected, strict=True), start=1):
        for field in fields:
            got = row.get(field)
            if field == "output_shape" and isinstance(got, list) and len(got) == 1 and isinstance(got[0], list):
                got = got[0]  # a list of one output
            place = T(f"레이어 {number}", f"layer {number}")
            expect.equal(got, wanted[field], what=(what, place, field), hint=hint)


def table_of(facts, name, *, with_input):
    """The student's table as a list of dicts."""
    rows = facts.value(name, kind=list)
    expect.that(
        all(isinstance(row, dict) for row in rows),
        T("레이어마다 dict 하나가 아닙니다.", "This is not one dict for each layer."),
        expected="list[dict]",
        actual=rows[:2],
        hint="describe_layers",
    )
    return rows if with_input else [row for row in rows if row.get("type") != "InputLayer"]


def check_table(facts, name, expected, what, *, with_input):
    """A whole table of layers."""
    rows = table_of(facts, name, with_input=with_input)
    label = (what, T("레이어의 수", "number of layers"))
    expect.equal(len(rows), len(expected), what=label, hint="describe_layers")
    check_rows(rows, expected, what)


@pytest.mark.points(1)
def test_describe_layers(facts, reference):
    """describe_layers: 함수형 모델과 Sequential 모델 | describe_layers: a functional and a Sequential model"""
    tables = reference.describe_layers
    name = "describe_layers.functional"
    check_table(facts, name, tables.functional, T("함수형 모델", "Functional model"), with_input=True)
    name = "describe_layers.sequential"
    check_table(facts, name, tables.sequential, T("Sequential 모델", "Sequential model"), with_input=False)


@pytest.mark.points(1)
@pytest.mark.needs("describe_layers")
def test_describe_inception(facts, reference):
    """describe_layers: 교재의 InceptionV3 | describe_layers: the chapter's InceptionV3"""
    wanted, hint = reference.describe_layers.inception, "describe_layers"
    rows = table_of(facts, "describe_layers.inception", with_input=True)
    label = T("InceptionV3: 레이어의 수", "InceptionV3: number of layers")
    expect.equal(len(rows), wanted.layers, what=label, hint=hint)
    fields = ("type", "output_shape")  # the names hang on what was built before
    check_rows(
        rows[: len(wanted.first)], wanted.first, T("InceptionV3의 처음", "InceptionV3's beginning"), fields=fields
    )
    check_rows(rows[-len(wanted.last) :], wanted.last, T("InceptionV3의 끝", "InceptionV3's end"), fields=fields)


def map_of(facts, name, shape):
    """The student's map as a two-dimensional array with values in [0, 1]."""
    hint, actual = "class_activation_map", facts.array(name).astype(float)
    if actual.ndim > 2:
        axes = tuple(axis for axis in (0, actual.ndim - 1) if actual.shape[axis] == 1)
        actual = actual.squeeze(axes[: actual.ndim - 2])
    expect.that(
        actual.ndim == 2 and actual.shape[0] >= shape[0] and actual.shape[1] >= shape[1],
        T(
            "맵의 모양이 특징 맵의 것도 영상의 것도 아닙니다.",
            "The map has neither the feature maps' shape nor the image's.",
        ),
        expected=T(f"{tuple(shape)} 또는 영상의 크기", f"{tuple(shape)}, or the image's size"),
        actual=str(actual.shape),
        hint=hint,
    )
    finite = bool(np.isfinite(actual).all())
    expect.that(
        finite and actual.min() >= -1e-3 and actual.max() <= 1 + 1e-3,
        T("맵의 값이 [0, 1]에 있지 않습니다.", "The map's values are not in [0, 1]."),
        expected="0 … 1",
        actual=f"{actual.min():.3g} … {actual.max():.3g}" if finite else T("NaN 또는 무한대", "NaN or infinity"),
        hint="class_activation_map_range",
    )
    return actual


def resized(array, shape, method):
    """A floating-point map in another size."""
    picture = Image.fromarray(array.astype(np.float32))
    return np.asarray(picture.resize((shape[1], shape[0]), method), dtype=float)


def aligned(array, shape):
    """Bilinear, with the corners of both sizes on each other."""
    rows, columns = (np.linspace(0, n - 1, m) for n, m in zip(array.shape, shape, strict=True))
    down = np.array([np.interp(rows, np.arange(len(line)), line) for line in array.T]).T
    return np.array([np.interp(columns, np.arange(len(line)), line) for line in down])


def right_maps(raw, shape):
    """All right maps for ``raw`` in the size ``shape``: two ways to normalise, several to enlarge."""
    positive = np.maximum(raw, 0)
    span = raw.max() - raw.min()
    for small in ((raw - raw.min()) / (span or 1), positive / (positive.max() or 1)):
        if tuple(shape) == raw.shape:
            yield small
            continue
        methods = Image.Resampling
        enlarged = [resized(small, shape, m) for m in (methods.NEAREST, BILINEAR, methods.BICUBIC)]
        for large in (*enlarged, aligned(small, shape)):
            yield np.clip(large, 0, 1)
            if np.ptp(large) > 0:
                yield (large - large.min()) / np.ptp(large)


def check_map(facts, name, raw, tolerances, what):
    """A map as the definition has it, compared in the feature maps' size."""
    raw = np.asarray(raw, dtype=float)
    actual = map_of(facts, name, raw.shape)
    same = actual.shape == raw.shape
    found = actual if same else resized(actual, raw.shape, BOX)
    candidates = [m if same else resized(m, raw.shape, BOX) for m in right_maps(raw, actual.shape)]
    nearest = min(candidates, key=lambda expected: np.abs(found - expected).max())
    atol = tolerances.tolerance if same else tolerances.tolerance_resized
    expect.close(found, nearest, atol=atol, what=what, hint="class_activation_map")


@pytest.mark.points(2)
def test_class_activation_map(facts, reference):
    """class_activation_map: 주어진 모델 | class_activation_map: the given model"""
    wanted = reference.class_activation_map
    for case, what in (
        ("disc", T("원 하나가 있는 영상", "Image with one disc")),
        ("square_of_two", T("두 도형 중 정사각형의 맵", "Map of the square, of two shapes")),
        ("triangle_of_two", T("두 도형 중 삼각형의 맵", "Map of the triangle, of two shapes")),
    ):
        check_map(facts, f"class_activation_map.{case}", wanted.maps[case], wanted, what)


@pytest.mark.points(1)
@pytest.mark.needs("class_activation_map")
def test_class_activation_map_constant(facts, reference):
    """class_activation_map: 모든 값이 같은 맵 | class_activation_map: a map whose values are all equal"""
    shape = np.shape(reference.class_activation_map.maps["disc"])
    actual = map_of(facts, "class_activation_map.constant", shape)
    expect.that(
        np.ptp(actual) <= 1e-3,
        T(
            "가중치가 모두 0인 부류의 맵은 모든 값이 같아야 합니다.",
            "The map of a class whose weights are all 0 must have equal values.",
        ),
        actual=f"{actual.min():.3g} … {actual.max():.3g}",
        hint="class_activation_map_range",
    )


@pytest.mark.points(1)
@pytest.mark.needs("prepare_image", "top_k", "class_activation_map")
def test_tour(facts, reference):
    """사진에서 이름과 맵까지(InceptionV3 대신 MobileNet이나 주어진 모델) | From a photograph to names and a map (MobileNet or the given model for InceptionV3)"""  # noqa: E501
    names = true_names(facts, reference)
    hits = 0
    for number, name in enumerate(names):
        ranking = facts.value(f"tour.{number}.names", kind=list)
        best = ranking if facts.data == "imagenet" else ranking[:1]
        hits += any(isinstance(pair, list) and pair and pair[0] == name for pair in best)
        found = map_of(facts, f"tour.{number}.map", (1, 1))
        expect.that(
            np.ptp(found) > 0.1,
            T(f"사진 {number}: 맵의 값이 모두 같습니다.", f"Photograph {number}: the map's values are all equal."),
            hint="class_activation_map",
        )
    share = reference.tour.hits[facts.data or "builtin"]
    expect.at_least(
        hits / len(names), share, as_percent=True, what=T("알아본 사진", "Photographs recognised"), hint="tour"
    )


def true_names(facts, reference):
    """What the photographs show."""
    if facts.data == "imagenet":
        names = ["".join(map(chr, row[row > 0])) for row in facts.array("real.names")]
        return names[: reference.tour.photographs]
    return reference.tour.kinds
