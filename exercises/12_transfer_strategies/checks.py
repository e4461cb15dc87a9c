"""공개 채점 | The checks that students see: what a step of training changes, and what is counted."""

import itertools

import pytest

from grader.award import T, expect

STRATEGIES = (1, 2, 3)
#: What a layer keeps that no training step is meant to learn.
STATISTICS = ("moving_mean", "moving_variance", "mean", "variance", "count")


def built(facts, strategy):
    """The model of one strategy, as the student's function returned it."""
    name = f"build_transfer_model.{strategy}"
    facts.step(name)
    return facts.models[name]


def is_statistics(weight):
    """Whether training is not meant to learn this variable."""
    return weight.path.rpartition("/")[2] in STATISTICS


def base_slice(model, given):
    """Where the base's variables are among the model's, found by their shapes; None where they are not."""
    shapes = [tuple(weight.shape) for weight in given.weights]
    found = [tuple(weight.shape) for weight in model.weights]
    for start in range(len(found) - len(shapes) + 1):
        if found[start : start + len(shapes)] == shapes:
            return slice(start, start + len(shapes))
    return None


def parts(facts, model):
    """The model's variables, those of the base and those of the classifier, as pairs of place and variable."""
    where = base_slice(model, facts.models["given_base"])
    expect.that(
        where is not None,
        T(
            "모델 안에 base의 레이어가 모두 차례로 있지 않습니다.",
            "The model does not hold all layers of base, in order.",
        ),
        expected=T("base의 구조", "base's structure"),
        actual=T("다른 구조", "another structure"),
        hint="base_inside",
    )
    numbered = list(enumerate(model.weights))
    return numbered[where], numbered[: where.start] + numbered[where.stop :]


def layers_of(weights):
    """Variables grouped by layer: lists of pairs."""
    return [
        list(group) for _, group in itertools.groupby(weights, key=lambda pair: pair[1].path.rpartition("/")[0])
    ]


def listed(paths):
    """A few of many."""
    paths = [path[:80] for path in paths]
    return ", ".join(paths[:3]) + (f" … ({len(paths)})" if len(paths) > 3 else "")


def changes(model):
    """Largest change of each variable, in order, against the plan that it is compared with."""
    found = model.compare.weights
    expect.that(
        found is not None and len(found) == len(model.weights),
        T("훈련한 뒤에 모델의 구조가 달라졌습니다.", "After training, the model has another structure."),
    )
    expect.that(
        model.finite,
        T(
            "훈련한 뒤에 NaN이나 무한대인 가중치가 있습니다.",
            "After training, there are weights that are NaN or infinite.",
        ),
    )
    return list(found.values())


def check_weights_kept(facts, strategy, hint):
    """The base's variables have the base's values."""
    base, _ = parts(facts, built(facts, strategy))
    given = facts.models["given_base"].weights
    lost = [mine.path for (_, mine), theirs in zip(base, given, strict=True) if mine.sha256 != theirs.sha256]
    expect.that(
        not lost,
        T(
            f"전략 {strategy}: base의 훈련된 가중치가 아닙니다.",
            f"Strategy {strategy}: not the trained weights of base.",
        ),
        expected=T("base와 같은 가중치", "the weights of base"),
        actual=T(f"다른 가중치: {listed(lost)}", f"other weights: {listed(lost)}"),
        hint=hint,
    )


def idle_in(weights, changed):
    """Paths of what could learn and does not.

    A single variable may have a gradient of zero, such as a bias before BatchNormalization; a layer has not.
    """
    moving = {path_of(layer) for layer in layers_of(weights) if any(changed[place] > 0 for place, _ in layer)}
    return [
        weight.path
        for place, weight in weights
        if not is_statistics(weight) and (not weight.trainable or path_of([(place, weight)]) not in moving)
    ]


def path_of(layer):
    """What the paths of a layer's variables begin with."""
    return layer[0][1].path.rpartition("/")[0]


def check_classifier_trains(classifier, changed, strategy, hint):
    """Everything in the new classifier that can learn does."""
    idle = idle_in(classifier, changed)
    expect.that(
        not idle,
        T(
            f"전략 {strategy}: 새 분류기의 가중치가 훈련되지 않습니다.",
            f"Strategy {strategy}: weights of the new classifier are not trained.",
        ),
        expected=T("변한 가중치", "changed weights"),
        actual=T(f"그대로: {listed(idle)}", f"unchanged: {listed(idle)}"),
        hint=hint,
    )


@pytest.mark.points(1)
def test_model_outputs(facts, inputs):
    """세 전략 모두 부류마다 값 하나를 낸다 | All strategies end in one value for each class"""
    given = facts.models["given_base"]
    for strategy in STRATEGIES:
        model = built(facts, strategy)
        label = T(f"전략 {strategy}", f"Strategy {strategy}")
        what = (label, T("입력의 모양", "input shape"))
        expect.equal(tuple(model.input_shape)[1:], tuple(given.input_shape)[1:], what=what, hint="model_outputs")
        what = (label, T("출력의 모양", "output shape"))
        wanted = (None, int(inputs["num_classes"]))
        expect.equal(tuple(model.output_shape), wanted, what=what, hint="model_outputs")


@pytest.mark.points(1)
@pytest.mark.needs("model_outputs")
def test_base_inside(facts):
    """세 전략 모두 base 위에 분류기를 붙인다 | All strategies put a classifier on top of base"""
    for strategy in STRATEGIES:
        _, classifier = parts(facts, built(facts, strategy))
        expect.that(
            classifier,
            T(
                f"전략 {strategy}: 분류기에 가중치가 없습니다.",
                f"Strategy {strategy}: the classifier has no weights.",
            ),
            expected="Dense",
            actual=T("없음", "none"),
            hint="base_inside",
        )


@pytest.mark.points(2)
@pytest.mark.needs("base_inside")
def test_strategy1_fresh(facts):
    """전략 1: 구조만 쓰고 가중치는 새로 초기화한다 | Strategy 1: the structure, with fresh weights"""
    base, _ = parts(facts, built(facts, 1))
    known = {weight.sha256 for weight in facts.models["given_base"].weights}
    kept = [weight.path for _, weight in base if weight.sha256 in known]
    expect.that(
        not kept,
        T("전략 1: base의 훈련된 가중치가 남아 있습니다.", "Strategy 1: trained weights of base are still there."),
        expected=T("새로 초기화한 가중치", "freshly initialised weights"),
        actual=T(f"base와 같음: {listed(kept)}", f"those of base: {listed(kept)}"),
        hint="strategy1_fresh",
    )
    constant = [weight.path for _, weight in base if len(weight.shape) > 1 and not weight.std > 0]
    expect.that(
        not constant,
        T(
            "전략 1: 모든 값이 같은 필터로는 학습할 수 없습니다.",
            "Strategy 1: filters of equal values cannot learn.",
        ),
        expected=T("무작위로 초기화한 필터", "randomly initialised filters"),
        actual=listed(constant),
        hint="strategy1_fresh",
    )


@pytest.mark.points(1)
@pytest.mark.needs("base_inside")
def test_strategy1_trains(facts):
    """전략 1: 모두 학습한다 | Strategy 1: everything learns"""
    base, classifier = parts(facts, built(facts, 1))
    changed = changes(facts.models["build_transfer_model.1.fit"])
    idle = idle_in(base, changed)
    expect.that(
        not idle,
        T(
            "전략 1: 훈련해도 변하지 않는 가중치가 있습니다.",
            "Strategy 1: there are weights that training does not change.",
        ),
        expected=T("모두 변함", "all change"),
        actual=T(f"그대로: {listed(idle)}", f"unchanged: {listed(idle)}"),
        hint="strategy1_trains",
    )
    check_classifier_trains(classifier, changed, 1, "strategy1_trains")


@pytest.mark.points(1)
@pytest.mark.needs("base_inside")
def test_strategy2_weights(facts):
    """전략 2: 훈련된 가중치에서 시작한다 | Strategy 2: starts from the trained weights"""
    check_weights_kept(facts, 2, "strategy2_weights")


@pytest.mark.points(2)
@pytest.mark.needs("base_inside")
def test_strategy2_trains(facts):
    """전략 2: 일부는 고정되고 일부는 학습한다 | Strategy 2: some layers are fixed, some learn"""
    hint = "strategy2_trains"
    base, classifier = parts(facts, built(facts, 2))
    changed = changes(facts.models["build_transfer_model.2.fit"])
    layers = layers_of(base)
    learning = [layer for layer in layers if any(changed[place] > 0 for place, _ in layer)]
    for fault, message in (
        (not learning, T("base의 레이어가 모두 고정되어 있습니다.", "no layer of base learns.")),
        (
            len(learning) == len(layers),
            T("base의 레이어가 모두 학습합니다. 고정된 레이어가 없습니다.", "no layer of base is fixed."),
        ),
    ):
        expect.that(
            not fault,
            message,
            expected=T("일부는 그대로, 일부는 변함", "some unchanged, some changed"),
            actual=T(
                f"가중치가 있는 레이어 {len(layers)}개 가운데 {len(learning)}개가 변함",
                f"{len(learning)} of {len(layers)} layers with weights changed",
            ),
            what=T("전략 2", "Strategy 2"),
            hint=hint,
        )
    check_classifier_trains(classifier, changed, 2, hint)


@pytest.mark.points(1)
@pytest.mark.needs("base_inside")
def test_strategy3_weights(facts):
    """전략 3: 훈련된 가중치를 쓴다 | Strategy 3: uses the trained weights"""
    check_weights_kept(facts, 3, "strategy3_weights")


@pytest.mark.points(2)
@pytest.mark.needs("base_inside")
def test_strategy3_trains(facts):
    """전략 3: 분류기만 학습한다 | Strategy 3: the classifier alone learns"""
    base, classifier = parts(facts, built(facts, 3))
    changed = changes(facts.models["build_transfer_model.3.fit"])
    moved = [weight.path for place, weight in base if changed[place] != 0]
    expect.that(
        not moved,
        T(
            "전략 3: 한 번의 훈련으로 base의 값이 변했습니다.",
            "Strategy 3: one step of training changed values of base.",
        ),
        expected=T("비트 단위까지 같은 base", "base unchanged, bit for bit"),
        actual=T(f"변함: {listed(moved)}", f"changed: {listed(moved)}"),
        hint="strategy3_trains",
    )
    check_classifier_trains(classifier, changed, 3, "strategy3_trains")


@pytest.mark.points(2)
@pytest.mark.needs("base_inside")
def test_flags_hold(facts):
    """돌려준 모델을 그대로 훈련해도 고정이 지켜진다 | What is frozen stays so when the model itself is trained"""
    hint = "flags_hold"
    for strategy in STRATEGIES:
        model, name = built(facts, strategy), f"build_transfer_model.{strategy}"
        late = facts.value(f"{name}.changed_after_compile", kind=list)
        expect.that(
            not late,
            T(
                f"전략 {strategy}: compile 뒤에 trainable을 바꾸고 다시 컴파일하지 않았습니다.",
                f"Strategy {strategy}: trainable was changed after compile, without compiling again.",
            ),
            expected=T("trainable을 정한 뒤에 compile", "compile after trainable is set"),
            actual=listed(map(str, late)),
            hint=hint,
        )
        facts.step(f"{name}.trained")
        changed = changes(facts.models[f"{name}.trained"])
        base, _ = parts(facts, model)
        frozen = [pair for layer in layers_of(base) if not any(w.trainable for _, w in layer) for pair in layer]
        moved = [weight.path for place, weight in frozen if changed[place] != 0]
        expect.that(
            not moved,
            T(
                f"전략 {strategy}: 고정된 레이어인데 모델을 훈련하니 변했습니다.",
                f"Strategy {strategy}: layers are marked as frozen, but training the model changed them.",
            ),
            expected=T("비트 단위까지 같음", "unchanged, bit for bit"),
            actual=T(f"변함: {listed(moved)}", f"changed: {listed(moved)}"),
            hint=hint,
        )
        learns = [place for place, weight in base if weight.trainable]
        expect.that(
            not learns or any(changed[place] > 0 for place in learns),
            T(
                f"전략 {strategy}: 학습해야 할 레이어인데 모델을 훈련해도 그대로입니다.",
                f"Strategy {strategy}: layers are marked as trainable, but training the model changed none.",
            ),
            expected=T("변한 가중치", "changed weights"),
            actual=T("그대로", "unchanged"),
            hint=hint,
        )


def trainable_in_base(model, reference):
    """(trainable parameters inside the base, those outside) of a model around a real base.

    The base is one layer that is a model, or a run of layers with the base's parameters.
    """
    rows = [row for row in model.fact.layers if row.parameters]
    wanted = list(reference.layer_parameters)
    for row in rows:
        if row.type in ("Functional", "Sequential") and row.parameters == reference.parameters:
            return row.trainable_parameters, model.trainable_parameters - row.trainable_parameters
    for start in range(len(rows) - len(wanted) + 1):
        run = rows[start : start + len(wanted)]
        if [row.parameters for row in run] == wanted:
            inside = sum(row.trainable_parameters for row in run)
            return inside, model.trainable_parameters - inside
    return None


def check_real(facts, reference, case, hint):
    """Trainable parameters of the three strategies around a model of keras.applications."""
    name = case.rpartition(".")[2]
    real = reference.real[name]
    for strategy in STRATEGIES:
        facts.step(f"{case}.{strategy}")
        counts = trainable_in_base(facts.models[f"{case}.{strategy}"], real)
        expect.that(
            counts is not None,
            T(
                f"{name}, 전략 {strategy}: 모델 안에 base의 레이어가 모두 차례로 있지 않습니다.",
                f"{name}, strategy {strategy}: the model does not hold all layers of base, in order.",
            ),
            hint=hint,
        )
        inside, outside = counts
        expected, right = {
            1: (f"{real.trainable:,}", inside == real.trainable),
            2: (f"1 … {real.trainable - 1:,}", 0 < inside < real.trainable),
            3: ("0", inside == 0),
        }[strategy]
        expect.that(
            right,
            T(
                f"{name}, 전략 {strategy}: base에서 훈련되는 매개 변수의 수가 다릅니다.",
                f"{name}, strategy {strategy}: another number of parameters of base is trainable.",
            ),
            expected=expected,
            actual=f"{inside:,}",
            hint=hint,
        )
        expect.that(
            outside > 0,
            T(
                f"{name}, 전략 {strategy}: 훈련되는 분류기가 없습니다.",
                f"{name}, strategy {strategy}: there is no classifier that is trained.",
            ),
            hint=hint,
        )


@pytest.mark.points(2)
@pytest.mark.needs("model_outputs")
def test_mobilenet(facts, reference):
    """진짜 MobileNet의 구조로도 된다 | The structure of the real MobileNet works as well"""
    check_real(facts, reference, "real.MobileNet", "mobilenet")


def check_freeze_until(facts, case, place, hint):
    """Every layer before ``place`` is frozen; that one and all after it are as trainable as they were."""
    facts.step(case)
    given, model = facts.models["given_base"].fact.layers, facts.models[case]
    name = given[place].name
    same = [row.parameters for row in model.fact.layers] == [row.parameters for row in given]
    expect.that(
        same and model.compare.largest_weight_difference == 0,
        T("base의 레이어와 가중치는 그대로여야 합니다.", "The layers and weights of base must stay as they are."),
        hint=hint,
    )
    for number, (row, before) in enumerate(zip(model.fact.layers, given, strict=True)):
        what = f'freeze_until(base, "{name}"): {before.name}'
        expect.equal(
            row.trainable_parameters,
            0 if number < place else before.trainable_parameters,
            what=T(f"{what}의 훈련되는 매개 변수", f"{what}: trainable parameters"),
            hint=hint,
        )
    total = sum(row.trainable_parameters for row in given[place:])
    what = T(
        f'freeze_until(base, "{name}"): 훈련되는 매개 변수', f'freeze_until(base, "{name}"): trainable parameters'
    )
    expect.equal(model.trainable_parameters, total, what=what, hint=hint)


@pytest.mark.points(2)
def test_freeze_until(facts, inputs):
    """freeze_until: 앞의 레이어만 고정한다 | freeze_until: the layers before it are frozen"""
    for case in ("block_2", "block_3_pointwise", "stem_bn"):
        check_freeze_until(facts, f"freeze_until.{case}", int(inputs[f"freeze_until.{case}"]), "freeze_until")


def expected_count(reference, frozen, units):
    """Trainable parameters of the given layers, and of a classifier on their pooled output."""
    given = reference.given_base
    return sum(list(given.trainable_by_layer)[int(frozen) :]) + (given.channels + 1) * int(units)


@pytest.mark.points(1)
def test_trainable_parameter_count(facts, reference, inputs):
    """trainable_parameter_count: 훈련되는 매개 변수의 수 | trainable_parameter_count: trainable parameters"""
    for case, label in (
        ("all", T("모두 훈련됨", "Everything is trainable")),
        ("some", T("앞부분을 고정함", "The front is frozen")),
        ("none", T("모두 고정함", "Everything is frozen")),
        ("classifier", T("고정한 base와 분류기", "A frozen base and a classifier")),
        ("some_and_classifier", T("일부를 고정한 base와 분류기", "A base frozen in part, and a classifier")),
    ):
        name = f"trainable_parameter_count.{case}"
        wanted = expected_count(reference, *inputs[name])
        expect.equal(facts.value(name), wanted, what=label, hint="trainable_parameter_count")
