"""공개 채점 | The checks that students see: the data sets, the textbook's table, learning."""

import numpy as np
import pytest

from grader.award import T, expect

SCALES = ("unit", "symmetric", "none")
#: Pictures in the designed folder, and (height, width) that is asked for.
COUNTS = {"train": 12, "test": 5}
SMALL = (64, 48)


def step_name(damaged):
    return "make_datasets.corrupt" if damaged else "make_datasets"


def scale(images):
    """How the student scales images, by their values."""
    return "none" if images.max() > 3 else "symmetric" if images.min() < -0.05 else "unit"


def pictures(facts, part, *, damaged=False):
    """What ``make_datasets`` yields, back in [0, 255]: float (n, 64, 48, 3), and labels (n,)."""
    name = f"{step_name(damaged)}.{part}"
    facts.step(step_name(damaged))
    images = facts.array(name, shape=(None, *SMALL, 3)).astype(np.float64)
    labels = facts.array(f"{name}.labels", shape=(len(images),))
    kind = scale(facts.array("make_datasets.train")) if images.size else "none"
    return {"unit": images * 255, "symmetric": (images + 1) * 127.5, "none": images}[kind], labels


def shown(images):
    """What each picture shows: 0 a cat, 1 a dog, -1 nothing of ours. Red or dark grey, blue or light grey."""
    # The middle: to get all pictures to one size, some are padded and some cropped.
    middle = images[:, SMALL[0] // 2 - 8 : SMALL[0] // 2 + 8, SMALL[1] // 2 - 8 : SMALL[1] // 2 + 8]
    red, green, blue = (middle[..., channel].mean(axis=(1, 2)) for channel in range(3))
    grey = (np.abs(red - blue) < 12) & (np.abs(red - green) < 12)
    cat = np.where(grey, np.abs(red - 60) < 25, (red > blue + 60) & (red > green + 60))
    dog = np.where(grey, np.abs(red - 190) < 35, (blue > red + 60) & (blue > green + 60))
    return np.where(cat, 0, np.where(dog, 1, -1)), grey


def trained_name(facts):
    """The name that the trained model has, by the scaling of its images."""
    return next((f"trained_{name}" for name in SCALES if f"trained_{name}" in facts.models), None)


def trained_model(facts):
    """The trained model, rebuilt; the check fails with the reason where there is none."""
    facts.step("make_datasets")
    facts.step("train")
    return facts.models[trained_name(facts) or "trained_unit"]


@pytest.mark.points(2)
def test_batches(facts):
    """make_datasets가 (영상, 레이블) 배치를 낸다 | make_datasets yields batches of (images, labels)"""
    hint = "batches"
    facts.step("make_datasets")
    for part, count in COUNTS.items():
        images = facts.array(f"make_datasets.{part}")
        what = T(f"{part} 영상 한 장의 모양", f"Shape of one image of {part}")
        expect.equal(images.shape[1:], (*SMALL, 3), what=what, hint=hint)
        expect.equal(len(images), count, what=T(f"{part}의 사진 수", f"Number of pictures in {part}"), hint=hint)
        sizes = facts.value(f"make_datasets.{part}.batches", kind=(list, tuple))
        expect.equal(sizes[0], 4, what=T(f"{part}의 배치 크기(batch_size)", f"batch_size of {part}"), hint=hint)


@pytest.mark.points(1)
@pytest.mark.needs("batches")
def test_pictures(facts):
    """사진이 그대로이다: RGB, 바로 선 모습, 회색조 | Pictures survive: RGB, upright, grey ones too"""
    hint = "pictures"
    images, _ = pictures(facts, "train")
    what, grey = shown(images)
    expect.that(
        (what >= 0).all() and int(grey.sum()) == 2,
        T("사진의 색이 원래와 다릅니다.", "The colours of some pictures are not what they were."),
        expected=T("빨강 5, 파랑 5, 회색 2", "5 red, 5 blue, 2 grey"),
        actual=T(
            f"알아볼 수 없는 사진 {int((what < 0).sum())}, 회색 {int(grey.sum())}",
            f"unrecognisable: {int((what < 0).sum())}, grey: {int(grey.sum())}",
        ),
        hint=hint,
    )
    middle = images[:, :, SMALL[1] // 2 - 8 : SMALL[1] // 2 + 8]
    above, below = middle[:, : SMALL[0] // 2], middle[:, SMALL[0] // 2 :]
    lighter = above.mean(axis=(1, 2, 3)) - below.mean(axis=(1, 2, 3))
    expect.that(
        (lighter > 2).all(),
        T(
            "위쪽이 밝은 사진이 누웠거나 거꾸로 되었습니다.",
            "Pictures that are bright at the top lie on their side or are upside down.",
        ),
        hint=hint,
    )


@pytest.mark.points(2)
@pytest.mark.needs("pictures")
def test_corrupt_files(facts):
    """손상된 파일이 있어도 멈추지 않는다 | Damaged files do not stop it"""
    for part, count in COUNTS.items():
        images, _ = pictures(facts, part, damaged=True)
        good = int((shown(images)[0] >= 0).sum())
        expect.that(
            good == count and len(images) <= count + 1,
            T(
                f"손상된 파일 말고 다른 사진도 빠졌거나, 손상된 파일이 영상이 되었습니다({part}).",
                f"More than the damaged files was left out, or damaged files became images ({part}).",
            ),
            expected=str(count),
            actual=f"{good} / {len(images)}",
            hint="corrupt_files",
        )


@pytest.mark.points(2)
@pytest.mark.needs("pictures")
def test_labels(facts):
    """cat은 0, dog는 1 | cat is 0, dog is 1"""
    for part in COUNTS:
        images, labels = pictures(facts, part)
        wanted, _ = shown(images)
        wrong = int((labels != wanted)[wanted >= 0].sum())
        what = (
            T(f"영상과 레이블의 짝이 맞지 않습니다({part}).", f"Images do not match their labels ({part})."),
            T(f"레이블이 모두 거꾸로입니다({part}).", f"All labels are the wrong way round ({part})."),
        )
        expect.that(
            wrong == 0,
            what[1] if wrong == len(labels) else what[0],
            expected="cat: 0, dog: 1",
            actual=T(f"틀린 레이블 {wrong}/{len(labels)}", f"wrong: {wrong} of {len(labels)}"),
            hint="labels",
        )


@pytest.mark.points(1)
@pytest.mark.needs("pictures")
def test_scaled(facts):
    """영상의 값이 [0, 1] 또는 [-1, 1]이다 | Images are in [0, 1] or [-1, 1]"""
    images = facts.array("make_datasets.train").astype(np.float64)
    low, high = float(images.min()), float(images.max())
    # The designed pictures go from about 40 to 255.
    unit, symmetric = 0 <= low < 0.25 and 0.95 < high < 1.01, -1.01 < low < -0.5 and 0.9 < high < 1.01
    expect.that(
        images.dtype.kind == "f" and (unit or symmetric),
        T(
            "영상의 값이 [0, 1]도 [-1, 1]도 아닙니다.",
            "The values of the images are neither in [0, 1] nor in [-1, 1].",
        ),
        expected="[0, 1]",
        actual=f"[{low:.3g}, {high:.3g}]",
        hint="scaled",
    )


@pytest.mark.points(1)
def test_layer_types(facts, reference):
    """레이어의 종류와 순서 | Kinds and order of the layers"""
    facts.step("build_model")
    layers = facts.models["untrained"].layers
    expect.layers(layers, reference.layers, fields=("type",), hint="layer_types")


@pytest.mark.points(2)
@pytest.mark.needs("layer_types")
def test_layer_shapes(facts, reference):
    """레이어별 출력 모양 | Layer output shapes"""
    layers = facts.models["untrained"].layers
    expect.layers(layers, reference.layers, fields=("type", "output_shape", "config"), hint="layer_shapes")


@pytest.mark.points(2)
@pytest.mark.needs("layer_types")
def test_parameter_count(facts, reference):
    """매개 변수 29,511,617개 | 29,511,617 parameters"""
    model, hint = facts.models["untrained"], "parameter_count"
    expect.layers(model.layers, reference.layers, fields=("type", "parameters"), hint=hint)
    expect.equal(model.parameters, reference.parameters, what=T("전체 매개 변수", "All parameters"), hint=hint)
    what = T("훈련되는 매개 변수", "Trainable parameters")
    expect.equal(model.trainable_parameters, reference.parameters, what=what, hint=hint)


@pytest.mark.points(1)
@pytest.mark.needs("layer_types")
def test_activations(facts, reference):
    """활성화 함수 | Activation functions"""
    layers = facts.models["untrained"].layers
    expect.layers(layers, reference.layers, fields=("type", "activation"), hint="activations")


@pytest.mark.points(1)
def test_train_history(facts):
    """train이 History를 돌려준다 | train returns a History"""
    facts.step("train")
    facts.step("history")
    expect.history(facts.value("history"), epochs=facts.budget.epochs, hint="train_history")


@pytest.mark.points(1)
@pytest.mark.needs("activations")
def test_compile_settings(facts, reference):
    """컴파일 정보: 손실 함수, 정확도 | Compile settings: loss, accuracy"""
    hint, settings = "compile_settings", trained_model(facts).compiled
    expect.that(
        settings.loss == reference.compile.loss and not settings.from_logits,
        T(
            "손실 함수가 출력이 확률 하나인 분류에 맞지 않습니다.",
            "The loss does not suit a classification whose output is one probability.",
        ),
        expected=reference.compile.loss,
        actual=settings.loss + (" (from_logits=True)" if settings.from_logits else ""),
        hint=hint,
    )
    expect.measures_accuracy(settings, hint=hint)


@pytest.mark.points(1)
@pytest.mark.needs("activations", "labels")
def test_learns(facts, reference):
    """훈련한 사진을 구별한다 | It tells the photographs apart that it was trained on"""
    model, hint = trained_model(facts), "learns"
    biases = [weight for weight in model.weights if len(weight.shape) == 1]
    expect.that(
        any(weight.std > 0 or weight.mean != 0 for weight in biases),
        T(
            "train을 부른 뒤에도 편향이 모두 0입니다: 모델이 훈련되지 않았습니다.",
            "After train all biases are still 0: the model was not trained.",
        ),
        hint=hint,
    )
    # Red pictures of cats and blue ones of dogs were among the training photographs. After few steps a slow
    # optimizer may still call all of them dogs, but no longer with the same probability.
    dogs = model.prediction("coloured").astype(float).reshape(-1)
    red, blue = float(np.mean(dogs[::2])), float(np.mean(dogs[1::2]))
    expect.that(
        blue - red >= reference.learning.apart,
        T(
            "훈련 사진에 섞어 둔 빨간 그림(cat)과 파란 그림(dog)을 구별하지 못합니다.",
            "It does not tell red pictures (cat) from blue ones (dog) like those among the training photographs.",
        ),
        expected=T(
            f"파란 그림이 개일 확률이 {reference.learning.apart} 이상 높음",
            f"blue pictures are dogs with a probability higher by {reference.learning.apart} at least",
        ),
        actual=T(
            f"개일 확률: 빨간 그림 {red:.3f}, 파란 그림 {blue:.3f}",
            f"probability of a dog: red pictures {red:.3f}, blue pictures {blue:.3f}",
        ),
        hint=hint,
    )


@pytest.mark.points(2)
@pytest.mark.needs("learns")
def test_accuracy(facts, reference):
    """처음 보는 사진에 대한 정확도 | Accuracy on photographs it has not seen"""
    accuracy = trained_model(facts).score("test").accuracy
    minimum = reference.threshold(facts).minimum
    expect.at_least(accuracy, minimum, as_percent=True, what=T("정확도", "Accuracy"), hint="accuracy")
